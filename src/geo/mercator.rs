//! Web Mercator (EPSG:3857) over the unit square and as 32-bit fixed point.
//!
//! World coordinates run from 0 to 1 over the square world, x to the east and y
//! **down** to the south, as tiles and screens count. The fixed point is the
//! same with 2³² units over the world: 9.3 mm at the equator, 5.6 mm at 53° N.

use std::f64::consts::PI;

/// Length of the equator in Web Mercator, metres: 2π · 6,378,137.
pub const EQUATOR_M: f64 = 40_075_016.685_578_49;

/// Mean radius of the Earth, metres (IUGG R₁), for distances on the sphere.
pub const MEAN_RADIUS_M: f64 = 6_371_008.8;

/// The latitude at which the square world ends, degrees.
pub const MAX_LATITUDE: f64 = 85.051_128_779_806_59;

/// Fixed-point units over the world.
pub const UNITS: f64 = 4_294_967_296.0;

/// A position in world coordinates: `[x, y]`, 0–1, y down.
pub type World = [f64; 2];

/// Degrees, WGS 84.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LonLat {
    pub lon: f64,
    pub lat: f64,
}

/// A position as 32-bit fixed point. There is no «nowhere» in it: a place that
/// may be absent is an `Option<MercatorPoint>`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MercatorPoint {
    pub x: u32,
    pub y: u32,
}

/// A rectangle in world coordinates.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct WorldRect {
    pub x_min: f64,
    pub y_min: f64,
    pub x_max: f64,
    pub y_max: f64,
}

/// A rectangle in fixed-point units, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FixedRect {
    pub x_min: u32,
    pub y_min: u32,
    pub x_max: u32,
    pub y_max: u32,
}

impl LonLat {
    /// World coordinates; latitudes beyond the square world are cut to its edge.
    pub fn to_world(self) -> World {
        let lat = self.lat.clamp(-MAX_LATITUDE, MAX_LATITUDE).to_radians();
        let y = 0.5 - lat.sin().atanh() / (2.0 * PI);
        [self.lon / 360.0 + 0.5, y.clamp(0.0, 1.0)]
    }

    pub fn from_world([x, y]: World) -> Self {
        let lat = (PI * (1.0 - 2.0 * y)).sinh().atan().to_degrees();
        Self { lon: (x - 0.5) * 360.0, lat }
    }

    /// Great-circle distance on the mean sphere, metres (haversine).
    pub fn distance_m(self, other: Self) -> f64 {
        let half_lat = (other.lat - self.lat).to_radians() / 2.0;
        let half_lon = (other.lon - self.lon).to_radians() / 2.0;
        let chord = half_lat.sin().powi(2)
            + self.lat.to_radians().cos() * other.lat.to_radians().cos() * half_lon.sin().powi(2);
        2.0 * MEAN_RADIUS_M * chord.sqrt().min(1.0).asin()
    }
}

/// Of the middle of Khakassia, degrees: the plane of [`MercatorPoint::plane_m`] is true to
/// scale there, and within four hundredths all over the region.
const REGION_LATITUDE: f64 = 53.5;

impl MercatorPoint {
    /// Metres east and south of the corner of the world, on a plane that is true to scale
    /// in the region; exact to two metres.
    pub fn plane_m(self) -> [f32; 2] {
        let circle = 2.0 * PI * MEAN_RADIUS_M * REGION_LATITUDE.to_radians().cos();
        self.to_world().map(|share| (share * circle) as f32)
    }

    /// `None` where the numbers are no place of the square world.
    pub fn from_lon_lat(place: LonLat) -> Option<Self> {
        let inside = (-180.0..=180.0).contains(&place.lon)
            && (-MAX_LATITUDE..=MAX_LATITUDE).contains(&place.lat);
        inside.then(|| Self::from_world(place.to_world()))
    }

    pub fn to_lon_lat(self) -> LonLat {
        LonLat::from_world(self.to_world())
    }

    /// The unit that holds a world position; outside of 0–1 the nearest one.
    pub fn from_world([x, y]: World) -> Self {
        // A cast of a float saturates, which is the cut to the edge.
        Self { x: (x * UNITS) as u32, y: (y * UNITS) as u32 }
    }

    /// The middle of the unit.
    pub fn to_world(self) -> World {
        [(f64::from(self.x) + 0.5) / UNITS, (f64::from(self.y) + 0.5) / UNITS]
    }
}

impl WorldRect {
    /// Holds nothing; grows with [`WorldRect::include`].
    pub const EMPTY: Self = Self {
        x_min: f64::INFINITY,
        y_min: f64::INFINITY,
        x_max: f64::NEG_INFINITY,
        y_max: f64::NEG_INFINITY,
    };

    /// The whole world.
    pub const WORLD: Self = Self { x_min: 0.0, y_min: 0.0, x_max: 1.0, y_max: 1.0 };

    pub fn of(points: impl IntoIterator<Item = World>) -> Self {
        let mut rect = Self::EMPTY;
        for point in points {
            rect.include(point);
        }
        rect
    }

    pub fn is_empty(self) -> bool {
        self.x_min > self.x_max || self.y_min > self.y_max
    }

    pub fn include(&mut self, [x, y]: World) {
        self.x_min = self.x_min.min(x);
        self.y_min = self.y_min.min(y);
        self.x_max = self.x_max.max(x);
        self.y_max = self.y_max.max(y);
    }

    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self {
            x_min: self.x_min.min(other.x_min),
            y_min: self.y_min.min(other.y_min),
            x_max: self.x_max.max(other.x_max),
            y_max: self.y_max.max(other.y_max),
        }
    }

    /// Grown by a margin on every side.
    #[must_use]
    pub fn grown(self, margin: f64) -> Self {
        Self {
            x_min: self.x_min - margin,
            y_min: self.y_min - margin,
            x_max: self.x_max + margin,
            y_max: self.y_max + margin,
        }
    }

    pub fn width(self) -> f64 {
        self.x_max - self.x_min
    }

    pub fn height(self) -> f64 {
        self.y_max - self.y_min
    }

    pub fn centre(self) -> World {
        [f64::midpoint(self.x_min, self.x_max), f64::midpoint(self.y_min, self.y_max)]
    }

    pub fn contains(self, [x, y]: World) -> bool {
        (self.x_min..=self.x_max).contains(&x) && (self.y_min..=self.y_max).contains(&y)
    }

    pub fn intersects(self, other: Self) -> bool {
        self.x_min <= other.x_max
            && other.x_min <= self.x_max
            && self.y_min <= other.y_max
            && other.y_min <= self.y_max
    }

    pub fn to_fixed(self) -> FixedRect {
        let min = MercatorPoint::from_world([self.x_min, self.y_min]);
        let max = MercatorPoint::from_world([self.x_max, self.y_max]);
        FixedRect { x_min: min.x, y_min: min.y, x_max: max.x, y_max: max.y }
    }
}

impl FixedRect {
    pub const fn of_point(point: MercatorPoint) -> Self {
        Self { x_min: point.x, y_min: point.y, x_max: point.x, y_max: point.y }
    }

    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self {
            x_min: self.x_min.min(other.x_min),
            y_min: self.y_min.min(other.y_min),
            x_max: self.x_max.max(other.x_max),
            y_max: self.y_max.max(other.y_max),
        }
    }

    pub fn contains(self, point: MercatorPoint) -> bool {
        (self.x_min..=self.x_max).contains(&point.x) && (self.y_min..=self.y_max).contains(&point.y)
    }

    pub fn intersects(self, other: Self) -> bool {
        self.x_min <= other.x_max
            && other.x_min <= self.x_max
            && self.y_min <= other.y_max
            && other.y_min <= self.y_max
    }

    /// The world rectangle that covers all units of this one.
    pub fn to_world(self) -> WorldRect {
        WorldRect {
            x_min: f64::from(self.x_min) / UNITS,
            y_min: f64::from(self.y_min) / UNITS,
            x_max: (f64::from(self.x_max) + 1.0) / UNITS,
            y_max: (f64::from(self.y_max) + 1.0) / UNITS,
        }
    }
}

/// Metres on the ground for one world width, at a world y: what a scale bar and
/// a density per km² divide by.
pub fn metres_per_world(y: f64) -> f64 {
    // cos(latitude) = 1 / cosh(mercator ordinate)
    EQUATOR_M / (PI * (1.0 - 2.0 * y)).cosh()
}

/// Metres on the ground for one fixed-point unit, at a latitude in degrees.
pub fn metres_per_unit(lat: f64) -> f64 {
    EQUATOR_M * lat.to_radians().cos() / UNITS
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_places() {
        let [x, y] = LonLat { lon: 0.0, lat: 0.0 }.to_world();
        assert!((x - 0.5).abs() < 1e-12 && (y - 0.5).abs() < 1e-12);
        let [_, top] = LonLat { lon: 0.0, lat: MAX_LATITUDE }.to_world();
        assert!(top.abs() < 1e-12);
        // Abakan lies north of the equator and east of Greenwich.
        let [x, y] = LonLat { lon: 91.42593, lat: 53.7154 }.to_world();
        assert!(x > 0.5 && y < 0.5);
    }

    #[test]
    fn no_place_for_what_is_no_place() {
        for (lon, lat) in
            [(f64::NAN, 53.0), (91.0, f64::INFINITY), (1e300, 53.0), (91.0, 86.0), (-180.1, 0.0)]
        {
            assert_eq!(MercatorPoint::from_lon_lat(LonLat { lon, lat }), None, "{lon} {lat}");
        }
    }

    #[test]
    fn ends_of_the_world_stay_in_it() {
        let east = MercatorPoint::from_lon_lat(LonLat { lon: 180.0, lat: -MAX_LATITUDE });
        assert_eq!(east.map(|p| p.x), Some(u32::MAX));
        assert!(east.is_some_and(|p| p.y > u32::MAX - 16));
    }

    #[test]
    fn a_degree_of_latitude_is_111_kilometres() {
        let a = LonLat { lon: 91.0, lat: 53.0 };
        let b = LonLat { lon: 91.0, lat: 54.0 };
        assert!((a.distance_m(b) - 111_195.0).abs() < 1.0);
        assert!(a.distance_m(a).abs() < 1e-9);
    }

    #[test]
    fn the_scale_agrees_with_the_distance() {
        let lat = 53.7;
        let a = LonLat { lon: 91.0, lat };
        let b = LonLat { lon: 91.01, lat };
        let by_world = (b.to_world()[0] - a.to_world()[0]) * metres_per_world(a.to_world()[1]);
        let by_unit = (0.01 / 360.0) * UNITS * metres_per_unit(lat);
        // Web Mercator's sphere is 0.11 % larger than the mean one.
        assert!((by_world / a.distance_m(b) - 1.0).abs() < 0.002);
        assert!((by_unit / by_world - 1.0).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn there_and_back_within_a_centimetre(lon in -179.9..179.9, lat in -84.9..84.9) {
            let place = LonLat { lon, lat };
            let point = MercatorPoint::from_lon_lat(place).unwrap();
            prop_assert!(place.distance_m(point.to_lon_lat()) < 0.01);
            prop_assert_eq!(MercatorPoint::from_world(point.to_world()), point);
        }

        #[test]
        fn north_is_up(a in -84.0..84.0, b in -84.0..84.0) {
            let y = |lat| LonLat { lon: 0.0, lat }.to_world()[1];
            prop_assert_eq!(a < b, y(a) > y(b));
        }
    }
}
