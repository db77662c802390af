//! Which coordinates are taken: systems send them swapped, as zeros, as NaN or
//! from another region, and a wrong point is worse than none.

use super::mercator::{LonLat, MercatorPoint, WorldRect};

/// A rectangle in degrees, ends included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LonLatRect {
    pub west: f64,
    pub south: f64,
    pub east: f64,
    pub north: f64,
}

/// What became of a pair of coordinates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    Placed(MercatorPoint),
    /// Latitude and longitude had changed places; the point is the repaired one.
    Swapped(MercatorPoint),
    /// A place on Earth, yet not here; also where zeros stand for «unknown».
    OutOfRegion,
    /// Not a place: NaN, infinite, or beyond the degrees that there are.
    Invalid,
}

impl LonLatRect {
    pub fn of_world(rect: WorldRect) -> Self {
        let north_west = LonLat::from_world([rect.x_min, rect.y_min]);
        let south_east = LonLat::from_world([rect.x_max, rect.y_max]);
        Self {
            west: north_west.lon,
            south: south_east.lat,
            east: south_east.lon,
            north: north_west.lat,
        }
    }

    /// Grown on every side by so many degrees.
    #[must_use]
    pub fn grown(self, degrees: f64) -> Self {
        Self {
            west: self.west - degrees,
            south: self.south - degrees,
            east: self.east + degrees,
            north: self.north + degrees,
        }
    }

    pub fn contains(self, place: LonLat) -> bool {
        (self.west..=self.east).contains(&place.lon)
            && (self.south..=self.north).contains(&place.lat)
    }
}

impl Placement {
    /// The point, if there is one to take.
    pub fn point(self) -> Option<MercatorPoint> {
        match self {
            Self::Placed(point) | Self::Swapped(point) => Some(point),
            Self::OutOfRegion | Self::Invalid => None,
        }
    }
}

/// Judges coordinates by the region's bounds. A pair that lies in the region
/// only when swapped is taken as swapped; this can be told apart because the
/// latitudes of the region (51–56) are not among its longitudes (87–92).
pub fn accept(lat: f64, lon: f64, bounds: LonLatRect) -> Placement {
    if !lat.is_finite() || !lon.is_finite() {
        return Placement::Invalid;
    }
    let as_given = LonLat { lon, lat };
    let swapped = LonLat { lon: lat, lat: lon };
    if bounds.contains(as_given) {
        return MercatorPoint::from_lon_lat(as_given).map_or(Placement::Invalid, Placement::Placed);
    }
    if bounds.contains(swapped) {
        return MercatorPoint::from_lon_lat(swapped).map_or(Placement::Invalid, Placement::Swapped);
    }
    if lat.abs() <= 90.0 && lon.abs() <= 180.0 {
        Placement::OutOfRegion
    } else {
        Placement::Invalid
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const REGION: LonLatRect =
        LonLatRect { west: 87.856, south: 51.285, east: 91.925, north: 55.438 };

    #[test]
    fn a_town_of_the_region_is_placed_also_when_swapped() {
        let Placement::Placed(point) = accept(53.7154, 91.42593, REGION) else {
            panic!("Abakan is in the region");
        };
        assert_eq!(accept(91.42593, 53.7154, REGION), Placement::Swapped(point));
    }

    #[test]
    fn what_is_elsewhere_or_nowhere_is_told_apart() {
        assert_eq!(accept(0.0, 0.0, REGION), Placement::OutOfRegion);
        assert_eq!(accept(55.75, 37.62, REGION), Placement::OutOfRegion);
        for (lat, lon) in [
            (f64::NAN, 91.0),
            (53.0, f64::NAN),
            (f64::INFINITY, 91.0),
            (53.0, f64::NEG_INFINITY),
            (1e300, 91.0),
            (53.0, -1e300),
            (5371.54, 9142.59),
        ] {
            assert_eq!(accept(lat, lon, REGION), Placement::Invalid, "{lat} {lon}");
        }
    }

    proptest! {
        #[test]
        fn anything_taken_lies_in_the_region(lat in prop::num::f64::ANY, lon in prop::num::f64::ANY) {
            if let Some(point) = accept(lat, lon, REGION).point() {
                prop_assert!(REGION.grown(1e-6).contains(point.to_lon_lat()));
            }
        }

        #[test]
        fn everything_in_the_region_is_taken(lat in 51.285..55.438, lon in 87.856..91.925) {
            prop_assert!(matches!(accept(lat, lon, REGION), Placement::Placed(_)));
            prop_assert!(matches!(accept(lon, lat, REGION), Placement::Swapped(_)));
        }
    }
}
