//! The command line: one file a subcommand.
//!
//! Exit codes: 0 done, 1 failed (one sentence on stderr), 2 wrong use, 75 a wall that is
//! to be started anew.

mod demo;
mod detect;
mod desk;
mod doctor;
mod filter;
mod render;
mod serve;
mod stats;
mod suggest;
mod sync;
mod table;
mod wall;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::{Parser, Subcommand};

use crate::config::Settings;
use crate::config::own_data::OwnData;
use crate::domain::Language;
use crate::logging::{self, Log};
use crate::ui::wall_app::RESTART;

/// Desk and video wall of a regional feedback centre.
#[derive(Parser)]
#[command(version, disable_help_subcommand = true)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Option<Subcommands>,
}

/// What every subcommand takes.
#[derive(clap::Args, Clone, Debug)]
struct Common {
    /// Folder of the databases [default: the user's data folder]
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Settings file [default: pult.toml in the user's configuration folder]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Language of the interface: ru or en [default: as set]
    #[arg(long, global = true, value_parser = language)]
    lang: Option<Language>,
    /// What goes into the log: error, warn, info, debug or trace [default: info]
    #[arg(long, global = true, value_name = "LEVEL", env = "PULT_LOG", value_parser = log_level)]
    log: Option<String>,
}

#[derive(Subcommand)]
enum Subcommands {
    /// Start a generated region on loopback and open the desk (or wall) on it, live
    Demo(demo::Args),
    /// Show the video wall, full screen
    Wall(wall::Args),
    /// Bring the server's changes here, without a window
    Sync(sync::Args),
    /// Print the figures that the panels show
    Stats(stats::Args),
    /// Draw a scene into a PNG; needs no display
    Render(render::Args),
    /// Run the reference feedback API
    Serve(serve::Args),
    /// Learn from one table of texts, try on another, print how often it was right
    Suggest(suggest::Args),
    /// Look for what stands out in a table of dates, or in made-up regions
    Detect(detect::Args),
    /// Look at everything that pult stands on and say what to do about it
    Doctor,
}

fn language(text: &str) -> Result<Language, String> {
    match text {
        "ru" => Ok(Language::Ru),
        "en" => Ok(Language::En),
        _ => Err("use ru or en".to_owned()),
    }
}

fn log_level(text: &str) -> Result<String, String> {
    logging::check_level(text).map(|()| text.to_owned()).map_err(|error| error.to_string())
}

/// Parses the arguments and runs the subcommand.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    // A log that cannot be written is said and keeps nobody from working.
    if let Err(error) = cli.start_log() {
        say_error(&error);
        cli.start_log_without_file();
    }
    let done = match cli.command {
        None => desk::run(&cli.common),
        Some(Subcommands::Demo(args)) => demo::run(&cli.common, &args),
        Some(Subcommands::Wall(args)) => wall::run(&cli.common, &args),
        Some(Subcommands::Sync(args)) => sync::run(&cli.common, &args),
        Some(Subcommands::Stats(args)) => stats::run(&cli.common, &args),
        Some(Subcommands::Render(args)) => render::run(&cli.common, &args),
        Some(Subcommands::Serve(args)) => serve::run(&cli.common, &args),
        Some(Subcommands::Suggest(args)) => suggest::run(&args),
        Some(Subcommands::Detect(args)) => detect::run(&args),
        Some(Subcommands::Doctor) => doctor::run(&cli.common),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say_error(&error);
            if error.is::<WrongUse>() {
                WRONG_USE.into()
            } else if error.is::<wall::StartAnew>() {
                RESTART.into()
            } else {
                ExitCode::FAILURE
            }
        }
    }
}

/// Arguments that are well formed and make no sense together.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct WrongUse(String);

/// The code that the parser of the arguments exits with, too.
const WRONG_USE: u8 = 2;

#[expect(clippy::print_stderr, reason = "the one place where a command says why it failed")]
fn say_error(error: &anyhow::Error) {
    eprintln!("pult: {}", sentence(error));
}

/// An error and its causes in one line. Many errors of the system's name their
/// cause themselves: it is not said twice.
fn sentence(error: &anyhow::Error) -> String {
    let mut said = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if said.is_empty() {
            said = cause;
        } else if !said.contains(&cause) {
            said = format!("{said}: {cause}");
        }
    }
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Refuses where no window can be opened, in words that say what can be done.
fn need_display() -> anyhow::Result<()> {
    if has_display() {
        return Ok(());
    }
    bail!(
        "there is no display to open a window on (neither WAYLAND_DISPLAY nor DISPLAY is set); \
         render, sync, stats and serve need none"
    )
}

/// False where the system draws windows on a display that is named by the
/// environment, and none is.
fn has_display() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let is_named = cfg!(all(unix, not(target_os = "macos")));
    !is_named || ["WAYLAND_DISPLAY", "WAYLAND_SOCKET", "DISPLAY"].into_iter().any(is_set)
}

impl Cli {
    fn start_log(&self) -> anyhow::Result<()> {
        let folder = match &self.command {
            // A demonstration leaves nothing behind.
            Some(Subcommands::Demo(_)) => self.common.data_dir.clone(),
            // These only look: the log belongs to whoever works in the folder.
            Some(
                Subcommands::Doctor
                | Subcommands::Stats(_)
                | Subcommands::Render(_)
                | Subcommands::Suggest(_)
                | Subcommands::Detect(_),
            ) => None,
            _ => Some(self.common.data_dir()?),
        };
        let by_hand = self.command.is_some();
        let level = self.common.log.as_deref();
        let told = crate::sync::engine::REFUSED;
        logging::start(Log { folder: folder.as_deref(), level, to_stderr: by_hand, told })?;
        Ok(())
    }

    /// Complaints are still counted, and said where a person looks on.
    fn start_log_without_file(&self) {
        let level = self.common.log.as_deref();
        let to_stderr = self.command.is_some();
        let told = crate::sync::engine::REFUSED;
        // What keeps this one from starting has been said for the first.
        drop(logging::start(Log { folder: None, level, to_stderr, told }));
    }
}

impl Common {
    fn data_dir(&self) -> anyhow::Result<PathBuf> {
        match &self.data_dir {
            Some(folder) => Ok(folder.clone()),
            None => Ok(folders()?.data_dir().to_owned()),
        }
    }

    fn settings_path(&self) -> anyhow::Result<PathBuf> {
        match &self.config {
            Some(path) => Ok(path.clone()),
            None => Ok(folders()?.config_dir().join("pult.toml")),
        }
    }

    /// Settings of a command that leaves those of the person alone: the file that
    /// was named, else one in the folder of its data, if there is one.
    fn settings_beside(&self, folder: &Path) -> anyhow::Result<Settings> {
        self.settings(&self.settings_path_beside(folder))
    }

    fn settings_path_beside(&self, folder: &Path) -> PathBuf {
        self.config.clone().unwrap_or_else(|| folder.join("pult.toml"))
    }

    /// Data files of the office's own: they lie in `data` beside the settings.
    fn own_data(settings: &Path) -> OwnData {
        let own = OwnData::read(&settings.with_file_name("data"));
        for fault in &own.files.faults {
            tracing::warn!(fault, "a data file is not used");
        }
        own
    }

    fn settings(&self, path: &Path) -> anyhow::Result<Settings> {
        let mut settings = Settings::load(path)?;
        if let Some(language) = self.lang {
            settings.language = language;
        }
        Ok(settings)
    }
}

/// The token that was handed over for this run; one that is empty is none.
fn token_of_environment() -> Option<String> {
    let token = std::env::var("PULT_TOKEN").ok()?;
    Some(token.trim().to_owned()).filter(|token| !token.is_empty())
}

fn folders() -> anyhow::Result<directories::ProjectDirs> {
    directories::ProjectDirs::from("", "", "pult")
        .context("the user's home folder is not known; use --data-dir and --config")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code_of(arguments: &[&str]) -> Option<i32> {
        let arguments = std::iter::once("pult").chain(arguments.iter().copied());
        Cli::try_parse_from(arguments).err().map(|error| error.exit_code())
    }

    #[test]
    fn wrong_use_is_told_from_failure() {
        for wrong in [
            &["stats"][..],
            &["render", "--scene", "map"],
            &["render", "--scene", "moon", "--out", "x.png"],
            &["render", "--scene", "map", "--size", "0x0", "--out", "x.png"],
            &["serve", "--token", "t", "--replay", "x.csv"],
            &["serve", "--token", "t", "--role", "king"],
            &["serve", "--token", "t", "--rate", "inf"],
            &["serve", "--token", "t", "--rate", "NaN"],
            &["serve", "--token", "t", "--rate=-1"],
            &["--lang", "fr"],
            &["fly"],
        ] {
            assert_eq!(code_of(wrong), Some(2), "{wrong:?}");
        }
        assert_eq!(code_of(&["stats", "--json", "--data-dir", "d", "--lang", "en"]), None);
        assert_eq!(code_of(&["--help"]), Some(0));
    }

    #[test]
    fn an_error_is_one_line_and_says_nothing_twice() {
        let cause = std::io::Error::other("no\nsuch thing");
        let outer = crate::store::Error::Folder { path: "d".into(), source: cause };
        assert_eq!(sentence(&outer.into()), "the data folder d cannot be used: no such thing");
        let error = anyhow::anyhow!("inner").context("outer");
        assert_eq!(sentence(&error), "outer: inner");
    }

    #[test]
    fn the_settings_that_were_named_come_before_those_beside_the_data() {
        let folder = tempfile::tempdir().unwrap();
        let save = |name: &str, text_scale| {
            let path = folder.path().join(name);
            Settings { text_scale, ..Settings::default() }.save(&path).unwrap();
            path
        };
        let named = save("named.toml", 150);
        save("pult.toml", 120);
        let mut common = Common { data_dir: None, config: None, lang: None, log: None };
        assert_eq!(common.settings_beside(folder.path()).unwrap().text_scale, 120);
        common.config = Some(named);
        assert_eq!(common.settings_beside(folder.path()).unwrap().text_scale, 150);
    }
}
