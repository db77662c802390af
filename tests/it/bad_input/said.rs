//! What is said of bad input: a sentence a reason in the log, counts in
//! «Состояние», nothing of what stood in the lines.

use pult::domain::catalogue::Catalogue;
use pult::store::Store;
use pult::sync::plan::Reason;

use crate::cli::pult;
use crate::fake_api::{Desk, FakeApi, NDJSON, end, incident, incident_with, info_with, ok, page};

const SECRET: &str = "секрет гражданина";

/// A page with one or more of every kind of bad line, and three good incidents.
fn bad_page() -> Vec<u8> {
    let drone = format!(r#"{{"kind":"drone","id":"d","rev":1,"data":{{"text":"{SECRET}"}}}}"#);
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let long = incident_with("i9", 9, &format!(r#","summary":"{}""#, SECRET.repeat(50_000)));
    let lines = [
        SECRET.to_owned(),
        format!(r#"{{"kind":"incident","summary":"{SECRET}""#),
        incident_with("i1", 7, &format!(r#","summary":"{SECRET}""#)),
        incident_with("i1", 5, &format!(r#","summary":"{SECRET}","satisfaction":1"#)),
        drone,
        incident("i2", 8).replace("53.72", "NaN"),
        incident("i3", 9).replace("53.72,\"lon\":91.44", "91.44,\"lon\":53.72"),
        incident("i4", 10).replace("2026-11-20", "0000-01-01"),
        incident("i5", 11).replace("2026-11-20", "9999-12-31"),
        incident_with("i6", 12, &format!(r#","summary":{deep}"#)),
        incident("i7", 13).replace("2026-11-20", "2098-12-31"),
        incident_with("i8", 14, r#","closed_at":"2026-11-01T09:00:00Z""#),
        r#"{"kind":"event","id":"e1","rev":15,"data":{"incident":"i8","event":"assigned","at":"2026-11-02T07:05:00Z"}}"#.to_owned(),
        // Nobody closes what is new.
        r#"{"kind":"event","id":"e2","rev":16,"data":{"incident":"i8","event":"closed","at":"2026-11-24T07:05:00Z","from":"new","to":"closed"}}"#.to_owned(),
        long,
    ];
    let mut body = page(&lines).into_bytes();
    body.extend_from_slice(b"{\"kind\":\"incident\",\"id\":\"\xff\xfe\"}\n");
    body.extend_from_slice(page(&[end("c1", false)]).as_bytes());
    body
}

const EXPECTED: [(Reason, u64); 13] = [
    (Reason::NotJson, 2),
    (Reason::OlderRevision, 1),
    (Reason::UnknownKind, 1),
    (Reason::PlaceNotANumber, 1),
    (Reason::PlaceSwapped, 1),
    (Reason::BadDate, 2),
    (Reason::BadData, 1),
    (Reason::TooLong, 1),
    (Reason::FromTheFuture, 1),
    (Reason::TimesReversed, 1),
    (Reason::BeforeIncident, 1),
    (Reason::OutOfOrder, 1),
    (Reason::NotUtf8, 1),
];

#[test]
fn the_log_and_the_store_count_every_reason_and_keep_no_word_of_the_lines() {
    let api = FakeApi::with_page(bad_page());
    let folder = tempfile::tempdir().unwrap();
    let output = pult(folder.path(), &format!("sync --once --server {}", api.url()));
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{err}");
    assert!(out.starts_with("5 incidents"), "{out}");
    let log = std::fs::read_to_string(folder.path().join("pult.log")).unwrap();
    for said in [&*out, &*err, &*log] {
        assert!(!said.contains(SECRET) && !said.contains("секрет"), "{said}");
    }
    for (reason, count) in EXPECTED {
        let told: Vec<&str> = log
            .lines()
            .filter(|line| line.contains(&format!("reason=\"{}\"", reason.key())))
            .collect();
        let [line] = told[..] else { panic!("{reason:?}: one line, not {told:?}") };
        assert!(line.contains(reason.sentence()), "{line}");
        assert!(line.contains(&format!("count={count}")), "{line}");
    }
    let store = Store::open(folder.path(), &Catalogue::embedded()).unwrap();
    let reader = store.reader().unwrap();
    let counted = reader.health().unwrap().skipped;
    for (reason, count) in EXPECTED {
        assert!(counted.contains(&(reason.key().to_owned(), count)), "{reason:?}: {counted:?}");
    }
    assert_eq!(counted.len(), EXPECTED.len(), "{counted:?}");
    assert_eq!(reader.meta().unwrap().cursor.as_deref(), Some("c1"));
    let mut ratings = Vec::new();
    reader.load_rows(|_, row| ratings.push(row.rating)).unwrap();
    assert_eq!(ratings, [0; 5], "the older revision changed nothing");
}

#[test]
fn a_page_that_fails_as_a_whole_is_one_sentence_of_the_program() {
    let html = "<!doctype html><title>Вход</title>";
    let api = FakeApi::start(move |_, stream| ok(stream, "text/html", html.as_bytes()));
    let folder = tempfile::tempdir().unwrap();
    let output = pult(folder.path(), &format!("sync --once --server {}", api.url()));
    assert_eq!(output.status.code(), Some(1));
    let sentence = "a web page came instead of data: a proxy, a login page or not a feedback API";
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(err.lines().last(), Some(&*format!("pult: {sentence}")), "{err}");
    let log = std::fs::read_to_string(folder.path().join("pult.log")).unwrap();
    assert!(log.contains(sentence), "{log}");
}

#[test]
fn a_server_that_changes_its_protocol_loses_nothing_of_what_is_here() {
    let desk = Desk::new();
    let serve = |protocol: &'static str| {
        FakeApi::start(move |request, stream| {
            let body = if request.is("/v1/info") {
                info_with(r#""instance":"1","epoch":"a","demo":false"#)
                    .replace("pult-feedback/1", protocol)
            } else {
                page(&[incident("i1", 1), end("c1", false)])
            };
            ok(stream, NDJSON, body.as_bytes())
        })
    };
    desk.sync(&serve("pult-feedback/1").url()).unwrap();
    let newer = serve("pult-feedback/2");
    let failure = desk.sync(&newer.url()).unwrap_err();
    assert_eq!((failure.key(), failure.is_permanent()), ("protocol", true));
    assert_eq!(newer.requests().len(), 1, "nothing but info was asked");
    assert_eq!((desk.incidents(), desk.cursor().as_deref()), (1, Some("c1")));
    // It comes back as it was, and the sync goes on from where it stood.
    desk.sync(&serve("pult-feedback/1").url()).unwrap();
    assert_eq!((desk.incidents(), desk.status.get().last_error), (1, None));
}
