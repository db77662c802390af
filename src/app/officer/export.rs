//! The outbox as a file to be read and sent by hand.

use std::borrow::Cow;
use std::path::Path;

use serde_json::{Value, json};

use crate::domain::mask::mask;
use crate::store::{CommandState, StoredCommand};
use crate::sync::protocol::{CommandAnswer, CommandLine, Outcome};

/// A JSON object a line: the command as the contract has it, and how far it has
/// come. What is settled is left out, and so is personal data: the words stay
/// whole in the outbox only.
pub(super) fn write_commands(path: &Path, commands: &[StoredCommand]) -> std::io::Result<usize> {
    let live = commands.iter().filter(|command| command.state != CommandState::Settled);
    let mut lines = String::new();
    let mut n = 0;
    for command in live {
        let line = json!({
            "seq": command.seq,
            "state": command.state.key(),
            "made_at": command.created_at.to_rfc3339(),
            "attempts": command.attempts,
            "command": masked_command(&command.command),
            "answer": command.answer.as_deref().and_then(masked_answer),
        });
        lines.push_str(&line.to_string());
        lines.push('\n');
        n += 1;
    }
    std::fs::write(path, lines)?;
    Ok(n)
}

/// `null` for what this version cannot read, and therefore not mask.
fn masked_command(command: &str) -> Option<Value> {
    let line: CommandLine = serde_json::from_str(command).ok()?;
    let action = line.action()?;
    let line = match action.masked_throughout() {
        Some(masked) => CommandLine { payload: CommandLine::payload_of(&masked), ..line },
        None => line,
    };
    serde_json::to_value(line).ok()
}

fn masked_answer(answer: &str) -> Option<Value> {
    let mut answer: CommandAnswer = serde_json::from_str(answer).ok()?;
    if let Outcome::Conflict { current, .. } = &mut answer.outcome {
        for text in [&mut current.summary, &mut current.address].into_iter().flatten() {
            if let Cow::Owned(masked) = mask(text) {
                *text = masked;
            }
        }
    }
    serde_json::to_value(answer).ok()
}
