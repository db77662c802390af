//! Heat: how many incidents lie around each pixel, per km², as a picture.
//!
//! Points are counted into cells of a few pixels, smoothed with a Gaussian,
//! divided by the cells' true area and shown through a colour table on a log
//! scale. A smoothed picture holds no detail finer than its kernel, so cells
//! as large as a kernel allows lose nothing and spare most of the work.

mod bins;
mod blur;
mod paint;
mod scale;

pub(super) use bins::CellGrid;
pub use bins::{Bins, Columns, HeatFrame};
pub use scale::HeatScale;

use super::mask::RegionMask;

/// How heat is coloured.
#[derive(Clone, Copy, Debug)]
pub struct HeatStyle<'a> {
    /// Colours multiplied by alpha, from [`HeatScale::share`] 0 to 1; the first
    /// must be fully transparent.
    pub lut: &'a [[u8; 4]; 256],
    /// A scale to keep, so that frames of a replay can be compared; `None`
    /// chooses one by the greatest density in view.
    pub scale: Option<HeatScale>,
    /// Where heat may show, and how softly it ends there.
    pub mask: Option<MaskFade<'a>>,
}

/// Heat is full inside of the region and fades over so many pixels outside.
#[derive(Clone, Copy, Debug)]
pub struct MaskFade<'a> {
    pub region: &'a RegionMask,
    pub fade_px: f32,
}

/// A finished picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Heat {
    pub width: u32,
    pub height: u32,
    /// Rows from the top, 4 bytes a pixel: red, green, blue, alpha, sRGB,
    /// multiplied by alpha.
    pub rgba: Vec<u8>,
    /// Points per km², the greatest in view.
    pub max_density: f32,
    pub scale: HeatScale,
    /// Points that lie within the frame or near enough to reach into it.
    pub points: u64,
}

impl Heat {
    /// Heat of whole columns of points, counted on all threads of the current
    /// rayon pool.
    pub fn of_columns(columns: &[Columns<'_>], frame: HeatFrame, style: &HeatStyle<'_>) -> Self {
        Self::of_bins(Bins::count(columns, frame), style)
    }

    /// The colours a `share`, 0–1, of the way to those of another picture of the same
    /// frame: multiplied by their alpha, they mix byte by byte.
    #[must_use]
    pub fn mixed(&self, other: &Self, share: f32) -> Self {
        let share = (share.clamp(0.0, 1.0) * 256.0) as u16;
        let mix = |(one, other): (&u8, &u8)| {
            ((u16::from(*one) * (256 - share) + u16::from(*other) * share) >> 8) as u8
        };
        Self { rgba: self.rgba.iter().zip(&other.rgba).map(mix).collect(), ..*self }
    }

    /// Heat of points that were counted elsewhere, see [`Bins::add`].
    pub fn of_bins(bins: Bins, style: &HeatStyle<'_>) -> Self {
        let frame = bins.frame();
        let points = bins.points();
        let density = blur::density(bins);
        let scale = style.scale.unwrap_or_else(|| HeatScale::up_to(density.max));
        let mask = style.mask.map(|mask| {
            let inside = mask.region.rasterise(density.cells);
            blur::fade(&inside, density.cells, mask.fade_px / density.cells.size_px as f32)
        });
        Self {
            width: frame.width_px,
            height: frame.height_px,
            max_density: density.max,
            rgba: paint::paint(frame, density, mask.as_deref(), &scale, style.lut),
            scale,
            points,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::layers::GeoData;
    use crate::geo::mercator::{LonLat, MercatorPoint, WorldRect, metres_per_world};
    use proptest::prelude::*;

    /// Opaque but for the first; the index is told by the red channel.
    fn lut() -> [[u8; 4]; 256] {
        std::array::from_fn(|index| if index == 0 { [0; 4] } else { [index as u8, 0, 0, 255] })
    }

    fn frame(radius_px: f32) -> HeatFrame {
        let view = WorldRect { x_min: 0.74, y_min: 0.31, x_max: 0.76, y_max: 0.32 };
        HeatFrame { view, width_px: 320, height_px: 160, radius_px }
    }

    fn place(x: f64, y: f64) -> (u32, u32) {
        let view = frame(1.0).view;
        let point = MercatorPoint::from_world([
            view.x_min + view.width() * x,
            view.y_min + view.height() * y,
        ]);
        (point.x, point.y)
    }

    fn heat(points: &[(u32, u32)], radius_px: f32) -> Heat {
        let (x, y): (Vec<u32>, Vec<u32>) = points.iter().copied().unzip();
        let columns = [Columns { x: &x, y: &y }];
        let style = HeatStyle { lut: &lut(), scale: None, mask: None };
        Heat::of_columns(&columns, frame(radius_px), &style)
    }

    fn red(heat: &Heat, x: u32, y: u32) -> u8 {
        heat.rgba[(y * heat.width + x) as usize * 4]
    }

    #[test]
    fn nothing_is_transparent() {
        let heat = heat(&[], 24.0);
        assert_eq!(heat.rgba.len(), 320 * 160 * 4);
        assert!(heat.rgba.iter().all(|&byte| byte == 0));
        assert!(heat.max_density.abs() < f32::EPSILON);
        assert_eq!(heat.points, 0);
    }

    #[test]
    fn a_point_is_brightest_where_it_lies_and_even_all_around() {
        for radius in [3.0, 9.0, 16.0, 30.0] {
            let heat = heat(&[place(160.5 / 320.0, 80.5 / 160.0); 1000], radius);
            assert_eq!(heat.points, 1000);
            let centre = red(&heat, 160, 80);
            let brightest = heat.rgba.iter().step_by(4).max().copied().unwrap();
            // Counted in cells, a point stands up to half a cell off on either axis.
            assert!(brightest - centre < 4, "{radius}: {centre} of {brightest}");
            let away = radius as u32;
            let around = [
                red(&heat, 160 + away, 80),
                red(&heat, 160 - away, 80),
                red(&heat, 160, 80 + away),
                red(&heat, 160, 80 - away),
            ];
            assert!(around.iter().all(|&side| side > 0 && side < centre), "{radius} {around:?}");
            assert_eq!(red(&heat, 2, 2), 0);
        }
    }

    #[test]
    fn a_point_glows_beyond_its_core_and_has_no_rim() {
        let heat = heat(&[place(160.5 / 320.0, 80.5 / 160.0); 1000], 12.0);
        let levels: Vec<u8> = (0..=36).map(|away| red(&heat, 160 + away, 80)).collect();
        assert!(levels[18] > levels[0] / 3, "{levels:?}");
        // Between two pixels the level never falls by more than a tenth of all.
        let steepest = levels.windows(2).map(|pair| pair[0].saturating_sub(pair[1])).max();
        assert!(steepest.unwrap() < 26, "{levels:?}");
    }

    #[test]
    fn the_unit_is_points_per_square_kilometre() {
        // 50,000 points spread evenly (Roberts' R2 sequence) and a kernel's reach
        // beyond the frame, so that the density is known everywhere.
        let points: Vec<(u32, u32)> = (0..50_000)
            .map(|at| {
                let spread = |factor: f64| (f64::from(at) * factor).fract() * 1.25 - 0.125;
                place(spread(0.754_877_666_246_693), spread(0.569_840_290_998_053))
            })
            .collect();
        let view = frame(1.0).view;
        // Densest in the north, where a pixel covers the least ground.
        let kilometres = metres_per_world(view.y_min) / 1000.0;
        let expected = 32_000.0 / (view.width() * view.height() * kilometres * kilometres);
        let found = f64::from(heat(&points, 12.0).max_density);
        assert!((found / expected - 1.0).abs() < 0.04, "{found} of {expected}");
    }

    #[test]
    fn heat_ends_at_the_region() {
        let data = GeoData::embedded();
        let region = RegionMask::of(data.municipalities.iter().map(|m| &m.area));
        let minusinsk = LonLat { lon: 91.70797, lat: 53.70117 };
        let abakan = LonLat { lon: 91.42593, lat: 53.7154 };
        let colour_at = |place: LonLat| {
            let [x, y] = place.to_world();
            let view = WorldRect {
                x_min: x - 0.001,
                x_max: x + 0.001,
                y_min: y - 0.001,
                y_max: y + 0.001,
            };
            let frame = HeatFrame { view, width_px: 400, height_px: 400, radius_px: 20.0 };
            let point = MercatorPoint::from_world([x, y]);
            let columns = [Columns { x: &[point.x], y: &[point.y] }];
            let mask = Some(MaskFade { region: &region, fade_px: 10.0 });
            let heat =
                Heat::of_columns(&columns, frame, &HeatStyle { lut: &lut(), scale: None, mask });
            red(&heat, 200, 200)
        };
        assert!(colour_at(abakan) > 100);
        assert_eq!(colour_at(minusinsk), 0, "Minusinsk is across the Yenisei, in another region");
    }

    #[test]
    fn heat_moves_with_the_map() {
        let (x, y): (Vec<u32>, Vec<u32>) =
            [(0.31, 0.4), (0.33, 0.41), (0.6, 0.52)].map(|(x, y)| place(x, y)).into_iter().unzip();
        let columns = [Columns { x: &x, y: &y }];
        let still = frame(24.0);
        let step = still.view.width() / f64::from(still.width_px) * 7.0;
        let view = WorldRect {
            x_min: still.view.x_min + step,
            x_max: still.view.x_max + step,
            ..still.view
        };
        let table = lut();
        let style = HeatStyle { lut: &table, scale: Some(HeatScale::up_to(1.0)), mask: None };
        let one = Heat::of_columns(&columns, still, &style);
        let other = Heat::of_columns(&columns, HeatFrame { view, ..still }, &style);
        for row in 0..160 {
            for column in 0..300 {
                let (before, after) = (red(&one, column + 7, row), red(&other, column, row));
                assert!(before.abs_diff(after) <= 1, "{column} {row}: {before} {after}");
            }
        }
    }

    #[test]
    fn two_pictures_mix_from_the_one_to_the_other() {
        let one = heat(&[place(0.2, 0.5); 300], 12.0);
        let other = heat(&[place(0.8, 0.5); 300], 12.0);
        assert_eq!(one.mixed(&other, 0.0), one);
        assert_eq!(one.mixed(&other, 1.0).rgba, other.rgba);
        let half = one.mixed(&other, 0.5);
        for (half, (one, other)) in half.rgba.iter().zip(one.rgba.iter().zip(&other.rgba)) {
            assert!(half.abs_diff(one.midpoint(*other)) <= 1, "{half} of {one} and {other}");
        }
    }

    #[test]
    fn a_kept_scale_is_kept() {
        let scale = HeatScale::up_to(1000.0);
        let (x, y) = place(0.5, 0.5);
        let columns = [Columns { x: &[x], y: &[y] }];
        let style = HeatStyle { lut: &lut(), scale: Some(scale), mask: None };
        let heat = Heat::of_columns(&columns, frame(24.0), &style);
        assert_eq!(heat.scale, scale);
        assert!(heat.max_density < 1.0);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        /// Points anywhere on Earth, in any split of columns, give one picture.
        #[test]
        fn the_split_of_columns_does_not_matter(
            near in prop::collection::vec((0.0..1.0_f64, 0.0..1.0_f64), 0..60),
            far in prop::collection::vec((any::<u32>(), any::<u32>()), 0..60),
            cut in 0_usize..60,
        ) {
            let mut points: Vec<(u32, u32)> = near.iter().map(|&(x, y)| place(x, y)).collect();
            points.extend(far);
            let whole = heat(&points, 20.0);
            let (x, y): (Vec<u32>, Vec<u32>) = points.iter().copied().unzip();
            let cut = cut.min(x.len());
            let parts = [Columns { x: &x[cut..], y: &y[cut..] }, Columns { x: &x[..cut], y: &y[..cut] }];
            let style = HeatStyle { lut: &lut(), scale: None, mask: None };
            prop_assert_eq!(Heat::of_columns(&parts, frame(20.0), &style), whole);
        }
    }
}
