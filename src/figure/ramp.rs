//! Colour ramps through stops, mixed where steps look even (Oklab, Björn
//! Ottosson, 2020), and the contrast of two colours (WCAG 2.2).

/// sRGB, 8 bits a channel.
pub type Rgb = [u8; 3];

/// sRGB with alpha; colours of a [`Lut`] are multiplied by it.
pub type Rgba = [u8; 4];

/// 256 colours from the lowest value to the highest.
pub type Lut = [Rgba; 256];

/// Lightness 0–1 and two colour axes.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Oklab {
    lightness: f32,
    green_red: f32,
    blue_yellow: f32,
}

/// The matrices of Oklab, <https://bottosson.github.io/posts/oklab/>.
const CONES_OF_LINEAR: Matrix = [
    [0.412_221_46, 0.536_332_55, 0.051_445_995],
    [0.211_903_5, 0.680_699_5, 0.107_396_96],
    [0.088_302_46, 0.281_718_85, 0.629_978_7],
];
const OKLAB_OF_CONES: Matrix = [
    [0.210_454_26, 0.793_617_8, -0.004_072_047],
    [1.977_998_5, -2.428_592_2, 0.450_593_7],
    [0.025_904_037, 0.782_771_77, -0.808_675_77],
];
const CONES_OF_OKLAB: Matrix = [
    [1.0, 0.396_337_78, 0.215_803_76],
    [1.0, -0.105_561_346, -0.063_854_17],
    [1.0, -0.089_484_18, -1.291_485_5],
];
const LINEAR_OF_CONES: Matrix = [
    [4.076_741_7, -3.307_711_6, 0.230_969_93],
    [-1.268_438, 2.609_757_4, -0.341_319_4],
    [-0.004_196_086_3, -0.703_418_6, 1.707_614_7],
];

type Matrix = [[f32; 3]; 3];

fn product(matrix: Matrix, vector: [f32; 3]) -> [f32; 3] {
    matrix.map(|row| row.iter().zip(vector).map(|(factor, value)| factor * value).sum())
}

/// A ramp through evenly spaced stops.
#[derive(Clone, Debug, PartialEq)]
pub struct Ramp {
    stops: Vec<Oklab>,
}

impl Ramp {
    /// No stop at all is black.
    pub fn new(stops: &[Rgb]) -> Self {
        let stops = if stops.is_empty() { &[[0, 0, 0]] } else { stops };
        Self { stops: stops.iter().map(|&stop| Oklab::of(stop)).collect() }
    }

    /// The colour at a share of the way, cut to 0–1.
    pub fn color(&self, share: f32) -> Rgb {
        let last = self.stops.len() - 1;
        let at = share.clamp(0.0, 1.0) * last as f32;
        let from = (at as usize).min(last);
        let to = (from + 1).min(last);
        self.stops[from].mix(self.stops[to], at - from as f32).to_rgb()
    }

    /// The colour of class `index` of `count`, over the whole ramp.
    pub fn class_color(&self, index: usize, count: usize) -> Rgb {
        self.color(if count < 2 { 0.5 } else { index as f32 / (count - 1) as f32 })
    }

    /// Opaque colours.
    pub fn lut(&self) -> Lut {
        std::array::from_fn(|index| {
            let [r, g, b] = self.color(index as f32 / 255.0);
            [r, g, b, u8::MAX]
        })
    }

    /// Colours for heat: invisible at 0, up to `max_alpha` within the first
    /// `fade` (share of the ramp), smooth at both ends. Multiplied by alpha.
    pub fn heat_lut(&self, fade: f32, max_alpha: f32) -> Lut {
        std::array::from_fn(|index| {
            let share = index as f32 / 255.0;
            let rise = (share / fade.max(1.0 / 255.0)).min(1.0);
            let alpha = max_alpha.clamp(0.0, 1.0) * rise * rise * (3.0 - 2.0 * rise);
            let multiplied = |channel: u8| (f32::from(channel) * alpha).round() as u8;
            let [r, g, b] = self.color(share);
            [multiplied(r), multiplied(g), multiplied(b), (alpha * 255.0).round() as u8]
        })
    }
}

impl Oklab {
    fn of(color: Rgb) -> Self {
        let cones = product(CONES_OF_LINEAR, color.map(linear)).map(f32::cbrt);
        let [lightness, green_red, blue_yellow] = product(OKLAB_OF_CONES, cones);
        Self { lightness, green_red, blue_yellow }
    }

    fn mix(self, other: Self, share: f32) -> Self {
        let mix = |from: f32, to: f32| from + (to - from) * share;
        Self {
            lightness: mix(self.lightness, other.lightness),
            green_red: mix(self.green_red, other.green_red),
            blue_yellow: mix(self.blue_yellow, other.blue_yellow),
        }
    }

    fn to_rgb(self) -> Rgb {
        let cones = product(CONES_OF_OKLAB, [self.lightness, self.green_red, self.blue_yellow]);
        product(LINEAR_OF_CONES, cones.map(|cone| cone.powi(3))).map(gamma)
    }
}

/// 8-bit sRGB to linear light, 0–1 (IEC 61966-2-1).
fn linear(channel: u8) -> f32 {
    let value = f32::from(channel) / 255.0;
    if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

/// Linear light to 8-bit sRGB, cut to the gamut.
fn gamma(value: f32) -> u8 {
    let value = value.clamp(0.0, 1.0);
    let encoded =
        if value <= 0.003_130_8 { value * 12.92 } else { 1.055 * value.powf(1.0 / 2.4) - 0.055 };
    (encoded * 255.0).round() as u8
}

/// Perceived lightness of a colour, 0 (black) to 1 (white).
pub fn lightness(color: Rgb) -> f32 {
    Oklab::of(color).lightness
}

/// How alike two colours look: their distance in Oklab, 0 for the same.
pub fn difference(a: Rgb, b: Rgb) -> f32 {
    let (a, b) = (Oklab::of(a), Oklab::of(b));
    let squares =
        [a.lightness - b.lightness, a.green_red - b.green_red, a.blue_yellow - b.blue_yellow]
            .map(|distance| distance * distance);
    squares.iter().sum::<f32>().sqrt()
}

/// Contrast of text on a ground, 1–21 (WCAG 2.2, «contrast ratio»).
pub fn contrast_ratio(a: Rgb, b: Rgb) -> f32 {
    let luminance = |color: Rgb| {
        let [r, g, b] = color.map(linear);
        0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `ramp_heat` and `ramp_count` of the dark theme.
    const HEAT: [Rgb; 5] = [
        [0x3A, 0x1F, 0x6B],
        [0x7A, 0x2A, 0x86],
        [0xBE, 0x3F, 0x72],
        [0xF0, 0x79, 0x4A],
        [0xFB, 0xE7, 0xA1],
    ];
    const COUNT: [Rgb; 6] = [
        [0x12, 0x26, 0x3A],
        [0x1A, 0x3F, 0x5C],
        [0x24, 0x60, 0x7F],
        [0x3C, 0x8A, 0x9E],
        [0x78, 0xBD, 0xB6],
        [0xD3, 0xEF, 0xDC],
    ];

    #[test]
    fn contrast_of_known_pairs() {
        assert!((contrast_ratio([0; 3], [255; 3]) - 21.0).abs() < 1e-3);
        assert!((contrast_ratio([90, 90, 90], [90, 90, 90]) - 1.0).abs() < 1e-6);
        // #767676 on white is the well-known grey just above 4.5.
        let grey = contrast_ratio([0x76; 3], [255; 3]);
        assert!((4.5..4.6).contains(&grey), "{grey}");
    }

    #[test]
    fn ramps_grow_lighter_step_by_step() {
        for stops in [&HEAT[..], &COUNT[..]] {
            let lut = Ramp::new(stops).lut();
            let light: Vec<f32> = lut.iter().map(|&[r, g, b, _]| lightness([r, g, b])).collect();
            // Two thousandths for rounding to 8 bits.
            assert!(light.windows(2).all(|pair| pair[1] > pair[0] - 0.002));
            assert!(light[255] - light[0] > 0.4);
            assert!(light.iter().step_by(16).is_sorted());
        }
    }

    #[test]
    fn a_ramp_meets_its_stops() {
        let ramp = Ramp::new(&HEAT);
        for (index, stop) in HEAT.into_iter().enumerate() {
            assert_eq!(ramp.class_color(index, 5), stop);
        }
        assert_eq!(ramp.color(-1.0), HEAT[0]);
        assert_eq!(ramp.color(7.0), HEAT[4]);
        assert_eq!(Ramp::new(&[[1, 2, 3]]).color(0.4), [1, 2, 3]);
        assert_eq!(Ramp::new(&[]).color(0.4), [0, 0, 0]);
    }

    #[test]
    fn heat_begins_invisible_and_ends_as_told() {
        let lut = Ramp::new(&HEAT).heat_lut(0.2, 0.9);
        assert_eq!(lut[0], [0; 4]);
        assert_eq!(lut[255][3], 230);
        assert!(lut.windows(2).all(|pair| pair[0][3] <= pair[1][3]));
        assert!(lut.iter().all(|&[r, g, b, a]| r <= a && g <= a && b <= a));
    }

    proptest! {
        #[test]
        fn oklab_returns_every_colour(color in prop::array::uniform3(0_u8..)) {
            prop_assert_eq!(Oklab::of(color).to_rgb(), color);
        }

        #[test]
        fn contrast_is_symmetric_and_between_1_and_21(
            a in prop::array::uniform3(0_u8..),
            b in prop::array::uniform3(0_u8..),
        ) {
            let ratio = contrast_ratio(a, b);
            prop_assert!((1.0..=21.001).contains(&ratio));
            prop_assert!((ratio - contrast_ratio(b, a)).abs() < 1e-6);
        }
    }
}
