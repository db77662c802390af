//! A desk in a window on a reference server that a second office uses.

use std::path::Path;
use std::task::Waker;
use std::time::{Duration, Instant};

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use pult::app::clock::{Moment, Ticker};
use pult::app::state::View;
use pult::app::triage::TriageCommand;
use pult::app::{Command, Desk, DeskOptions, State};
use pult::board::queue::Section;
use pult::config::own_data::OwnData;
use pult::config::{Settings, Theme};
use pult::domain::{Language, Role};
use pult::server::{RunningServer, Server, ServerOptions, Token};
use pult::store::details::ListRow;
use pult::sync::api::Clock;
use pult::sync::http::{HttpApi, HttpConfig};
use pult::sync::protocol::Scope;
use pult::sync::status::Phase;
use pult::ui::shell::{Local, shell_keys, shell_ui};
use pult::ui::text::Text;
use pult::ui::theme;
use pult::ui::tokens::Tokens;

const TOKEN: &str = "desk-token";
const OTHER: &str = "other-token";
pub(super) const OTHER_OFFICE: &str = "Руководитель ЦУР";

pub(super) fn server() -> RunningServer {
    let mut options = ServerOptions {
        incidents: 2_000,
        frozen: true,
        ..ServerOptions::new(pult::app::clock::now).with_token(TOKEN)
    };
    options.tokens.push(Token::new(OTHER, Role::Head, Scope::Desk, OTHER_OFFICE));
    Server::start(options).unwrap()
}

/// What the other office asks with.
pub(super) fn other(server: &RunningServer) -> HttpApi {
    let config = HttpConfig {
        server: format!("http://{}", server.addr()),
        token: OTHER.to_owned(),
        root_certificate: None,
        proxy: None,
    };
    HttpApi::new(&config, Clock::new(pult::app::clock::now_ms)).unwrap()
}

/// What is drawn, and what was asked for by it.
pub(super) struct Drawn {
    pub(super) desk: Desk,
    ticker: Ticker,
    local: Local,
    out: Vec<Command>,
    is_dressed: bool,
}

/// The desk in its window.
pub(super) struct Window(Harness<'static, Drawn>);

pub(super) fn open(folder: &Path, server: Option<&RunningServer>) -> Desk {
    let path = folder.join("pult.toml");
    let options = DeskOptions {
        data_dir: folder.to_owned(),
        settings: Settings {
            server: server.map(|server| format!("http://{}", server.addr())),
            poll_secs: 1,
            ..Settings::load(&path).unwrap()
        },
        settings_path: Some(path),
        online: server.is_some(),
        token: Some(TOKEN.to_owned()),
        waker: Waker::noop().clone(),
        data: OwnData::default(),
    };
    Desk::open(options, Ticker::start().moment()).unwrap()
}

impl Window {
    pub(super) fn of(desk: Desk) -> Self {
        let tokens = Tokens::of(Theme::Dark);
        let text = Text::of(Language::Ru);
        let drawn = Drawn {
            desk,
            ticker: Ticker::start(),
            local: Local::default(),
            out: Vec::new(),
            is_dressed: false,
        };
        let size = egui::vec2(1_920.0, 1_080.0);
        let harness = Harness::builder().with_size(size).build_ui_state(
            move |ui, drawn: &mut Drawn| {
                // Fonts that are installed in a frame are there in the next.
                if !drawn.is_dressed {
                    theme::install(ui.ctx(), &tokens);
                    drawn.is_dressed = true;
                    return;
                }
                let state = drawn.desk.state();
                shell_keys(ui.ctx(), state, &mut drawn.out);
                shell_ui(ui, state, &tokens, &text, &mut drawn.local, &mut drawn.out);
            },
            drawn,
        );
        Self(harness)
    }

    /// On the queue of all that is open, once it is here.
    pub(super) fn online(folder: &Path, server: &RunningServer) -> Self {
        let mut window = Self::of(open(folder, Some(server)));
        window.wait("the first sync", |state| state.sync.phase == Phase::UpToDate);
        window.show_queue();
        window
    }

    pub(super) fn show_queue(&mut self) {
        self.apply(Command::Show(View::Triage));
        self.apply(Command::Triage(TriageCommand::Show(Section::All)));
        self.wait("the section", |state| {
            let queue = &state.triage.queue;
            let all = queue.counts[Section::All as usize] as usize;
            all > 100 && queue.positions.len() == all
        });
        self.apply(Command::Triage(TriageCommand::Move(i32::MIN)));
        self.wait("the queue", |state| {
            let triage = &state.triage;
            let first = triage.queue.positions.first().map(|at| at + 1);
            let is_read = triage.rows.len() > 5 && first == Some(triage.rows[0].row_id);
            is_read && open_row(state).is_some_and(|open| first == Some(open.row_id))
        });
    }

    pub(super) fn apply(&mut self, command: Command) {
        self.0.state_mut().desk.apply(command);
    }

    pub(super) fn state(&self) -> &State {
        self.0.state().desk.state()
    }

    pub(super) fn harness(&mut self) -> &mut Harness<'static, Drawn> {
        &mut self.0
    }

    /// Draws a frame, obeys, takes what the workers have.
    pub(super) fn step(&mut self) {
        self.0.run_steps(1);
        let drawn = self.0.state_mut();
        for command in std::mem::take(&mut drawn.out) {
            drawn.desk.apply(command);
        }
        let moment = drawn.ticker.moment();
        drawn.desk.poll(moment);
    }

    /// Takes what the workers have, so much later by the clock that only goes
    /// forward.
    pub(super) fn poll_later(&mut self, later: Duration) {
        let drawn = self.0.state_mut();
        let moment = drawn.ticker.moment();
        drawn.desk.poll(Moment { tick: moment.tick + later, ..moment });
    }

    pub(super) fn wait(&mut self, what: &str, done: impl Fn(&State) -> bool) {
        let patience = Instant::now() + Duration::from_mins(1);
        while !done(self.state()) {
            assert!(Instant::now() < patience, "{what} did not come");
            self.step();
            std::thread::sleep(Duration::from_millis(5));
        }
        // What has come is drawn.
        self.step();
        self.step();
    }

    pub(super) fn press(&mut self, modifiers: Modifiers, key: Key) {
        self.harness().key_press_modifiers(modifiers, key);
        self.steps();
    }

    pub(super) fn types(&mut self, words: &str) {
        self.harness().event(egui::Event::Text(words.to_owned()));
        self.steps();
    }

    pub(super) fn steps(&mut self) {
        for _ in 0..4 {
            self.step();
        }
    }

    /// True where something on the screen is so called.
    pub(super) fn says(&self, label: &str) -> bool {
        self.0.query_all_by_label_contains(label).next().is_some()
    }
}

/// The row of the card that is open under the cursor.
pub(super) fn open_row(state: &State) -> Option<&ListRow> {
    let row = state.incident.as_ref().map(|incident| &incident.row)?;
    (state.triage.cursor == Some(row.row_id)).then_some(row)
}
