//! A vector tile as triangles of its own square: made once, put on the screen many times.

use egui::{Color32, Mesh, Rect, Vec2, pos2, vec2};

use super::style::Role;
use crate::geo::mvt::{self, Damaged, Feature, Layer, Shape, TilePoint, Value};
use crate::ui::tokens::Colors;

/// Where layers say what a feature is.
const KIND_KEYS: [&str; 3] = ["kind", "class", "pmap:kind"];

/// At a sharper corner the sides of a line are not joined: it would be a long thorn.
const SHARPEST: f32 = -0.5;

/// Vertices that a tile may have.
const MOST_VERTICES: usize = 200_000;

#[derive(Clone, Copy, Debug)]
struct Vertex {
    at: TilePoint,
    /// Towards the line's side; nothing of an area.
    across: Vec2,
    /// Half the line's width, in points of a desk; 0 of an area.
    half: f32,
    /// Transparent along the outer edge of a line, which fades.
    color: Color32,
}

#[derive(Debug, Default)]
pub(super) struct VectorTile {
    vertices: Vec<Vertex>,
    indices: Vec<u32>,
}

impl VectorTile {
    /// Reads a tile and dresses it in the colours of a theme.
    pub(super) fn decode(bytes: &[u8], zoom: u8, color: &Colors) -> Result<Self, Damaged> {
        let layers = mvt::layers(bytes)?;
        let mut drawn: Vec<(Role, &Layer<'_>, Feature<'_>)> = Vec::new();
        for layer in &layers {
            for feature in layer.features() {
                let feature = feature?;
                let mut kinds = KIND_KEYS.iter().filter_map(|key| layer.value(&feature, key));
                let kind = match kinds.next() {
                    Some(Value::Text(kind)) => kind,
                    _ => "",
                };
                if let Some(role) = Role::of(layer.name, kind, zoom) {
                    drawn.push((role, layer, feature));
                }
            }
        }
        drawn.sort_by_key(|(role, ..)| *role);
        let mut tile = Self::default();
        tile.area(
            &[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]],
            &[0, 1, 2, 0, 2, 3],
            color.map_land,
        )?;
        for (role, layer, feature) in drawn {
            let (ink, width) = (role.color(color), role.width(zoom));
            let is_area = feature.shape == Shape::Areas;
            // Borders and roads that come as areas are squares and bridges.
            if is_area && !matches!(role, Role::Wood | Role::Town | Role::Water) {
                continue;
            }
            if is_area {
                let triangles = layer.triangles(&feature)?;
                tile.area(&triangles.points, &triangles.indices, ink)?;
            }
            if width > 0.0 {
                for mut path in layer.paths(&feature)? {
                    if is_area {
                        path.extend_from_within(..1);
                    }
                    tile.line(&path, width / 2.0, ink)?;
                }
            }
        }
        Ok(tile)
    }

    pub(super) fn vertices(&self) -> usize {
        self.vertices.len()
    }

    pub(super) fn bytes(&self) -> usize {
        size_of_val(&self.vertices[..]) + size_of_val(&self.indices[..])
    }

    fn room_for(&self, vertices: usize) -> Result<(), Damaged> {
        if self.vertices.len() + vertices > MOST_VERTICES { Err(Damaged) } else { Ok(()) }
    }

    fn area(
        &mut self,
        points: &[TilePoint],
        indices: &[u32],
        color: Color32,
    ) -> Result<(), Damaged> {
        self.room_for(points.len())?;
        let first = self.vertices.len() as u32;
        let vertex = |at: &TilePoint| Vertex { at: *at, across: Vec2::ZERO, half: 0.0, color };
        self.vertices.extend(points.iter().map(vertex));
        self.indices.extend(indices.iter().map(|index| first + index));
        Ok(())
    }

    fn line(&mut self, path: &[TilePoint], half: f32, color: Color32) -> Result<(), Damaged> {
        self.room_for(4 * path.len())?;
        let mut points = path.to_vec();
        points.dedup();
        let normals: Vec<Vec2> = points
            .windows(2)
            .map(|pair| vec2(pair[1][0] - pair[0][0], pair[1][1] - pair[0][1]).normalized().rot90())
            .collect();
        for (at, point) in points.iter().enumerate() {
            let before = at.checked_sub(1).and_then(|before| normals.get(before));
            let across = match (before, normals.get(at)) {
                (Some(one), Some(other)) if one.dot(*other) > SHARPEST => {
                    (*one + *other) / (1.0 + one.dot(*other))
                }
                (Some(one), _) | (None, Some(one)) => *one,
                (None, None) => return Ok(()),
            };
            let first = self.vertices.len() as u32;
            let clear = Color32::TRANSPARENT;
            for (across, color) in
                [(across, clear), (across, color), (-across, color), (-across, clear)]
            {
                self.vertices.push(Vertex { at: *point, across, half, color });
            }
            if at > 0 {
                for side in first..first + 3 {
                    let before = side - 4;
                    self.indices.extend([before, before + 1, side, before + 1, side + 1, side]);
                }
            }
        }
        Ok(())
    }

    /// The tile in its square of the screen. `feathering` is over how many points an edge
    /// fades.
    pub(super) fn mesh(&self, square: Rect, line_scale: f32, feathering: f32) -> Mesh {
        let mut mesh = Mesh::default();
        mesh.vertices.reserve(self.vertices.len());
        for vertex in &self.vertices {
            let [x, y] = vertex.at;
            let at = pos2(
                x.mul_add(square.width(), square.left()),
                y.mul_add(square.height(), square.top()),
            );
            if vertex.half == 0.0 {
                mesh.colored_vertex(at, vertex.color);
                continue;
            }
            let half = vertex.half * line_scale;
            let (reach, color) = if vertex.color == Color32::TRANSPARENT {
                (half + feathering / 2.0, vertex.color)
            } else {
                // A line that is thinner than a pixel is paler.
                let strength = (2.0 * half / feathering).min(1.0);
                ((half - feathering / 2.0).max(0.0), vertex.color.gamma_multiply(strength))
            };
            mesh.colored_vertex(at + vertex.across * reach, color);
        }
        mesh.indices.clone_from(&self.indices);
        mesh
    }
}

#[cfg(test)]
mod tests {
    use ::mvt as made;
    use egui::Pos2;

    use super::*;
    use crate::config::Theme;
    use crate::ui::tokens::Tokens;

    const SQUARE: Rect = Rect { min: pos2(100.0, 50.0), max: pos2(200.0, 150.0) };
    const INK: Color32 = Color32::WHITE;

    fn drawn(path: &[TilePoint], half: f32) -> Mesh {
        let mut tile = VectorTile::default();
        tile.line(path, half, INK).unwrap();
        let mesh = tile.mesh(SQUARE, 1.0, 1.0);
        assert!(mesh.is_valid());
        assert!(mesh.vertices.iter().all(|vertex| vertex.pos.is_finite()), "{path:?}");
        mesh
    }

    #[test]
    fn a_line_is_as_wide_as_it_should_be_and_fades_at_its_edges() {
        let mesh = drawn(&[[0.0, 0.5], [0.5, 0.5], [1.0, 0.5]], 2.0);
        let heights = |wanted: Color32| -> Vec<f32> {
            let found = mesh.vertices.iter().filter(|vertex| vertex.color == wanted);
            let mut heights: Vec<f32> = found.map(|vertex| vertex.pos.y).collect();
            heights.sort_by(f32::total_cmp);
            heights.dedup();
            heights
        };
        assert_eq!(heights(INK), [98.5, 101.5]);
        assert_eq!(heights(Color32::TRANSPARENT), [97.5, 102.5]);
        assert_eq!(mesh.indices.len(), 2 * 3 * 6);
    }

    #[test]
    fn a_tile_of_too_many_vertices_is_refused() {
        let road = || {
            let mut encoder = made::GeomEncoder::new(made::GeomType::Linestring);
            for at in 0..20_000 {
                encoder.add_point(f64::from(at % 64), f64::from(at / 64)).unwrap();
            }
            encoder.encode().unwrap()
        };
        let color = Tokens::of(Theme::Dark).color;
        for (roads, is_good) in [(2, true), (3, false)] {
            let mut tile = made::Tile::new(4096);
            let mut layer = tile.create_layer("roads");
            for _ in 0..roads {
                let mut feature = layer.into_feature(road());
                feature.add_tag_string("kind", "highway");
                layer = feature.into_layer();
            }
            tile.add_layer(layer).unwrap();
            let decoded = VectorTile::decode(&tile.to_bytes().unwrap(), 8, &color);
            assert_eq!(decoded.is_ok(), is_good);
        }
    }

    #[test]
    fn sides_meet_at_corners_and_a_sharp_one_makes_no_thorn() {
        let right_angle = drawn(&[[0.0, 0.0], [0.5, 0.0], [0.5, 0.5]], 2.0);
        let corner = pos2(150.0, 50.0);
        let off = |mesh: &Mesh, around: Pos2| {
            let at_corner = mesh.vertices[4..8].iter();
            at_corner.map(|vertex| vertex.pos.distance(around)).fold(0.0, f32::max)
        };
        assert!((off(&right_angle, corner) - 2.5 * 2.0_f32.sqrt()).abs() < 1e-3);
        let back = drawn(&[[0.0, 0.0], [0.5, 0.0], [0.0, 0.01]], 2.0);
        assert!(off(&back, corner) < 2.6);
    }

    #[test]
    fn what_is_thinner_than_a_pixel_is_paler_and_points_on_each_other_are_one() {
        let thin = drawn(&[[0.1, 0.1], [0.1, 0.1], [0.9, 0.9]], 0.25);
        let strongest = thin.vertices.iter().map(|vertex| vertex.color.a()).max();
        assert_eq!(strongest, Some(INK.gamma_multiply(0.5).a()));
        assert_eq!(drawn(&[[0.3, 0.3], [0.3, 0.3]], 1.0).indices, [] as [u32; 0]);
        assert_eq!(drawn(&[], 1.0).indices, [] as [u32; 0]);
    }
}
