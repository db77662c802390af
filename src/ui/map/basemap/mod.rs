//! Tiles of a base map under everything else: the same on the desk and on the wall.

mod style;
#[cfg(test)]
mod tests;
mod vector;

use std::collections::{HashMap, HashSet};
use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;

use egui::{
    Color32, ColorImage, Context, Mesh, Painter, Pos2, Rect, Shape, TextureHandle, TextureOptions,
    ViewportId,
};

use super::frame::MapView;
use crate::app::basemap::{Archive, TileLoader};
use crate::config::Theme;
use crate::geo::mercator::WorldRect;
use crate::geo::pmtiles::{TileId, TileKind};
use crate::ui::app::waker_after;
use crate::ui::tokens::Tokens;
use vector::VectorTile;

/// A view that would take more tiles than this is too far away for the archive.
const MOST_TILES: f64 = 400.0;
/// Bytes of tiles that are kept though no longer seen, for the way back.
const MOST_KEPT: usize = 256 << 20;
/// Bytes that each of them counts for at least: also what is not there is remembered.
const LEAST_WEIGHT: usize = 16 << 10;
/// Vertices of vector tiles in one picture; what is over is left out. Together with all
/// else they stay below half of what a buffer of the graphics driver may hold, as it is
/// doubled when it grows.
const MOST_VERTICES: usize = 3_000_000;
/// Seconds after which a tile that could not be read is asked for again.
const AGAIN: f64 = 60.0;
/// Where the archive has no tile, one so many zooms farther away may stand for it.
const MOST_STRETCHED: u8 = 4;
/// Sides of pictures in pixels, as a rule and at most.
const USUAL_SIDE: u32 = 256;
const MOST_SIDE: u32 = 1_024;
/// Bytes that decoding one may take.
const MOST_BYTES: u64 = 32 << 20;
/// Tiles that come within this time are drawn in one frame.
const GATHER: Duration = Duration::from_millis(30);

/// A tile as the thread hands it over.
enum Decoded {
    Picture(ColorImage),
    Vector(VectorTile),
}

/// The same, ready to be drawn.
enum Tile {
    Picture(TextureHandle),
    Vector(VectorTile),
}

impl Tile {
    fn bytes(&self) -> usize {
        match self {
            Self::Picture(texture) => texture.byte_size(),
            Self::Vector(vector) => vector.bytes(),
        }
    }
}

struct Kept {
    /// `None` where the archive has none, or it could not be read.
    tile: Option<Tile>,
    /// The last layout that drew it or looked for it.
    used: u64,
    /// When one that could not be read is asked for again, on egui's clock.
    again: Option<f64>,
}

impl Kept {
    fn weight(&self) -> usize {
        self.tile.as_ref().map_or(0, Tile::bytes).max(LEAST_WEIGHT)
    }
}

/// What the thread and the tiles belong to.
#[derive(Clone, Copy, PartialEq)]
struct Dress {
    theme: Theme,
    viewport: ViewportId,
}

/// What the layout depends on.
#[derive(Clone, Copy, PartialEq)]
struct Look {
    view: MapView,
    pixels_per_point: f32,
    line_scale: f32,
    /// Of what has come.
    generation: u64,
}

/// What is kept of the base map from frame to frame.
#[derive(Default)]
pub(super) struct Basemap {
    laid: Option<Laid>,
}

impl Basemap {
    /// Paints the tiles there are and has the others loaded. Where an archive has none,
    /// what was painted before stays in sight.
    pub(super) fn paint(
        &mut self,
        painter: &Painter,
        view: &MapView,
        archive: &Arc<Archive>,
        tokens: &Tokens,
        line_scale: f32,
    ) {
        let ctx = painter.ctx();
        let dress = Dress { theme: tokens.theme, viewport: ctx.viewport_id() };
        let serves =
            |laid: &Laid| laid.dress == dress && Arc::ptr_eq(laid.loader.archive(), archive);
        if !self.laid.as_ref().is_some_and(serves) {
            self.laid = Laid::new(archive, dress, ctx, tokens);
        }
        let Some(laid) = &mut self.laid else { return };
        laid.now = ctx.input(|input| input.time);
        laid.take(ctx);
        let look = Look {
            view: *view,
            pixels_per_point: painter.pixels_per_point(),
            line_scale,
            generation: laid.generation,
        };
        if laid.look != Some(look) || laid.again.is_some_and(|again| again <= laid.now) {
            laid.lay(&look);
            laid.look = Some(look);
        }
        if let Some(again) = laid.again {
            let soon = Duration::from_secs_f64((again - laid.now).clamp(0.0, AGAIN));
            ctx.request_repaint_after_for(soon, dress.viewport);
        }
        for (clip, mesh) in &laid.pieces {
            let clip = clip.intersect(painter.clip_rect());
            painter.with_clip_rect(clip).add(Shape::mesh(Arc::clone(mesh)));
        }
        if archive.header.kind != TileKind::Vector {
            painter.rect_filled(view.rect, 0.0, tokens.color.map_dim);
        }
    }

    /// Nothing lies under the map any more.
    pub(super) fn clear(&mut self) {
        self.laid = None;
    }
}

/// The tiles of one archive in one window.
struct Laid {
    dress: Dress,
    loader: TileLoader<Decoded>,
    tiles: HashMap<TileId, Kept>,
    /// What the thread was last asked for and has not brought.
    wanted: HashSet<TileId>,
    generation: u64,
    layouts: u64,
    look: Option<Look>,
    /// What is painted, and within what.
    pieces: Vec<(Rect, Arc<Mesh>)>,
    /// Vertices of vector tiles in them.
    vertices: usize,
    /// Longer side of the first picture that came, in pixels.
    side: u32,
    now: f64,
    /// When the first of the tiles in sight that could not be read is asked for again.
    again: Option<f64>,
    /// [`MOST_KEPT`].
    most_kept: usize,
}

impl Laid {
    fn new(archive: &Arc<Archive>, dress: Dress, ctx: &Context, tokens: &Tokens) -> Option<Self> {
        let waker = waker_after(ctx, dress.viewport, GATHER);
        let (kind, color) = (archive.header.kind, Arc::clone(&tokens.color));
        let decode = move |id: TileId, bytes: &[u8]| match kind {
            TileKind::Vector => {
                VectorTile::decode(bytes, id.zoom, &color).ok().map(Decoded::Vector)
            }
            _ => picture(bytes).map(Decoded::Picture),
        };
        let loader = TileLoader::start(Arc::clone(archive), waker, decode)
            .inspect_err(|error| tracing::error!(%error, "no thread for the base map"))
            .ok()?;
        Some(Self {
            dress,
            loader,
            tiles: HashMap::new(),
            wanted: HashSet::new(),
            generation: 0,
            layouts: 0,
            look: None,
            pieces: Vec::new(),
            vertices: 0,
            side: 0,
            now: 0.0,
            again: None,
            most_kept: MOST_KEPT,
        })
    }

    fn take(&mut self, ctx: &Context) {
        for (id, came) in self.loader.take() {
            let again = came.is_err().then_some(self.now + AGAIN);
            let tile = came.ok().flatten().map(|decoded| match decoded {
                Decoded::Picture(image) => {
                    if self.side == 0 {
                        self.side = image.width().max(image.height()) as u32;
                    }
                    Tile::Picture(ctx.load_texture("tile", image, TextureOptions::LINEAR))
                }
                Decoded::Vector(vector) => Tile::Vector(vector),
            });
            self.wanted.remove(&id);
            self.tiles.insert(id, Kept { tile, used: self.layouts, again });
            self.generation += 1;
        }
    }

    /// Chooses what covers the view, and asks for what is missing.
    fn lay(&mut self, look: &Look) {
        self.pieces.clear();
        self.vertices = 0;
        self.again = None;
        self.layouts += 1;
        let mut missing = Vec::new();
        for id in self.in_sight(look) {
            self.cover(id, look, &mut missing);
        }
        if missing.iter().any(|id| !self.wanted.contains(id)) {
            self.wanted = missing.iter().copied().collect();
            self.loader.want(missing);
        }
        self.forget();
    }

    /// Tiles of the grid that are seen, those in the middle first.
    fn in_sight(&self, look: &Look) -> Vec<TileId> {
        let header = &self.loader.archive().header;
        // Vector tiles are made for twice as many points as the world is wide at zoom 0.
        let larger = f64::from(self.side.clamp(USUAL_SIDE, MOST_SIDE) / USUAL_SIDE);
        let zoom = match header.kind {
            TileKind::Vector => look.view.zoom() - 1.0,
            _ => look.view.zoom() + (f64::from(look.pixels_per_point) / larger).log2(),
        };
        let zoom = zoom.round().clamp(header.min_zoom.into(), header.max_zoom.into());
        let side = zoom.exp2();
        let seen = look.view.world();
        let range = |from: f64, to: f64| {
            let [from, to] = [from, to].map(|at| (at * side).floor().clamp(0.0, side - 1.0));
            (from, to)
        };
        let (columns, rows) = (range(seen.x_min, seen.x_max), range(seen.y_min, seen.y_max));
        if (columns.1 - columns.0 + 1.0) * (rows.1 - rows.0 + 1.0) > MOST_TILES {
            return Vec::new();
        }
        let [x, y] = look.view.center().map(|at| at * side - 0.5);
        let zoom = zoom as u8;
        let mut ids: Vec<TileId> = (rows.0 as u32..=rows.1 as u32)
            .flat_map(|y| (columns.0 as u32..=columns.1 as u32).map(move |x| TileId { zoom, x, y }))
            .collect();
        let off = |id: &TileId| (f64::from(id.x) - x).hypot(f64::from(id.y) - y);
        ids.sort_by(|a, b| off(a).total_cmp(&off(b)));
        ids
    }

    /// Paints the best there is in the place of a tile.
    fn cover(&mut self, id: TileId, look: &Look, missing: &mut Vec<TileId>) {
        let least = self.loader.archive().header.min_zoom;
        let least = least.max(id.zoom.saturating_sub(MOST_STRETCHED));
        let mut wanted = Some(id);
        while let Some(at) = wanted {
            let Some(kept) = self.tiles.get_mut(&at) else { break };
            kept.used = self.layouts;
            if kept.tile.is_some() {
                return self.draw(id, at, look);
            }
            if let Some(again) = kept.again {
                if again <= self.now {
                    break;
                }
                self.again = Some(self.again.map_or(again, |first| first.min(again)));
            }
            wanted = at.parent().filter(|parent| parent.zoom >= least);
        }
        let Some(awaited) = wanted else { return };
        if !missing.contains(&awaited) {
            missing.push(awaited);
        }
        // Until it has come: what was seen before, from farther away or from nearer.
        let mut around = awaited.parent();
        while let Some(at) = around {
            if self.is_drawn(at) {
                return self.draw(id, at, look);
            }
            around = at.parent();
        }
        for child in id.children() {
            if self.is_drawn(child) {
                self.draw(child, child, look);
            }
        }
    }

    fn is_drawn(&self, id: TileId) -> bool {
        self.tiles.get(&id).is_some_and(|kept| kept.tile.is_some())
    }

    /// Paints, in the place of `id`, what `from` has of it: the same or one around it.
    fn draw(&mut self, id: TileId, from: TileId, look: &Look) {
        let Some(kept) = self.tiles.get_mut(&from) else { return };
        kept.used = self.layouts;
        let place = square(&look.view, id);
        let piece = match &kept.tile {
            Some(Tile::Picture(texture)) => {
                let mut mesh = Mesh::with_texture(texture.id());
                mesh.add_rect_with_uv(place, part(id, from), Color32::WHITE);
                (Rect::EVERYTHING, mesh)
            }
            Some(Tile::Vector(tile)) => {
                let vertices = self.vertices + tile.vertices();
                if vertices > MOST_VERTICES {
                    return;
                }
                self.vertices = vertices;
                let feathering = 1.0 / look.pixels_per_point;
                let whole = square(&look.view, from);
                (place, tile.mesh(whole, look.line_scale, feathering))
            }
            None => return,
        };
        self.pieces.push((piece.0, Arc::new(piece.1)));
    }

    /// Lets go of tiles that were not seen for the longest.
    fn forget(&mut self) {
        let mut unseen: Vec<(u64, TileId, usize)> = self
            .tiles
            .iter()
            .filter(|(_, kept)| kept.used < self.layouts)
            .map(|(id, kept)| (kept.used, *id, kept.weight()))
            .collect();
        let mut bytes: usize = unseen.iter().map(|(.., weight)| weight).sum();
        if bytes <= self.most_kept {
            return;
        }
        unseen.sort_unstable();
        for (_, id, weight) in unseen {
            self.tiles.remove(&id);
            bytes -= weight;
            if bytes <= self.most_kept {
                return;
            }
        }
    }
}

/// Where a tile is on the screen.
fn square(view: &MapView, id: TileId) -> Rect {
    let side = f64::from(id.zoom).exp2();
    let [x_min, y_min, x_max, y_max] =
        [id.x, id.y, id.x + 1, id.y + 1].map(|at| f64::from(at) / side);
    view.rect_to_screen(WorldRect { x_min, y_min, x_max, y_max })
}

/// What of the tile `around` lies in `id`, 0–1.
fn part(id: TileId, around: TileId) -> Rect {
    let side = 1_u32 << (id.zoom - around.zoom);
    let share = |at: u32| at as f32 / side as f32;
    let (x, y) = (id.x % side, id.y % side);
    Rect::from_min_max(Pos2::new(share(x), share(y)), Pos2::new(share(x + 1), share(y + 1)))
}

/// A picture of a tile; `None` where the bytes are none, or one of an absurd size.
fn picture(bytes: &[u8]) -> Option<ColorImage> {
    let mut reader = image::ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    let mut limits = image::Limits::default();
    limits.max_image_width = Some(MOST_SIDE);
    limits.max_image_height = Some(MOST_SIDE);
    limits.max_alloc = Some(MOST_BYTES);
    reader.limits(limits);
    let image = reader.decode().ok()?.into_rgba8();
    let size = [image.width() as usize, image.height() as usize];
    Some(ColorImage::from_rgba_unmultiplied(size, &image))
}
