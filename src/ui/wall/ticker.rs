//! News in one line: what stands out, what goes on, what is overdue. It does not run, it
//! turns its page: a picture that stands still costs nothing.

use std::time::Duration;

use egui::{Color32, Rect};

use super::changes::{ink_of, nothing_of, title_of, when_and_usual_of};
use super::parts::Canvas;
use crate::app::wall::frame::WallFrame;
use crate::ui::format;
use crate::ui::widgets::{Align, Weight};

/// How long a page stands.
const PAGE: Duration = Duration::from_secs(8);
/// Between two pieces of news, in notes.
const APART: f32 = 1.6;

/// A piece of news: what it is about, and its figure.
struct News {
    words: String,
    figure: String,
    ink: Color32,
}

/// Draws the page of `tick` of running. Returns the time until the next one; there is none
/// where all news have room.
pub(super) fn draw(canvas: &Canvas<'_>, frame: &WallFrame, tick: Duration, rect: Rect) -> Duration {
    canvas.panel(rect);
    let inner = rect.shrink2(egui::vec2(canvas.gap, 0.0));
    let news = news(canvas, frame);
    let pages = pages(canvas, &news, inner.width());
    let (number, of) = (tick.as_secs() / PAGE.as_secs(), pages.len() as u64);
    let page = &pages[(number % of) as usize];
    let size = canvas.body;
    let (mut x, y) = (inner.left(), inner.center().y);
    for one in page {
        let room = inner.right() - x;
        let (weight, ink) = (Weight::Semibold, one.ink);
        x += canvas.words(egui::pos2(x, y), Align::Left, &one.figure, size, weight, ink, room);
        x += canvas.note * 0.5;
        let (weight, ink) = (Weight::Regular, canvas.tokens.color.text_strong);
        let room = inner.right() - x;
        x += canvas.words(egui::pos2(x, y), Align::Left, &one.words, size, weight, ink, room);
        x += canvas.note * APART;
    }
    let into = Duration::from_nanos((tick.as_nanos() % PAGE.as_nanos()) as u64);
    if of > 1 { PAGE.saturating_sub(into) } else { Duration::MAX }
}

/// The gravest first; there is one at least.
fn news(canvas: &Canvas<'_>, frame: &WallFrame) -> Vec<News> {
    let (text, color) = (canvas.text, &canvas.tokens.color);
    let mut all = Vec::new();
    let overdue = frame.total.overdue;
    if overdue > 0 {
        let words = text.t("wall-overdue").to_owned();
        all.push(News { words, figure: format::count(overdue), ink: color.alarm });
    }
    for change in &frame.changes {
        let words = format!("{}, {}", title_of(change), when_and_usual_of(canvas, change));
        let ink = ink_of(canvas, change);
        all.push(News { words, figure: format::count(change.count), ink });
    }
    for problem in &frame.problems {
        let (words, figure) = (problem.name.clone(), format::count(problem.count));
        all.push(News { words, figure, ink: color.accent });
    }
    for topic in frame.critical.iter().filter(|topic| topic.count > 0) {
        let words = format!("{} · {}", topic.name, canvas.period(frame));
        all.push(News { words, figure: format::count(topic.count), ink: color.text_soft });
    }
    if all.is_empty() {
        let words = nothing_of(canvas, frame).to_owned();
        all.push(News { words, figure: String::new(), ink: color.text_soft });
    }
    all
}

/// As many pieces beside each other as there is room for.
fn pages<'n>(canvas: &Canvas<'_>, news: &'n [News], room: f32) -> Vec<Vec<&'n News>> {
    let mut pages: Vec<Vec<&News>> = Vec::new();
    let mut left = 0.0;
    for one in news {
        let width = canvas.width_of(&one.figure, canvas.body, Weight::Semibold)
            + canvas.width_of(&one.words, canvas.body, Weight::Regular)
            + canvas.note * (0.5 + APART);
        if width <= left
            && let Some(page) = pages.last_mut()
        {
            page.push(one);
            left -= width;
        } else {
            pages.push(vec![one]);
            left = room - width;
        }
    }
    pages
}
