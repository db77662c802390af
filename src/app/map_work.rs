//! Heat and groups for the map, made off the UI's thread.

use super::heat_colors::heat_lut;
use super::lane::Cancel;
use super::state::{ClusterPicture, HeatPicture, MapMode, Viewport};
use crate::board::aggregates::AggregatesKey;
use crate::board::{Board, CompiledFilter, Filter, Points, Row};
use crate::config::Theme;
use crate::geo::clusters::{Cluster, Clusters};
use crate::geo::density::{Columns, Heat, HeatFrame, HeatScale, HeatStyle};
use crate::geo::mercator::{WorldRect, metres_per_world};

/// Radius of the core of a single incident's heat, as a share of the map's
/// shorter side: heat reads alike on a laptop and on a wall.
const RADIUS_SHARE: f32 = 0.036;

/// The scale ends no lower than where so many incidents at one place are.
const LEAST_TOP: f32 = 150.0;

/// Above so many pixels heat is computed on a coarser grid. It holds nothing
/// finer than its radius, so between grid points it may be interpolated.
const FULL_GRID_PX: u64 = 700_000;

/// Groups of at most so many incidents say what they are.
const TOLD_ROWS: usize = 6;

/// Points beyond the viewport from which a circle may still reach into it.
const CIRCLE_REACH: f64 = 40.0;

/// What the map wants to show.
#[derive(Clone, Debug)]
pub struct MapQuestion {
    pub board: Board,
    pub key: AggregatesKey,
    pub mode: MapMode,
    pub viewport: Viewport,
    /// Whose colours the heat takes.
    pub theme: Theme,
    /// Keeps the scale of the picture before, so that days of a replay can be
    /// compared.
    pub keep_scale: bool,
}

#[derive(Clone, Debug)]
pub enum MapAnswer {
    Heat(HeatPicture),
    Clusters(ClusterPicture),
}

/// Answers questions; keeps points and groups of the last filter, so that
/// panning and zooming do not gather them anew.
#[derive(Debug, Default)]
pub struct MapWorker {
    gathered: Option<Gathered>,
    scale: Option<HeatScale>,
    pictures: u64,
    selections: u64,
}

/// What a selection of incidents depends on.
#[derive(Clone, Debug, PartialEq)]
struct SelectionKey {
    filter: Filter,
    version: u64,
    /// UTC seconds where the filter asks what is overdue; else 0.
    now: u32,
}

impl SelectionKey {
    fn of(key: &AggregatesKey) -> Self {
        let now = if key.filter.overdue_only { key.now } else { 0 };
        Self { filter: key.filter.clone(), version: key.version, now }
    }
}

#[derive(Debug)]
struct Gathered {
    key: SelectionKey,
    points: Points,
    clusters: Option<Clusters>,
}

impl MapWorker {
    /// `None` where the mode needs no work or a newer question has come.
    pub fn answer(&mut self, question: &MapQuestion, cancel: &Cancel) -> Option<MapAnswer> {
        if question.mode == MapMode::Areas {
            return None;
        }
        self.gather(question, cancel)?;
        match question.mode {
            MapMode::Areas => None,
            MapMode::Heat => self.heat(question).map(MapAnswer::Heat),
            MapMode::Clusters => self.clusters(question).map(MapAnswer::Clusters),
        }
    }

    fn gather(&mut self, question: &MapQuestion, cancel: &Cancel) -> Option<()> {
        let key = SelectionKey::of(&question.key);
        if self.gathered.as_ref().is_some_and(|gathered| gathered.key == key) {
            return Some(());
        }
        let known = self.gathered.as_ref().map(|gathered| &gathered.key.filter);
        self.selections += u64::from(known.is_none_or(|known| !known.is_near(&key.filter)));
        let board = &question.board;
        let filter = CompiledFilter::new(&key.filter, board.vocabulary(), question.key.now);
        let points = board.selected_points(&filter, cancel.flag())?;
        self.gathered = Some(Gathered { key, points, clusters: None });
        Some(())
    }

    fn heat(&mut self, question: &MapQuestion) -> Option<HeatPicture> {
        let points = &self.gathered.as_ref()?.points;
        let scale = self.scale.filter(|_| question.keep_scale);
        let heat = make_heat(points, question.viewport, question.theme, scale);
        self.scale = Some(heat.scale);
        self.pictures += 1;
        Some(HeatPicture {
            viewport: question.viewport,
            heat,
            number: self.pictures,
            selection: self.selections,
        })
    }

    fn clusters(&mut self, question: &MapQuestion) -> Option<ClusterPicture> {
        let Gathered { points, clusters, .. } = self.gathered.as_mut()?;
        let index = clusters.get_or_insert_with(|| Clusters::new(&points.xs, &points.ys));
        Some(make_clusters(index, &points.positions, &question.board, question.viewport))
    }
}

/// Heat of `points` over a viewport, in incidents per km².
pub fn make_heat(
    points: &Points,
    viewport: Viewport,
    theme: Theme,
    scale: Option<HeatScale>,
) -> Heat {
    let frame = heat_frame(viewport, FULL_GRID_PX);
    let columns = [Columns { x: &points.xs, y: &points.ys }];
    let lut = heat_lut(theme);
    let with = |scale| Heat::of_columns(&columns, frame, &HeatStyle { lut, scale, mask: None });
    if scale.is_some() {
        return with(scale);
    }
    let heat = with(None);
    // A handful of incidents must not glow like a thousand.
    let least = least_top(frame);
    if heat.max_density < least { with(Some(HeatScale::up_to(least))) } else { heat }
}

/// The frame of a viewport's heat, of at most so many pixels.
pub(super) fn heat_frame(viewport: Viewport, most_px: u64) -> HeatFrame {
    let mut width_px = viewport.width_px.max(1);
    let mut height_px = viewport.height_px.max(1);
    while u64::from(width_px) * u64::from(height_px) > most_px {
        width_px = width_px.div_ceil(2);
        height_px = height_px.div_ceil(2);
    }
    let radius_px = RADIUS_SHARE * width_px.min(height_px) as f32;
    HeatFrame { view: world_of(viewport), width_px, height_px, radius_px }
}

/// The density that a scale reaches at least.
pub(super) fn least_top(frame: HeatFrame) -> f32 {
    LEAST_TOP * lone_density(frame)
}

/// Density in the middle of a single incident's heat, per km².
fn lone_density(frame: HeatFrame) -> f32 {
    let km_per_world = metres_per_world(frame.view.centre()[1]) / 1_000.0;
    let km_per_px = frame.view.width() * km_per_world / f64::from(frame.width_px);
    (f64::from(frame.lone_peak()) / (km_per_px * km_per_px)) as f32
}

/// Groups in a viewport; `positions` are the board's, by index of the point.
pub fn make_clusters(
    index: &Clusters,
    positions: &[u32],
    board: &Board,
    viewport: Viewport,
) -> ClusterPicture {
    let world = world_of(viewport);
    let width_points = f64::from(viewport.width_px) / f64::from(viewport.pixels_per_point.max(0.1));
    let points_per_world = width_points / world.width().max(f64::MIN_POSITIVE);
    // Rounded down: groups may be farther apart than they must, never nearer.
    let zoom = (points_per_world / 256.0).log2().floor().clamp(0.0, 22.0) as u8;
    let bounds = world.grown(CIRCLE_REACH / points_per_world).to_fixed();
    let clusters: Vec<Cluster> = index
        .query(bounds, zoom)
        .into_iter()
        .map(|mut cluster| {
            for member in &mut cluster.members {
                *member = positions.get(*member as usize).copied().unwrap_or(u32::MAX);
            }
            cluster
        })
        .collect();
    let rows = clusters.iter().map(|cluster| told_rows(cluster, board)).collect();
    ClusterPicture { viewport, clusters, rows }
}

fn told_rows(cluster: &Cluster, board: &Board) -> Vec<Row> {
    if cluster.members.len() > TOLD_ROWS {
        return Vec::new();
    }
    cluster.members.iter().filter_map(|&position| board.row(position)).collect()
}

fn world_of(viewport: Viewport) -> WorldRect {
    let Viewport { x_min, y_min, x_max, y_max, .. } = viewport;
    WorldRect { x_min, y_min, x_max, y_max }
}
