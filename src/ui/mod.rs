//! Everything that is drawn. The only layer that names egui.

pub mod format;
pub mod render;
pub mod text;
pub mod theme;
pub mod tokens;
pub mod widgets;
