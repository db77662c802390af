//! Placing labels so that they never overlap and do not jump about.

use std::collections::HashMap;

/// A box on the screen, points or pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Box2 {
    pub min: [f32; 2],
    pub max: [f32; 2],
}

/// Where a label stands to its anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Spot {
    Centre,
    Right,
    Left,
    Above,
    Below,
    AboveRight,
    BelowRight,
    AboveLeft,
    BelowLeft,
}

impl Spot {
    /// Beside a mark, in the order in which readers expect it.
    pub const AROUND: [Self; 8] = [
        Self::Right,
        Self::AboveRight,
        Self::BelowRight,
        Self::Left,
        Self::AboveLeft,
        Self::BelowLeft,
        Self::Above,
        Self::Below,
    ];

    /// On an area: in its middle, else a little off.
    pub const WITHIN: [Self; 3] = [Self::Centre, Self::Below, Self::Above];

    /// Direction from the anchor to the label's middle.
    const fn direction(self) -> [f32; 2] {
        match self {
            Self::Centre => [0.0, 0.0],
            Self::Right => [1.0, 0.0],
            Self::Left => [-1.0, 0.0],
            Self::Above => [0.0, -1.0],
            Self::Below => [0.0, 1.0],
            Self::AboveRight => [1.0, -1.0],
            Self::BelowRight => [1.0, 1.0],
            Self::AboveLeft => [-1.0, -1.0],
            Self::BelowLeft => [-1.0, 1.0],
        }
    }
}

/// A text that wants a place.
#[derive(Clone, Debug)]
pub struct Label<'a> {
    /// The same in every frame; each at most once.
    pub id: u64,
    pub anchor: [f32; 2],
    /// Width and height of the text.
    pub size: [f32; 2],
    /// Between anchor and text.
    pub distance: f32,
    /// The higher goes first.
    pub priority: i32,
    /// Tried in this order.
    pub spots: &'a [Spot],
}

/// A label that found its place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlacedLabel {
    pub id: u64,
    pub spot: Spot,
    pub area: Box2,
}

/// All labels of a frame that found a place, the most important first. Give it
/// to the next frame, which keeps what it can.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Placement {
    pub labels: Vec<PlacedLabel>,
}

impl Box2 {
    pub fn around(middle: [f32; 2], size: [f32; 2]) -> Self {
        let [x, y] = middle;
        let [half_width, half_height] = [size[0] / 2.0, size[1] / 2.0];
        Self { min: [x - half_width, y - half_height], max: [x + half_width, y + half_height] }
    }

    #[must_use]
    pub fn grown(self, margin: f32) -> Self {
        Self { min: self.min.map(|at| at - margin), max: self.max.map(|at| at + margin) }
    }

    /// Whether both share more than an edge.
    pub fn overlaps(self, other: Self) -> bool {
        self.min[0] < other.max[0]
            && other.min[0] < self.max[0]
            && self.min[1] < other.max[1]
            && other.min[1] < self.max[1]
    }

    pub fn holds(self, other: Self) -> bool {
        self.min[0] <= other.min[0]
            && self.min[1] <= other.min[1]
            && self.max[0] >= other.max[0]
            && self.max[1] >= other.max[1]
    }
}

impl Label<'_> {
    fn area(&self, spot: Spot) -> Box2 {
        let [right, down] = spot.direction();
        let middle = [
            self.anchor[0] + right * (self.distance + self.size[0] / 2.0),
            self.anchor[1] + down * (self.distance + self.size[1] / 2.0),
        ];
        Box2::around(middle, self.size)
    }
}

impl Placement {
    /// Gives labels their places, the important first: the spot that a label had
    /// in the last frame, else the first free one, else none. Among equals those
    /// that were shown stay. Labels keep `gap` to each other, do not touch
    /// obstacles and lie wholly in the view.
    #[must_use]
    pub fn next(&self, labels: &[Label<'_>], obstacles: &[Box2], view: Box2, gap: f32) -> Self {
        let shown: HashMap<u64, Spot> =
            self.labels.iter().map(|label| (label.id, label.spot)).collect();
        let mut order: Vec<&Label<'_>> = labels.iter().collect();
        order.sort_by_key(|label| {
            (std::cmp::Reverse(label.priority), !shown.contains_key(&label.id), label.id)
        });
        let mut placed: Vec<PlacedLabel> = Vec::with_capacity(labels.len());
        for label in order {
            let last = shown.get(&label.id).copied().filter(|spot| label.spots.contains(spot));
            let free = last.into_iter().chain(label.spots.iter().copied()).find_map(|spot| {
                let area = label.area(spot);
                let apart = area.grown(gap);
                let is_free = view.holds(area)
                    && !obstacles.iter().any(|obstacle| obstacle.overlaps(area))
                    && !placed.iter().any(|other| other.area.overlaps(apart));
                is_free.then_some(PlacedLabel { id: label.id, spot, area })
            });
            placed.extend(free);
        }
        Self { labels: placed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const VIEW: Box2 = Box2 { min: [0.0, 0.0], max: [400.0, 300.0] };

    fn label(id: u64, anchor: [f32; 2], priority: i32) -> Label<'static> {
        Label { id, anchor, size: [60.0, 16.0], distance: 6.0, priority, spots: &Spot::AROUND }
    }

    #[test]
    fn the_important_one_takes_the_better_spot() {
        let labels = [label(1, [200.0, 150.0], 1), label(2, [210.0, 150.0], 9)];
        let placement = Placement::default().next(&labels, &[], VIEW, 2.0);
        assert_eq!(placement.labels[0].id, 2);
        assert_eq!(placement.labels[0].spot, Spot::Right);
        assert_ne!(placement.labels[1].spot, Spot::Right);
    }

    #[test]
    fn a_shown_spot_is_kept_while_it_is_free() {
        let crowded = [label(1, [200.0, 150.0], 1), label(2, [210.0, 150.0], 9)];
        let first = Placement::default().next(&crowded, &[], VIEW, 2.0);
        let kept = first.labels[1].spot;
        let alone = [label(1, [200.0, 150.0], 1)];
        assert_eq!(first.next(&alone, &[], VIEW, 2.0).labels[0].spot, kept);
        // Once something stands there, it moves.
        let obstacle = first.labels[1].area;
        assert_ne!(first.next(&alone, &[obstacle], VIEW, 2.0).labels[0].spot, kept);
    }

    #[test]
    fn among_equals_the_shown_one_stays() {
        let fixed = |id, x: f32| Label { spots: &[Spot::Centre], ..label(id, [x, 100.0], 5) };
        let first = Placement::default().next(&[fixed(7, 100.0)], &[], VIEW, 2.0);
        let second = first.next(&[fixed(3, 110.0), fixed(7, 100.0)], &[], VIEW, 2.0);
        assert_eq!(second.labels.iter().map(|l| l.id).collect::<Vec<_>>(), [7]);
    }

    proptest! {
        #[test]
        fn labels_never_overlap_and_a_still_frame_stays_still(
            wanted in prop::collection::vec((0.0..400.0_f32, 0.0..300.0_f32, 10.0..90.0_f32, 0..4), 0..60),
            walls in prop::collection::vec((0.0..400.0_f32, 0.0..300.0_f32, 1.0..50.0_f32), 0..5),
        ) {
            let labels: Vec<Label<'_>> = wanted
                .iter()
                .zip(0..)
                .map(|(&(x, y, width, priority), id)| Label {
                    size: [width, 14.0],
                    ..label(id, [x, y], priority)
                })
                .collect();
            let obstacles: Vec<Box2> =
                walls.iter().map(|&(x, y, side)| Box2::around([x, y], [side, side])).collect();
            let placement = Placement::default().next(&labels, &obstacles, VIEW, 2.0);
            for (at, one) in placement.labels.iter().enumerate() {
                prop_assert!(VIEW.holds(one.area));
                prop_assert!(!obstacles.iter().any(|obstacle| obstacle.overlaps(one.area)));
                prop_assert!(!placement.labels[at + 1..].iter().any(|o| o.area.overlaps(one.area)));
            }
            // Nothing moves while nothing changes, in whatever order labels come.
            let reversed: Vec<Label<'_>> = labels.iter().rev().cloned().collect();
            let again = placement.next(&reversed, &obstacles, VIEW, 2.0);
            for one in &placement.labels {
                prop_assert!(again.labels.contains(one), "{:?} moved", one);
            }
        }
    }
}
