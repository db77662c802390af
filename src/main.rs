//! `pult`: see `pult --help`.

fn main() {}
