//! Vector tiles taken apart: layers, properties, lines and areas. Pure.
//!
//! Source: Mapbox Vector Tile specification 2.1.

use earcut::Earcut;

use super::pmtiles::varint;

/// Points that one feature may have.
const MOST_POINTS: usize = 200_000;

/// Layers, features, keys and values that one tile may have together.
const MOST_PARTS: usize = 500_000;

/// Side of a tile where a layer does not say it.
const USUAL_EXTENT: u32 = 4096;

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the vector tile is damaged")]
pub struct Damaged;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Lines,
    Areas,
}

/// A property of a feature.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    Text(&'a str),
    Number(f64),
    Flag(bool),
}

/// A point of a tile: 0–1 from its upper left corner, a little more beyond its edges.
pub type TilePoint = [f32; 2];

#[derive(Clone, Debug, Default)]
pub struct Layer<'a> {
    pub name: &'a str,
    extent: u32,
    keys: Vec<&'a str>,
    values: Vec<Option<Value<'a>>>,
    features: Vec<&'a [u8]>,
}

/// What is drawn in one way. Points are left out: what they name has names of our own.
#[derive(Clone, Debug)]
pub struct Feature<'a> {
    pub shape: Shape,
    tags: &'a [u8],
    commands: &'a [u8],
}

/// Triangles of an area.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Triangles {
    pub points: Vec<TilePoint>,
    /// Three a triangle.
    pub indices: Vec<u32>,
}

/// The layers of a tile that is not compressed any more.
pub fn layers(tile: &[u8]) -> Result<Vec<Layer<'_>>, Damaged> {
    let mut layers = Vec::new();
    let mut room = MOST_PARTS;
    for field in fields(tile) {
        if let (3, Content::Bytes(bytes)) = field? {
            take_one(&mut room)?;
            layers.push(Layer::parse(bytes, &mut room)?);
        }
    }
    Ok(layers)
}

fn take_one(room: &mut usize) -> Result<(), Damaged> {
    *room = room.checked_sub(1).ok_or(Damaged)?;
    Ok(())
}

impl<'a> Layer<'a> {
    fn parse(bytes: &'a [u8], room: &mut usize) -> Result<Self, Damaged> {
        let mut layer = Self { extent: USUAL_EXTENT, ..Self::default() };
        for field in fields(bytes) {
            take_one(room)?;
            match field? {
                (1, Content::Bytes(name)) => layer.name = text(name)?,
                (2, Content::Bytes(feature)) => layer.features.push(feature),
                (3, Content::Bytes(key)) => layer.keys.push(text(key)?),
                (4, Content::Bytes(value)) => layer.values.push(self::value(value)?),
                (5, Content::Number(extent)) => {
                    let extent = u32::try_from(extent).ok().filter(|extent| *extent > 0);
                    layer.extent = extent.ok_or(Damaged)?;
                }
                _ => {}
            }
        }
        Ok(layer)
    }

    /// Its lines and areas.
    pub fn features(&self) -> impl Iterator<Item = Result<Feature<'a>, Damaged>> + '_ {
        self.features.iter().filter_map(|bytes| Feature::parse(bytes).transpose())
    }

    /// A property of one of its features.
    pub fn value(&self, feature: &Feature<'_>, key: &str) -> Option<Value<'a>> {
        let mut rest = feature.tags;
        while let (Some(key_at), Some(value_at)) = (varint(&mut rest), varint(&mut rest)) {
            if self.keys.get(usize::try_from(key_at).ok()?) == Some(&key) {
                return self.values.get(usize::try_from(value_at).ok()?).copied().flatten();
            }
        }
        None
    }

    /// Lines, or the rings of areas, each without its closing point.
    pub fn paths(&self, feature: &Feature<'_>) -> Result<Vec<Vec<TilePoint>>, Damaged> {
        let mut paths: Vec<Vec<TilePoint>> = Vec::new();
        let (mut x, mut y, mut points) = (0_i64, 0_i64, 0);
        let mut rest = feature.commands;
        while !rest.is_empty() {
            let command = varint(&mut rest).ok_or(Damaged)?;
            match command & 7 {
                move_or_line @ (1 | 2) => {
                    for _ in 0..command >> 3 {
                        let mut step = || varint(&mut rest).map(zigzag).ok_or(Damaged);
                        x = x.checked_add(step()?).ok_or(Damaged)?;
                        y = y.checked_add(step()?).ok_or(Damaged)?;
                        points += 1;
                        if move_or_line == 1 {
                            paths.push(Vec::new());
                        }
                        let path = paths.last_mut().filter(|_| points <= MOST_POINTS);
                        let share = |at: i64| at as f32 / self.extent as f32;
                        path.ok_or(Damaged)?.push([share(x), share(y)]);
                    }
                }
                7 => {}
                _ => return Err(Damaged),
            }
        }
        Ok(paths)
    }

    /// The areas of a feature as triangles.
    pub fn triangles(&self, feature: &Feature<'_>) -> Result<Triangles, Damaged> {
        let rings = self.paths(feature)?;
        let mut result = Triangles::default();
        let mut earcut = Earcut::new();
        let mut indices: Vec<u32> = Vec::new();
        let mut rings = rings
            .iter()
            .filter(|ring| ring.len() >= 3)
            .map(|ring| (ring, turns(ring)))
            .filter(|(_, turns)| *turns != 0.0)
            .peekable();
        let is_first_right = rings.peek().is_some_and(|(_, turns)| *turns > 0.0);
        // A ring of the first one's direction begins an area, others are its holes.
        while let Some((outer, _)) = rings.next() {
            let base = result.points.len();
            result.points.extend_from_slice(outer);
            let mut holes: Vec<u32> = Vec::new();
            let is_hole = |turns: f64| (turns > 0.0) != is_first_right;
            while let Some((hole, _)) = rings.next_if(|(_, turns)| is_hole(*turns)) {
                holes.push((result.points.len() - base) as u32);
                result.points.extend_from_slice(hole);
            }
            let corners = result.points[base..].iter().copied();
            earcut.earcut(corners, &holes, &mut indices);
            result.indices.extend(indices.iter().map(|index| index + base as u32));
        }
        Ok(result)
    }
}

/// Twice the signed area of a ring: above zero of one that turns right, as y goes down.
fn turns(ring: &[TilePoint]) -> f64 {
    let ring = ring.iter().map(|point| point.map(f64::from));
    let next = ring.clone().cycle().skip(1);
    ring.zip(next).map(|(a, b)| a[0] * b[1] - b[0] * a[1]).sum()
}

impl<'a> Feature<'a> {
    /// `None` of points and of what has no shape.
    fn parse(bytes: &'a [u8]) -> Result<Option<Self>, Damaged> {
        let (mut kind, mut tags, mut commands) = (0, &[][..], &[][..]);
        for field in fields(bytes) {
            match field? {
                (2, Content::Bytes(bytes)) => tags = bytes,
                (3, Content::Number(number)) => kind = number,
                (4, Content::Bytes(bytes)) => commands = bytes,
                _ => {}
            }
        }
        let shape = match kind {
            2 => Shape::Lines,
            3 => Shape::Areas,
            _ => return Ok(None),
        };
        Ok(Some(Self { shape, tags, commands }))
    }
}

fn value(bytes: &[u8]) -> Result<Option<Value<'_>>, Damaged> {
    let mut found = None;
    for field in fields(bytes) {
        found = match field? {
            (1, Content::Bytes(bytes)) => Some(Value::Text(text(bytes)?)),
            (2, Content::Four(bytes)) => Some(Value::Number(f32::from_le_bytes(bytes).into())),
            (3, Content::Eight(bytes)) => Some(Value::Number(f64::from_le_bytes(bytes))),
            (4, Content::Number(number)) => Some(Value::Number(number as i64 as f64)),
            (5, Content::Number(number)) => Some(Value::Number(number as f64)),
            (6, Content::Number(number)) => Some(Value::Number(zigzag(number) as f64)),
            (7, Content::Number(number)) => Some(Value::Flag(number != 0)),
            _ => found,
        };
    }
    Ok(found)
}

/// What a field of a protobuf message holds.
enum Content<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    Four([u8; 4]),
    Eight([u8; 8]),
}

/// Fields of a protobuf message by their number; ends at the first that is damaged.
fn fields(message: &[u8]) -> impl Iterator<Item = Result<(u64, Content<'_>), Damaged>> {
    let mut rest = message;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let field = field(&mut rest);
        if field.is_none() {
            rest = &[];
        }
        Some(field.ok_or(Damaged))
    })
}

fn field<'a>(rest: &mut &'a [u8]) -> Option<(u64, Content<'a>)> {
    let tag = varint(rest)?;
    let content = match tag & 7 {
        0 => Content::Number(varint(rest)?),
        1 => Content::Eight(fixed(rest)?),
        2 => {
            let length = usize::try_from(varint(rest)?).ok()?;
            let (bytes, behind) = rest.split_at_checked(length)?;
            *rest = behind;
            Content::Bytes(bytes)
        }
        5 => Content::Four(fixed(rest)?),
        _ => return None,
    };
    Some((tag >> 3, content))
}

fn fixed<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (bytes, behind) = rest.split_first_chunk::<N>()?;
    *rest = behind;
    Some(*bytes)
}

fn text(bytes: &[u8]) -> Result<&str, Damaged> {
    std::str::from_utf8(bytes).map_err(|_not_utf8| Damaged)
}

/// Small numbers of either sign are small.
fn zigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

#[cfg(test)]
mod tests {
    use mvt::{GeomData, GeomEncoder, GeomType, Tile};

    use super::*;

    fn path(kind: GeomType, rings: &[&[[f64; 2]]]) -> GeomData {
        let mut encoder = GeomEncoder::new(kind);
        for ring in rings {
            for [x, y] in *ring {
                encoder.add_point(*x, *y).unwrap();
            }
            encoder.complete_geom().unwrap();
        }
        encoder.encode().unwrap()
    }

    fn tile() -> Vec<u8> {
        let mut tile = Tile::new(4096);
        let square = |from: f64, to: f64| [[from, from], [to, from], [to, to], [from, to]];
        let (outer, mut hole) = (square(1024.0, 3072.0), square(1536.0, 2560.0));
        hole.reverse();
        let water = path(GeomType::Polygon, &[&outer, &hole, &square(0.0, 512.0)]);
        let mut lake = tile.create_layer("water").into_feature(water);
        lake.add_tag_string("kind", "lake");
        lake.add_tag_int("rank", -3);
        lake.add_tag_double("depth", 2.5);
        lake.add_tag_bool("salt", true);
        tile.add_layer(lake.into_layer()).unwrap();
        let road = path(GeomType::Linestring, &[&[[0.0, 0.0], [4096.0, 2048.0], [4096.0, 4160.0]]]);
        let mut road = tile.create_layer("roads").into_feature(road);
        road.add_tag_string("kind", "highway");
        tile.add_layer(road.into_layer()).unwrap();
        tile.to_bytes().unwrap()
    }

    fn area(points: &[TilePoint], indices: &[u32]) -> f64 {
        let triangles = indices.as_chunks::<3>().0.iter();
        triangles
            .map(|corners| turns(&corners.map(|corner| points[corner as usize])).abs() / 2.0)
            .sum()
    }

    #[test]
    fn holes_are_holes_whichever_way_the_first_ring_turns_and_after_a_ring_of_nothing() {
        let square = |from: f64, to: f64| vec![[from, from], [to, from], [to, to], [from, to]];
        let backwards = |mut ring: Vec<[f64; 2]>| {
            ring.reverse();
            ring
        };
        let (outer, hole) = (square(1024.0, 3072.0), square(1536.0, 2560.0));
        let nothing = vec![[0.0, 0.0], [100.0, 100.0], [200.0, 200.0]];
        // So small that a coarse sum would not know its direction.
        let tiny = square(4000.0, 4001.0);
        for rings in [
            [nothing.clone(), outer.clone(), backwards(hole.clone()), tiny.clone()],
            [backwards(outer), nothing, hole, backwards(tiny)],
        ] {
            let rings: Vec<&[[f64; 2]]> = rings.iter().map(Vec::as_slice).collect();
            let mut tile = Tile::new(4096);
            let feature = tile.create_layer("water").into_feature(path(GeomType::Polygon, &rings));
            tile.add_layer(feature.into_layer()).unwrap();
            let bytes = tile.to_bytes().unwrap();
            let layers = layers(&bytes).unwrap();
            let feature = layers[0].features().next().unwrap().unwrap();
            let Triangles { points, indices } = layers[0].triangles(&feature).unwrap();
            let expected = 0.5 * 0.5 - 0.25 * 0.25 + 4096.0_f64.powi(-2);
            assert!((area(&points, &indices) - expected).abs() < 1e-9);
        }
    }

    #[test]
    fn a_tile_of_too_many_parts_is_refused() {
        // Features of nothing: two bytes each.
        let layer = |n: usize| {
            let mut bytes = vec![0x1a];
            let mut length = n * 2;
            while length >= 0x80 {
                bytes.push(length as u8 | 0x80);
                length >>= 7;
            }
            bytes.push(length as u8);
            bytes.extend([0x12, 0x00].repeat(n));
            bytes
        };
        assert!(layers(&layer(MOST_PARTS - 1)).is_ok());
        assert!(layers(&layer(MOST_PARTS)).is_err());
    }

    #[test]
    fn what_another_program_wrote_is_read() {
        let bytes = tile();
        let layers = layers(&bytes).unwrap();
        let [water, roads] = &layers[..] else { panic!("{layers:?}") };
        assert_eq!((water.name, roads.name), ("water", "roads"));
        let lake = water.features().next().unwrap().unwrap();
        assert_eq!(lake.shape, Shape::Areas);
        assert_eq!(water.value(&lake, "kind"), Some(Value::Text("lake")));
        assert_eq!(water.value(&lake, "rank"), Some(Value::Number(-3.0)));
        assert_eq!(water.value(&lake, "depth"), Some(Value::Number(2.5)));
        assert_eq!(water.value(&lake, "salt"), Some(Value::Flag(true)));
        assert_eq!(water.value(&lake, "name"), None);
        let Triangles { points, indices } = water.triangles(&lake).unwrap();
        let area = area(&points, &indices);
        let expected = 0.5 * 0.5 - 0.25 * 0.25 + 0.125 * 0.125;
        assert!((area - expected).abs() < 1e-6, "{area} is not {expected}");
        let road = roads.features().next().unwrap().unwrap();
        assert_eq!(road.shape, Shape::Lines);
        let beyond = 4160.0 / 4096.0;
        assert_eq!(roads.paths(&road), Ok(vec![vec![[0.0, 0.0], [1.0, 0.5], [1.0, beyond]]]));
    }

    #[test]
    fn a_damaged_tile_is_refused_or_read_in_part_and_never_ends_the_program() {
        let whole = tile();
        for at in 0..whole.len() {
            for flip in [0x01, 0x80, 0xff] {
                let mut bytes = whole.clone();
                bytes[at] ^= flip;
                for bytes in [&bytes[..], &bytes[..at]] {
                    let Ok(layers) = layers(bytes) else { continue };
                    for layer in &layers {
                        for feature in layer.features().flatten() {
                            let _known = layer.value(&feature, "kind");
                            let _drawn = layer.triangles(&feature);
                        }
                    }
                }
            }
        }
    }
}
