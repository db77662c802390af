//! Colours of the heat, out of the same file as all others.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::config::Theme;
use crate::figure::ramp::{Lut, Ramp, Rgb};

/// Share of the scale over which heat comes in: thin heat lets the land shine
/// through, so that only what is dense is loud.
const FADE_SHARE: f32 = 0.5;
const MAX_ALPHA: f32 = 0.92;

/// What of `tokens.toml` the workers need: they make pixels off the UI's thread.
#[derive(Deserialize)]
struct TokenFile {
    dark: HeatTokens,
    light: HeatTokens,
}

#[derive(Deserialize)]
struct HeatTokens {
    ramp_heat: Vec<String>,
}

struct HeatColors {
    dark: Lut,
    light: Lut,
}

#[expect(clippy::expect_used, reason = "the file is compiled in and a test reads it")]
static COLORS: LazyLock<HeatColors> = LazyLock::new(|| {
    let file: TokenFile = toml::from_str(include_str!("../../assets/theme/tokens.toml"))
        .expect("assets/theme/tokens.toml is well formed");
    HeatColors { dark: file.dark.lut(), light: file.light.lut() }
});

/// Colours by the place on the heat's scale, multiplied by alpha; the legend
/// shows the same.
pub fn heat_lut(theme: Theme) -> &'static Lut {
    match theme {
        Theme::Dark => &COLORS.dark,
        Theme::Light => &COLORS.light,
    }
}

impl HeatTokens {
    fn lut(&self) -> Lut {
        let stops: Vec<Rgb> = self.ramp_heat.iter().filter_map(|text| rgb(text)).collect();
        Ramp::new(&stops).heat_lut(FADE_SHARE, MAX_ALPHA)
    }
}

/// Of «#RRGGBB».
fn rgb(text: &str) -> Option<Rgb> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let [_, red, green, blue] = u32::from_str_radix(digits, 16).ok()?.to_be_bytes();
    Some([red, green, blue])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_themes_have_heat_that_begins_invisible_and_ends_in_their_last_colour() {
        assert_eq!(rgb("#FBE7A1"), Some([0xFB, 0xE7, 0xA1]));
        assert_eq!(rgb("FBE7A1"), None);
        for theme in [Theme::Dark, Theme::Light] {
            let lut = heat_lut(theme);
            assert_eq!(lut[0], [0; 4]);
            assert!(lut[255][3] > 200);
        }
        // Multiplied by alpha: pale yellow in the dark, deep purple in the light.
        assert!(heat_lut(Theme::Dark)[255][0] > 200);
        assert!(heat_lut(Theme::Light)[255][0] < 80);
    }
}
