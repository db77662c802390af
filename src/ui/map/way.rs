//! Colours of areas on their way from one selection's to another's.

use egui::{Color32, Context};

use super::PACE;
use crate::board::Filter;

/// The colours that are shown.
#[derive(Default)]
pub(super) struct FillsWay {
    to: Option<(Filter, Vec<Option<Color32>>)>,
    /// From what, and since when on the clock of the screen.
    from: Option<(Vec<Option<Color32>>, f64)>,
}

impl FillsWay {
    /// The colours between the last selection's and `fills` of `filter`; `land` is what
    /// shows through where there is none.
    pub(super) fn at(
        &mut self,
        ctx: &Context,
        filter: &Filter,
        fills: Vec<Option<Color32>>,
        land: Color32,
    ) -> Vec<Option<Color32>> {
        let now = ctx.input(|input| input.time);
        let is_other = self.to.as_ref().is_some_and(|(known, _)| !known.is_near(filter));
        if is_other {
            let seen = self.seen(now, land);
            self.from = seen.filter(|seen| seen.len() == fills.len()).map(|seen| (seen, now));
        }
        match &mut self.to {
            Some((known, to)) if known == filter => *to = fills,
            to => *to = Some((filter.clone(), fills)),
        }
        if self.from.as_ref().is_some_and(|(_, since)| now - since >= PACE.as_secs_f64()) {
            self.from = None;
        }
        if self.from.is_some() {
            ctx.request_repaint();
        }
        self.seen(now, land).unwrap_or_default()
    }

    fn seen(&self, now: f64, land: Color32) -> Option<Vec<Option<Color32>>> {
        let (_, to) = self.to.as_ref()?;
        let Some((from, since)) = &self.from else { return Some(to.clone()) };
        let share = ((now - since) / PACE.as_secs_f64()).clamp(0.0, 1.0) as f32;
        let mix = |(from, to): (&Option<Color32>, &Option<Color32>)| {
            (from.is_some() || to.is_some())
                .then(|| from.unwrap_or(land).lerp_to_gamma(to.unwrap_or(land), share))
        };
        Some(from.iter().zip(to).map(mix).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::board::filter::Span;

    #[test]
    fn another_selection_comes_slowly_and_the_clock_at_once() {
        let ctx = Context::default();
        let (mut way, land) = (FillsWay::default(), Color32::BLACK);
        let mut seen = |to: u32, light: u8, time: f64| {
            let span = Some(Span { from: to - 1_000, to });
            let filter = Filter { span, ..Filter::default() };
            let input = egui::RawInput { time: Some(time), ..egui::RawInput::default() };
            let mut shown = 0;
            let mut output = ctx.run_ui(input, |ui| {
                let fills = vec![Some(Color32::from_gray(light)), None];
                let fills = way.at(ui.ctx(), &filter, fills, land);
                assert_eq!(fills[1], None, "bare land stays bare");
                shown = fills[0].unwrap().r();
            });
            output.textures_delta.clear();
            shown
        };
        assert_eq!(seen(100_000, 0, 0.0), 0);
        assert_eq!(seen(100_060, 20, 1.0), 20, "a minute later");
        assert_eq!(seen(900_000, 120, 2.0), 20);
        assert_eq!(seen(900_000, 120, 2.2), 70);
        assert_eq!(seen(900_000, 120, 2.4), 120);
    }
}
