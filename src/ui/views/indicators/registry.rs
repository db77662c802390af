//! All indicators in one table; beside it the chosen one: how it is counted, the very
//! records behind it, and where it is how much.

use egui::{Color32, ScrollArea, Ui};

use super::super::page::{columns, fact, quiet};
use super::outdated;
use crate::app::indicators::{IndicatorsCommand, Measured};
use crate::app::{Command, State};
use crate::board::indicators::{Side, Value};
use crate::board::row::NO_MUNICIPALITY;
use crate::domain::Block;
use crate::domain::indicator::{Indicator, Kind, Measure, Unit};
use crate::ui::filter_bar::period_text;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets::table::{self, Column, Figure, figure_table};
use crate::ui::widgets::{Align, Weight, empty, font, heading, panel_rect, text_button};
use crate::ui::{figures, format, freshness, names};

pub(super) fn registry_ui(
    ui: &mut Ui,
    state: &State,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    let rect = ui.available_rect_before_wrap();
    let [left, right] = columns(rect, tokens.size.gap, [1.0, 1.0]);
    let Some(found) = &state.indicators.found else {
        panel_rect(ui, rect, tokens, |ui| {
            empty(ui, tokens, text.t("indicators-counting"), "");
        });
        return;
    };
    outdated(ui, state, found);
    panel_rect(ui, left, tokens, |ui| list_ui(ui, state, found, tokens, text, out));
    let registry = &state.catalogue.indicators;
    if let Some(indicator) = registry.of(state.indicators.chosen) {
        panel_rect(ui, right, tokens, |ui| {
            chosen_ui(ui, state, found, indicator, tokens, text, out);
        });
    }
    freshness::veil(ui, rect, state, tokens);
}

fn list_ui(
    ui: &mut Ui,
    state: &State,
    found: &Measured,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    heading(ui, tokens, text.t("indicators-figures"), &period_text(state, text));
    let column = |title, share, align| Column { title: text.t(title), share, align };
    let heads = [
        column("indicator-name", 2.3, Align::Left),
        column("indicator-value", 1.05, Align::Right),
        column("indicator-n", 0.75, Align::Right),
        column("indicator-previous", 1.0, Align::Right),
        column("indicator-year-ago", 1.0, Align::Right),
        column("indicator-week", 1.0, Align::Right),
        column("indicator-month", 1.0, Align::Right),
    ];
    let registry = state.catalogue.indicators.all();
    let lines: Vec<table::Line> =
        registry.iter().map(|one| line(state, found, one, tokens, text, &heads)).collect();
    if let Some(index) = figure_table(ui, tokens, "indicators", &heads, &lines) {
        out.push(Command::Indicators(IndicatorsCommand::Choose(registry[index].measure)));
    }
}

fn line(
    state: &State,
    found: &Measured,
    indicator: &Indicator,
    tokens: &Tokens,
    text: &Text,
    heads: &[Column<'_>],
) -> table::Line {
    let color = &tokens.color;
    let measure = indicator.measure;
    let now = &found.line(measure).now;
    let few = now.n < state.catalogue.indicators.least_n() && measure.kind() != Kind::Count;
    let name = indicator.name.full(text.language);
    let mut cells = vec![
        plain(name.to_owned(), color.text_strong),
        Figure {
            shown: figures::value(text, now),
            ink: if few { color.text_soft } else { color.text_strong },
            note: figures::beside(text, now),
            note_ink: color.text_dim,
        },
        Figure {
            shown: format::count(now.n),
            ink: color.text_soft,
            note: if few { text.t("indicator-few").to_owned() } else { String::new() },
            note_ink: color.text_dim,
        },
    ];
    for compared in figures::compare(state, found, indicator, text) {
        let note_ink = compared.ink(tokens);
        let (shown, note) = (compared.shown, compared.change);
        cells.push(Figure { shown, ink: color.text_soft, note, note_ink });
    }
    let words = heads.iter().zip(&cells).skip(1).filter(|(_, cell)| cell.shown != "–");
    let words: Vec<String> = words
        .map(|(head, cell)| format!("{}: {} {}", head.title, cell.shown, cell.note))
        .map(|words| words.trim_end().to_owned())
        .collect();
    let said = format!("{name}\n{}", words.join("\n"));
    table::Line { cells, chosen: state.indicators.chosen == measure, said }
}

fn plain(shown: String, ink: Color32) -> Figure {
    Figure { shown, ink, note: String::new(), note_ink: ink }
}

fn chosen_ui(
    ui: &mut Ui,
    state: &State,
    found: &Measured,
    indicator: &Indicator,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    let color = &tokens.color;
    let measure = indicator.measure;
    let now = &found.line(measure).now;
    let note = format!("{} · {}", period_text(state, text), format::n_text(text, now.n));
    heading(ui, tokens, indicator.name.full(text.language), &note);
    ScrollArea::vertical().id_salt("chosen").auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 5.0;
        let soft = |words: &str| {
            let body = font(tokens.size.body, Weight::Regular);
            egui::RichText::new(words).font(body).color(color.text_soft)
        };
        quiet(ui, tokens, text.t("how-counted"));
        ui.label(soft(indicator.formula(text.language)));
        let unit = text.t(match measure.unit() {
            Unit::Incidents => "unit-incidents",
            Unit::Percent => "unit-percent",
            Unit::Time => "unit-time",
            Unit::Points => "unit-marks",
        });
        let target = match indicator.target {
            Some(target) if measure.unit() == Unit::Time => {
                format!("{} {}", format::decimal(text, target, 1), text.t("unit-hours"))
            }
            Some(target) => format!("{} {unit}", format::decimal(text, target, 1)),
            None => text.t("indicator-no-target").to_owned(),
        };
        let facts = [
            ("indicator-measure", measure.key()),
            ("indicator-unit", unit),
            ("indicator-target", target.as_str()),
            ("indicator-source", &indicator.source),
        ];
        for (key, value) in facts {
            fact(ui, tokens, text.t(key), value, color.text_strong);
        }
        if let Some((low, high)) = now.interval() {
            let ends = [low, high].map(|end| format::decimal(text, end * 100.0, 1));
            let words = [("low", ends[0].as_str().into()), ("high", ends[1].as_str().into())];
            quiet(ui, tokens, &text.with("indicator-wilson", &words));
        }
        ui.add_space(2.0);
        behind_ui(ui, now, measure, tokens, text, out);
        ui.add_space(tokens.size.gap * 0.5);
        where_ui(ui, state, found, indicator, tokens, text, out);
    });
}

/// Buttons that open the very records.
fn behind_ui(
    ui: &mut Ui,
    now: &crate::board::indicators::Figure,
    measure: Measure,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    ui.horizontal_wrapped(|ui| {
        let mut open = |ui: &mut Ui, key: &str, side| {
            if text_button(ui, tokens, text.t(key)).clicked() {
                out.push(Command::Indicators(IndicatorsCommand::ShowBehind(measure, side)));
            }
        };
        // Of bodies it is their incidents that are listed.
        let [counted, among] = match measure {
            Measure::Answering => ["indicator-show-answered", "indicator-show-asked"],
            _ => ["indicator-show-counted", "indicator-show-among"],
        };
        if let Value::Share { .. } = now.value {
            open(ui, counted, Side::Counted);
        }
        open(ui, among, Side::Among);
    });
}

/// The indicator by municipality and block.
fn where_ui(
    ui: &mut Ui,
    state: &State,
    found: &Measured,
    indicator: &Indicator,
    tokens: &Tokens,
    text: &Text,
    out: &mut Vec<Command>,
) {
    let color = &tokens.color;
    let table = &found.indicators.now;
    let measure = indicator.measure;
    let mut heads =
        vec![Column { title: text.t("indicator-where"), share: 1.7, align: Align::Left }];
    let block = |block: &Block| Column {
        title: names::block(state, text, block.index()),
        share: 1.0,
        align: Align::Right,
    };
    heads.extend(Block::ALL.iter().map(block));
    heads.push(Column { title: text.t("word-total"), share: 1.0, align: Align::Right });
    let least_n = state.catalogue.indicators.least_n();
    let cell = |figure: &crate::board::indicators::Figure| {
        let few = figure.n < least_n && measure.kind() != Kind::Count;
        let ink = if few { color.text_dim } else { color.text_strong };
        plain(figures::value(text, figure), ink)
    };
    let last = table.places().saturating_sub(1);
    let number = |place: usize| if place == last { NO_MUNICIPALITY } else { place as u8 };
    let lines: Vec<table::Line> = (0..table.places())
        .map(|place| {
            let name = names::municipality(state, text, number(place));
            let mut said = vec![name.to_owned()];
            let mut cells = vec![plain(name.to_owned(), color.text_soft)];
            for (index, block) in Block::ALL.iter().enumerate() {
                let Some(sums) = table.cell(index, place) else { continue };
                let figure = sums.figure(measure);
                let block = names::block(state, text, block.index());
                let n = format::n_text(text, figure.n);
                said.push(format!("{block}: {} ({n})", figures::value(text, &figure)));
                cells.push(cell(&figure));
            }
            cells.push(cell(&table.municipality(place).figure(measure)));
            let chosen = state.filter.municipalities.contains(&number(place));
            table::Line { cells, chosen, said: said.join("\n") }
        })
        .collect();
    // Nothing is scrolled inside what scrolls itself.
    let lines_height = tokens.size.row * 0.82 * (lines.len() + 2) as f32;
    ui.set_min_height(lines_height);
    if let Some(place) = figure_table(ui, tokens, "where", &heads, &lines) {
        out.push(Command::ToggleMunicipality(number(place)));
    }
}
