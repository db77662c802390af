//! Eight megabytes that can be given back on a full disk: SQLite needs room even
//! to delete, and an officer's command must still be written down.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

const FILE_NAME: &str = "ballast";
const BYTES: usize = 8 << 20;

/// Lays the ballast where it is missing. A disk too full for it is no error: it
/// is laid again at a later start.
pub(super) fn lay(folder: &Path) {
    let path = folder.join(FILE_NAME);
    if fs::metadata(&path).is_ok_and(|file| file.len() == BYTES as u64) {
        return;
    }
    if let Err(error) = write(&path) {
        tracing::warn!(%error, "no room for the ballast file");
        release(folder);
    }
}

/// Gives the room back; true where there was any to give.
pub(super) fn release(folder: &Path) -> bool {
    fs::remove_file(folder.join(FILE_NAME)).is_ok()
}

fn write(path: &Path) -> io::Result<()> {
    let mut file = File::create(path)?;
    // Real bytes, not a hole: a hole gives no room back.
    let block = [0xa5; 8 << 10];
    for _ in 0..BYTES / block.len() {
        file.write_all(&block)?;
    }
    file.sync_all()
}
