//! One scene becomes another: what was seen last goes while the next one is there.

use std::time::Duration;

use egui::Ui;
use egui::epaint::ClippedShape;

use super::Reason;

/// Within this it goes.
const LENGTH: Duration = Duration::from_millis(600);
/// While it does the picture is drawn so often.
const FRAME: Duration = Duration::from_millis(33);

/// What a window keeps to let one scene become another.
#[derive(Default)]
pub struct CrossFade {
    /// What was drawn last.
    last: Option<Picture>,
    /// What goes, and since when, of running.
    leaving: Option<(Picture, Duration)>,
}

struct Picture {
    /// Position in the plan.
    scene: usize,
    /// Why it was shown out of turn.
    reason: Option<Reason>,
    shapes: Vec<ClippedShape>,
}

impl CrossFade {
    /// Draws a scene and, over it, what is left of the one before. Returns what `draw` does,
    /// and when the picture is to be drawn again for what is left.
    pub fn paint<R>(
        &mut self,
        ui: &mut Ui,
        (scene, reason): (usize, Option<&Reason>),
        tick: Duration,
        draw: impl FnOnce(&mut Ui) -> R,
    ) -> (R, Duration) {
        let is_other = |last: &Picture| (last.scene, last.reason.as_ref()) != (scene, reason);
        if let Some(last) = self.last.take_if(|last| is_other(last)) {
            self.leaving = Some((last, tick));
        }
        let layer = ui.layer_id();
        let drawn_before = ui.ctx().graphics_mut(|layers| layers.entry(layer).next_idx().0);
        let result = draw(ui);
        let shapes = ui.ctx().graphics_mut(|layers| {
            layers.entry(layer).all_entries().skip(drawn_before).cloned().collect()
        });
        match &mut self.last {
            Some(last) => last.shapes = shapes,
            none => *none = Some(Picture { scene, reason: reason.cloned(), shapes }),
        }
        (result, self.paint_leaving(ui, tick))
    }

    fn paint_leaving(&mut self, ui: &Ui, tick: Duration) -> Duration {
        let left = |since: Duration| LENGTH.saturating_sub(tick.saturating_sub(since));
        self.leaving.take_if(|(_, since)| left(*since).is_zero());
        let Some((picture, since)) = &self.leaving else { return Duration::MAX };
        let mut painter = ui.painter().clone();
        painter.set_opacity(left(*since).div_duration_f32(LENGTH));
        for ClippedShape { clip_rect, shape, .. } in &picture.shapes {
            painter.with_clip_rect(*clip_rect).add(shape.clone());
        }
        FRAME
    }
}

#[cfg(test)]
mod tests {
    use egui::{Color32, Pos2, RawInput, Rect, Shape, vec2};

    use super::*;

    #[test]
    fn one_scene_goes_as_the_other_is_there_and_what_stands_asks_for_no_frame() {
        let ctx = egui::Context::default();
        let mut fade = CrossFade::default();
        let place = Rect::from_min_size(Pos2::ZERO, vec2(10.0, 10.0));
        // Opacities of what is drawn, of scenes whose number is their shade, and when again.
        let mut seen = |scene: u8, reason: Option<&Reason>, millis: u64| {
            let mut again = Duration::MAX;
            let mut output = ctx.run_ui(RawInput::default(), |ui| {
                ui.painter().rect_filled(place, 0.0, Color32::WHITE);
                let shown = (usize::from(scene), reason);
                let ink = Color32::from_gray(scene);
                let tick = Duration::from_millis(millis);
                let draw = |ui: &mut Ui| ui.painter().rect_filled(place, 0.0, ink);
                (_, again) = fade.paint(ui, shown, tick, draw);
            });
            output.textures_delta.clear();
            let fills = output.shapes.iter().filter_map(|clipped| match &clipped.shape {
                Shape::Rect(rect) => Some(rect.fill),
                _ => None,
            });
            (fills.skip(1).map(|fill| (fill.r(), fill.a())).collect::<Vec<_>>(), again)
        };
        let still = |scene: u8| (vec![(scene, 255)], Duration::MAX);
        assert_eq!(seen(100, None, 0), still(100), "the first one comes at once");
        assert_eq!(seen(100, None, 9_000), still(100));
        assert_eq!(seen(40, None, 10_000), (vec![(40, 255), (100, 255)], FRAME));
        assert_eq!(seen(40, None, 10_300), (vec![(40, 255), (50, 128)], FRAME));
        assert_eq!(seen(40, None, 10_600), still(40));
        // What interrupts the scene that is shown comes like another, and a third one may
        // come before that is there.
        let why = Reason::Overdue(20);
        seen(40, Some(&why), 20_000);
        assert_eq!(seen(40, Some(&why), 20_300).0, [(40, 255), (20, 128)]);
        assert_eq!(seen(200, None, 20_400).0, [(200, 255), (40, 255)]);
        assert_eq!(seen(200, None, 21_000), still(200));
    }
}
