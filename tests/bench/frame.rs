//! Frames of the desk without a window: logic, views and tessellation, drawn
//! when egui asks for them, as a window draws them.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use pult::app::clock;
use pult::app::state::{MapMode, View};
use pult::app::{Command, Desk};
use pult::domain::Timestamp;
use pult::sync::api::{Clock, FeedbackApi};
use pult::sync::http::{HttpApi, HttpConfig};
use pult::sync::protocol::{CommandLine, Outcome};
use uuid::Uuid;

use crate::incidents::Dice;
use crate::window::Window;
use crate::{Args, print_line, quantile, size_name};

/// What pult promises.
const P99_SECS: f64 = 0.008;
const P95_SECS: f64 = 0.005;

const CHANGES_A_SECOND: u32 = 200;
/// Changes come in so many packets a second.
const PACKETS: u32 = 20;

/// How long each view is looked at, and how long nothing happens at the end.
const LOOK: Duration = Duration::from_secs(10);
const IDLE: Duration = Duration::from_secs(20);

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
    pub(crate) folder: PathBuf,
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
    let mut window = Window::open(&region.folder, Some((&region.url, token)))?;
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

impl Window {
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
