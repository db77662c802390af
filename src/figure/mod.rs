//! What a chart or map is before anyone paints it: scales, classes, colour
//! ramps, labels, paths and legends. Numbers in, numbers out; words and digits
//! are written by whoever paints.

pub mod ramp;
