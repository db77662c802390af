//! Frames of the desk without a window: logic, views and tessellation, drawn
//! when egui asks for them, as a window draws them.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use egui::{Pos2, RawInput, Rect, Vec2};
use pult::app::clock::{self, Ticker};
use pult::app::state::{MapMode, View};
use pult::app::{Command, Desk, DeskOptions};
use pult::config::Settings;
use pult::domain::Timestamp;
use pult::sync::api::{Clock, FeedbackApi};
use pult::sync::http::{HttpApi, HttpConfig};
use pult::sync::protocol::{CommandLine, Outcome};
use pult::ui::shell::{Local, shell_ui};
use pult::ui::text::Text;
use pult::ui::tokens::Tokens;
use pult::ui::{app, theme};
use uuid::Uuid;

use crate::incidents::Dice;
use crate::{Args, print_line, quantile, size_name};

/// A window of 3840×2160 pixels at the scale of such a screen.
const SIZE_POINTS: Vec2 = Vec2::new(1920.0, 1080.0);
const PIXELS_PER_POINT: f32 = 2.0;
/// What graphics cards offer.
const MAX_TEXTURE_SIDE: usize = 8192;

/// What pult promises.
const P99_SECS: f64 = 0.008;
const P95_SECS: f64 = 0.005;

const CHANGES_A_SECOND: u32 = 200;
/// Changes come in so many packets a second.
const PACKETS: u32 = 20;

/// How long each view is looked at, and how long nothing happens at the end.
const LOOK: Duration = Duration::from_secs(10);
const IDLE: Duration = Duration::from_secs(20);
/// Longest wait for the board and for answers.
const PATIENCE: Duration = Duration::from_mins(2);

const VIEWS: [(View, MapMode); 6] = [
    (View::Situation, MapMode::Heat),
    (View::Situation, MapMode::Areas),
    (View::Situation, MapMode::Clusters),
    (View::Blocks, MapMode::Heat),
    (View::Indicators, MapMode::Heat),
    (View::Incidents, MapMode::Heat),
];

/// The folder of a desk that has synced, and its server: `FOLDER=URL`.
#[derive(Clone, Debug)]
pub(crate) struct Synced {
    folder: PathBuf,
    url: String,
}

impl FromStr for Synced {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (folder, url) = text.split_once('=').ok_or("use FOLDER=URL")?;
        Ok(Self { folder: folder.into(), url: url.to_owned() })
    }
}

pub(crate) fn measure(args: &Args) -> Result<()> {
    let token = std::env::var("PULT_TOKEN").context("the token of the server, in PULT_TOKEN")?;
    let mut first: Option<(String, f64)> = None;
    for region in &args.region {
        let (incidents, mut times) = watch(region, &token)?;
        let name = format!("frame-{}", size_name(incidents));
        print_line(&format!("{name}-p99"), quantile(&mut times, 99), P99_SECS);
        let p95 = quantile(&mut times, 95);
        print_line(&format!("{name}-p95"), p95, P95_SECS);
        match &first {
            None => first = Some((name, p95)),
            Some((smaller, of_smaller)) => {
                print_line(&format!("{name}-against-{smaller}"), p95, *of_smaller);
            }
        }
    }
    Ok(())
}

/// Looks at every view while changes arrive, then at one while nothing does.
/// Incidents, and the seconds of each frame.
#[expect(clippy::print_stdout, reason = "the result of the command")]
fn watch(region: &Synced, token: &str) -> Result<(u64, Vec<f64>)> {
    let mut window = Window::open(region, token)?;
    window.draw_until(|desk| desk.is_settled() && desk.state().sync.streaming)?;
    let rows = &window.desk.state().store.rows;
    let incidents = rows.iter().find(|(kind, _)| *kind == "incident").map_or(0, |(_, n)| *n);
    // Fonts and outlines of every view are made once.
    for (view, mode) in VIEWS {
        window.show(view, mode);
        window.draw_for(Duration::from_secs(1));
    }
    window.times.clear();
    let stored = window.desk.state().sync.lines_stored;
    let server = HttpConfig {
        server: region.url.clone(),
        token: token.to_owned(),
        root_certificate: None,
        proxy: None,
    };
    let (stop, accepted) = (AtomicBool::new(false), AtomicU64::new(0));
    std::thread::scope(|scope| {
        let changing = scope.spawn(|| keep_changing(&server, incidents, &stop, &accepted));
        for (view, mode) in VIEWS {
            window.show(view, mode);
            let begun = window.times.len();
            window.draw_for(LOOK);
            let mut times = window.times[begun..].to_vec();
            println!(
                "frame-{} {view:?} {mode:?}: {} frames, p50 {:.2} ms, p99 {:.2} ms",
                size_name(incidents),
                times.len(),
                quantile(&mut times, 50) * 1e3,
                quantile(&mut times, 99) * 1e3,
            );
        }
        stop.store(true, Ordering::Relaxed);
        changing.join().unwrap_or_else(|_| anyhow::bail!("the sender of changes panicked"))
    })?;
    let times = std::mem::take(&mut window.times);
    window.draw_until(Desk::is_settled)?;
    // A change is an event and an incident's new revision; two of one incident
    // may come as one revision.
    let arrived = window.desk.state().sync.lines_stored - stored;
    let sent = accepted.load(Ordering::Relaxed);
    ensure!(arrived * 100 >= sent * 2 * 99, "{sent} changes were made, {arrived} lines arrived");
    let looked = LOOK.as_secs() * VIEWS.len() as u64;
    ensure!(sent >= looked * u64::from(CHANGES_A_SECOND) * 9 / 10, "only {sent} changes were made");
    println!(
        "frame-{}-idle {} frames in {} s",
        size_name(incidents),
        window.idle()?,
        IDLE.as_secs()
    );
    Ok((incidents, times))
}

/// Comments on incidents here and there: each a new revision and an event.
fn keep_changing(
    server: &HttpConfig,
    incidents: u64,
    stop: &AtomicBool,
    accepted: &AtomicU64,
) -> Result<()> {
    let clock = Clock::new(clock::now_ms);
    let api = HttpApi::new(server, clock.clone())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut dice = Dice::new(7);
    let begun = Instant::now();
    for packet in 1.. {
        let commands: Vec<CommandLine> = (0..CHANGES_A_SECOND / PACKETS)
            .map(|_| comment(dice.below(incidents as u32), clock.now_secs()))
            .collect();
        let answers = runtime.block_on(api.commands(&commands))?;
        let taken = |one: &&pult::sync::protocol::CommandAnswer| {
            matches!(one.outcome, Outcome::Accepted { .. })
        };
        accepted.fetch_add(answers.iter().filter(taken).count() as u64, Ordering::Relaxed);
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let next = begun + packet * Duration::from_secs(1) / PACKETS;
        std::thread::sleep(next.saturating_duration_since(Instant::now()));
    }
    Ok(())
}

fn comment(incident: u32, now: u32) -> CommandLine {
    CommandLine {
        id: Uuid::now_v7(),
        command: "comment".to_owned(),
        incident: Some(format!("i-{}", incident + 1)),
        based_on: None,
        at: Timestamp(now).to_rfc3339(),
        payload: [("text".to_owned(), "Проверено по телефону".into())].into_iter().collect(),
    }
}

/// The earliest moment at which egui wants a frame, as a window's event loop
/// remembers it.
#[derive(Default)]
struct Alarm {
    at: Mutex<Option<Instant>>,
    moved: Condvar,
}

impl Alarm {
    fn set(&self, delay: Duration) {
        let Some(wanted) = Instant::now().checked_add(delay) else { return };
        let mut at = self.at.lock().unwrap_or_else(PoisonError::into_inner);
        *at = Some(at.map_or(wanted, |at| at.min(wanted)));
        self.moved.notify_one();
    }

    /// True once a frame is due; false where none was by `deadline`.
    fn wait(&self, deadline: Instant) -> bool {
        let mut at = self.at.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let now = Instant::now();
            if at.is_some_and(|at| at <= now) {
                *at = None;
                return true;
            }
            if deadline <= now {
                return false;
            }
            let until = at.map_or(deadline, |at| at.min(deadline));
            at = self.moved.wait_timeout(at, until - now).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// What `ui::app::DeskApp` is in a window of the system.
struct Window {
    ctx: egui::Context,
    alarm: Arc<Alarm>,
    desk: Desk,
    ticker: Ticker,
    tokens: Tokens,
    text: Text,
    local: Local,
    out: Vec<Command>,
    /// Seconds of each frame.
    times: Vec<f64>,
}

impl Window {
    fn open(region: &Synced, token: &str) -> Result<Self> {
        let ctx = egui::Context::default();
        let alarm = Arc::new(Alarm::default());
        let heard = Arc::clone(&alarm);
        ctx.set_request_repaint_callback(move |info| heard.set(info.delay));
        let settings = Settings { server: Some(region.url.clone()), ..Settings::default() };
        let (tokens, text) = (Tokens::of(settings.theme), Text::of(settings.language));
        theme::install(&ctx, &tokens);
        let ticker = Ticker::start();
        let options = DeskOptions {
            data_dir: region.folder.clone(),
            settings,
            settings_path: None,
            online: true,
            token: Some(token.to_owned()),
            waker: app::waker(&ctx),
        };
        let desk = Desk::open(options, ticker.moment())?;
        alarm.set(Duration::ZERO);
        Ok(Self {
            ctx,
            alarm,
            desk,
            ticker,
            tokens,
            text,
            local: Local::default(),
            out: Vec::new(),
            times: Vec::new(),
        })
    }

    fn show(&mut self, view: View, mode: MapMode) {
        self.out.extend([Command::SetMapMode(mode), Command::Show(view)]);
        self.ctx.request_repaint();
    }

    fn frame(&mut self) {
        let mut input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, SIZE_POINTS)),
            time: Some(self.ticker.moment().tick.as_secs_f64()),
            max_texture_side: Some(MAX_TEXTURE_SIDE),
            focused: true,
            ..RawInput::default()
        };
        if let Some(viewport) = input.viewports.get_mut(&input.viewport_id) {
            viewport.native_pixels_per_point = Some(PIXELS_PER_POINT);
        }
        let start = Instant::now();
        for command in std::mem::take(&mut self.out) {
            self.desk.apply(command);
        }
        self.desk.poll(self.ticker.moment());
        let Self { ctx, desk, tokens, text, local, out, .. } = self;
        ctx.request_repaint_after(desk.next_wake());
        let output = ctx.run_ui(input, |ui| shell_ui(ui, desk.state(), tokens, text, local, out));
        if !out.is_empty() {
            ctx.request_repaint();
        }
        let jobs = ctx.tessellate(output.shapes, output.pixels_per_point);
        self.times.push(start.elapsed().as_secs_f64());
        drop(jobs);
    }

    /// Draws whatever frames are wanted in this time.
    fn draw_for(&mut self, time: Duration) {
        let end = Instant::now() + time;
        while self.alarm.wait(end) {
            self.frame();
        }
    }

    fn draw_until(&mut self, done: impl Fn(&Desk) -> bool) -> Result<()> {
        let patience = Instant::now() + PATIENCE;
        while !done(&self.desk) {
            ensure!(Instant::now() < patience, "the desk did not settle");
            self.draw_for(Duration::from_millis(100));
        }
        Ok(())
    }

    /// Frames in a time in which nothing is new, between two turns of the minute.
    fn idle(&mut self) -> Result<usize> {
        self.out.push(Command::Show(View::Situation));
        self.ctx.request_repaint();
        self.draw_for(Duration::from_secs(5));
        let room = 60 - IDLE.as_secs() as u32 - 2;
        while self.ticker.moment().now % 60 > room {
            self.draw_for(Duration::from_secs(1));
        }
        self.draw_until(Desk::is_settled)?;
        self.times.clear();
        self.draw_for(IDLE);
        Ok(self.times.len())
    }
}
