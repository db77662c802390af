//! What a chart or map is before anyone paints it: scales, classes, colour
//! ramps, labels, paths and legends. Numbers in, numbers out; words and digits
//! are written by whoever paints.

pub mod ramp;
pub mod scale;
pub mod classes;
pub mod label;
pub mod legend;
pub mod path;
