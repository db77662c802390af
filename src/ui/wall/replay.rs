//! The last thirty days in a minute: how the heat moved, day by day.

use std::sync::Arc;
use std::time::Duration;

use egui::{Rect, pos2};

use super::Drawn;
use super::map::{self, MapKeep, MapShows};
use super::parts::Canvas;
use crate::app::wall::frame::{HeatPicture, ReplayFrame, ReplayPicture, WallFrame};
use crate::ui::format;
use crate::ui::map::furniture::Explained;
use crate::ui::widgets::{Align, Weight, fitting};

/// How long all days take.
const LENGTH: Duration = Duration::from_mins(1);
/// The last day stands so long before the first one comes again.
const REST: Duration = Duration::from_secs(4);
/// Between two of its pictures.
const STEP: Duration = Duration::from_millis(50);
/// Steps from a day to the next.
const STEPS: u64 = 40;
/// Of an upright screen's width: for the date, and for what stands beside it.
const DATE_SHARES: [f32; 2] = [0.7, 0.29];
/// Height of the days under the map, in notes.
const STRIP: f32 = 5.0;

/// Where a replay has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct At {
    day: usize,
    /// Of [`STEPS`], towards the next day.
    step: u64,
}

impl At {
    /// After `since` of playing `days` of them.
    fn after(since: Duration, days: usize) -> Self {
        let into = since.as_millis() % (LENGTH + REST).as_millis();
        let last = days.saturating_sub(1);
        let whole = u128::from(STEPS) * last as u128;
        let step = (into * whole / LENGTH.as_millis()).min(whole) as u64;
        Self { day: (step / STEPS) as usize, step: step % STEPS }
    }

    /// The day that is nearer.
    fn nearest(self) -> usize {
        self.day + usize::from(self.step * 2 >= STEPS)
    }
}

/// What a replay keeps from frame to frame.
#[derive(Default)]
pub(super) struct ReplayKeep {
    map: MapKeep,
    /// What lies between two days, and where.
    between: Option<((u32, At), Arc<HeatPicture>)>,
}

/// Draws it after `since` of playing.
pub(super) fn draw(
    canvas: &Canvas<'_>,
    frame: &WallFrame,
    since: Duration,
    keep: &mut ReplayKeep,
    rect: Rect,
) -> Drawn {
    let (strip, map) = {
        let cut = rect.bottom() - canvas.note * STRIP;
        (rect.with_min_y(cut), rect.with_max_y(cut - canvas.gap))
    };
    // An upright screen has no room beside the region.
    let head = if canvas.is_portrait { canvas.figure * 1.1 } else { 0.0 };
    let (head, map) = map.split_top_bottom_at_y(map.top() + head);
    let replay = frame.replay.as_ref();
    let at = replay.map(|replay| At::after(since, replay.picture.days.len()));
    let lines = caption(canvas, replay.zip(at));
    if canvas.is_portrait {
        head_ui(canvas, &lines, head);
    }
    let heat = replay.zip(at).map(|(replay, at)| keep.between(&replay.picture, at));
    let shows = MapShows {
        heat: heat.as_ref(),
        explained: replay.map(|replay| Explained::WeekHeat(&replay.picture.scale)),
        caption: if canvas.is_portrait { &[] } else { &lines },
        ..map::NOTHING
    };
    let view = map::paint(canvas, frame, &mut keep.map, map, &shows);
    let viewport = view.viewport(canvas.pixels_per_point);
    if let Some((replay, at)) = replay.zip(at) {
        strip_ui(canvas, replay, at.nearest(), strip);
    }
    Drawn { replay: Some(viewport), again: STEP, ..Drawn::NOTHING }
}

/// The date, large, and what is seen of it.
fn caption(canvas: &Canvas<'_>, shown: Option<(&ReplayFrame, At)>) -> Vec<(String, f32)> {
    let text = canvas.text;
    let Some((replay, at)) = shown else {
        return vec![(text.t("wall-replay-waits").to_owned(), canvas.note)];
    };
    let day = at.nearest();
    let date = format::date_of_day(replay.picture.days[day].day);
    let received = replay.received.get(day).copied().unwrap_or_default();
    // Beside the date of an upright screen there is no room for more.
    let came = if canvas.is_portrait {
        format::n_text(text, received)
    } else {
        text.with("wall-replay-came", &[("n", format::count(received).into())])
    };
    vec![
        (
            format::day_month(text, date),
            if canvas.is_portrait { canvas.figure } else { canvas.second },
        ),
        (format::weekday(text, date).to_owned(), canvas.body),
        (came, canvas.body),
        (text.t("wall-replay-note").to_owned(), canvas.note),
    ]
}

/// The first line of the caption at the left, the others at the right.
fn head_ui(canvas: &Canvas<'_>, lines: &[(String, f32)], rect: Rect) {
    let Some(((date, size), others)) = lines.split_first() else { return };
    let color = &canvas.tokens.color;
    let [room, beside] = DATE_SHARES.map(|share| rect.width() * share);
    let natural = canvas.width_of(date, *size, Weight::Semibold);
    let size = fitting(*size, natural, room);
    let (weight, ink) = (Weight::Semibold, color.text_strong);
    canvas.words(rect.left_center(), Align::Left, date, size, weight, ink, room + 1.0);
    let mut y = rect.center().y - canvas.body * 0.6;
    for (line, size) in others.iter().take(2) {
        let (weight, ink) = (Weight::Regular, color.text_strong);
        canvas.words(pos2(rect.right(), y), Align::Right, line, *size, weight, ink, beside);
        y += size * 1.3;
    }
}

/// What came by day, with the day that is shown.
fn strip_ui(canvas: &Canvas<'_>, replay: &ReplayFrame, shown: usize, rect: Rect) {
    let (color, note) = (&canvas.tokens.color, canvas.note);
    canvas.panel(rect);
    let inner = rect.shrink2(egui::vec2(canvas.gap, note * 0.5));
    let bars = inner.with_max_y(inner.bottom() - note * 1.5);
    let most = replay.received.iter().copied().max().unwrap_or(0).max(1) as f32;
    let slot = bars.width() / replay.received.len().max(1) as f32;
    for (at, count) in replay.received.iter().enumerate() {
        let middle = slot.mul_add(at as f32 + 0.5, bars.left());
        let top = bars.bottom() - bars.height() * (*count as f32 / most);
        let bar =
            Rect::from_x_y_ranges(middle - slot * 0.36..=middle + slot * 0.36, top..=bars.bottom());
        let ink = match at.cmp(&shown) {
            std::cmp::Ordering::Less => color.accent.gamma_multiply(0.6),
            std::cmp::Ordering::Equal => color.text_strong,
            std::cmp::Ordering::Greater => color.line,
        };
        canvas.painter.rect_filled(bar, note * 0.1, ink);
    }
    let days = &replay.picture.days;
    for (day, x, align) in
        [(days.first(), inner.left(), Align::Left), (days.last(), inner.right(), Align::Right)]
    {
        let Some(day) = day else { continue };
        let date = format::day_month_short(canvas.text, format::date_of_day(day.day));
        let (at, ink) = (pos2(x, inner.bottom() - note * 0.5), color.text_soft);
        canvas.words(at, align, &date, note, Weight::Regular, ink, inner.width() / 2.0);
    }
}

impl ReplayKeep {
    /// The heat between two days: their colours, mixed.
    fn between(&mut self, picture: &ReplayPicture, at: At) -> Arc<HeatPicture> {
        let key = (picture.number, at);
        if let Some((known, between)) = &self.between
            && *known == key
        {
            return Arc::clone(between);
        }
        let one = &picture.days[at.day].heat;
        let next = picture.days.get(at.day + 1).map(|day| &day.heat).filter(|_| at.step > 0);
        let share = at.step as f32 / STEPS as f32;
        let heat = next.map_or_else(|| one.clone(), |next| one.mixed(next, share));
        let position = at.day as u64 * STEPS + at.step;
        let number = u64::from(picture.number) << 32 | position;
        let between =
            Arc::new(HeatPicture { viewport: picture.viewport, heat, number, selection: 0 });
        self.between = Some((key, Arc::clone(&between)));
        between
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_goes_through_all_days_and_rests_on_the_last() {
        let at = |secs: f32| At::after(Duration::from_secs_f32(secs), 30);
        assert_eq!(at(0.0), At { day: 0, step: 0 });
        assert_eq!(at(60.0), At { day: 29, step: 0 });
        assert_eq!(at(63.9), At { day: 29, step: 0 });
        assert_eq!(at(64.0), At { day: 0, step: 0 });
        let steps: Vec<u64> = (0..1_200)
            .map(|at| At::after(STEP * at, 30))
            .map(|at| at.day as u64 * STEPS + at.step)
            .collect();
        assert!(steps.windows(2).all(|pair| (pair[0]..=pair[0] + 1).contains(&pair[1])), "smooth");
        assert_eq!(At { day: 3, step: STEPS / 2 }.nearest(), 4);
        assert_eq!(At::after(Duration::from_secs(9), 1), At { day: 0, step: 0 });
    }
}
