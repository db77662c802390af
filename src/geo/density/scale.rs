//! The log scale of heat and the breaks that its legend names.

/// Breaks that a legend shows.
const BREAKS: usize = 5;

/// How far below the first break heat fades away: invisible at a fifth of it.
const FADE: f32 = 5.0;

/// A log scale with round breaks. A linear one would show one red blot: a town
/// is a thousand times denser than a village.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeatScale {
    /// Points per km², rising; from each on begins a colour of the legend.
    breaks: [f32; BREAKS],
    low: f32,
    high: f32,
}

impl HeatScale {
    /// A scale whose last break is the last round number not above `max`.
    pub fn up_to(max: f32) -> Self {
        // Below a millionth per km² there is nothing to tell apart.
        let mut top = 0;
        while round_number(top + 1) <= max && top < 36 {
            top += 1;
        }
        while round_number(top) > max && top > -20 {
            top -= 1;
        }
        let first = top + 1 - BREAKS as i32;
        let breaks = std::array::from_fn(|index| round_number(first + index as i32));
        Self { low: round_number(first) / FADE, high: round_number(top + 1), breaks }
    }

    pub fn breaks(&self) -> &[f32] {
        &self.breaks
    }

    /// Below this density nothing shows.
    pub fn low(&self) -> f32 {
        self.low
    }

    /// From this density on the colour is the last one.
    pub fn high(&self) -> f32 {
        self.high
    }

    /// Where a density stands on the ramp, 0–1.
    pub fn share(&self, density: f32) -> f32 {
        if density <= self.low {
            return 0.0;
        }
        ((density / self.low).ln() / (self.high / self.low).ln()).clamp(0.0, 1.0)
    }

    /// The share of the ramp over which heat becomes visible; the first break
    /// stands at its end.
    pub fn fade_share(&self) -> f32 {
        self.share(self.breaks[0])
    }
}

/// Round numbers about five times apart: …, 0.1, 0.5, 2, 10, 50, 200, 1000, …;
/// 1 is number 0 minus a third of the way: 0 ↦ 2, 1 ↦ 10, 2 ↦ 50.
fn round_number(index: i32) -> f32 {
    let step = [2.0, 10.0, 50.0][index.rem_euclid(3) as usize];
    step * 100_f32.powi(index.div_euclid(3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn breaks_are_round() {
        let close = |found: &[f32], expected: &[f32]| {
            found.len() == expected.len()
                && found.iter().zip(expected).all(|(a, b)| (a / b - 1.0).abs() < 1e-5)
        };
        assert!(close(HeatScale::up_to(74.0).breaks(), &[0.1, 0.5, 2.0, 10.0, 50.0]));
        assert!(close(HeatScale::up_to(1999.9).breaks(), &[2.0, 10.0, 50.0, 200.0, 1000.0]));
        assert!(close(HeatScale::up_to(0.6).breaks(), &[0.001, 0.005, 0.02, 0.1, 0.5]));
    }

    #[test]
    fn nothing_and_nonsense_have_a_scale_too() {
        for max in [0.0, -1.0, f32::NAN, f32::MIN_POSITIVE, f32::INFINITY] {
            let scale = HeatScale::up_to(max);
            assert_eq!(scale.breaks().len(), BREAKS, "{max}");
            assert!(scale.low() > 0.0 && scale.high().is_finite(), "{max}");
        }
    }

    proptest! {
        #[test]
        fn a_scale_holds_its_maximum(exponent in -5.0..6.0_f32) {
            let max = 10_f32.powf(exponent);
            let scale = HeatScale::up_to(max);
            let breaks = scale.breaks();
            prop_assert!(breaks.windows(2).all(|pair| pair[1] / pair[0] > 3.9));
            prop_assert!(breaks[BREAKS - 1] <= max && max <= scale.high());
            prop_assert!(scale.low() < breaks[0]);
        }

        #[test]
        fn shares_rise_with_density(a in 0.001..1e4_f32, b in 0.001..1e4_f32) {
            let scale = HeatScale::up_to(300.0);
            prop_assert!((a < b) <= (scale.share(a) <= scale.share(b)));
            prop_assert!((0.0..=1.0).contains(&scale.share(a)));
        }
    }
}
