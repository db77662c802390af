//! What stands above every scene: its name, how fresh the figures are, the time, and why it
//! has come out of its turn.

use egui::{Pos2, Rect};

use super::parts::Canvas;
use crate::app::wall::frame::WallFrame;
use crate::ui::format;
use crate::ui::freshness::Staleness;
use crate::ui::widgets::{Align, Weight, font, line};

impl Canvas<'_> {
    /// Title and note on the left, date and clock on the right; returns the rectangle
    /// under them.
    pub(super) fn head(&self, frame: &WallFrame, title: &str, note: &str) -> Rect {
        if self.is_portrait {
            return self.tall_head(frame, title, note);
        }
        let color = &self.tokens.color;
        let row = self.heading * 1.7;
        let middle = self.safe.top() + row / 2.0;
        let mut right = self.safe.right();
        right -= self.clock(frame, egui::pos2(right, middle)) + self.gap * 1.2;
        right -= self.soft_right(egui::pos2(right, middle), &self.date(frame)) + self.gap * 1.5;
        right = self.freshness(frame, egui::pos2(right, middle)) - self.gap;
        let at = egui::pos2(self.safe.left(), middle);
        let (strong, semibold) = (color.text_strong, Weight::Semibold);
        // A name gives way to what figures are not told without.
        let marked = if frame.demo { self.demo_width() + self.gap } else { 0.0 };
        let noted = self.width_of(note, self.note, Weight::Regular) + self.gap;
        let room = (right - at.x - marked - noted).max(0.0);
        let taken = self.words(at, Align::Left, title, self.heading, semibold, strong, room);
        let mut x = at.x + taken + self.gap;
        if frame.demo {
            self.demo(egui::pos2(x, middle));
            x += marked;
        }
        let (at, soft) = (egui::pos2(x, middle), color.text_soft);
        self.words(at, Align::Left, note, self.note, Weight::Regular, soft, right - x);
        self.safe.with_min_y(self.safe.top() + row + self.gap * 0.5)
    }

    /// [`Self::head`] in three lines: title and clock, date, note and freshness.
    fn tall_head(&self, frame: &WallFrame, title: &str, note: &str) -> Rect {
        let color = &self.tokens.color;
        let Rect { min, max } = self.safe;
        let middle = min.y + self.heading * 0.7;
        let clock = self.clock(frame, egui::pos2(max.x, middle));
        let (strong, semibold) = (color.text_strong, Weight::Semibold);
        let (left, title_room) = (egui::pos2(min.x, middle), max.x - min.x - clock - self.gap);
        self.words(left, Align::Left, title, self.heading, semibold, strong, title_room);
        let second = middle + self.heading * 0.7 + self.note * 1.1;
        if frame.demo {
            self.demo(egui::pos2(min.x, second));
        }
        self.soft_right(egui::pos2(max.x, second), &self.date(frame));
        let mut middle = second + self.note * 0.4;
        let room = self.freshness(frame, egui::pos2(max.x, middle + self.note * 1.3)) - min.x;
        for line in self.lines(note, room - self.gap) {
            middle += self.note * 1.3;
            let at = egui::pos2(min.x, middle);
            self.words(at, Align::Left, &line, self.note, Weight::Regular, color.text_soft, room);
        }
        self.safe
            .with_min_y(middle.max(second + self.note * 1.7) + self.note * 0.8 + self.gap * 0.6)
    }

    /// Why a scene has come out of its turn, above all else of it; returns what is left.
    pub(super) fn reason(&self, words: &str, rect: Rect) -> Rect {
        let ground = self.tokens.color.warn;
        let (weight, ink) = (Weight::Semibold, self.tokens.color.ink_on(ground));
        let room = rect.width() - self.gap * 2.0;
        let lines = self.broken(words, " ", (self.body, weight), room);
        let height = self.body * 1.4;
        let tall = height * lines.len() as f32 + self.gap;
        let band = rect.with_max_y(rect.top() + tall);
        self.painter.rect_filled(band, self.gap * 0.6, ground);
        for (at, line) in lines.iter().enumerate() {
            let y = band.top() + self.gap * 0.5 + height * (at as f32 + 0.5);
            let at = egui::pos2(band.left() + self.gap, y);
            self.words(at, Align::Left, line, self.body, weight, ink, room);
        }
        rect.with_min_y((band.bottom() + self.gap).min(rect.bottom()))
    }

    /// Returns its width.
    fn clock(&self, frame: &WallFrame, at: Pos2) -> f32 {
        let (size, ink) = (self.heading * 1.15, self.tokens.color.text_strong);
        let clock = format::time(frame.now);
        self.words(at, Align::Right, &clock, size, Weight::Semibold, ink, self.safe.width())
    }

    /// «понедельник, 23 ноября».
    pub(super) fn date(&self, frame: &WallFrame) -> String {
        let date = format::local(frame.now).date();
        let (weekday, day) = (format::weekday(self.text, date), format::day_month(self.text, date));
        format!("{weekday}, {day}")
    }

    /// Returns its width.
    fn soft_right(&self, at: Pos2, words: &str) -> f32 {
        let (note, ink) = (self.note, self.tokens.color.text_soft);
        self.words(at, Align::Right, words, note, Weight::Regular, ink, self.safe.width())
    }

    fn demo_width(&self) -> f32 {
        self.width_of(self.text.t("demo-mark"), self.note, Weight::Medium) + self.note
    }

    /// «демонстрация» in a frame.
    fn demo(&self, at: Pos2) {
        let ink = self.tokens.color.warn;
        let galley = line(
            &self.painter,
            self.text.t("demo-mark"),
            font(self.note, Weight::Medium),
            ink,
            self.safe.width(),
        );
        let pad = egui::vec2(self.note * 0.5, self.note * 0.15);
        let rect = Rect::from_min_size(
            egui::pos2(at.x, at.y - galley.size().y / 2.0 - pad.y),
            galley.size() + pad * 2.0,
        );
        self.painter.rect_stroke(
            rect,
            self.note * 0.25,
            egui::Stroke::new((self.note * 0.06).max(1.0), ink),
            egui::StrokeKind::Inside,
        );
        self.painter.galley(rect.min + pad, galley, ink);
    }

    /// «● данные на 14:05», with their age where it is much, ending at `at`; returns where it
    /// begins.
    fn freshness(&self, frame: &WallFrame, at: Pos2) -> f32 {
        let color = &self.tokens.color;
        let staleness = Staleness::of_missed(frame.freshness.missed);
        let words = match frame.freshness.confirmed_at {
            _ if let Some(kept_at) = frame.freshness.kept_at => self.text.with(
                "wall-kept",
                &[("at", format::moment_short(self.text, kept_at, frame.now).into())],
            ),
            _ if frame.freshness.is_loading => self.text.t("wall-loading").to_owned(),
            Some(confirmed_at) => {
                let at = format::moment_short(self.text, confirmed_at, frame.now);
                let words = self.text.with("wall-data-at", &[("at", at.into())]);
                match staleness {
                    Staleness::Fresh => words,
                    Staleness::Late | Staleness::Stale => {
                        let age = frame.now.saturating_sub(confirmed_at);
                        format!("{words} · {}", format::ago(self.text, age))
                    }
                }
            }
            None => self.text.t("empty-no-data").to_owned(),
        };
        let ink = match staleness {
            Staleness::Fresh => color.text_soft,
            Staleness::Late => color.warn,
            Staleness::Stale => color.alarm,
        };
        let dot = if frame.freshness.is_connected { color.good } else { ink };
        let width = self.words(
            at,
            Align::Right,
            &words,
            self.note,
            Weight::Regular,
            ink,
            self.safe.width(),
        );
        let radius = self.note * 0.3;
        let x = at.x - width - radius * 2.2;
        self.painter.circle_filled(egui::pos2(x, at.y), radius, dot);
        x - radius
    }
}
