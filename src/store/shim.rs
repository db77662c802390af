//! Searching, until search.db is built.
use super::*;
use crate::board::filter::RowSet;
impl Reader {
    pub fn search_rows(&self, _: &str, _: &std::sync::atomic::AtomicBool) -> Result<RowSet> {
        Ok(RowSet::default())
    }
}
