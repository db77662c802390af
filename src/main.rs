//! `pult`: see `pult --help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    pult::cli::run()
}
