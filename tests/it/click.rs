//! A click on a municipality, as a hand and a screen reader meet it: every panel
//! of every view tells the new n, the same everywhere.

use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable};
use pult::app::Command;
use pult::app::state::{PeriodChoice, View};
use pult::board::Totals;
use pult::config::Theme;
use pult::domain::Language;
use pult::ui::format;
use pult::ui::shell::{Local, shell_keys, shell_ui};
use pult::ui::text::Text;
use pult::ui::theme;
use pult::ui::tokens::Tokens;

use super::desk::Bench;

struct Window {
    bench: Bench,
    local: Local,
    out: Vec<Command>,
    is_dressed: bool,
}

fn window() -> Harness<'static, Window> {
    let tokens = Tokens::of(Theme::Dark);
    let text = Text::of(Language::Ru);
    let window = Window {
        bench: Bench::online(true),
        local: Local::default(),
        out: Vec::new(),
        is_dressed: false,
    };
    Harness::builder().with_size(egui::vec2(1_920.0, 1_080.0)).build_ui_state(
        move |ui, window: &mut Window| {
            // Fonts that are installed in a frame are there in the next.
            if !window.is_dressed {
                theme::install(ui.ctx(), &tokens);
                window.is_dressed = true;
                return;
            }
            let state = window.bench.desk.state();
            shell_keys(ui.ctx(), state, &mut window.out);
            shell_ui(ui, state, &tokens, &text, &mut window.local, &mut window.out);
        },
        window,
    )
}

/// Draws and obeys until nothing more is asked for.
fn settle(harness: &mut Harness<'static, Window>) {
    for _ in 0..4 {
        harness.run_steps(2);
        let window = harness.state_mut();
        for command in std::mem::take(&mut window.out) {
            window.bench.desk.apply(command);
        }
        window.bench.settle();
    }
    harness.run_steps(1);
}

fn show(harness: &mut Harness<'static, Window>, view: View) {
    harness.state_mut().out.push(Command::Show(view));
    settle(harness);
}

/// Looks at every panel that says how many incidents it shows.
fn every_panel_says(harness: &mut Harness<'static, Window>, n: u32) {
    let shown = format::count(n);
    for (view, titles) in [
        (View::Blocks, &["Блоки и муниципалитеты", "Темы", "Органы"][..]),
        (View::Indicators, &["По дням недели и часам", "По источникам", "По порядку"][..]),
        (View::Incidents, &["Инциденты"][..]),
    ] {
        show(harness, view);
        for title in titles {
            harness.get_by_label(&format!("{title} · за всё время · n = {shown}"));
        }
    }
    assert_eq!(harness.state().bench.desk.state().list.positions.len() as u32, n);

    show(harness, View::Blocks);
    harness.get_by_label(&format!("Всего: {n}"));
    show(harness, View::Indicators);
    harness.get_by_label_contains(&format!("Поступило: {shown} "));

    show(harness, View::Situation);
    harness.get_by_label_contains(&format!("Поступило: {shown} "));
    let map = harness.get_by_label("Карта").accesskit_node().description().unwrap_or_default();
    assert!(map.contains(&format!("инцидентов за период: {shown},")), "{map}");
    // The last row is what belongs to no sector.
    let of_rows: u32 = harness
        .get_all_by_label_contains(": Новых ")
        .map(|row| {
            let label = row.accesskit_node().label().unwrap_or_default();
            let (_, rest) = label.split_once(": Новых ").unwrap();
            rest.split(',').next().unwrap().parse::<u32>().unwrap()
        })
        .sum();
    assert_eq!(of_rows, n, "the sectors");
}

#[test]
fn a_click_on_a_municipality_changes_every_panel_and_all_agree() {
    let mut harness = window();
    settle(&mut harness);
    let everything = harness.state().bench.desk.state().aggregates.total.received;
    every_panel_says(&mut harness, everything);

    show(&mut harness, View::Blocks);
    harness.get_by_label("Абакан").click();
    settle(&mut harness);
    let state = harness.state().bench.desk.state();
    let abakan = state.catalogue.municipality_by_alias("Абакан").unwrap();
    assert!(state.filter.municipalities.contains(&abakan));
    let n = state.aggregates.by_municipality[usize::from(abakan)].received;
    assert!(n > 0 && n < everything, "{n} of {everything}");
    every_panel_says(&mut harness, n);

    // The chip takes it back.
    harness.get_by_label("Убрать: Муниципалитет").click();
    settle(&mut harness);
    every_panel_says(&mut harness, everything);
}

/// What is open and overdue is a state: its incidents came in at any time.
#[test]
fn the_figures_of_what_is_open_and_overdue_lead_to_just_these_incidents() {
    let mut harness = window();
    for (card, figure) in [
        ("Открыто: ", |total: &Totals| total.open),
        ("Просрочено: ", |total: &Totals| total.overdue),
    ] as [(&str, fn(&Totals) -> u32); 2]
    {
        harness.state_mut().out.push(Command::ClearFilter);
        harness.state_mut().out.push(Command::SetPeriod(PeriodChoice::Week));
        show(&mut harness, View::Situation);
        let shown = figure(&harness.state().bench.desk.state().aggregates.total);
        assert!(shown > 0);
        harness.get_by_label_contains(card).click();
        settle(&mut harness);
        show(&mut harness, View::Incidents);
        let state = harness.state().bench.desk.state();
        assert_eq!(state.list.positions.len() as u32, shown, "{card}");
        assert_eq!(figure(&state.aggregates.total), shown, "{card}");
    }
}

/// The first view has no room for a card.
#[test]
fn an_incident_that_is_opened_beside_the_map_is_seen() {
    let mut harness = window();
    show(&mut harness, View::Situation);
    harness.state_mut().out.push(Command::OpenIncident(7));
    settle(&mut harness);
    let state = harness.state().bench.desk.state();
    assert_eq!(state.incident.as_ref().map(|incident| incident.row.row_id), Some(7));
    assert_eq!(state.view, View::Incidents);
}
