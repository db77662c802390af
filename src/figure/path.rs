//! Lines: sparklines, lines that fade out towards the edge of their data, and
//! lines with as many points as a zoom can show.

use crate::geo::mercator::{World, WorldRect};

/// A stretch of a sparkline without gaps.
pub type Stretch = Vec<[f32; 2]>;

/// Points of a sparkline in a box of `size` (y down), evenly spaced in x, with
/// 0 at the bottom and `top` at the upper edge. A missing value makes a gap.
pub fn sparkline(values: &[Option<f64>], size: [f32; 2], top: f64) -> Vec<Stretch> {
    let step = size[0] / values.len().saturating_sub(1).max(1) as f32;
    let height = |value: f64| {
        let share = if top > 0.0 { (value / top).clamp(0.0, 1.0) } else { 0.0 };
        size[1] * (1.0 - share as f32)
    };
    let points: Vec<Option<[f32; 2]>> = values
        .iter()
        .enumerate()
        .map(|(at, value)| {
            value.filter(|value| value.is_finite()).map(|value| [step * at as f32, height(value)])
        })
        .collect();
    points
        .split(Option::is_none)
        .map(|stretch| stretch.iter().copied().flatten().collect::<Stretch>())
        .filter(|stretch| !stretch.is_empty())
        .collect()
}

/// The area between a stretch and the bottom of its box, as pairs of an upper
/// and a lower point: a strip of quadrilaterals.
pub fn area_strip(stretch: &[[f32; 2]], bottom: f32) -> Vec<[[f32; 2]; 2]> {
    stretch.iter().map(|&[x, y]| [[x, y], [x, bottom]]).collect()
}

/// A point of a line and how visible it is there, 0–1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FadedPoint {
    pub at: World,
    pub alpha: f32,
}

/// A line that fades to nothing over the last `fade` (world units) before the
/// edge of a box: data that ends there should not look as if the river did.
/// Within the fade, long sides get points of their own.
pub fn fade_to_edge(line: &[World], edge: WorldRect, fade: f64) -> Vec<FadedPoint> {
    let faded = |[x, y]: World| {
        let inside = (x - edge.x_min).min(edge.x_max - x).min(y - edge.y_min).min(edge.y_max - y);
        let share = (inside / fade.max(f64::MIN_POSITIVE)).clamp(0.0, 1.0) as f32;
        FadedPoint { at: [x, y], alpha: share * share * (3.0 - 2.0 * share) }
    };
    let mut points: Vec<FadedPoint> = Vec::with_capacity(line.len());
    for (at, &point) in line.iter().enumerate() {
        let to = faded(point);
        if let Some(from) = at.checked_sub(1).map(|before| faded(line[before])) {
            let [right, down] = [to.at[0] - from.at[0], to.at[1] - from.at[1]];
            // A side that is wholly visible or wholly not needs no points; one
            // that crosses the box from outside to outside does.
            let plain = from.alpha >= 1.0 && to.alpha >= 1.0;
            let parts = (right.hypot(down) / fade * 6.0).ceil().clamp(1.0, 64.0);
            if !plain && parts > 1.0 {
                points.extend((1..parts as u32).map(|part| {
                    let share = f64::from(part) / parts;
                    faded([from.at[0] + right * share, from.at[1] + down * share])
                }));
            }
        }
        points.push(to);
    }
    points
}

/// A line that knows at which tolerance each of its points may go
/// (Douglas and Peucker, 1973), computed once for all zooms.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Simplified {
    points: Vec<World>,
    /// The least tolerance, in world units, at which the point is left out.
    needed_until: Vec<f64>,
}

impl Simplified {
    pub fn new(line: &[World]) -> Self {
        let mut needed_until = vec![0.0; line.len()];
        for end in [0, line.len().saturating_sub(1)] {
            if let Some(end) = needed_until.get_mut(end) {
                *end = f64::INFINITY;
            }
        }
        let mut spans = vec![(0, line.len().saturating_sub(1), f64::INFINITY)];
        while let Some((first, last, at_most)) = spans.pop() {
            let farthest = (first + 1..last)
                .map(|at| (at, distance(line[at], line[first], line[last])))
                .max_by(|a, b| a.1.total_cmp(&b.1));
            if let Some((at, away)) = farthest {
                // Never longer than the points that its span depends on.
                let until = away.min(at_most);
                needed_until[at] = until;
                spans.push((first, at, until));
                spans.push((at, last, until));
            }
        }
        Self { points: line.to_vec(), needed_until }
    }

    /// The points that a tolerance (world units) needs; both ends always.
    pub fn at(&self, tolerance: f64) -> impl Iterator<Item = World> + '_ {
        self.points
            .iter()
            .zip(&self.needed_until)
            .filter(move |&(_, &until)| until > tolerance)
            .map(|(&point, _)| point)
    }

    /// Half a pixel at a zoom of 256-pixel tiles, in world units.
    pub fn half_pixel(zoom: f64) -> f64 {
        0.5 / (256.0 * zoom.exp2())
    }
}

/// Distance of a point to a side.
fn distance(point: World, a: World, b: World) -> f64 {
    let [right, down] = [b[0] - a[0], b[1] - a[1]];
    let length_squared = right * right + down * down;
    let along = if length_squared > 0.0 {
        (((point[0] - a[0]) * right + (point[1] - a[1]) * down) / length_squared).clamp(0.0, 1.0)
    } else {
        0.0
    };
    (a[0] + right * along - point[0]).hypot(a[1] + down * along - point[1])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_sparkline_fills_its_box_and_keeps_gaps() {
        let values = [Some(0.0), Some(10.0), None, Some(5.0), Some(f64::NAN)];
        let stretches = sparkline(&values, [80.0, 20.0], 10.0);
        assert_eq!(stretches, [vec![[0.0, 20.0], [20.0, 0.0]], vec![[60.0, 10.0]]]);
        assert!(sparkline(&[], [80.0, 20.0], 10.0).is_empty());
        assert_eq!(sparkline(&[Some(3.0)], [80.0, 20.0], 0.0), [vec![[0.0, 20.0]]]);
        assert_eq!(area_strip(&stretches[1], 20.0), [[[60.0, 10.0], [60.0, 20.0]]]);
    }

    const EDGE: WorldRect = WorldRect { x_min: 0.0, y_min: 0.0, x_max: 1.0, y_max: 1.0 };

    #[test]
    fn a_line_fades_before_the_edge() {
        let faded = fade_to_edge(&[[0.5, 0.5], [0.6, 0.5], [1.0, 0.5]], EDGE, 0.1);
        assert!(faded.len() > 8, "the last side has points of its own");
        assert!((faded[0].alpha - 1.0).abs() < 1e-6);
        assert!(faded.last().unwrap().alpha < 1e-6);
        assert!(faded.windows(2).all(|pair| pair[0].alpha >= pair[1].alpha));
        assert!(faded.windows(2).all(|pair| pair[0].alpha - pair[1].alpha < 0.4));
        assert!(fade_to_edge(&[], EDGE, 0.1).is_empty());
    }

    proptest! {
        #[test]
        fn fading_keeps_the_line(line in prop::collection::vec(prop::array::uniform2(-0.2..1.2_f64), 0..30)) {
            let faded = fade_to_edge(&line, EDGE, 0.1);
            let mut rest = faded.iter();
            for point in &line {
                let bits = |at: World| at.map(f64::to_bits);
                prop_assert!(rest.any(|faded| bits(faded.at) == bits(*point)));
            }
            prop_assert!(faded.iter().all(|point| (0.0..=1.0).contains(&point.alpha)));
            prop_assert!(faded.iter().all(|point| EDGE.contains(point.at) || point.alpha == 0.0));
        }

        #[test]
        fn simplified_lines_stay_near_and_shrink(
            line in prop::collection::vec(prop::array::uniform2(0.0..1.0_f64), 2..60),
            tolerance in 0.0..0.5_f64,
        ) {
            let simplified = Simplified::new(&line);
            let kept: Vec<World> = simplified.at(tolerance).collect();
            prop_assert_eq!(kept.first(), line.first());
            prop_assert_eq!(kept.last(), line.last());
            prop_assert!(simplified.at(tolerance * 2.0).count() <= kept.len());
            for &point in &line {
                let away = kept
                    .windows(2)
                    .map(|pair| distance(point, pair[0], pair[1]))
                    .fold(f64::INFINITY, f64::min);
                prop_assert!(away <= tolerance + 1e-12, "{} is {} away", tolerance, away);
            }
        }
    }
}
