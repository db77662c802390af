//! The last thirty days as pictures of their heat, for a wall that shows them in a minute.

use std::io;
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use super::super::desk::Desk;
use super::super::heat_colors::heat_lut;
use super::super::lane::{Cancel, Lane};
use super::super::map_work::{heat_frame, least_top};
use super::super::state::{Loading, Viewport};
use crate::board::filter::Span;
use crate::board::{Board, CompiledFilter, Filter};
use crate::config::Theme;
use crate::domain::{LocalDay, Timestamp};
use crate::geo::density::{Columns, Heat, HeatScale, HeatStyle};

/// Whole days that are shown; the last one is yesterday.
pub const DAYS: usize = 30;
/// Days whose heat is in one picture: a single one is too few for a heat map.
const WINDOW: usize = 7;
/// Of one picture: thirty of them are kept.
const MOST_PX: u64 = 180_000;
/// What comes late into days that are over is shown after this.
const PACE: Duration = Duration::from_mins(2);

/// One day.
#[derive(Clone, Debug)]
pub struct ReplayDay {
    /// Number of the local day.
    pub day: i32,
    /// Of it and the six days before.
    pub heat: Heat,
}

/// All of them, for one viewport and by one scale.
#[derive(Clone, Debug)]
pub struct ReplayPicture {
    pub viewport: Viewport,
    pub scale: HeatScale,
    /// From the oldest; [`DAYS`] of them.
    pub days: Vec<ReplayDay>,
    /// Counts up with every picture.
    pub number: u32,
}

/// What a picture is made of and for.
#[derive(Clone, Debug, PartialEq)]
struct Asked {
    /// Its span is that of the days.
    filter: Filter,
    today: i32,
    viewport: Viewport,
    theme: Theme,
}

impl Asked {
    /// True where the pictures would be the same but for what came late. The picture of a
    /// wall wanders, and with it the last bits of its view.
    fn is_near(&self, other: &Self) -> bool {
        let sides = |view: &Viewport| [view.x_min, view.y_min, view.x_max, view.y_max];
        let mut sides = sides(&self.viewport).into_iter().zip(sides(&other.viewport));
        let viewport = self.viewport;
        sides.all(|(one, other)| (one - other).abs() < 1e-7)
            && *self == Self { viewport, ..other.clone() }
    }
}

/// Makes them while they are looked at.
pub(in super::super) struct Replays {
    lane: Lane<(Board, Asked), ReplayPicture>,
    wanted: Option<Viewport>,
    asked: Option<(Asked, u64, Duration)>,
}

impl Replays {
    pub(in super::super) fn start(waker: Waker) -> io::Result<Self> {
        let mut number = 0;
        let work = move |(board, asked): (Board, Asked), cancel: &Cancel| {
            number += 1;
            picture(&board, &asked, number, cancel)
        };
        Ok(Self { lane: Lane::start("wall-replay", waker, work)?, wanted: None, asked: None })
    }

    pub(in super::super) fn is_busy(&self) -> bool {
        self.lane.is_busy()
    }

    /// The view they are for.
    pub(in super::super) fn wanted(&mut self) -> &mut Option<Viewport> {
        &mut self.wanted
    }
}

impl Desk {
    pub(in super::super) fn ask_replay(&mut self) {
        let Some(viewport) = *self.replay_view() else { return };
        let asked = Asked {
            filter: Filter { span: None, ..self.state.filter.clone() },
            today: Timestamp(self.state.counted_at).local_day().0,
            viewport,
            theme: self.state.settings.theme,
        };
        let (version, tick) = (self.board.version(), self.moment.tick);
        let is_known = self.replays.asked.as_ref().is_some_and(|(known, of, at)| {
            known.is_near(&asked) && (*of == version || tick.saturating_sub(*at) < PACE)
        });
        if is_known || self.state.loading != Loading::Ready {
            return;
        }
        self.replays.lane.ask((self.board.clone(), asked.clone()));
        self.replays.asked = Some((asked, version, tick));
    }

    pub(in super::super) fn take_replay(&mut self) -> bool {
        let Some(picture) = self.replays.lane.take() else { return false };
        self.state.wall_replay = Some(Arc::new(picture));
        true
    }
}

/// `None` where nobody waits for it any more.
fn picture(board: &Board, asked: &Asked, number: u32, cancel: &Cancel) -> Option<ReplayPicture> {
    let first = asked.today - DAYS as i32;
    let from = first - WINDOW as i32 + 1;
    let span = Span { from: LocalDay(from).start().0, to: LocalDay(asked.today).start().0 };
    let filter = Filter { span: Some(span), ..asked.filter.clone() };
    let compiled = CompiledFilter::new(&filter, board.vocabulary(), span.to);
    let points = board.selected_points(&compiled, cancel.flag())?;
    let mut by_day: Vec<(Vec<u32>, Vec<u32>)> = vec![Default::default(); DAYS + WINDOW - 1];
    for (at, position) in points.positions.iter().enumerate() {
        let Some(row) = board.row(*position) else { continue };
        let day = Timestamp(row.received).local_day().0 - from;
        let Some((xs, ys)) = usize::try_from(day).ok().and_then(|day| by_day.get_mut(day)) else {
            continue;
        };
        xs.push(points.xs[at]);
        ys.push(points.ys[at]);
    }
    let frame = heat_frame(asked.viewport, MOST_PX);
    let lut = heat_lut(asked.theme);
    let heats = |scale: Option<HeatScale>| -> Option<Vec<Heat>> {
        let heat = |days: &[(Vec<u32>, Vec<u32>)]| {
            if cancel.is_set() {
                return None;
            }
            let columns: Vec<Columns<'_>> = days.iter().map(|(x, y)| Columns { x, y }).collect();
            Some(Heat::of_columns(&columns, frame, &HeatStyle { lut, scale, mask: None }))
        };
        by_day.windows(WINDOW).map(heat).collect()
    };
    // One scale for all days: what is brighter is more.
    let densest = heats(None)?.iter().map(|heat| heat.max_density).fold(0.0, f32::max);
    let scale = HeatScale::up_to(densest.max(least_top(frame)));
    let days = heats(Some(scale))?.into_iter().zip(first..);
    let days = days.map(|(heat, day)| ReplayDay { day, heat }).collect();
    Some(ReplayPicture { viewport: asked.viewport, scale, days, number })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::board::Region;
    use crate::domain::Catalogue;

    #[test]
    fn thirty_days_end_with_yesterday_and_have_one_scale() {
        let board = Board::empty(Region::of(&Catalogue::embedded()));
        let viewport = Viewport {
            x_min: 0.74,
            y_min: 0.31,
            x_max: 0.76,
            y_max: 0.33,
            width_px: 3_840,
            height_px: 2_160,
            pixels_per_point: 1.0,
        };
        let asked =
            Asked { filter: Filter::default(), today: 20_000, viewport, theme: Theme::Dark };
        let picture = picture(&board, &asked, 1, &Cancel::default()).unwrap();
        assert_eq!(picture.days.len(), DAYS);
        assert_eq!((picture.days[0].day, picture.days[DAYS - 1].day), (19_970, 19_999));
        for day in &picture.days {
            assert_eq!(day.heat.scale, picture.scale);
            assert!(u64::from(day.heat.width) * u64::from(day.heat.height) <= MOST_PX);
        }
        let mut other = asked.clone();
        other.viewport.x_min += 1e-12;
        assert!(asked.is_near(&other));
        other.viewport.x_min += 1e-3;
        assert!(!asked.is_near(&other));
        assert!(!asked.is_near(&Asked { today: 20_001, ..asked.clone() }));
    }
}
