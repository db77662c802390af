//! The filter as chips: each shows a choice, opens it, and takes it away.

use std::collections::BTreeSet;

use egui::{Popup, PopupCloseBehavior, Response, Role, ScrollArea, TextEdit, Ui};

use super::text::Text;
use super::tokens::Tokens;
use super::widgets::{self, chip};
use super::{format, names};
use crate::app::command::Dimension;
use crate::app::state::PeriodChoice;
use crate::app::{Command, State};
use crate::board::{Totals, row};
use crate::domain::{Block, Regime, Source, Status};

/// What the bar remembers between frames.
#[derive(Default)]
pub struct Local {
    /// What is being typed.
    search: String,
    /// The state's search that `search` was last in step with.
    seen: String,
    focus_seen: u64,
}

/// One choice of a menu.
struct Choice {
    name: String,
    n: Option<u32>,
    chosen: bool,
    command: Command,
}

pub fn filter_bar(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    local: &mut Local,
    out: &mut Vec<Command>,
) {
    ui.spacing_mut().item_spacing.x = 8.0;
    period(ui, state, tokens, text, out);
    set_chip(ui, state, tokens, text, out, &municipalities(state, text));
    set_chip(ui, state, tokens, text, out, &blocks(state, text));
    set_chip(ui, state, tokens, text, out, &statuses(state, text));
    for set in
        [topics(state, text), bodies(state, text), sources(state, text), regimes(state, text)]
    {
        if set.is_set() {
            set_chip(ui, state, tokens, text, out, &set);
        }
    }
    for (is_set, key, command) in [
        (state.filter.overdue_only, "filter-overdue", Command::ToggleOverdueOnly),
        (state.filter.unplaced_only, "filter-unplaced", Command::ToggleUnplacedOnly),
    ] {
        if is_set {
            let remove = remove_label(text, text.t(key));
            let (response, removed) = chip(ui, tokens, text.t(key), "", true, &remove);
            if removed || response.clicked() {
                out.push(command);
            }
        }
    }
    more(ui, state, tokens, text, out);
    search(ui, state, tokens, text, local, out);
}

fn remove_label(text: &Text, what: &str) -> String {
    text.with("filter-remove", &[("what", what.into())])
}

/// Name of a period that follows the clock.
pub fn period_key(period: PeriodChoice) -> &'static str {
    match period {
        PeriodChoice::Day => "period-day",
        PeriodChoice::Week => "period-week",
        PeriodChoice::FourWeeks => "period-four-weeks",
        PeriodChoice::Quarter => "period-quarter",
        PeriodChoice::Year => "period-year",
        PeriodChoice::All => "period-all",
        PeriodChoice::Brushed(_) => "filter-period",
    }
}

/// The period in words: «28 дней», or the dates of a brushed or replayed one.
pub fn period_text(state: &State, text: &Text) -> String {
    match (state.replay.map(|replay| replay.span()), state.period) {
        (Some(span), _) | (None, PeriodChoice::Brushed(span)) => {
            format::span(text, span.from, span.to)
        }
        (None, other) => text.t(period_key(other)).to_owned(),
    }
}

fn period(ui: &mut Ui, state: &State, tokens: &Tokens, text: &Text, out: &mut Vec<Command>) {
    let value = match state.filter.span {
        Some(span) if state.period != PeriodChoice::Day => {
            format::span(text, span.from, span.to.min(state.now.saturating_add(1)))
        }
        _ => text.t(period_key(state.period)).to_owned(),
    };
    let brushed = matches!(state.period, PeriodChoice::Brushed(_));
    let remove = remove_label(text, text.t("filter-period"));
    let (response, removed) = chip(ui, tokens, text.t("filter-period"), &value, brushed, &remove);
    if removed {
        out.push(Command::Clear(Dimension::Period));
    }
    let choices: Vec<Choice> = [
        PeriodChoice::Day,
        PeriodChoice::Week,
        PeriodChoice::FourWeeks,
        PeriodChoice::Quarter,
        PeriodChoice::Year,
        PeriodChoice::All,
    ]
    .into_iter()
    .map(|choice| Choice {
        name: text.t(period_key(choice)).to_owned(),
        n: None,
        chosen: choice == state.period,
        command: Command::SetPeriod(choice),
    })
    .collect();
    menu(&response, tokens, &choices, true, out);
}

/// A dimension of the filter with its choices.
struct Set {
    dimension: Dimension,
    label: &'static str,
    choices: Vec<Choice>,
}

impl Set {
    fn is_set(&self) -> bool {
        self.choices.iter().any(|choice| choice.chosen)
    }
}

fn set_chip(
    ui: &mut Ui,
    _state: &State,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
    set: &Set,
) {
    let chosen: Vec<&Choice> = set.choices.iter().filter(|choice| choice.chosen).collect();
    let value = match chosen.as_slice() {
        [] => text.t("filter-all").to_owned(),
        [one] => one.name.clone(),
        many => text.with("filter-n-chosen", &[("n", (many.len() as u32).into())]),
    };
    let label = text.t(set.label);
    let (response, removed) =
        chip(ui, tokens, label, &value, !chosen.is_empty(), &remove_label(text, label));
    if removed {
        out.push(Command::Clear(set.dimension));
    }
    menu(&response, tokens, &set.choices, false, out);
}

const MENU_WIDTH: f32 = 270.0;
const MENU_HEIGHT: f32 = 520.0;

fn menu(
    response: &Response,
    tokens: &Tokens,
    choices: &[Choice],
    closes: bool,
    out: &mut Vec<Command>,
) {
    let behavior = if closes {
        PopupCloseBehavior::CloseOnClick
    } else {
        PopupCloseBehavior::CloseOnClickOutside
    };
    Popup::menu(response).close_behavior(behavior).show(|ui| {
        ui.set_width(MENU_WIDTH);
        // Of what a popup offers by itself a list of municipalities would be cut.
        let list = ScrollArea::vertical().max_height(MENU_HEIGHT).min_scrolled_height(MENU_HEIGHT);
        list.show(ui, |ui| {
            for choice in choices {
                if choice_row(ui, tokens, choice) {
                    out.push(choice.command.clone());
                }
            }
        });
    });
}

fn choice_row(ui: &mut Ui, tokens: &Tokens, choice: &Choice) -> bool {
    let size = &tokens.size;
    let color = &tokens.color;
    let (rect, response) = ui.allocate_exact_size(
        egui::vec2(ui.available_width(), size.row - 4.0),
        egui::Sense::click(),
    );
    response.widget_info(|| {
        egui::WidgetInfo::selected(Role::CheckBox, true, choice.chosen, &choice.name)
    });
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, 4.0, color.hover);
    }
    let dot = rect.left_center() + egui::vec2(10.0, 0.0);
    if choice.chosen {
        ui.painter().circle_filled(dot, 4.0, color.accent);
    } else {
        ui.painter().circle_stroke(dot, 4.0, egui::Stroke::new(1.0, color.text_dim));
    }
    widgets::paint_line(
        ui.painter(),
        rect.left_center() + egui::vec2(24.0, 0.0),
        widgets::Align::Left,
        &choice.name,
        widgets::font(size.body, widgets::Weight::Regular),
        color.text_strong,
        rect.width() - 90.0,
    );
    if let Some(n) = choice.n {
        widgets::paint_line(
            ui.painter(),
            rect.right_center() - egui::vec2(8.0, 0.0),
            widgets::Align::Right,
            &format::count(n),
            widgets::font(size.note, widgets::Weight::Regular),
            color.text_dim,
            80.0,
        );
    }
    response.clicked()
}

fn municipalities(state: &State, text: &Text) -> Set {
    let n = |index: usize| state.aggregates.by_municipality.get(index).map(|one| one.received);
    let known = state.catalogue.municipalities.len();
    let mut choices: Vec<Choice> = (0..known as u8)
        .map(|index| Choice {
            name: names::municipality(state, text, index).to_owned(),
            n: n(usize::from(index)),
            chosen: state.filter.municipalities.contains(&index),
            command: Command::ToggleMunicipality(index),
        })
        .collect();
    choices.sort_by(|one, other| one.name.cmp(&other.name));
    choices.push(Choice {
        name: text.t("municipality-unknown").to_owned(),
        n: n(known),
        chosen: state.filter.municipalities.contains(&row::NO_MUNICIPALITY),
        command: Command::ToggleMunicipality(row::NO_MUNICIPALITY),
    });
    Set { dimension: Dimension::Municipality, label: "filter-municipality", choices }
}

/// One choice for each value of a fixed vocabulary, `count` of them from 0 on.
fn fixed<'a>(
    count: usize,
    chosen: &BTreeSet<u8>,
    name: impl Fn(u8) -> &'a str,
    n: impl Fn(usize) -> Option<u32>,
    command: fn(u8) -> Command,
) -> Vec<Choice> {
    (0..count as u8)
        .map(|index| Choice {
            name: name(index).to_owned(),
            n: n(usize::from(index)),
            chosen: chosen.contains(&index),
            command: command(index),
        })
        .collect()
}

/// Received by a group's index.
fn received(totals: &[Totals]) -> impl Fn(usize) -> Option<u32> {
    move |index| totals.get(index).map(|one| one.received)
}

fn blocks(state: &State, text: &Text) -> Set {
    let choices = fixed(
        Block::COUNT,
        &state.filter.blocks,
        |index| names::block(state, text, index),
        received(&state.aggregates.by_block),
        Command::ToggleBlock,
    );
    Set { dimension: Dimension::Block, label: "filter-block", choices }
}

fn statuses(state: &State, text: &Text) -> Set {
    let choices = fixed(
        Status::COUNT,
        &state.filter.statuses,
        |index| names::status(state, text, index),
        |index| state.aggregates.by_status.get(index).copied(),
        Command::ToggleStatus,
    );
    Set { dimension: Dimension::Status, label: "filter-status", choices }
}

fn sources(state: &State, text: &Text) -> Set {
    let choices = fixed(
        Source::COUNT,
        &state.filter.sources,
        |index| names::source(state, text, index),
        received(&state.aggregates.by_source),
        Command::ToggleSource,
    );
    Set { dimension: Dimension::Source, label: "filter-source", choices }
}

fn regimes(state: &State, text: &Text) -> Set {
    let choices = fixed(
        Regime::COUNT,
        &state.filter.regimes,
        |index| names::regime(state, text, index),
        received(&state.aggregates.by_regime),
        Command::ToggleRegime,
    );
    Set { dimension: Dimension::Regime, label: "filter-regime", choices }
}

/// Themes, and whatever deeper nodes are chosen.
fn topics(state: &State, text: &Text) -> Set {
    let choices = state
        .vocabulary
        .topics
        .iter()
        .enumerate()
        .skip(1)
        .map(|(number, entry)| (number as u16, entry))
        .filter(|(number, entry)| entry.depth == 1 || state.filter.topics.contains(number))
        .map(|(number, _)| Choice {
            name: names::topic(state, text, number).to_owned(),
            n: None,
            chosen: state.filter.topics.contains(&number),
            command: Command::ToggleTopic(number),
        })
        .collect();
    Set { dimension: Dimension::Topic, label: "filter-topic", choices }
}

fn bodies(state: &State, text: &Text) -> Set {
    let all: BTreeSet<u16> = (1..state.vocabulary.bodies.len() as u16)
        .chain(state.filter.bodies.iter().copied())
        .collect();
    let choices = all
        .into_iter()
        .map(|number| Choice {
            name: names::body(state, text, number).to_owned(),
            n: state.aggregates.by_body.get(usize::from(number)).map(|one| one.received),
            chosen: state.filter.bodies.contains(&number),
            command: Command::ToggleBody(number),
        })
        .collect();
    Set { dimension: Dimension::Body, label: "filter-body", choices }
}

/// The dimensions that have no chip of their own until they are used.
fn more(ui: &mut Ui, state: &State, tokens: &Tokens, text: &Text, out: &mut Vec<Command>) {
    let (response, _) = chip(ui, tokens, text.t("filter-more"), "", false, "");
    Popup::menu(&response).close_behavior(PopupCloseBehavior::CloseOnClickOutside).show(|ui| {
        ui.set_width(MENU_WIDTH);
        let mut rows = vec![
            Choice {
                name: text.t("filter-overdue").to_owned(),
                n: Some(state.aggregates.total.overdue),
                chosen: state.filter.overdue_only,
                command: Command::ToggleOverdueOnly,
            },
            Choice {
                name: text.t("filter-unplaced").to_owned(),
                n: Some(state.aggregates.total.unplaced),
                chosen: state.filter.unplaced_only,
                command: Command::ToggleUnplacedOnly,
            },
        ];
        for row in rows.drain(..) {
            if choice_row(ui, tokens, &row) {
                out.push(row.command);
            }
        }
        for set in
            [topics(state, text), sources(state, text), regimes(state, text), bodies(state, text)]
        {
            egui::CollapsingHeader::new(text.t(set.label)).id_salt(set.label).show(ui, |ui| {
                ScrollArea::vertical().id_salt(set.label).max_height(260.0).show(ui, |ui| {
                    for choice in &set.choices {
                        if choice_row(ui, tokens, choice) {
                            out.push(choice.command.clone());
                        }
                    }
                });
            });
        }
        if widgets::text_button(ui, tokens, text.t("filter-clear")).clicked() {
            out.push(Command::ClearFilter);
        }
    });
}

fn search(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    local: &mut Local,
    out: &mut Vec<Command>,
) {
    if state.search != local.seen {
        local.seen.clone_from(&state.search);
        local.search.clone_from(&state.search);
    }
    let width = (ui.available_width() - 4.0).clamp(60.0, 300.0);
    let response = ui.add_sized(
        [width, tokens.size.row - 2.0],
        TextEdit::singleline(&mut local.search)
            .hint_text(text.t("search-hint"))
            .align(egui::Align2::LEFT_CENTER)
            .char_limit(200),
    );
    response
        .widget_info(|| egui::WidgetInfo::labeled(Role::SearchInput, true, text.t("search-label")));
    if state.focus_search != local.focus_seen {
        local.focus_seen = state.focus_search;
        response.request_focus();
    }
    if response.changed() {
        local.seen.clone_from(&local.search);
        out.push(Command::Search(local.search.clone()));
    }
}
