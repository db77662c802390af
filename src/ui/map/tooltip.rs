//! What is told beside the pointer.

use egui::Ui;

use super::measure;
use crate::app::State;
use crate::app::state::Measure;
use crate::board::Row;
use crate::geo::clusters::Cluster;
use crate::ui::filter_bar::period_text;
use crate::ui::text::Text;
use crate::ui::tokens::Tokens;
use crate::ui::widgets::{Weight, font};
use crate::ui::{format, names};

const WIDTH: f32 = 230.0;

/// A municipality's figures: received, per 1,000 residents, overdue, change.
pub(super) fn municipality(ui: &mut Ui, index: u8, state: &State, tokens: &Tokens, text: &Text) {
    let aggregates = &state.aggregates;
    let now = aggregates.by_municipality.get(usize::from(index)).copied().unwrap_or_default();
    let before = aggregates.by_municipality_previous.get(usize::from(index));
    ui.set_max_width(WIDTH);
    title(ui, names::municipality(state, text, index), &period_text(state, text), tokens);
    row(ui, text.t("kpi-received"), &format::count(now.received), tokens);
    let population = state.catalogue.municipality(index).map_or(0, |known| known.population_2021);
    let of = |measure| measure::value(measure, &now, before, population);
    if let Some(per_thousand) = of(Measure::PerThousand) {
        let shown = measure::shown(Measure::PerThousand, text, per_thousand);
        row(ui, text.t("measure-per-thousand"), &shown, tokens);
    }
    row(ui, text.t("kpi-open"), &format::count(now.open), tokens);
    let overdue = match of(Measure::OverdueShare) {
        Some(share) if now.overdue > 0 => {
            format!("{} · {}", format::count(now.overdue), format::percent(text, Some(share)))
        }
        _ => format::count(now.overdue),
    };
    row(ui, text.t("kpi-overdue"), &overdue, tokens);
    row(ui, text.t("measure-change"), &format::change_percent(of(Measure::Change)), tokens);
}

/// A group's count, or what is known of a few incidents without their texts.
pub(super) fn cluster(
    ui: &mut Ui,
    cluster: &Cluster,
    rows: &[Row],
    state: &State,
    tokens: &Tokens,
    text: &Text,
) {
    ui.set_max_width(WIDTH * 1.3);
    if let [row] = rows
        && cluster.count == 1
    {
        let place = names::municipality(state, text, row.municipality);
        let when = format::moment(text, row.received, state.now);
        title(ui, names::topic(state, text, row.topic), "", tokens);
        note(ui, &format!("{place} · {when}"), tokens);
        return;
    }
    let shown = format::count(cluster.count);
    let words = text.with("n-incidents", &[("n", cluster.count.into()), ("shown", shown.into())]);
    title(ui, &words, "", tokens);
    for row in rows {
        let when = format::moment(text, row.received, state.now);
        note(ui, &format!("{} · {when}", names::topic(state, text, row.topic)), tokens);
    }
    if rows.is_empty() {
        note(ui, text.t("map-cluster-hint"), tokens);
    }
}

fn title(ui: &mut Ui, words: &str, aside: &str, tokens: &Tokens) {
    ui.horizontal(|ui| {
        ui.label(
            egui::RichText::new(words)
                .font(font(tokens.size.body, Weight::Semibold))
                .color(tokens.color.text_strong),
        );
        if !aside.is_empty() {
            note(ui, aside, tokens);
        }
    });
}

fn row(ui: &mut Ui, label: &str, value: &str, tokens: &Tokens) {
    ui.horizontal(|ui| {
        note(ui, label, tokens);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.label(
                egui::RichText::new(value)
                    .font(font(tokens.size.body, Weight::Medium))
                    .color(tokens.color.text_strong),
            );
        });
    });
}

fn note(ui: &mut Ui, words: &str, tokens: &Tokens) {
    ui.label(
        egui::RichText::new(words)
            .font(font(tokens.size.note, Weight::Regular))
            .color(tokens.color.text_soft),
    );
}
