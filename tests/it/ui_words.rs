//! Words and figures of the desk are whole, however narrow the window.

use std::sync::Arc;

use egui::{Vec2, vec2};
use pult::app::form::Form;
use pult::app::state::{PeriodChoice, View};

use pult::app::{Command, State};
use pult::board::filter::{Filter, Span};
use pult::config::Theme;
use pult::domain::{CommandKind, Language, Timestamp};
use pult::ui::format;
use pult::ui::map::MapLocal;
use pult::ui::text::Text;
use pult::ui::tokens::Tokens;
use pult::ui::views::{blocks, indicators, outbox, situation, triage};

use super::painted::{Painted, meeting, painted};
use super::sample;

type Draw = fn(&mut egui::Ui, &State, &Tokens, &Text, &mut Vec<Command>);

/// What the view writes at that size in points.
fn words(state: &State, draw: Draw, size: Vec2) -> Vec<Painted> {
    let tokens = Tokens::of(Theme::Dark);
    let text = Text::of(Language::Ru);
    painted(&tokens, size, &mut |ui| draw(ui, state, &tokens, &text, &mut Vec::new()))
}

#[test]
fn no_sum_of_the_hours_is_cut() {
    let mut state = sample::state(&sample::board(3_000), View::Indicators);
    let aggregates = Arc::make_mut(&mut state.aggregates);
    aggregates.by_weekday_hour = [[7_654; 24]; 7];
    aggregates.total.received = 7 * 24 * 7_654;
    let sums = [24 * 7_654, 7 * 24 * 7_654].map(format::count);
    for width in [1_000.0, 1_200.0, 1_748.0] {
        let written = words(&state, indicators::indicators_ui, vec2(width, 1_022.0));
        let sums: Vec<_> = written
            .iter()
            .filter(|one| one.words == "Всего" || sums.contains(&one.words))
            .collect();
        assert!(sums.len() >= 10, "{width}: {}", sums.len());
        for one in sums {
            assert!(!one.is_cut, "{width}: {}", one.words);
        }
    }
}

/// «Обстановка» with its map, at that size of the view in points.
fn situation(state: &State, size: Vec2) -> Vec<Painted> {
    let tokens = Tokens::of(Theme::Dark);
    let text = Text::of(Language::Ru);
    let mut map = MapLocal::default();
    painted(&tokens, size, &mut |ui| {
        situation::situation_ui(ui, state, &tokens, &text, &mut map, &mut Vec::new());
    })
}

/// Room of a view in a window of 1920×1080 and of 1366×768.
const ROOMS: [Vec2; 2] = [vec2(1_748.0, 1_022.0), vec2(1_194.0, 710.0)];

#[test]
fn a_card_says_in_full_what_it_is_compared_with() {
    let brushed = Span { from: sample::NOW - 14 * 86_400, to: sample::NOW };
    let board = sample::board(3_000);
    let filter = Filter::default();
    let choices = [PeriodChoice::FourWeeks, PeriodChoice::Brushed(brushed)];
    for period in choices {
        let state = sample::state_with(&board, View::Situation, period, filter.clone());
        for room in ROOMS {
            let written = situation(&state, room);
            let note = written.iter().find(|one| one.words.starts_with("к прошл"));
            assert!(note.is_some_and(|note| !note.is_cut), "{period:?} {room:?}");
        }
    }
}

/// What stands behind a panel's title.
fn note_of<'a>(written: &'a [Painted], title: &str) -> &'a str {
    let at = written.iter().position(|one| one.words == title);
    at.and_then(|at| written.get(at + 1)).map_or("", |note| &note.words)
}

#[test]
fn panels_say_how_much_they_count_and_the_sectors_add_up() {
    let state = sample::state(&sample::board(3_000), View::Situation);
    let text = Text::of(Language::Ru);
    let written = situation(&state, ROOMS[0]);
    for title in ["blocks-title", "timeline-title"] {
        let note = note_of(&written, text.t(title));
        assert!(note.contains("дней · n = "), "{title}: {note}");
    }
    let at = written.iter().position(|one| one.words == "Вне блоков").expect("the ninth row");
    let outside = usize::from(pult::domain::Block::Outside.index());
    let received = state.aggregates.by_block[outside].received;
    assert_eq!(written[at + 1].words, format::count(received));

    let state = sample::state(&sample::board(3_000), View::Indicators);
    let written = words(&state, indicators::indicators_ui, ROOMS[0]);
    let n = written.iter().filter(|one| one.words.starts_with("n = ")).count();
    assert!(n >= 3, "one for each chart over days: {n}");
}

#[test]
fn no_two_texts_of_the_blocks_and_the_indicators_meet() {
    let views: [(View, Draw); 2] =
        [(View::Blocks, blocks::blocks_ui), (View::Indicators, indicators::indicators_ui)];
    // A Monday: its date stands at the very foot of the values.
    let monday = Timestamp(sample::NOW).local_day().plus_days(-28);
    assert_eq!(monday.weekday(), 0);
    let span = Span { from: monday.start().0, to: sample::NOW };
    for (view, draw) in views {
        let period = PeriodChoice::Brushed(span);
        let state = sample::state_with(&sample::board(3_000), view, period, Filter::default());
        for room in ROOMS {
            assert_eq!(
                meeting(&words(&state, draw, room)),
                [] as [[&str; 2]; 0],
                "{view:?} {room:?}"
            );
        }
    }
}

/// Room of a view in a small window, and in one of 1920×1080 at 160 and 200 %.
const SMALL: [Vec2; 3] = [vec2(1_194.0, 664.0), vec2(1_028.0, 583.0), vec2(788.0, 448.0)];

#[test]
fn words_of_a_small_situation_keep_apart() {
    let state = sample::state(&sample::board(3_000), View::Situation);
    let text = Text::of(Language::Ru);
    for room in SMALL {
        let written = situation(&state, room);
        let rect = |words: &str| {
            let found = written.iter().find(|one| one.words.starts_with(words));
            found.unwrap_or_else(|| panic!("{room:?}: {words}")).rect
        };
        for (left, right) in [("column-new", "column-open"), ("column-open", "column-overdue")] {
            // A card has the same word.
            let row = rect(text.t("column-new")).center().y;
            let head = |key| {
                let in_row = |one: &&Painted| (one.rect.center().y - row).abs() < 2.0;
                written.iter().filter(in_row).find(|one| one.words == text.t(key)).unwrap().rect
            };
            assert!(head(right).left() >= head(left).right() + 4.0, "{room:?}: {left}");
        }
        let button = rect("▶");
        let at = written.iter().position(|one| one.words == text.t("timeline-title")).unwrap();
        assert!(written[at + 1].rect.right() < button.left(), "{room:?}");
        let credits = rect(text.t("map-credits"));
        for other in [text.t("map-unit-received"), "без координат"] {
            let other = rect(other);
            assert!(!credits.intersects(other), "{room:?}: {credits:?} {other:?}");
        }
        assert!(credits.height() < 34.0, "{room:?}: {credits:?}");
    }
}

/// Points of «Разбор» in a window of 1920×1080 at the smallest, the middle and the
/// largest text.
const SCALED: [Vec2; 3] = [vec2(2_228.0, 1_290.0), vec2(1_748.0, 1_022.0), vec2(790.0, 440.0)];

#[test]
fn no_two_texts_of_the_triage_meet_at_any_size_of_the_text() {
    let board = sample::board(3_000);
    let mut state = sample::at_triage(sample::state(&board, View::Triage), &board);
    let (tokens, text) = (Tokens::of(Theme::Dark), Text::of(Language::Ru));
    let row_id = state.triage.cursor.unwrap();
    let form = |kind| Form {
        kind,
        rows: vec![row_id],
        then: None,
        number: 1,
        topic: None,
        replaces: None,
    };
    let kinds =
        [CommandKind::Assign, CommandKind::Comment, CommandKind::Quality, CommandKind::Create];
    for form in std::iter::once(None).chain(kinds.map(|kind| Some(form(kind)))) {
        let kind = form.as_ref().map(|form| form.kind);
        state.triage.form = form;
        for room in SCALED {
            let (mut local, mut map) = (triage::Local::default(), MapLocal::default());
            let written = painted(&tokens, room, &mut |ui| {
                triage::triage_ui(
                    ui,
                    &state,
                    &tokens,
                    &text,
                    &mut local,
                    &mut map,
                    &mut Vec::new(),
                );
            });
            assert!(written.len() > 20, "{kind:?} {room:?}");
            // A name on the map stands on its own halo.
            let met = meeting(&written).into_iter().filter(|[one, other]| one != other);
            assert_eq!(met.collect::<Vec<_>>(), [] as [[&str; 2]; 0], "{kind:?} {room:?}");
        }
    }
}

#[test]
fn no_two_texts_of_a_conflict_meet_in_a_small_window() {
    let mut state = sample::state(&sample::board(3_000), View::Outbox);
    state.outbox = Arc::new(sample::outbox(&state));
    let (tokens, text) = (Tokens::of(Theme::Dark), Text::of(Language::Ru));
    for room in ROOMS.into_iter().chain(SMALL) {
        let mut local = outbox::Local::default();
        let written = painted(&tokens, room, &mut |ui| {
            outbox::outbox_ui(ui, &state, &tokens, &text, &mut local, &mut Vec::new());
        });
        assert_eq!(meeting(&written), [] as [[&str; 2]; 0], "{room:?}");
        for column in ["conflict-seen", "conflict-now", "conflict-mine"] {
            let words = text.t(column);
            let head = written.iter().find(|one| one.words == words);
            assert!(head.is_some_and(|head| !head.is_cut), "{room:?}: {words}");
        }
    }
}
