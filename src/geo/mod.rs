//! Places as numbers: Web Mercator, polygons, the region's base map, heat and
//! clusters. Pure: it knows no clock, no file and no painter.

pub mod mercator;
pub mod bounds;
pub mod polygon;
pub mod layers;
pub mod mask;
pub mod density;
pub mod clusters;
mod geojson_read;
mod label_point;
mod locator;
pub mod pmtiles;
pub mod mvt;
