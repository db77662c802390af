//! Lists that are longer than their place.

use egui::{Pos2, Rect};

use super::parts::Canvas;
use crate::ui::widgets::{Align, Weight};

/// How many of `all` are shown where `fits` have room, or `above` over a last line that says
/// how many are not; more than `known` cannot be.
pub(super) fn shown_of(all: usize, known: usize, fits: usize, above: usize) -> usize {
    if fits < all { above.min(known) } else { known }
}

impl Canvas<'_> {
    /// «ещё 7» at the left of a line whose middle is at a height, where there are any.
    pub(super) fn more(&self, left_out: usize, rect: Rect, y: f32) {
        if left_out == 0 {
            return;
        }
        let more = self.text.with("wall-more", &[("n", (left_out as u32).into())]);
        let (at, ink) = (Pos2::new(rect.left(), y), self.tokens.color.text_dim);
        self.words(at, Align::Left, &more, self.note, Weight::Regular, ink, rect.width());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_is_cut_keeps_a_line_to_say_so() {
        let shown = |known, fits: usize| shown_of(6, known, fits, fits.saturating_sub(1));
        assert_eq!([0, 1, 5, 6, 9].map(|fits| shown(6, fits)), [0, 0, 4, 6, 6]);
        assert_eq!([3, 5, 6, 9].map(|fits| shown(4, fits)), [2, 4, 4, 4]);
        assert_eq!(shown_of(6, 6, 5, 5), 5, "a last line that is lower than the others");
    }
}
