//! Colours, sizes and spaces out of `assets/theme/tokens.toml`.

use std::sync::{Arc, LazyLock};

use egui::Color32;
use serde::{Deserialize, Deserializer};

use crate::config::Theme;
use crate::figure::ramp::contrast_ratio;

/// Colours of one theme.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Colors {
    #[serde(deserialize_with = "color")]
    pub canvas: Color32,
    #[serde(deserialize_with = "color")]
    pub panel: Color32,
    #[serde(deserialize_with = "color")]
    pub raised: Color32,
    #[serde(deserialize_with = "color")]
    pub hover: Color32,
    #[serde(deserialize_with = "color")]
    pub line: Color32,
    /// A figure.
    #[serde(deserialize_with = "color")]
    pub text_strong: Color32,
    /// Its label.
    #[serde(deserialize_with = "color")]
    pub text_soft: Color32,
    /// A note.
    #[serde(deserialize_with = "color")]
    pub text_dim: Color32,
    /// Selection, focus, the main series.
    #[serde(deserialize_with = "color")]
    pub accent: Color32,
    #[serde(deserialize_with = "color")]
    pub accent_fill: Color32,
    /// Soon due, above usual.
    #[serde(deserialize_with = "color")]
    pub warn: Color32,
    /// Overdue.
    #[serde(deserialize_with = "color")]
    pub alarm: Color32,
    /// Better than usual, connected.
    #[serde(deserialize_with = "color")]
    pub good: Color32,
    /// Bars outside the selection.
    #[serde(deserialize_with = "color")]
    pub bar: Color32,
    #[serde(deserialize_with = "colors")]
    pub ramp_count: Vec<Color32>,
    /// From «fewer than before» to «more than before».
    #[serde(deserialize_with = "colors")]
    pub ramp_change: Vec<Color32>,
    #[serde(deserialize_with = "colors")]
    pub ramp_heat: Vec<Color32>,
    #[serde(deserialize_with = "color")]
    pub map_sea: Color32,
    #[serde(deserialize_with = "color")]
    pub map_neighbour: Color32,
    #[serde(deserialize_with = "color")]
    pub map_land: Color32,
    #[serde(deserialize_with = "color")]
    pub map_border: Color32,
    #[serde(deserialize_with = "color")]
    pub map_region: Color32,
    #[serde(deserialize_with = "color")]
    pub map_water: Color32,
    #[serde(deserialize_with = "color")]
    pub map_road: Color32,
    #[serde(deserialize_with = "color")]
    pub map_rail: Color32,
    #[serde(deserialize_with = "color")]
    pub map_halo: Color32,
    /// Of vector tiles.
    #[serde(deserialize_with = "color")]
    pub map_wood: Color32,
    #[serde(deserialize_with = "color")]
    pub map_town: Color32,
    /// Laid over pictures of a base map.
    #[serde(deserialize_with = "color")]
    pub map_dim: Color32,
    /// Laid over a wall in its darker hours.
    #[serde(deserialize_with = "color")]
    pub night: Color32,
}

/// Points at a text scale of 100 %.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sizes {
    pub figure: f32,
    pub figure_small: f32,
    pub heading: f32,
    pub body: f32,
    pub note: f32,
    pub gap: f32,
    pub padding: f32,
    pub radius: f32,
    pub radius_small: f32,
    pub row: f32,
    pub nav_width: f32,
    pub top_height: f32,
    pub hairline: f32,
    /// Width of ▲ ▼ ●.
    pub mark: f32,
}

/// Shares of the height of a wall's screen.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WallSizes {
    pub figure: f32,
    pub figure_second: f32,
    pub heading: f32,
    pub body: f32,
    pub note: f32,
    pub margin: f32,
    pub gap: f32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    dark: Colors,
    light: Colors,
    size: Sizes,
    wall: WallSizes,
}

/// The tokens of one theme, cheap to clone.
#[derive(Clone, Debug)]
pub struct Tokens {
    pub theme: Theme,
    pub color: Arc<Colors>,
    pub size: Arc<Sizes>,
    pub wall: Arc<WallSizes>,
}

struct Loaded {
    dark: Arc<Colors>,
    light: Arc<Colors>,
    size: Arc<Sizes>,
    wall: Arc<WallSizes>,
}

#[expect(clippy::expect_used, reason = "the file is compiled in and a test reads it")]
static LOADED: LazyLock<Loaded> = LazyLock::new(|| {
    let file: File = toml::from_str(include_str!("../../assets/theme/tokens.toml"))
        .expect("assets/theme/tokens.toml is well formed");
    Loaded {
        dark: Arc::new(file.dark),
        light: Arc::new(file.light),
        size: Arc::new(file.size),
        wall: Arc::new(file.wall),
    }
});

impl Tokens {
    pub fn of(theme: Theme) -> Self {
        let color = match theme {
            Theme::Dark => &LOADED.dark,
            Theme::Light => &LOADED.light,
        };
        Self {
            theme,
            color: Arc::clone(color),
            size: Arc::clone(&LOADED.size),
            wall: Arc::clone(&LOADED.wall),
        }
    }
}

fn color<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Color32, D::Error> {
    let text = String::deserialize(deserializer)?;
    Color32::from_hex(&text)
        .map_err(|error| serde::de::Error::custom(format!("{text} is not a colour: {error:?}")))
}

fn colors<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Color32>, D::Error> {
    Vec::<String>::deserialize(deserializer)?
        .iter()
        .map(|text| {
            Color32::from_hex(text).map_err(|error| {
                serde::de::Error::custom(format!("{text} is not a colour: {error:?}"))
            })
        })
        .collect()
}

/// WCAG's contrast of two opaque colours, 1–21.
pub fn contrast(one: Color32, other: Color32) -> f32 {
    let [one, other] = [one, other].map(|color| [color.r(), color.g(), color.b()]);
    contrast_ratio(one, other)
}

impl Colors {
    /// Whichever of the text colours, the light or the dark one, reads better on `ground`.
    pub fn ink_on(&self, ground: Color32) -> Color32 {
        let (strong, canvas) = (self.text_strong, self.canvas);
        if contrast(strong, ground) >= contrast(canvas, ground) { strong } else { canvas }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    const THEMES: [Theme; 2] = [Theme::Dark, Theme::Light];

    /// What a colour with some transparency looks like on a ground.
    fn over(color: Color32, ground: Color32) -> Color32 {
        ground.blend(color)
    }

    fn holds(theme: Theme, least: f32, inks: &[Color32], grounds: &[Color32]) {
        for ground in grounds {
            for ink in inks {
                let ratio = contrast(*ink, *ground);
                assert!(ratio >= least, "{theme:?}: {ink:?} on {ground:?} is {ratio:.2}");
            }
        }
    }

    #[test]
    fn every_text_colour_reaches_wcag_aa_on_every_ground() {
        for theme in THEMES {
            let color = Tokens::of(theme).color;
            let inks = [
                color.text_strong,
                color.text_soft,
                color.text_dim,
                color.accent,
                color.warn,
                color.alarm,
                color.good,
            ];
            holds(theme, 4.5, &inks, &[color.canvas, color.panel, color.raised, color.hover]);
            // Names on the map stand on their halo, whatever is below it.
            let names = [color.text_strong, color.text_soft, color.text_dim];
            let dimmed = [Color32::WHITE, Color32::BLACK].map(|tile| over(color.map_dim, tile));
            let maps = [
                color.map_land,
                color.map_sea,
                color.map_neighbour,
                color.map_water,
                color.map_wood,
                color.map_town,
                dimmed[0],
                dimmed[1],
            ];
            holds(theme, 4.5, &names, &maps.map(|map| over(color.map_halo, map)));
            // What is selected in a field.
            let selected = [color.canvas, color.panel, color.raised, color.hover]
                .map(|ground| over(color.accent_fill, ground));
            holds(theme, 4.5, &[color.text_strong], &selected);
            // A figure in a cell takes the better of two inks.
            for ground in &color.ramp_count {
                let inks = [color.text_strong, color.canvas];
                let best = inks.map(|ink| contrast(ink, *ground));
                assert!(best.iter().any(|ratio| *ratio >= 4.5), "{theme:?}: {ground:?} {best:?}");
            }
        }
    }

    #[test]
    fn marks_and_what_has_the_focus_stand_out_by_three_to_one() {
        for theme in THEMES {
            let color = Tokens::of(theme).color;
            let marks = [color.accent, color.warn, color.alarm, color.good, color.text_dim];
            let grounds = [color.canvas, color.panel, color.raised, color.hover];
            holds(theme, 3.0, &marks, &grounds);
            holds(theme, 3.0, &marks, &grounds.map(|ground| over(color.accent_fill, ground)));
            let maps = [color.map_land, color.map_sea, color.map_neighbour];
            holds(theme, 3.0, &[color.map_region, color.accent], &maps);
        }
    }
}
