//! `pult wall`: full screen, nobody touches it.

use std::path::{Path, PathBuf};
use std::task::Waker;

use anyhow::anyhow;

use super::{Common, need_display, token_of_environment};
use crate::app::DeskOptions;
use crate::app::clock::Ticker;
use crate::ui::wall_app::WallOptions;
use crate::ui::window;

/// Where a wall hears orders, in its data folder.
const SOCKET: &str = "wall.sock";

#[derive(clap::Args)]
pub(super) struct Args {
    /// Number of a monitor from the left, from 0, that shows all scenes; may be given more
    /// than once [default: what the plan of the wall says, else 0]
    #[arg(long = "monitor", value_name = "I")]
    monitors: Vec<u8>,
    /// Hear orders through a socket in the data folder, or at a path of its own [default
    /// of SOCKET: wall.sock]
    #[arg(long, value_name = "SOCKET", num_args = 0..=1, require_equals = true)]
    #[arg(default_missing_value = SOCKET)]
    control: Option<PathBuf>,
    /// Give an order to the wall that runs with --control: next, back, show KEY, stay, go
    /// or status
    #[arg(long, value_name = "ORDER", conflicts_with = "monitors")]
    tell: Option<String>,
}

/// The wall has ended for a reason that a new start mends.
#[derive(Debug, thiserror::Error)]
#[error("the wall has to be started anew, as its service does by itself; the log says why")]
pub(super) struct StartAnew;

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<()> {
    let data_dir = common.data_dir()?;
    let control = args.control.as_ref().map(|socket| data_dir.join(socket));
    if let Some(order) = &args.tell {
        return tell(&control.unwrap_or_else(|| data_dir.join(SOCKET)), order);
    }
    give_memory_back();
    let path = common.settings_path()?;
    let desk = DeskOptions {
        data_dir,
        settings: common.settings(&path)?,
        settings_path: None,
        data: Common::own_data(&path),
        online: true,
        token: token_of_environment(),
        waker: Waker::noop().clone(),
    };
    show(WallOptions { desk, monitors: args.monitors.clone(), control })
}

/// Becomes the same process anew where its allocator was not told to be frugal, which it
/// reads when a process begins. Where that cannot be done the wall takes more memory and
/// nothing else.
#[cfg(unix)]
fn give_memory_back() {
    use std::env;
    use std::os::unix::process::CommandExt as _;
    use std::process::Command;

    /// Where the allocator reads its options.
    const OPTIONS: &str = "_RJEM_MALLOC_CONF";
    /// One arena for all threads, as each of its own keeps holes that no other fills: a wall
    /// would grow for months. What has been free for half a second goes back to the system.
    const FRUGAL: &str = "narenas:1,dirty_decay_ms:500,muzzy_decay_ms:0";

    if env::var_os(OPTIONS).is_some() {
        return;
    }
    no_huge_pages();
    let error = env::current_exe().map_or_else(
        |error| error,
        |program| Command::new(program).args(env::args_os().skip(1)).env(OPTIONS, FRUGAL).exec(),
    );
    tracing::warn!(%error, "memory is given back late");
}

#[cfg(not(unix))]
fn give_memory_back() {}

/// No pages of this process and of what it becomes are joined into huge ones, which would
/// bring back what was given back between them.
#[cfg(target_os = "linux")]
fn no_huge_pages() {
    if let Err(error) = rustix::thread::disable_transparent_huge_pages(true) {
        tracing::warn!(%error, "pages may be joined into huge ones");
    }
}

#[cfg(all(unix, not(target_os = "linux")))]
fn no_huge_pages() {}

/// Opens the wall as planned and stays until Esc.
pub(super) fn open(desk: DeskOptions) -> anyhow::Result<()> {
    show(WallOptions { desk, monitors: Vec::new(), control: None })
}

fn show(options: WallOptions) -> anyhow::Result<()> {
    need_display()?;
    let ending = window::run_wall(options, Ticker::start())
        .map_err(|error| anyhow!("the window: {error}"))?;
    if ending.wants_restart() { Err(StartAnew.into()) } else { Ok(()) }
}

#[cfg(unix)]
#[expect(clippy::print_stdout, reason = "the answer is what the command prints")]
fn tell(path: &Path, order: &str) -> anyhow::Result<()> {
    use std::io::ErrorKind;

    use anyhow::bail;

    use crate::app::wall::control::say;
    use crate::app::wall::orders::Order;

    order.parse::<Order>().map_err(anyhow::Error::msg)?;
    let answer = say(path, order).map_err(|error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::ConnectionRefused => {
            anyhow!("no wall listens at {}: start it with --control", path.display())
        }
        _ => anyhow!("the wall that listens at {} does not hear: {error}", path.display()),
    })?;
    if answer != "ok" && !answer.starts_with('{') {
        bail!("{answer}");
    }
    println!("{answer}");
    Ok(())
}

#[cfg(not(unix))]
fn tell(_path: &Path, _order: &str) -> anyhow::Result<()> {
    Err(anyhow!("this system has no sockets for the control of a wall"))
}
