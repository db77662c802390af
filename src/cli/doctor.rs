//! `pult doctor`: looks at everything that pult stands on and says, a line each,
//! what is well and what to do about what is not. Changes nothing, but leaves a mark
//! beside a damaged database, which makes the next start repair it.

use std::fmt;
use std::path::Path;

use anyhow::bail;

use super::{Common, has_display, token_of_environment};
use crate::app::basemap::Archive;
use crate::app::{clock, secret};
use crate::config::own_data::{OwnData, OwnFiles};
use crate::config::{Settings, Theme};
use crate::domain::{Catalogue, Timestamp};
use crate::logging;
use crate::store::inspect::{self, FileReport, FileState, OutboxReport};
use crate::sync::api::{ApiError, Clock, FeedbackApi as _, check_protocol};
use crate::sync::engine::clock_skew_secs;
use crate::sync::http::{HttpApi, HttpConfig};
use crate::sync::protocol::Info;
use crate::sync::status::SyncStatus;
use crate::ui::render::Offscreen;
use crate::ui::tokens::Tokens;

/// How one thing stands. A failure keeps pult from working; a warning does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Ok,
    Warn,
    Fail,
}

/// One line of the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Finding {
    mark: Mark,
    subject: &'static str,
    what: String,
    /// What to do; empty where there is nothing to be done.
    advice: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.mark {
            Mark::Ok => "ok",
            Mark::Warn => "warn",
            Mark::Fail => "FAIL",
        };
        write!(f, "{mark:<5} {:<12} {}", self.subject, self.what)?;
        if self.advice.is_empty() { Ok(()) } else { write!(f, ": {}", self.advice) }
    }
}

fn ok(subject: &'static str, what: impl fmt::Display) -> Finding {
    Finding { mark: Mark::Ok, subject, what: what.to_string(), advice: String::new() }
}

fn warn(subject: &'static str, what: impl fmt::Display, advice: &str) -> Finding {
    Finding { mark: Mark::Warn, subject, what: what.to_string(), advice: advice.to_owned() }
}

fn fail(subject: &'static str, what: impl fmt::Display, advice: &str) -> Finding {
    Finding { mark: Mark::Fail, subject, what: what.to_string(), advice: advice.to_owned() }
}

pub(super) fn run(common: &Common) -> anyhow::Result<()> {
    let folder = common.data_dir()?;
    let settings_path = common.settings_path()?;
    let settings = Settings::load(&settings_path);
    let mut findings = vec![data_folder(&folder)];
    let files = look_at_files(&folder);
    findings.extend(files.iter().map(database));
    findings.extend(outbox(&folder, &files));
    findings.push(log(&folder));
    findings.push(match &settings {
        Ok(_) => ok("settings", settings_path.display()),
        Err(error) => fail("settings", error, "mend or remove the file"),
    });
    let settings = settings.unwrap_or_default();
    let own = OwnData::read(&settings_path.with_file_name("data"));
    findings.extend(data_files(&own.files));
    findings.extend(settings.map.basemap.as_deref().map(basemap));
    findings.push(calendar(&own.catalogue, clock::now()));
    findings.push(keyring());
    findings.extend(server(&settings, &folder));
    findings.extend(display());
    findings.push(graphics());
    let failures = findings.iter().filter(|finding| finding.mark == Mark::Fail).count();
    findings.iter().for_each(print);
    if failures > 0 {
        bail!("found what keeps it from working: {failures}");
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the findings are what the command is for")]
fn print(finding: &Finding) {
    println!("{finding}");
}

/// Data files of the office's own, where there are some.
fn data_files(files: &OwnFiles) -> Vec<Finding> {
    let subject = "data files";
    let mut findings = Vec::new();
    if !files.used.is_empty() {
        findings.push(ok(subject, format!("your own: {}", files.used.join(", "))));
    }
    let advice = "mend or remove it; the file that pult was built with stands in its place";
    findings.extend(files.faults.iter().map(|fault| warn(subject, fault, advice)));
    findings
}

/// Is there a production calendar for the deadlines of now?
fn calendar(catalogue: &Catalogue, now: Timestamp) -> Finding {
    let calendar = &catalogue.work_calendar;
    match calendar.missing_year(now.local_day()) {
        None => {
            let last = calendar.years().last().map_or(0, |year| year.year);
            ok("calendar", format!("production calendars up to {last}"))
        }
        Some(year) => warn(
            "calendar",
            format!("no production calendar for {year}"),
            "deadlines in working time cannot be counted in it; install a pult that has it, or add it to a work_calendar.toml of your own",
        ),
    }
}

/// Is the folder there, and can a file be made in it?
fn data_folder(folder: &Path) -> Finding {
    let subject = "data folder";
    if !folder.exists() {
        let what = format!("{} is not there yet", folder.display());
        return warn(subject, what, "the first start makes it");
    }
    match tempfile::tempfile_in(folder) {
        Ok(_) => ok(subject, folder.display()),
        Err(error) => fail(
            subject,
            format!("{}: {error}", folder.display()),
            "make it writable for this user, or name another with --data-dir",
        ),
    }
}

/// As told, a start will repair what is damaged.
fn look_at_files(folder: &Path) -> Vec<FileReport> {
    let files = inspect::files(folder);
    inspect::mark_damaged(folder, &files);
    files
}

fn database(report: &FileReport) -> Finding {
    let name = report.name;
    match &report.state {
        FileState::Missing => warn(name, "not there yet", "the first start makes it"),
        FileState::Sound { schema, schema_known, .. } if schema > schema_known => fail(
            name,
            format!("schema {schema} is newer than this program's {schema_known}"),
            "install the newer pult that wrote it",
        ),
        FileState::Sound { bytes, schema, .. } => {
            ok(name, format!("{:.1} MB, schema {schema}, quick check passed", megabytes(*bytes)))
        }
        FileState::Damaged(fault) => fail(
            name,
            format!("damaged ({fault})"),
            "start pult: it moves the file aside and saves what can be read",
        ),
        FileState::Unreadable(error) => fail(
            name,
            error,
            "make the file readable for this user, or end the program that holds it",
        ),
    }
}

/// What waits in the outbox, who is at the desk, and what is half written. Nothing
/// where the file is not of this program's schema or not sound: that is told already.
fn outbox(folder: &Path, files: &[FileReport]) -> Vec<Finding> {
    let is_readable = files.iter().any(|file| {
        let FileState::Sound { schema, schema_known, .. } = file.state else { return false };
        file.name == inspect::OUTBOX && schema == schema_known
    });
    if !is_readable {
        return Vec::new();
    }
    match inspect::outbox(folder) {
        Ok(report) => vec![actions(&report), drafts(&report), shift(&report), lock(&report)],
        Err(error) => vec![fail("outbox", error, "show this line to whoever keeps this desk")],
    }
}

fn actions(report: &OutboxReport) -> Finding {
    let OutboxReport { waiting, conflicts, rejected, damaged, .. } = report;
    let since = report.waits_since.map(|at| format!(", the oldest since {}", at.to_rfc3339()));
    let of = |count: &u64, word: &str| {
        if *count > 0 { format!(", {count} {word}") } else { String::new() }
    };
    let (conflict, refused) = (of(conflicts, "in conflict"), of(rejected, "rejected"));
    let what = format!("{waiting} waiting{}{conflict}{refused}", since.unwrap_or_default());
    if *damaged > 0 {
        let what = format!("{what}, {damaged} damaged and kept aside");
        return warn(
            "outbox",
            what,
            "enter anew what is missing; the damaged rows stay in the file",
        );
    }
    if conflicts + rejected > 0 {
        return warn("outbox", what, "a person decides about them on the desk");
    }
    ok("outbox", what)
}

fn drafts(report: &OutboxReport) -> Finding {
    ok("drafts", format!("{} begun and not finished", report.drafts))
}

fn shift(report: &OutboxReport) -> Finding {
    let signed_in = match &report.office {
        Some(office) => format!("signed in: {office}"),
        None => "nobody has signed in yet".to_owned(),
    };
    match &report.shift {
        Some((office, since)) => {
            ok("shift", format!("runs since {} under {office}; {signed_in}", since.to_rfc3339()))
        }
        None => ok("shift", format!("none runs; {signed_in}")),
    }
}

fn lock(report: &OutboxReport) -> Finding {
    match report.locked_since {
        Some(since) => ok("lock", format!("locked since {}", since.to_rfc3339())),
        None => ok("lock", "open"),
    }
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1_000_000.0
}

fn log(folder: &Path) -> Finding {
    let path = logging::path(folder);
    match std::fs::metadata(&path) {
        Ok(file) => ok("log", format!("{}, {:.1} MB", path.display(), megabytes(file.len()))),
        Err(_) => ok("log", format!("{}, nothing written yet", path.display())),
    }
}

fn keyring() -> Finding {
    match secret::keyring_fault() {
        None => ok("keyring", "answers"),
        Some(fault) => warn(
            "keyring",
            format!("none answers ({fault})"),
            "tokens are kept in a file that only this user can read, beside the databases",
        ),
    }
}

/// The server's own word, asked with the token that the desk would use.
fn basemap(path: &Path) -> Finding {
    match Archive::open(path) {
        Ok(_) => ok("base map", path.display()),
        Err(fault) => {
            let what = format!("{}: {fault}", path.display());
            warn("base map", what, "choose another file in the settings, or none")
        }
    }
}

fn server(settings: &Settings, folder: &Path) -> Vec<Finding> {
    let subject = "server";
    let Some(server) = settings.server.clone() else {
        let advice = "name one in the settings; until then only what is stored is shown";
        return vec![warn(subject, "none is set", advice)];
    };
    let token = token_of_environment().or_else(|| secret::load(&server, folder));
    let Some(token) = token else {
        let advice = "connect once in the settings, or put one into PULT_TOKEN";
        return vec![fail(subject, format!("{server}: no token is kept for it"), advice)];
    };
    let config = HttpConfig {
        server: server.clone(),
        token,
        root_certificate: settings.root_certificate.clone(),
        proxy: settings.proxy.clone(),
    };
    let asked_ms = clock::now_ms();
    match ask(&config) {
        Err(error) => {
            vec![fail(subject, format!("{server}: {error}"), advice_of(&error))]
        }
        Ok(info) => {
            let skew_secs = clock_skew_secs(&info.server_time, asked_ms, clock::now_ms());
            vec![ok(subject, about(&server, &info)), clock_finding(skew_secs)]
        }
    }
}

fn ask(config: &HttpConfig) -> Result<Info, ApiError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| ApiError::Tls { reason: error.to_string() })?;
    runtime.block_on(async {
        let info = HttpApi::new(config, Clock::new(clock::now_ms))?.info().await?;
        check_protocol(&info.protocol)?;
        Ok(info)
    })
}

fn about(server: &str, info: &Info) -> String {
    let incidents = info.counts.get("incident").copied().unwrap_or_default();
    let demo = if info.demo { ", a demonstration" } else { "" };
    format!("{server}: {}, role {}, {incidents} incidents{demo}", info.region.name, info.token.role)
}

fn advice_of(error: &ApiError) -> &'static str {
    match error {
        ApiError::Unauthorised | ApiError::Forbidden => "ask the server's keeper for a token",
        ApiError::Certificate => "name its root certificate in the settings",
        ApiError::Unreachable | ApiError::TimedOut => {
            "check address, network and proxy; pult goes on with what is stored"
        }
        _ => "show this line to the server's keeper",
    }
}

fn clock_finding(clock_skew_secs: i64) -> Finding {
    let status = SyncStatus { clock_skew_secs, ..SyncStatus::default() };
    match status.noticed_clock_skew_secs() {
        None => ok("clock", "agrees with the server's"),
        Some(skew) => warn(
            "clock",
            format!("{} s off the server's", skew.abs()),
            "set this computer's clock; deadlines are counted by it",
        ),
    }
}

fn display() -> Option<Finding> {
    (!has_display()).then(|| {
        let advice = "the desk and the wall need one; render, sync, stats and serve do not";
        warn("display", "neither DISPLAY nor WAYLAND_DISPLAY is set", advice)
    })
}

/// Starts the driver that draws; the faces are built in and load with it.
fn graphics() -> Finding {
    let subject = "graphics";
    match Offscreen::new(64, 64, 1.0, &Tokens::of(Theme::default())) {
        Err(error) => fail(subject, error, "nothing can be drawn"),
        Ok(screen) if screen.is_software() => warn(
            subject,
            format!("{}, which draws on the processor", screen.driver_name()),
            "slow at 4K; install the graphics card's driver where there is a card",
        ),
        Ok(screen) => ok(subject, screen.driver_name()),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::Timestamp;
    use crate::domain::catalogue::Catalogue;
    use crate::store::{CommandState, Error, NewCommand, Officer, Store};

    fn marks<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Vec<Mark> {
        findings.into_iter().map(|finding| finding.mark).collect()
    }

    #[test]
    fn a_line_says_how_it_stands_and_what_to_do() {
        let line = fail("server", "cannot be reached", "check the network").to_string();
        assert_eq!(line, "FAIL  server       cannot be reached: check the network");
        assert_eq!(ok("log", "empty").to_string(), "ok    log          empty");
    }

    #[test]
    fn what_keeps_a_database_from_use_is_a_failure() {
        let mark = |state| database(&FileReport { name: "pult.db", state }).mark;
        let sound = |schema| FileState::Sound { bytes: 1, schema, schema_known: 2 };
        assert_eq!(mark(FileState::Missing), Mark::Warn);
        assert_eq!(mark(sound(1)), Mark::Ok);
        assert_eq!(mark(sound(2)), Mark::Ok);
        assert_eq!(mark(sound(3)), Mark::Fail);
        assert_eq!(mark(FileState::Damaged("page 7".to_owned())), Mark::Fail);
        assert_eq!(mark(FileState::Unreadable(Error::Busy)), Mark::Fail);
    }

    #[test]
    fn what_is_found_damaged_is_marked_so_that_the_next_start_repairs_it() {
        let folder = tempfile::tempdir().unwrap();
        let open = || Store::open(folder.path(), &Catalogue::embedded()).unwrap();
        drop(open());
        let marks = || {
            let names = std::fs::read_dir(folder.path()).unwrap();
            let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
            names.filter(|name| name.ends_with(".suspect")).collect::<Vec<_>>()
        };
        look_at_files(folder.path());
        assert_eq!(marks(), [""; 0], "nothing is damaged");
        let path = folder.path().join("pult.db");
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[3 * 8192..4 * 8192].fill(0);
        std::fs::write(&path, bytes).unwrap();
        let told: Vec<_> =
            look_at_files(folder.path()).iter().map(|file| database(file).to_string()).collect();
        assert!(told[0].starts_with("FAIL  pult.db      damaged ("), "{told:?}");
        assert!(told.iter().all(|line| !line.contains('\n')), "{told:?}");
        assert_eq!(marks(), ["pult.db.suspect"]);
        assert_eq!(open().repairs().len(), 1);
        assert_eq!(marks(), [""; 0]);
    }

    #[test]
    fn the_outbox_is_shown_and_what_needs_a_person_is_a_warning() {
        let folder = tempfile::tempdir().unwrap();
        let shown = || -> Vec<String> {
            let files = inspect::files(folder.path());
            outbox(folder.path(), &files).iter().map(ToString::to_string).collect()
        };
        assert!(shown().is_empty(), "there is no file yet");
        let store = Store::open(folder.path(), &Catalogue::embedded()).unwrap();
        let empty = shown();
        assert_eq!(empty[0], "ok    outbox       0 waiting");
        assert_eq!(empty[2], "ok    shift        none runs; nobody has signed in yet");
        let officer = Officer { role: "duty".to_owned(), office: "Дежурный".to_owned() };
        let at = Timestamp(1_795_417_500);
        let ids = [Uuid::now_v7(), Uuid::now_v7()];
        {
            let shared = store.shared_outbox();
            let mut outbox = shared.lock();
            outbox.sign_in(&officer, at).unwrap();
            outbox.take_shift(&officer, at).unwrap();
            outbox.lock_desk(&officer, at).unwrap();
            let new = ids.map(|id| NewCommand {
                id,
                incident: None,
                command: "{}".to_owned(),
                basis: None,
                office: officer.office.clone(),
            });
            outbox.put(&new, at).unwrap();
            for state in [CommandState::Queued, CommandState::Conflict] {
                outbox.mark(ids[1], state, None, false).unwrap();
            }
        }
        let busy = shown();
        assert!(busy[0].starts_with("warn  outbox       1 waiting, the oldest since 2026-11-23T"));
        assert!(busy[0].contains("1 in conflict: a person decides"), "{}", busy[0]);
        assert!(busy[2].contains("under Дежурный; signed in: Дежурный"), "{}", busy[2]);
        assert!(busy[3].starts_with("ok    lock         locked since 2026-11-23T"), "{}", busy[3]);
    }

    #[test]
    fn a_folder_is_tried_out_and_left_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(data_folder(folder.path()).mark, Mark::Ok);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        assert_eq!(data_folder(&folder.path().join("later")).mark, Mark::Warn);
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert_eq!(data_folder(&file).mark, Mark::Fail);
    }

    #[test]
    fn a_server_is_no_must_but_one_that_cannot_be_used_is_a_failure() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(marks(&server(&Settings::default(), folder.path())), [Mark::Warn]);
        // Nobody listens on port 1 of the loopback.
        for address in ["http://127.0.0.1:1", "not an address"] {
            std::fs::write(folder.path().join("token"), format!("{address}\nsecret")).unwrap();
            let settings = Settings { server: Some(address.to_owned()), ..Settings::default() };
            let findings = server(&settings, folder.path());
            assert_eq!(marks(&findings), [Mark::Fail], "{findings:?}");
            assert!(!findings[0].to_string().contains("secret"));
        }
    }

    #[test]
    fn a_clock_that_is_off_is_told() {
        assert_eq!(clock_finding(2).mark, Mark::Ok);
        let finding = clock_finding(-7200);
        assert_eq!(finding.mark, Mark::Warn);
        assert!(finding.what.contains("7200 s"));
    }
}
