//! Heat as a texture over the region's land.

use egui::{
    ColorImage, Context, Painter, Pos2, Rect, TextureHandle, TextureId, TextureOptions, pos2,
};

use super::base::BaseMap;
use super::frame::MapView;
use super::paint::textured_land;
use crate::app::state::HeatPicture;
use crate::geo::mercator::{World, WorldRect};

/// The picture that was uploaded last.
#[derive(Default)]
pub(super) struct HeatTexture {
    uploaded: Option<(u64, TextureHandle)>,
}

impl HeatTexture {
    /// Paints the heat where its own viewport lies, so that the old heat moves
    /// with the map until the new one is ready. The land's triangles carry it:
    /// it ends at the region's border.
    pub(super) fn paint(
        &mut self,
        painter: &Painter,
        view: &MapView,
        base: &BaseMap,
        picture: &HeatPicture,
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
        let texture = self.texture(painter.ctx(), picture);
        let uv = |point: World| -> Pos2 {
            pos2(
                ((point[0] - world.x_min) / world.width()) as f32,
                ((point[1] - world.y_min) / world.height()) as f32,
            )
        };
        let mesh = textured_land(base, view, texture, uv);
        painter.with_clip_rect(clip).add(mesh);
    }

    /// Uploads a picture once.
    fn texture(&mut self, ctx: &Context, picture: &HeatPicture) -> TextureId {
        let heat = &picture.heat;
        let image = || {
            let size = [heat.width as usize, heat.height as usize];
            ColorImage::from_rgba_premultiplied(size, &heat.rgba)
        };
        let (number, texture) = self.uploaded.get_or_insert_with(|| {
            (picture.number, ctx.load_texture("heat", image(), TextureOptions::LINEAR))
        });
        if *number != picture.number {
            texture.set(image(), TextureOptions::LINEAR);
            *number = picture.number;
        }
        texture.id()
    }
}
