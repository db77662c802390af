//! Everything that is drawn. The only layer that names egui.

pub mod filter_bar;
pub mod format;
pub mod freshness;
pub mod map;
pub mod names;
pub mod palette;
pub mod render;
pub mod text;
pub mod theme;
pub mod tokens;
pub mod widgets;
