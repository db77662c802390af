//! Heat as a texture over the region's land.

use std::sync::Arc;
use std::time::Duration;

use egui::{
    ColorImage, Context, Painter, Pos2, Rect, TextureHandle, TextureId, TextureOptions, pos2,
};

use super::base::BaseMap;
use super::frame::MapView;
use super::paint::textured_land;
use crate::app::state::HeatPicture;
use crate::geo::density::Heat;
use crate::geo::mercator::{World, WorldRect};

/// The picture that is shown, on its way from the one before where that was of another
/// selection.
#[derive(Default)]
pub(super) struct HeatTexture {
    shown: Option<Shown>,
}

struct Shown {
    picture: Arc<HeatPicture>,
    texture: TextureHandle,
    way: Option<Way>,
}

/// From what, and since when on the clock of the screen.
struct Way {
    from: Heat,
    since: f64,
}

impl HeatTexture {
    /// Paints the heat where its own viewport lies, so that the old heat moves
    /// with the map until the new one is ready. The land's triangles carry it:
    /// it ends at the region's border. Another selection's heat comes within `pace`.
    pub(super) fn paint(
        &mut self,
        painter: &Painter,
        view: &MapView,
        base: &BaseMap,
        picture: &Arc<HeatPicture>,
        pace: Duration,
    ) {
        let heat = &picture.heat;
        let bytes = heat.width as usize * heat.height as usize * 4;
        if bytes == 0 || heat.rgba.len() != bytes {
            return;
        }
        let viewport = &picture.viewport;
        let world = WorldRect {
            x_min: viewport.x_min,
            y_min: viewport.y_min,
            x_max: viewport.x_max,
            y_max: viewport.y_max,
        };
        let place: Rect = view.rect_to_screen(world);
        let clip = painter.clip_rect().intersect(place);
        if !clip.is_positive() {
            return;
        }
        let texture = self.texture(painter.ctx(), picture, pace);
        let uv = |point: World| -> Pos2 {
            pos2(
                ((point[0] - world.x_min) / world.width()) as f32,
                ((point[1] - world.y_min) / world.height()) as f32,
            )
        };
        let mesh = textured_land(base, view, texture, uv);
        painter.with_clip_rect(clip).add(mesh);
    }

    /// Uploads what is new.
    fn texture(&mut self, ctx: &Context, picture: &Arc<HeatPicture>, pace: Duration) -> TextureId {
        let now = ctx.input(|input| input.time);
        let shown = self.shown.get_or_insert_with(|| Shown {
            picture: Arc::clone(picture),
            texture: ctx.load_texture("heat", image(&picture.heat), TextureOptions::LINEAR),
            way: None,
        });
        let is_new = shown.picture.number != picture.number;
        if is_new {
            shown.way = shown.way_to(picture, now, pace);
            shown.picture = Arc::clone(picture);
        }
        match shown.seen(now, pace) {
            Some(between) => {
                shown.texture.set(image(&between), TextureOptions::LINEAR);
                ctx.request_repaint();
            }
            None if is_new || shown.way.take().is_some() => {
                shown.texture.set(image(&picture.heat), TextureOptions::LINEAR);
            }
            None => {}
        }
        shown.texture.id()
    }
}

fn image(heat: &Heat) -> ColorImage {
    ColorImage::from_rgba_premultiplied([heat.width as usize, heat.height as usize], &heat.rgba)
}

impl Shown {
    /// The way from what is seen at `now` to `next`; none where they show other places, or
    /// the same selection with other data.
    fn way_to(&mut self, next: &HeatPicture, now: f64, pace: Duration) -> Option<Way> {
        let one = &self.picture;
        let is_same_place = one.viewport == next.viewport
            && (one.heat.width, one.heat.height) == (next.heat.width, next.heat.height);
        if !is_same_place {
            return None;
        }
        if one.selection == next.selection {
            return self.way.take();
        }
        let from = self.seen(now, pace).unwrap_or_else(|| self.picture.heat.clone());
        Some(Way { from, since: now })
    }

    /// What is seen on the way; none at its end.
    fn seen(&self, now: f64, pace: Duration) -> Option<Heat> {
        let way = self.way.as_ref()?;
        let share = (now - way.since) / pace.as_secs_f64();
        (share < 1.0).then(|| way.from.mixed(&self.picture.heat, share as f32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::density::HeatScale;

    fn picture(number: u64, selection: u64, light: u8) -> Arc<HeatPicture> {
        let heat = Heat {
            width: 1,
            height: 1,
            rgba: vec![light; 4],
            max_density: 1.0,
            scale: HeatScale::up_to(1.0),
            points: 0,
        };
        let viewport = crate::app::state::Viewport::default();
        Arc::new(HeatPicture { viewport, heat, number, selection })
    }

    #[test]
    fn another_selection_comes_slowly_and_other_data_at_once() {
        let ctx = Context::default();
        let pace = Duration::from_millis(400);
        let mut texture = HeatTexture::default();
        let mut seen = |picture: &Arc<HeatPicture>, time: f64| {
            let input = egui::RawInput { time: Some(time), ..egui::RawInput::default() };
            let mut output = ctx.run_ui(input, |ui| {
                texture.texture(ui.ctx(), picture, pace);
            });
            let mut set = output.textures_delta.set.iter();
            // The first texture is that of the glyphs.
            let deltas = set.find(|(id, _)| **id != TextureId::default());
            let delta = deltas.and_then(|(_, deltas)| deltas.iter().last());
            let heat = delta.map(|delta| match &delta.image {
                egui::ImageData::Color(image) => image.pixels[0].r(),
            });
            let again = output.viewport_output[&egui::ViewportId::ROOT].repaint_delay;
            output.textures_delta.clear();
            (heat, again == Duration::ZERO)
        };
        let [first, other, data] = [picture(1, 1, 0), picture(2, 2, 100), picture(3, 2, 200)];
        seen(&first, 0.0);
        assert_eq!(seen(&other, 1.0), (Some(0), true));
        assert_eq!(seen(&other, 1.2), (Some(50), true));
        assert_eq!(seen(&data, 1.3), (Some(150), true), "on the same way");
        assert_eq!(seen(&data, 1.5).0, Some(200));
        assert_eq!(seen(&data, 9.0), (None, false), "what stands costs nothing");
        let data = picture(4, 2, 90);
        assert_eq!(seen(&data, 10.0).0, Some(90));
        seen(&picture(5, 3, 10), 11.0);
        assert_eq!(seen(&picture(5, 3, 10), 11.2), (Some(50), true));
        assert_eq!(seen(&picture(6, 4, 250), 11.2), (Some(50), true), "from where it was");
    }
}
