use super::lane::Cancel;
use super::state::*;
use crate::board::aggregates::*;
use crate::board::*;
#[derive(Default)]
pub struct MapWorker;
pub struct MapQuestion {
    pub board: Board,
    pub key: AggregatesKey,
    pub mode: MapMode,
    pub viewport: Viewport,
    pub theme: crate::config::Theme,
}
pub enum MapAnswer {
    Heat(HeatPicture),
    Clusters(ClusterPicture),
}
impl MapWorker {
    pub fn answer(&mut self, _q: MapQuestion, _c: &Cancel) -> Option<MapAnswer> {
        None
    }
}
