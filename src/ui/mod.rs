//! Everything that is drawn. The only layer that names egui.

pub mod app;
pub mod dialogs;
pub mod digest;
mod figures;
pub mod filter_bar;
pub mod format;
pub mod handover;
pub mod freshness;
pub mod map;
pub mod lock;
pub mod names;
pub mod notify;
pub mod palette;
pub mod render;
pub mod scene;
pub mod shell;
pub mod text;
pub mod theme;
pub mod toast;
pub mod tokens;
pub mod views;
pub mod wall;
pub mod wall_app;
pub mod widgets;
pub mod window;
