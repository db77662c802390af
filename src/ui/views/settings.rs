//! draft
use crate::app::{Command, State};
use crate::ui::{text::Text, tokens::Tokens};
#[derive(Default)]
pub struct Local {}
pub fn settings_ui(
    _: &mut egui::Ui,
    _: &State,
    _: &Tokens,
    _: &Text,
    _: &mut Local,
    _: &mut Vec<Command>,
) {
}
