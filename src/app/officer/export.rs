//! The outbox as a file to be read and sent by hand.

use std::path::Path;

use crate::store::{CommandState, StoredCommand};

/// A JSON object a line: the command as the contract has it, and how far it has
/// come. What is settled is left out.
pub(super) fn write_commands(path: &Path, commands: &[StoredCommand]) -> std::io::Result<usize> {
    let live = commands.iter().filter(|command| command.state != CommandState::Settled);
    let mut lines = String::new();
    let mut n = 0;
    for command in live {
        let line = serde_json::json!({
            "seq": command.seq,
            "state": command.state.key(),
            "made_at": command.created_at.to_rfc3339(),
            "attempts": command.attempts,
            "command": serde_json::from_str::<serde_json::Value>(&command.command).ok(),
            "answer": command.answer.as_deref().and_then(|a| serde_json::from_str::<serde_json::Value>(a).ok()),
        });
        lines.push_str(&line.to_string());
        lines.push('\n');
        n += 1;
    }
    std::fs::write(path, lines)?;
    Ok(n)
}
