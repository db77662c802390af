//! Pieces of the wall's scenes, sized by the height of the screen.

use egui::{Color32, Painter, Pos2, Rect, Ui, Vec2};

use crate::app::wall::frame::{PeriodChoice, Told, WallFrame};
use crate::board::on_time::on_time_of_week;
use crate::ui::format;
use crate::ui::freshness::Staleness;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets::{
    Align, Spark, Trend, Weight, font, line, mark, paint_line, spark, width_of,
};

/// A screen to draw on: its safe area and its sizes in points.
pub(super) struct Canvas<'a> {
    pub(super) painter: Painter,
    pub(super) tokens: &'a Tokens,
    pub(super) text: &'a Text,
    /// Inside the safe margin.
    pub(super) safe: Rect,
    pub(super) gap: f32,
    pub(super) figure: f32,
    pub(super) second: f32,
    pub(super) heading: f32,
    pub(super) body: f32,
    pub(super) note: f32,
    pub(super) pixels_per_point: f32,
    pub(super) is_portrait: bool,
}

/// Share of a shade that is left under figures.
const UNDER_FIGURES: f32 = 0.4;

/// Sizes of a portrait screen relative to one of the same height that is wide.
const PORTRAIT_UNIT: f32 = 0.87;
/// The same, as a multiple of the width.
const PORTRAIT_WIDEST: f32 = 1.56;
const PORTRAIT_FIGURE: f32 = 0.87;

impl<'a> Canvas<'a> {
    pub(super) fn new(
        ui: &Ui,
        rect: Rect,
        shift: Vec2,
        tokens: &'a Tokens,
        text: &'a Text,
    ) -> Self {
        let wall = &tokens.wall;
        let height = rect.height();
        let is_portrait = rect.width() < height;
        // A portrait screen is narrow before it is high: its words stand at the
        // lower bound of what is read from afar.
        let unit = if is_portrait {
            (height * PORTRAIT_UNIT).min(rect.width() * PORTRAIT_WIDEST)
        } else {
            height.min(rect.width() * 0.72)
        };
        let figure = unit * wall.figure;
        Self {
            painter: ui.painter().clone(),
            tokens,
            text,
            // A screen that is a mere strip keeps most of its width.
            safe: rect.shrink((height * wall.margin).min(rect.width() * 0.1)).translate(shift),
            gap: unit * wall.gap,
            figure: if is_portrait { figure * PORTRAIT_FIGURE } else { figure },
            second: unit * wall.figure_second,
            heading: unit * wall.heading,
            body: unit * wall.body,
            note: unit * wall.note,
            pixels_per_point: ui.pixels_per_point(),
            is_portrait,
        }
    }

    /// The same, drawing nowhere else than in `rect`.
    pub(super) fn within(&self, rect: Rect) -> Self {
        Self {
            painter: self.painter.with_clip_rect(rect.intersect(self.painter.clip_rect())),
            ..*self
        }
    }

    /// A shade of a ramp that figures are written on: near enough to the panel to leave
    /// them their contrast.
    pub(super) fn under_figures(&self, shade: Color32) -> Color32 {
        self.tokens.color.panel.lerp_to_gamma(shade, UNDER_FIGURES)
    }

    /// One line whose vertical middle is `at.y`; returns its width. What has figures and is
    /// too long ends after one of its words: a figure is whole or it is not there.
    pub(super) fn words(
        &self,
        at: Pos2,
        align: Align,
        words: &str,
        size: f32,
        weight: Weight,
        ink: Color32,
        width: f32,
    ) -> f32 {
        // In a place that is too small for anything no letter is smaller than nothing.
        let font = font(size.max(1.0), weight);
        let fits = |words: &str| !line(&self.painter, words, font.clone(), ink, width).elided;
        let has_figures = words.contains(|letter: char| letter.is_ascii_digit());
        let whole = (has_figures && !fits(words)).then(|| whole_words(words, fits));
        paint_line(&self.painter, at, align, whole.as_deref().unwrap_or(words), font, ink, width)
    }

    pub(super) fn width_of(&self, words: &str, size: f32, weight: Weight) -> f32 {
        width_of(&self.painter, words, size.max(1.0), weight)
    }

    pub(super) fn panel(&self, rect: Rect) {
        self.painter.rect_filled(rect, self.gap * 0.6, self.tokens.color.panel);
    }

    /// A panel with its title; returns the room under the title.
    pub(super) fn titled(&self, rect: Rect, title: &str) -> Rect {
        self.panel(rect);
        let inner = rect.shrink(self.gap);
        let at = inner.left_top() + egui::vec2(0.0, self.note * 0.6);
        let (weight, ink) = (Weight::Medium, self.tokens.color.text_soft);
        self.words(at, Align::Left, title, self.note, weight, ink, inner.width());
        inner.with_min_y(inner.top() + self.note * 1.8)
    }

    /// A line of soft words at a height.
    pub(super) fn soft(&self, rect: Rect, y: f32, words: &str) {
        let at = egui::pos2(rect.left(), y);
        let (weight, ink) = (Weight::Regular, self.tokens.color.text_dim);
        self.words(at, Align::Left, words, self.note, weight, ink, rect.width());
    }

    /// What is said in the place of figures, in as many lines as it needs.
    pub(super) fn sentence(&self, rect: Rect, words: &str) {
        for (at, line) in self.wrapped(words, rect.width()).iter().enumerate() {
            self.soft(rect, rect.top() + self.note * (0.8 + 1.4 * at as f32), line);
        }
    }

    pub(super) fn hairline(&self, from: f32, to: f32, y: f32) {
        let stroke = egui::Stroke::new((self.note * 0.05).max(1.0), self.tokens.color.line);
        self.painter.hline(from..=to, y, stroke);
    }

    pub(super) fn spark(&self, rect: Rect, values: &[f32], ink: Color32, from_zero: bool) {
        let width = (self.note * 0.09).max(1.5);
        spark(&self.painter, rect, values, Spark { width, from_zero, ..Spark::new(ink) });
    }

    /// That there is nothing to show in a place yet.
    pub(super) fn nothing(&self, frame: &WallFrame, rect: Rect) {
        let none = if frame.freshness.is_loading { "wall-loading" } else { "empty-no-data" };
        let (size, ink) = (self.body, self.tokens.color.text_soft);
        let (words, middle, weight) = (self.text.t(none), rect.center(), Weight::Regular);
        self.words(middle, Align::Center, words, size, weight, ink, rect.width());
    }

    /// «▲ +38 % к прошлым 28 дням»; returns its width.
    pub(super) fn change(&self, at: Pos2, change: Option<f64>, period: PeriodChoice, width: f32) {
        let trend = Trend::of_growth(change);
        let ink = trend.color(self.tokens);
        if change.is_none() {
            return;
        }
        let size = self.note * 0.7;
        mark(&self.painter, at + egui::vec2(size * 0.6, 0.0), trend.mark(), size, ink);
        self.words(
            at + egui::vec2(size * 1.7, 0.0),
            Align::Left,
            &self.change_words(change, period),
            self.note,
            Weight::Regular,
            ink,
            width - size * 1.7,
        );
    }

    /// «▲ +38 %» that ends at `at`; returns its width.
    pub(super) fn change_short(&self, at: Pos2, change: Option<f64>) -> f32 {
        if change.is_none() {
            return 0.0;
        }
        let trend = Trend::of_growth(change);
        let ink = trend.color(self.tokens);
        let words = format::change_percent(change);
        let room = self.safe.width();
        let width = self.words(at, Align::Right, &words, self.note, Weight::Medium, ink, room);
        let size = self.note * 0.7;
        let middle = egui::pos2(at.x - width - size, at.y);
        mark(&self.painter, middle, trend.mark(), size, ink);
        width + size * 2.0
    }

    /// «+38 % к прошлым 28 дням», nothing where there is nothing to compare with.
    pub(super) fn change_words(&self, change: Option<f64>, period: PeriodChoice) -> String {
        if change.is_none() {
            return String::new();
        }
        format!("{} {}", format::change_percent(change), self.text.t(previous_key(period)))
    }

    /// Words of a note in as many lines as they need.
    pub(super) fn wrapped(&self, words: &str, room: f32) -> Vec<String> {
        self.broken(words, " ", (self.note, Weight::Regular), room)
    }

    /// A note in as many lines as its parts need.
    pub(super) fn lines(&self, note: &str, room: f32) -> Vec<String> {
        self.broken(note, " · ", (self.note, Weight::Regular), room)
    }

    /// Lines of a size and weight that break at `between` only.
    pub(super) fn broken(
        &self,
        note: &str,
        between: &str,
        (size, weight): (f32, Weight),
        room: f32,
    ) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for part in note.split(between) {
            let longer = lines.last().map(|line| format!("{line}{between}{part}"));
            match (longer, lines.last_mut()) {
                (Some(longer), Some(last)) if self.width_of(&longer, size, weight) <= room => {
                    *last = longer;
                }
                _ => lines.push(part.to_owned()),
            }
        }
        lines
    }

    /// Greys out what is too old to be believed.
    pub(super) fn veil(&self, frame: &WallFrame, rect: Rect) {
        if Staleness::of_missed(frame.freshness.missed) == Staleness::Stale {
            self.painter.rect_filled(rect, 0.0, self.tokens.color.canvas.gamma_multiply(0.5));
        }
    }

    /// A title with the period and n of what is received, as far as there is room.
    pub(super) fn counted(&self, frame: &WallFrame, title: &str, room: f32) -> String {
        self.counted_beside(frame, title, None, room)
    }

    /// The same, with what else is said of n.
    pub(super) fn counted_beside(
        &self,
        frame: &WallFrame,
        title: &str,
        beside: Option<&str>,
        room: f32,
    ) -> String {
        let (title, period) = (self.text.t(title), self.period(frame));
        let n = format::n_text(self.text, frame.total.received);
        let most = beside.map(|beside| [title, period, &n, beside].join(" · "));
        // The head has the period, too.
        let fewer = [&[title, period, &n][..], &[title, &n], &[title, period]];
        most.into_iter()
            .chain(fewer.map(|parts| parts.join(" · ")))
            .find(|words| self.width_of(words, self.note, Weight::Medium) <= room)
            .unwrap_or_else(|| title.to_owned())
    }

    /// «28 дней» of the frame.
    pub(super) fn period(&self, frame: &WallFrame) -> &str {
        self.text.t(period_key(frame.period))
    }
}

/// As many of the words as fit, and «…»; what belongs to a figure stands behind a space that
/// does not part words.
fn whole_words(words: &str, fits: impl Fn(&str) -> bool) -> String {
    let ends = words.match_indices(' ').map(|(end, _)| words[..end].trim_end_matches([' ', '·']));
    let shorter = ends.rev().filter(|shorter| !shorter.is_empty());
    let mut ended = shorter.map(|shorter| format!("{shorter} …"));
    ended.find(|shorter| fits(shorter)).unwrap_or_else(|| "…".to_owned())
}

fn period_key(period: PeriodChoice) -> &'static str {
    crate::ui::filter_bar::period_key(period)
}

fn previous_key(period: PeriodChoice) -> &'static str {
    crate::ui::views::situation::previous_key(period)
}

/// A count, or that it is not told.
pub(super) fn told(told: Told) -> String {
    match told {
        Told::Exactly(count) => format::count(count),
        Told::Few => "<5".to_owned(),
        Told::Several => "≥5".to_owned(),
    }
}

/// Growth over what was before, where there was something.
pub(super) fn growth(now: u32, before: Option<u32>) -> Option<f64> {
    crate::ui::views::situation::growth(now, before)
}

/// Shares closed on time, each over a week.
pub(super) fn on_time(frame: &WallFrame) -> Vec<f32> {
    if frame.total.on_time_share().is_none() {
        return Vec::new();
    }
    let share = |end| on_time_of_week(&frame.days, end).map(|share| share as f32);
    // The first days have no whole week before them.
    (6..frame.days.len()).filter_map(share).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_figures_ends_after_a_whole_word() {
        let within = |most: usize| {
            move |words: &str| whole_words(words, |shorter| shorter.chars().count() <= most)
        };
        assert_eq!(within(14)("n = 1\u{202f}353 · 89,9–92,9\u{202f}%"), "n = 1\u{202f}353 …");
        assert_eq!(within(10)("n = 1\u{202f}353 · 89,9–92,9\u{202f}%"), "n = …");
        assert_eq!(within(16)("Поступило · 28 дней"), "Поступило · 28 …");
        assert_eq!(within(3)("6\u{202f}326"), "…");
    }
}
