use super::details::*;
use super::health::*;
use super::*;
use crate::board::filter::RowSet;
impl Reader {
    pub fn list_rows(&self, _: &[u32]) -> Result<Vec<ListRow>> {
        Ok(vec![])
    }
    pub fn details(&self, _: u32) -> Result<Option<IncidentDetails>> {
        Ok(None)
    }
    pub fn search_rows(&self, _: &str, _: &std::sync::atomic::AtomicBool) -> Result<RowSet> {
        Ok(RowSet::default())
    }
    pub fn health(&self) -> Result<StoreHealth> {
        Ok(StoreHealth::default())
    }
}
