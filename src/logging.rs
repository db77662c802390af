//! The log: one plain file in the data folder, bounded in size, in UTC.
//!
//! What is logged names tables, counters, addresses and error kinds, never a
//! citizen's text. A panic is logged by its place alone, because its message
//! may quote the text it stumbled over.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::{EnvFilter, LevelFilter, ParseError, filter_fn};
use tracing_subscriber::fmt;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};

const FILE_NAME: &str = "pult.log";
/// A file is put aside at this size; with its [`KEPT`] elders the log stays
/// below 16 MB for ever.
const MOST_BYTES: u64 = 4 << 20;
const KEPT: u32 = 3;

/// Of a level that is not asked for.
const DEFAULT_LEVEL: &str = "info";

/// What to log, and where to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Log<'a> {
    /// The data folder; without it there is no file.
    pub folder: Option<&'a Path>,
    /// `error`, `warn`, `info`, `debug` or `trace` for this program, or a list of
    /// directives such as `warn,pult::sync=trace`; absent means `info`.
    pub level: Option<&'a str>,
    /// Warnings and errors go to the standard error stream as well: for commands
    /// that are run by hand, not for the desk.
    pub to_stderr: bool,
    /// Of those, what comes under this name stands in the file alone: the command
    /// tells it itself.
    pub told: &'static str,
}

#[derive(Debug, thiserror::Error)]
pub enum LogError {
    #[error(
        "the log level `{level}` is not understood ({source}): use error, warn, info, debug or trace"
    )]
    Level { level: String, source: ParseError },
    #[error("the log file {path} cannot be opened: {source}")]
    Open { path: PathBuf, source: io::Error },
    #[error("a log is already being written: {0}")]
    Started(#[from] TryInitError),
}

/// Where the log of a data folder stands.
pub fn path(folder: &Path) -> PathBuf {
    folder.join(FILE_NAME)
}

/// Starts logging for the whole program, once.
pub fn start(log: Log<'_>) -> Result<(), LogError> {
    subscriber(log)?.try_init()?;
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "the program panicked");
        before(panic);
    }));
    Ok(())
}

/// Is this a level, or a list of directives, that [`start`] takes?
pub fn check_level(level: &str) -> Result<(), LogError> {
    filter(Some(level)).map(drop)
}

fn subscriber(log: Log<'_>) -> Result<impl Subscriber + Send + Sync, LogError> {
    let file = match log.folder {
        None => None,
        Some(folder) => {
            let path = path(folder);
            let file = RotatingFile::open(&path, MOST_BYTES)
                .map_err(|source| LogError::Open { path, source })?;
            let plain = fmt::layer().with_ansi(false).log_internal_errors(false);
            Some(plain.with_writer(Mutex::new(file)).with_filter(filter(log.level)?))
        }
    };
    let stderr = log.to_stderr.then(|| {
        let short = fmt::layer().with_ansi(false).without_time().with_target(false);
        let told = log.told;
        short.with_writer(io::stderr).with_filter(filter_fn(move |about| {
            *about.level() <= Level::WARN && about.target() != told
        }))
    });
    Ok(tracing_subscriber::registry()
        .with(file)
        .with(stderr)
        .with(Counting.with_filter(LevelFilter::WARN)))
}

/// Libraries speak up only from `warn` on; a bare level is this program's.
fn filter(level: Option<&str>) -> Result<EnvFilter, LogError> {
    let level = level.map(str::trim).filter(|level| !level.is_empty()).unwrap_or(DEFAULT_LEVEL);
    let directives =
        if level.contains(['=', ',']) { level.to_owned() } else { format!("warn,pult={level}") };
    EnvFilter::try_new(directives)
        .map_err(|source| LogError::Level { level: level.to_owned(), source })
}

/// Lines since the start, by level.
static ERRORS: AtomicU64 = AtomicU64::new(0);
static WARNINGS: AtomicU64 = AtomicU64::new(0);

/// Counts what the program complained of.
struct Counting;

impl<S: Subscriber> Layer<S> for Counting {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        let counter = if *event.metadata().level() == Level::ERROR { &ERRORS } else { &WARNINGS };
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

/// Complaints at the end of the log that are shown.
const SHOWN_LINES: usize = 4;
/// How far back they are looked for.
const SHOWN_BYTES: u64 = 64 << 10;

/// How the log stands, for «Состояние».
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogHealth {
    pub path: PathBuf,
    pub bytes: u64,
    /// Errors and warnings since this program started.
    pub errors: u64,
    pub warnings: u64,
    /// The newest of them in the file, oldest first, as they stand there.
    pub last: Vec<String>,
}

impl LogHealth {
    /// Looks at the log of a data folder. One that cannot be read shows as empty.
    pub fn read(folder: &Path) -> Self {
        let path = path(folder);
        let tail = tail(&path).unwrap_or_default();
        let complaints: Vec<&str> = tail.lines().filter(|line| is_complaint(line)).collect();
        let shown = &complaints[complaints.len().saturating_sub(SHOWN_LINES)..];
        Self {
            bytes: fs::metadata(&path).map_or(0, |file| file.len()),
            errors: ERRORS.load(Ordering::Relaxed),
            warnings: WARNINGS.load(Ordering::Relaxed),
            last: shown.iter().map(|line| (*line).to_owned()).collect(),
            path,
        }
    }
}

fn tail(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let bytes = file.metadata()?.len();
    file.seek(SeekFrom::Start(bytes.saturating_sub(SHOWN_BYTES)))?;
    let mut tail = Vec::new();
    file.take(SHOWN_BYTES).read_to_end(&mut tail)?;
    Ok(String::from_utf8_lossy(&tail).into_owned())
}

/// A line's second word is its level.
fn is_complaint(line: &str) -> bool {
    line.split_whitespace().nth(1).is_some_and(|level| level == "ERROR" || level == "WARN")
}

/// A file that is put aside once it holds `most_bytes`: `pult.log` becomes
/// `pult.1.log`, that becomes `pult.2.log`, and the eldest goes.
struct RotatingFile {
    path: PathBuf,
    file: File,
    bytes: u64,
    most_bytes: u64,
}

impl RotatingFile {
    fn open(path: &Path, most_bytes: u64) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        let bytes = file.metadata()?.len();
        Ok(Self { path: path.to_owned(), file, bytes, most_bytes })
    }

    /// Where the file stands that was put aside so many times.
    fn aside(&self, number: u32) -> PathBuf {
        match number {
            0 => self.path.clone(),
            _ => self.path.with_extension(format!("{number}.log")),
        }
    }

    fn rotate(&mut self) -> io::Result<()> {
        // A rotation that put it aside and could not open another goes on with that.
        if self.path.exists() {
            for number in (0..KEPT).rev() {
                let elder = self.aside(number);
                if elder.exists() {
                    fs::rename(elder, self.aside(number + 1))?;
                }
            }
        }
        *self = Self::open(&self.path, self.most_bytes)?;
        Ok(())
    }
}

impl Write for RotatingFile {
    /// One call is one line, so that lines are never cut in two files.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.bytes > 0 && self.bytes + line.len() as u64 > self.most_bytes {
            self.rotate()?;
        }
        self.file.write_all(line)?;
        self.bytes += line.len() as u64;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logged(level: Option<&str>) -> String {
        let folder = tempfile::tempdir().unwrap();
        let log = Log { folder: Some(folder.path()), level, ..Log::default() };
        tracing::subscriber::with_default(subscriber(log).unwrap(), || {
            tracing::error!("one");
            tracing::info!(rows = 7, "two");
            tracing::debug!("three");
            tracing::info!(target: "library", "four");
            tracing::warn!(target: "library", "five");
        });
        fs::read_to_string(path(folder.path())).unwrap()
    }

    fn words_in(text: &str) -> Vec<&'static str> {
        ["one", "two", "three", "four", "five"].into_iter().filter(|w| text.contains(w)).collect()
    }

    #[test]
    fn a_level_is_this_programs_and_libraries_only_warn() {
        assert_eq!(words_in(&logged(None)), ["one", "two", "five"]);
        assert_eq!(words_in(&logged(Some(" "))), ["one", "two", "five"]);
        assert_eq!(words_in(&logged(Some("error"))), ["one", "five"]);
        assert_eq!(words_in(&logged(Some("debug"))), ["one", "two", "three", "five"]);
        assert_eq!(words_in(&logged(Some("off,library=info"))), ["four", "five"]);
    }

    #[test]
    fn a_line_has_its_moment_its_level_and_its_fields_and_no_colour() {
        let text = logged(None);
        let line = text.lines().find(|line| line.contains("two")).unwrap();
        assert!(line.starts_with("20") && line.contains('Z'), "{line}");
        assert!(line.contains("INFO") && line.contains("rows=7"), "{line}");
        assert!(!text.contains('\u{1b}'), "{text}");
    }

    #[test]
    fn complaints_are_counted_and_the_newest_are_shown() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(LogHealth::read(folder.path()).last, Vec::<String>::new());
        let before = LogHealth::read(folder.path());
        let log = Log { folder: Some(folder.path()), ..Log::default() };
        tracing::subscriber::with_default(subscriber(log).unwrap(), || {
            for n in 0..6 {
                tracing::error!(n, "bad");
                tracing::info!("a word about ERROR and WARN");
            }
            tracing::warn!("odd");
        });
        let after = LogHealth::read(folder.path());
        // Other tests complain at the same time.
        assert!(after.errors >= before.errors + 6 && after.warnings > before.warnings);
        assert_eq!(after.bytes, fs::metadata(path(folder.path())).unwrap().len());
        assert_eq!(after.last.len(), SHOWN_LINES);
        assert!(after.last[0].contains("n=3") && after.last[3].contains("odd"), "{after:?}");
    }

    #[test]
    fn an_unknown_level_is_named() {
        let message = filter(Some("pult=loud")).unwrap_err().to_string();
        assert!(message.contains("loud") && message.contains("debug"), "{message}");
    }

    #[test]
    fn the_log_is_bounded_and_the_newest_lines_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = path(folder.path());
        for start in [0, 500] {
            // Opened again in between, as by a restart of the program.
            let mut file = RotatingFile::open(&path, 100).unwrap();
            for number in start..start + 500 {
                file.write_all(format!("line {number:04}\n").as_bytes()).unwrap();
            }
        }
        let mut kept = String::new();
        for name in ["pult.3.log", "pult.2.log", "pult.1.log", "pult.log"] {
            let text = fs::read_to_string(folder.path().join(name)).unwrap();
            assert!(text.len() <= 100 && text.ends_with('\n'), "{name}: {}", text.len());
            kept.push_str(&text);
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 4);
        let first = 1000 - kept.lines().count();
        let expected: Vec<String> = (first..1000).map(|n| format!("line {n:04}")).collect();
        assert_eq!(kept.lines().collect::<Vec<_>>(), expected);
        assert!(kept.lines().count() > 30);
    }

    #[test]
    fn a_log_that_was_put_aside_and_could_not_be_opened_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = path(folder.path());
        let mut file = RotatingFile::open(&path, 20).unwrap();
        file.write_all(b"before the trouble\n").unwrap();
        fs::rename(&path, file.aside(1)).unwrap();
        file.write_all(b"after it\n").unwrap();
        assert_eq!(fs::read_to_string(file.aside(1)).unwrap(), "before the trouble\n");
        assert_eq!(fs::read_to_string(&path).unwrap(), "after it\n");
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let log = Log { folder: Some(&file), ..Log::default() };
        let message = subscriber(log).err().unwrap().to_string();
        assert!(message.contains("pult.log"), "{message}");
    }
}
