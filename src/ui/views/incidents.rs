//! draft
use crate::app::{Command, State};
use crate::ui::{text::Text, tokens::Tokens};
pub fn incidents_ui(_: &mut egui::Ui, _: &State, _: &Tokens, _: &Text, _: &mut Vec<Command>) {}
