//! Views of the desk, found as a screen reader finds them.

use std::sync::Arc;

use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable};
use pult::app::lock::{OfficeHere, SignInCommand};
use pult::app::network::NetworkChoice;
use pult::app::state::View;
use pult::app::{Command, State};
use pult::config::Theme;
use pult::domain::calendar::Window;
use pult::domain::policy::{Clock, Supposed};
use pult::domain::{Catalogue, Language, Regime, Source, Timestamp};
use pult::store::Officer;
use pult::store::details::IncidentDetails;
use pult::ui::format;
use pult::ui::text::Text;
use pult::ui::theme;
use pult::ui::tokens::Tokens;
use pult::ui::views::{blocks, health, incidents, indicators, settings};

use super::sample;

type Draw = fn(&mut egui::Ui, &State, &Tokens, &Text, &mut Vec<Command>);

/// Installs the theme in the first frame, which draws nothing else: fonts that are
/// installed in a frame are there in the next.
pub(crate) fn dresses(ui: &egui::Ui, tokens: &Tokens) -> bool {
    let dressed = egui::Id::unique("dressed");
    if ui.data(|data| data.get_temp::<bool>(dressed)).is_some() {
        return false;
    }
    theme::install(ui.ctx(), tokens);
    ui.data_mut(|data| data.insert_temp(dressed, true));
    true
}

/// The settings as they are drawn, with what they asked for.
fn settings_harness<'a>(
    state: &'a State,
    tokens: &'a Tokens,
    text: &'a Text,
) -> Harness<'a, (Vec<Command>, settings::Local)> {
    let mut harness = Harness::builder().with_size(egui::vec2(1_748.0, 1_622.0)).build_ui_state(
        |ui, (out, local): &mut (Vec<Command>, settings::Local)| {
            if !dresses(ui, tokens) {
                settings::settings_ui(ui, state, tokens, text, local, out);
            }
        },
        (Vec::new(), settings::Local::default()),
    );
    harness.run_steps(3);
    // The picture of the wall has asked for its heat.
    harness.state_mut().0.clear();
    harness
}

#[test]
fn the_plan_of_the_wall_is_seen_scene_by_scene_and_its_mistake_is_said() {
    let mut state = sample::state(&sample::board(300), View::Settings);
    state.wall_plan.fault = Some("wall.toml, line 7: there is no scene «mop»".to_owned());
    let tokens = Tokens::of(Theme::Dark);
    let text = Text::of(Language::Ru);
    let mut harness = settings_harness(&state, &tokens, &text);
    harness.get_by_label_contains("wall.toml, line 7: there is no scene «mop»");
    harness.get_by_role_and_label(Role::Image, "Республика Хакасия");
    harness.get_by_role_and_label(Role::RadioButton, "Отраслевые блоки").click();
    harness.run_steps(2);
    let wide = harness.get_by_role_and_label(Role::Image, "Отраслевые блоки").rect();
    harness.get_by_role_and_label(Role::RadioButton, "9:16").click();
    harness.run_steps(2);
    let upright = harness.get_by_role_and_label(Role::Image, "Отраслевые блоки").rect();
    assert!(upright.height() > wide.height(), "{upright:?} {wide:?}");
    assert_eq!(harness.state().0, [], "looking changes nothing");
}

/// Draws the view, clicks what is so called, and says what was asked for.
fn click(state: &State, draw: Draw, label: &str) -> Vec<Command> {
    let tokens = Tokens::of(Theme::Dark);
    let text = Text::of(Language::Ru);
    let mut harness = Harness::builder().with_size(egui::vec2(1_748.0, 1_022.0)).build_ui_state(
        |ui, out: &mut Vec<Command>| {
            if dresses(ui, &tokens) {
                return;
            }
            draw(ui, state, &tokens, &text, out);
        },
        Vec::new(),
    );
    harness.run_steps(3);
    harness.state_mut().clear();
    harness.get_by_label(label).click();
    harness.run_steps(2);
    harness.state().clone()
}

#[test]
fn a_municipality_of_the_matrix_joins_the_filter() {
    let state = sample::state(&sample::board(3_000), View::Blocks);
    let index = state.catalogue.municipalities.iter().position(|one| &*one.short == "Аскизский");
    let asked = click(&state, blocks::blocks_ui, "Аскизский");
    assert_eq!(asked, [Command::ToggleMunicipality(index.unwrap() as u8)]);
}

#[test]
fn the_sums_of_the_matrix_are_the_total() {
    let state = sample::state(&sample::board(3_000), View::Blocks);
    let total = state.aggregates.total.received;
    assert!(total > 100);
    // The corner of the matrix is called by its figure.
    let asked = click(&state, blocks::blocks_ui, &format!("Всего: {total}"));
    assert_eq!(asked.len(), 2);
    let sum = |list: &[pult::board::Totals]| list.iter().map(|one| one.received).sum::<u32>();
    assert_eq!(sum(&state.aggregates.by_municipality), total);
    assert_eq!(sum(&state.aggregates.by_block), total);
    assert_eq!(state.list.positions.len() as u32, total);
}

#[test]
fn an_order_of_the_list_can_be_chosen() {
    let state = sample::state(&sample::board(3_000), View::Incidents);
    let asked = click(&state, incidents::incidents_ui, "По сроку");
    assert!(asked.contains(&Command::SortList(pult::app::state::ListOrder::DueFirst)), "{asked:?}");
}

#[test]
fn closings_by_municipality_are_all_closings() {
    let state = sample::state(&sample::board(3_000), View::Indicators);
    let closed: u32 = state
        .aggregates
        .close_by_municipality
        .iter()
        .map(pult::board::aggregates::DurationHistogram::n)
        .sum();
    assert_eq!(closed, state.aggregates.total.closed);
    let hours: u32 = state.aggregates.by_weekday_hour.iter().flatten().sum();
    assert_eq!(hours, state.aggregates.total.received);
    let received = state.aggregates.by_source[usize::from(Source::Telegram.index())].received;
    let label = format!("Telegram: {} ", format::count(received));
    let asked = click(&state, indicators::indicators_ui, &label);
    assert_eq!(asked, [Command::ToggleSource(Source::Telegram.index())]);
}

#[test]
fn what_is_typed_about_the_network_is_asked_for_as_it_stands() {
    let state = sample::state(&sample::board(300), View::Settings);
    let tokens = Tokens::of(Theme::Dark);
    let text = Text::of(Language::Ru);
    let mut harness = settings_harness(&state, &tokens, &text);
    // Nothing was typed: there is nothing to save.
    harness.get_by_label(text.t("network-save")).click();
    harness.run_steps(2);
    assert_eq!(harness.state().0, []);
    let proxy = harness.get_by_role_and_label(Role::TextInput, text.t("proxy-label"));
    proxy.focus();
    proxy.type_text("http://proxy.example:3128");
    harness.run_steps(2);
    for (label, asked) in [
        ("network-save", Command::SetNetwork as fn(NetworkChoice) -> Command),
        ("certificate-choose", Command::ChooseCertificate),
    ] {
        harness.get_by_label(text.t(label)).click();
        harness.run_steps(2);
        let choice = NetworkChoice {
            poll_secs: "30".to_owned(),
            proxy: "http://proxy.example:3128".to_owned(),
            root_certificate: String::new(),
        };
        assert_eq!(std::mem::take(&mut harness.state_mut().0), [asked(choice)]);
    }
}

#[test]
fn another_clock_and_another_window_of_a_limit_are_asked_for_by_their_names() {
    let mut state = sample::state(&sample::board(300), View::Settings);
    let tokens = Tokens::of(Theme::Dark);
    let text = Text::of(Language::Ru);
    let as_is = |version, limit| {
        let catalogue = Catalogue::embedded();
        Supposed::as_is(catalogue.policies.by_version(version).unwrap(), limit)
    };
    let label = |regime: Regime, word: &str| {
        let regime = state.catalogue.regime(regime).short(Language::Ru);
        format!("{regime} · {}, {}", text.t("what-if-answer"), text.t(word))
    };
    let (clock, from) =
        (label(Regime::Pos, "what-if-clock"), label(Regime::Social, "what-if-from"));
    let (to, no_window) = (label(Regime::Social, "what-if-to"), label(Regime::Pos, "what-if-to"));
    {
        let mut harness = settings_harness(&state, &tokens, &text);
        assert!(harness.query_by_label(&no_window).is_none(), "days have no window");
        harness.get_by_role_and_label(Role::ComboBox, &clock).click();
        harness.run_steps(3);
        harness.get_by_role_and_label(Role::Button, text.t("clock-working-hours")).click();
        harness.run_steps(2);
        let window = Some(Window::USUAL);
        let hours = Supposed { clock: Clock::WorkingHours, window, ..as_is("pos-1", 0) };
        let mut asked = std::mem::take(&mut harness.state_mut().0);
        asked.dedup();
        assert_eq!(asked, [Command::Suppose(vec![hours])]);
        for (label, typed, window) in [
            (&to, "20:30", (9 * 60, 20 * 60 + 30)),
            (&from, "7", (7 * 60, 18 * 60)),
            // Neither a window that ends before it begins nor one of no length.
            (&to, "8", (9 * 60, 9 * 60 + Window::LEAST_MINUTES)),
            (&from, "23:00", (18 * 60 - Window::LEAST_MINUTES, 18 * 60)),
        ] {
            let field = harness.get_by_role_and_label(Role::SpinButton, label);
            field.focus();
            harness.run_steps(2);
            harness.get_by_role_and_label(Role::SpinButton, label).type_text(typed);
            harness.run_steps(2);
            assert_eq!(harness.state().0, [], "what is half typed is not tried");
            harness.key_press(egui::Key::Enter);
            harness.run_steps(2);
            let window = Window::of_minutes(window.0, window.1);
            let asked = std::mem::take(&mut harness.state_mut().0);
            let tried = Supposed { window, ..as_is("social-1", 0) };
            assert_eq!(asked, [Command::Suppose(vec![tried])], "{label} {typed}");
        }
    }
    // Back to days, and nothing is tried of this limit any more.
    let (window, clock_tried) = (Some(Window::USUAL), Clock::WorkingHours);
    state.supposed = vec![Supposed { clock: clock_tried, window, ..as_is("pos-1", 0) }];
    let mut harness = settings_harness(&state, &tokens, &text);
    assert!(harness.query_by_label(&no_window).is_some());
    harness.get_by_role_and_label(Role::ComboBox, &clock).click();
    harness.run_steps(3);
    harness.get_by_role_and_label(Role::Button, text.t("clock-calendar-days")).click();
    harness.run_steps(2);
    let mut asked = std::mem::take(&mut harness.state_mut().0);
    asked.dedup();
    assert_eq!(asked, [Command::Suppose(Vec::new())]);
}

#[test]
fn a_pin_is_set_and_a_lock_is_timed_by_whoever_is_signed_in() {
    let mut state = sample::state(&sample::board(300), View::Settings);
    let text = Text::of(Language::Ru);
    let office = |office: &str| OfficeHere {
        officer: Officer { role: "duty".to_owned(), office: office.to_owned() },
        has_pin: false,
    };
    state.offices = Arc::new(vec![office("Дежурный"), office("Сменщик")]);
    let mut outbox = (*state.outbox).clone();
    outbox.officer = Some(state.offices[0].officer.clone());
    state.outbox = Arc::new(outbox);
    let tokens = Tokens::of(Theme::Dark);
    let mut harness = settings_harness(&state, &tokens, &text);
    harness.get_by_label("Дежурный: за столом · вход по токену");
    let field = harness.get_by_role_and_label(Role::PasswordInput, text.t("pin-label"));
    field.focus();
    field.type_text("47");
    harness.run_steps(2);
    harness.get_by_label(text.t("pin-set")).click();
    harness.run_steps(2);
    assert_eq!(harness.state().0, [], "two digits are no PIN");
    let field = harness.get_by_role_and_label(Role::PasswordInput, text.t("pin-label"));
    field.focus();
    field.type_text("11");
    harness.run_steps(2);
    for (label, asked) in [
        (text.t("pin-set"), SignInCommand::SetPin("4711".to_owned())),
        ("5\u{202f}мин", SignInCommand::LockAfter(5)),
        ("Убрать «Сменщик»", SignInCommand::Forget("Сменщик".to_owned())),
        ("Запереть стол · Ctrl+L", SignInCommand::Lock),
    ] {
        harness.get_by_label(label).click();
        harness.run_steps(2);
        let found = std::mem::take(&mut harness.state_mut().0);
        assert!(found == [Command::SignIn(asked)], "{label}: {found:?}");
    }
}

#[test]
fn health_says_when_each_source_was_last_heard_of_and_what_the_table_weighs() {
    let state = sample::state(&sample::board(3_000), View::Health);
    let tokens = Tokens::of(Theme::Dark);
    let text = Text::of(Language::Ru);
    let mut harness = Harness::builder().with_size(egui::vec2(1_748.0, 1_422.0)).build_ui_state(
        |ui, out: &mut Vec<Command>| {
            if dresses(ui, &tokens) {
                return;
            }
            health::health_ui(ui, &state, &tokens, &text, out);
        },
        Vec::new(),
    );
    harness.run_steps(3);
    let telegram = usize::from(Source::Telegram.index());
    let last = state.census.last_received[telegram].unwrap();
    let n = format::count(state.aggregates.by_source[telegram].received);
    let at = format::moment_short(&text, last, state.now);
    harness.get_by_label(&format!("Telegram: {n} · {at}"));
    let rows = format::count(state.census.rows);
    harness.get_by_label(&format!("{}: {rows}", text.t("health-board-rows")));
    assert_eq!(state.census.rows, 3_000);
    harness.get_by_label(&format!("{}: 1", text.t("health-errors")));
    harness.get_by_label(&format!("{}: 2", text.t("health-warnings")));
    harness.get_by_label_contains("the answer broke off");
}

/// The facts of a card of that regime, received on Monday 23 November 2026 at 16:00.
fn facts_of(regime: Regime, registered: Option<&str>, due: u32) -> Vec<String> {
    let at = |text: &str| Timestamp::parse_rfc3339(text).unwrap().0;
    let mut state = sample::state(&sample::board(300), View::Incidents);
    let mut row = state.list.rows[0].clone();
    (row.regime, row.due) = (regime.index(), due);
    row.received = at("2026-11-23T16:00:00+07:00");
    let registered = registered.map_or(0, at);
    let card = IncidentDetails { row, registered, ..IncidentDetails::default() };
    state.incident = Some(Arc::new(card));
    let (tokens, text) = (Tokens::of(Theme::Dark), Text::of(Language::Ru));
    let dress = tokens.clone();
    let mut harness = Harness::builder()
        .with_size(egui::vec2(1_600.0, 1_000.0))
        .with_context_setup(move |ctx| theme::install(ctx, &dress))
        .build_ui(|ui| {
            incidents::incidents_ui(ui, &state, &tokens, &text, &mut Vec::new());
        });
    harness.run_steps(2);
    let labels = harness.get_all_by_role(Role::Label);
    labels.filter_map(|label| label.accesskit_node().value()).collect()
}

#[test]
fn a_card_has_the_deadlines_of_its_stages_and_leaves_those_of_the_server_as_they_are() {
    let has = |facts: &[String], words: &str| facts.iter().any(|fact| fact.starts_with(words));
    let appeal = facts_of(Regime::Fz59, Some("2026-11-24T10:00:00+07:00"), 0);
    for words in [
        "Регистрация: до 26 ноября, 23:59 · fz59-1",
        "Направление в орган: до 1 декабря, 23:59 · fz59-1*",
        "Ответ по правилу: до 24 декабря, 23:59 · fz59-1",
    ] {
        assert!(has(&appeal, words), "{words} in {appeal:?}");
    }
    let social = facts_of(Regime::Social, None, 0);
    assert!(has(&social, "Ответ по правилу: до 24 ноября, 16:00 · social-1"), "{social:?}");
    let given = facts_of(Regime::Social, None, sample::NOW);
    assert!(!has(&given, "Ответ по правилу"), "the server's stands");
    let other = facts_of(Regime::Other, None, 0);
    assert!(!has(&other, "Ответ по правилу"), "nothing is made up: {other:?}");
}
