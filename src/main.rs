//! `pult`: see `pult --help`.

use std::process::ExitCode;

/// Rows pass from thread to thread by the million, which the system's allocator
/// takes for each of them dearly, and a wall runs for months.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    pult::cli::run()
}
