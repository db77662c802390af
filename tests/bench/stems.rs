//! Stems beforehand, for a peer that cannot make them.

use anyhow::Result;
use pult::domain::mask::mask;
use pult::domain::stem::Stemmer;

use crate::Args;

/// `texts.csv` (row, text) in the folder of exchange becomes `stems.csv`, the
/// stems of each text a line, in that order.
pub(crate) fn write(args: &Args) -> Result<()> {
    let mut texts =
        csv::ReaderBuilder::new().has_headers(false).from_path(args.out.join("texts.csv"))?;
    let mut out = csv::Writer::from_path(args.out.join("stems.csv"))?;
    let mut stemmer = Stemmer::default();
    let mut record = csv::StringRecord::new();
    while texts.read_record(&mut record)? {
        let mut stems = String::new();
        stemmer.stems_into(&mask(&record[1]), &mut stems);
        out.write_record([stems])?;
    }
    Ok(out.flush()?)
}
