//! What a server can send that no server should: each case ends in one clear
//! sentence, keeps the good lines and never moves the cursor past them.

mod redirected;
mod said;
mod shrunk;

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use pult::board::row::flags;
use pult::domain::Timestamp;

use crate::fake_api::{
    Desk, FakeApi, NDJSON, cut_off, end, gone, head, incident, incident_with, info, info_with, ok,
    page,
};

/// Pulls one page and returns the desk that holds what was good in it.
fn pulled(body: impl Into<Vec<u8>>) -> Desk {
    let desk = Desk::new();
    let api = FakeApi::with_page(body);
    desk.sync(&api.url()).unwrap();
    assert_eq!(desk.cursor().as_deref(), Some("c1"));
    desk
}

/// Pulls one page that fails as a whole; returns the desk and the sentence.
fn failed(api: &FakeApi) -> (Desk, String) {
    let desk = Desk::new();
    let failure = desk.sync(&api.url()).unwrap_err();
    let sentence = desk.status.get().last_error.unwrap();
    assert_eq!(sentence, failure.to_string());
    assert!(!sentence.contains('\n') && sentence.len() < 200, "{sentence}");
    (desk, sentence)
}

#[test]
fn broken_lines_are_counted_and_the_good_ones_are_stored() {
    let lines = [
        incident("i1", 1),
        "{\"kind\":\"incident\",".to_owned(),
        "секрет гражданина".to_owned(),
        incident("i2", 2),
        String::new(),
        r#"{"kind":"incident","id":"i3","rev":3,"data":{"status":"new"}}"#.to_owned(),
        end("c1", false),
    ];
    let desk = pulled(page(&lines));
    assert_eq!(desk.incidents(), 2);
    assert_eq!((desk.skipped("not-json"), desk.skipped("bad-date")), (2, 1));
}

#[test]
fn an_unknown_kind_is_kept_unread() {
    let drone = r#"{"kind":"drone","id":"d","rev":1,"data":{"height_m":[1]}}"#.to_owned();
    let desk = pulled(page(&[drone, incident("i1", 2), end("c1", false)]));
    assert_eq!((desk.incidents(), desk.skipped("unknown-kind")), (1, 1));
}

#[test]
fn a_revision_going_backwards_changes_nothing() {
    let desk = Desk::new();
    let summary = |text: &str| format!(r#","summary":"{text}","satisfaction":{}"#, text.len());
    let first = page(&[incident_with("i1", 7, &summary("new")), end("c1", false)]);
    let api = FakeApi::start(move |request, stream| {
        let body = match request.query("after") {
            _ if request.is("/v1/info") => info("1", "a"),
            None => first.clone(),
            _ => page(&[incident_with("i1", 5, &summary("older")), end("c2", false)]),
        };
        ok(stream, NDJSON, body.as_bytes())
    });
    desk.sync(&api.url()).unwrap();
    let changes = desk.sync(&api.url()).unwrap();
    assert_eq!(changes.changes, []);
    let mut ratings = Vec::new();
    desk.reader().load_rows(|_, row| ratings.push(row.rating)).unwrap();
    assert_eq!(ratings, [3]);
    assert_eq!(desk.skipped("older-revision"), 1);
    assert_eq!(desk.cursor().as_deref(), Some("c2"));
}

#[test]
fn bad_coordinates_cost_the_place_and_never_the_incident() {
    let place = |id: &str, lat: &str, lon: &str| {
        incident(id, 1).replace("53.72,\"lon\":91.44", &format!("{lat},\"lon\":{lon}"))
    };
    let lines = [
        place("i1", "NaN", "91.44"),
        place("i2", "91.44", "53.72"),
        place("i3", "1e300", "91.44"),
        place("i4", "0", "0"),
        place("i5", "53.72", "91.44"),
        end("c1", false),
    ];
    let desk = pulled(page(&lines));
    let mut placed = 0;
    desk.reader()
        .load_rows(|_, row| placed += u32::from(row.flags & pult::board::row::flags::PLACED != 0))
        .unwrap();
    assert_eq!((desk.incidents(), placed), (5, 2));
    assert_eq!((desk.skipped("place-swapped"), desk.skipped("place-outside")), (1, 1));
    assert_eq!(desk.skipped("place-not-a-number"), 2);
}

#[test]
fn dates_of_the_years_0_and_9999_are_not_believed() {
    let lines = [
        incident("i1", 1).replace("2026-11-20", "0000-01-01"),
        incident("i2", 2).replace("2026-11-20", "9999-12-31"),
        incident_with("i3", 3, r#","due_at":"9999-12-31T00:00:00Z""#),
        end("c1", false),
    ];
    let desk = pulled(page(&lines));
    let mut dues = Vec::new();
    desk.reader().load_rows(|_, row| dues.push((row.due, row.flags & flags::DUE_BY_RULE))).unwrap();
    let by_rule = Timestamp::parse_rfc3339("2026-12-20T23:59:59+07:00").unwrap();
    assert_eq!(dues, [(by_rule.0, flags::DUE_BY_RULE)], "as where the server gives none");
    assert_eq!((desk.skipped("bad-date"), desk.skipped("date-dropped")), (2, 1));
}

#[test]
fn a_line_of_a_gigabyte_is_stepped_over_without_keeping_it() {
    let api = FakeApi::start(|request, stream| {
        if request.is("/v1/info") {
            return ok(stream, NDJSON, info("1", "a").as_bytes());
        }
        head(stream, "200 OK", &[("content-type", NDJSON)])?;
        writeln!(stream, "{}", incident("i1", 1))?;
        let megabyte = vec![b'x'; 1 << 20];
        for _ in 0..1024 {
            stream.write_all(&megabyte)?;
        }
        write!(stream, "\n{}\n{}\n", incident("i2", 2), end("c1", false))
    });
    let desk = Desk::new();
    let before_kb = peak_memory_kb();
    desk.sync(&api.url()).unwrap();
    let grown_kb = peak_memory_kb() - before_kb;
    assert_eq!((desk.incidents(), desk.skipped("line-too-long")), (2, 1));
    assert!(grown_kb < 200_000, "{grown_kb} kB");
}

fn peak_memory_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn a_compressed_page_that_swells_without_end_is_given_up() {
    // 300 MB of good lines in a few kilobytes.
    let line = incident_with("i1", 1, &format!(r#","summary":"{}""#, " ".repeat(1_000_000)));
    let mut packer = zstd::Encoder::new(Vec::new(), 1).unwrap();
    for _ in 0..300 {
        writeln!(packer, "{line}").unwrap();
    }
    let bomb = packer.finish().unwrap();
    assert!(bomb.len() < 300_000, "{}", bomb.len());
    let api = FakeApi::start(move |request, stream| {
        if request.is("/v1/info") {
            return ok(stream, NDJSON, info("1", "a").as_bytes());
        }
        head(stream, "200 OK", &[("content-type", NDJSON), ("content-encoding", "zstd")])?;
        stream.write_all(&bomb)
    });
    let (desk, sentence) = failed(&api);
    assert_eq!(sentence, "the answer decodes to more than 256 MB and was cut off");
    assert_eq!((desk.incidents(), desk.cursor()), (0, None));
}

#[test]
fn a_gzip_bomb_of_one_endless_line_is_given_up() {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let zeros = vec![b'0'; 1 << 20];
    for _ in 0..1600 {
        packer.write_all(&zeros).unwrap();
    }
    let bomb = packer.finish().unwrap();
    let api = FakeApi::start(move |request, stream| {
        if request.is("/v1/info") {
            return ok(stream, NDJSON, info("1", "a").as_bytes());
        }
        head(stream, "200 OK", &[("content-type", NDJSON), ("content-encoding", "gzip")])?;
        stream.write_all(&bomb)
    });
    let (desk, sentence) = failed(&api);
    assert_eq!(sentence, "the answer decodes to more than 1536 MB and was cut off");
    assert_eq!((desk.incidents(), desk.cursor()), (0, None));
}

#[test]
fn a_hundred_thousand_levels_of_nesting_break_nothing() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let lines = [
        incident_with("i1", 1, &format!(r#","new_field":{deep}"#)),
        incident_with("i2", 2, &format!(r#","summary":{deep}"#)),
        deep.clone(),
        format!(
            r#"{{"kind":"entry","id":"e","rev":3,"data":{{"register":"r","title":"t","fields":{{"x":{deep}}}}}}}"#
        ),
        incident("i4", 4),
        end("c1", false),
    ];
    let desk = pulled(page(&lines));
    assert_eq!(desk.incidents(), 2);
    assert_eq!(desk.skipped("extra-dropped"), 1);
    assert_eq!((desk.skipped("bad-data"), desk.skipped("not-a-change")), (2, 1));
}

#[test]
fn a_line_that_is_not_utf8_costs_itself_only() {
    let mut body = page(&[incident("i1", 1)]).into_bytes();
    body.extend_from_slice(b"{\"kind\":\"incident\",\"id\":\"\xff\xfe\"}\n");
    body.extend_from_slice(page(&[incident("i2", 2), end("c1", false)]).as_bytes());
    let desk = pulled(body);
    assert_eq!((desk.incidents(), desk.skipped("not-utf8")), (2, 1));
}

#[test]
fn a_server_that_stops_mid_line_is_gone_on_with_where_it_stopped() {
    let whole = page(&[incident("i1", 1), incident("i2", 2), incident("i3", 3), end("c1", false)]);
    let calls = Arc::new(AtomicUsize::new(0));
    let api = FakeApi::start(move |request, stream| {
        if request.is("/v1/info") {
            return ok(stream, NDJSON, info("1", "a").as_bytes());
        }
        if calls.fetch_add(1, Ordering::Relaxed) == 0 {
            let middle_of_third = incident("i1", 1).len() * 2 + 50;
            return cut_off(stream, NDJSON, &whole.as_bytes()[..middle_of_third]);
        }
        ok(stream, NDJSON, whole.as_bytes())
    });
    let (desk, sentence) = failed(&api);
    assert_eq!(sentence, "the server's answer broke off");
    assert_eq!(desk.incidents(), 2);
    assert_ne!(desk.cursor().as_deref(), Some("c1"));
    desk.sync(&api.url()).unwrap();
    assert_eq!((desk.incidents(), desk.cursor().as_deref()), (3, Some("c1")));
    // The broken-off page is asked for again from the same place.
    let asked: Vec<_> = api.requests().iter().map(|r| r.query("after").is_some()).collect();
    assert_eq!(asked, [false; 4]);
}

#[test]
fn a_page_without_its_end_moves_no_cursor() {
    let desk = Desk::new();
    let api = FakeApi::with_page(page(&[incident("i1", 1)]));
    let failure = desk.sync(&api.url()).unwrap_err();
    assert_eq!(
        failure.to_string(),
        "the server's answer to changes is not as pult-feedback/1 says"
    );
    assert_eq!(desk.incidents(), 1);
    assert_eq!(desk.cursor().unwrap_or_default(), "");
}

#[test]
fn a_cursor_that_does_not_move_is_no_endless_loop() {
    let api = FakeApi::start(|request, stream| {
        let body = if request.is("/v1/info") { info("1", "a") } else { end("same", true) };
        ok(stream, NDJSON, body.as_bytes())
    });
    let (_, sentence) = failed(&api);
    assert_eq!(sentence, "the server's answer to changes is not as pult-feedback/1 says");
    assert!(api.requests().len() <= 4, "{}", api.requests().len());
}

#[test]
fn a_web_page_in_place_of_data_is_called_one() {
    let html = "<!doctype html><title>Вход в сеть</title>";
    let as_html =
        FakeApi::start(move |_, stream| ok(stream, "text/html; charset=utf-8", html.as_bytes()));
    let as_data = FakeApi::start(move |_, stream| ok(stream, "application/json", html.as_bytes()));
    let as_changes = FakeApi::with_page(format!("\n {html}"));
    for api in [as_html, as_data, as_changes] {
        let (desk, sentence) = failed(&api);
        assert_eq!(
            sentence,
            "a web page came instead of data: a proxy, a login page or not a feedback API"
        );
        assert_eq!((desk.incidents(), desk.cursor()), (0, None));
    }
}

#[test]
fn a_new_major_version_of_the_protocol_is_refused_before_anything_is_pulled() {
    let api = FakeApi::start(|_, stream| {
        let theirs = info("1", "a").replace("pult-feedback/1", "pult-feedback/2");
        ok(stream, "application/json", theirs.as_bytes())
    });
    let (desk, sentence) = failed(&api);
    assert_eq!(
        sentence,
        "the server speaks pult-feedback/2, this program speaks pult-feedback/1; one of them needs an update"
    );
    assert_eq!(desk.reader().meta().unwrap().installation, None);
    assert_eq!(api.requests().len(), 1);
}

#[test]
fn an_info_that_is_not_one_is_named() {
    let api = FakeApi::start(|_, stream| ok(stream, "application/json", b"{\"protocol\":7}"));
    let (_, sentence) = failed(&api);
    assert_eq!(sentence, "the server's answer to info is not as pult-feedback/1 says");
}

#[test]
fn refusals_are_told_apart() {
    for (status, headers, key) in [
        ("401 Unauthorized", vec![], "unauthorised"),
        ("403 Forbidden", vec![], "forbidden"),
        ("404 Not Found", vec![], "not-offered"),
        ("429 Too Many Requests", vec![("retry-after", "7")], "busy"),
        ("503 Service Unavailable", vec![("retry-after", "Mon, 23 Nov 2026 07:05:09 GMT")], "busy"),
        ("500 Internal Server Error", vec![], "failed"),
        ("400 Bad Request", vec![], "refused"),
    ] {
        let wait_secs = headers.first().map(|(_, value)| if value.len() == 1 { 7 } else { 9 });
        let api = FakeApi::start(move |_, stream| head(stream, status, &headers));
        let desk = Desk::new();
        let failure = desk.sync(&api.url()).unwrap_err();
        assert_eq!(failure.key(), key);
        assert_eq!(failure.is_permanent(), status.starts_with("401") || status.starts_with("403"));
        assert_eq!(failure.retry_after_secs(), wait_secs, "{status}");
    }
    let desk = Desk::new();
    let failure = desk.sync("http://127.0.0.1:1").unwrap_err();
    assert_eq!((failure.key(), failure.is_permanent()), ("unreachable", false));
}

#[test]
fn another_installation_and_demonstration_data_never_enter_a_bound_store() {
    let desk = Desk::new();
    let serve = |identity: &'static str| {
        FakeApi::start(move |request, stream| {
            let body = if request.is("/v1/info") {
                info_with(identity)
            } else {
                page(&[incident("i1", 1), end("c1", false)])
            };
            ok(stream, NDJSON, body.as_bytes())
        })
    };
    let ours = serve(r#""instance":"1","epoch":"a","demo":false"#);
    desk.sync(&ours.url()).unwrap();
    for (identity, key) in [
        (r#""instance":"2","epoch":"a","demo":false"#, "other-instance"),
        (r#""instance":"1","epoch":"a","demo":true"#, "demo-mixed"),
    ] {
        let theirs = serve(identity);
        let failure = desk.sync(&theirs.url()).unwrap_err();
        assert_eq!((failure.key(), failure.is_permanent()), (key, true));
        assert_eq!(theirs.requests().len(), 1, "nothing but info was asked");
    }
    assert_eq!(desk.incidents(), 1);
}

/// A server whose place in the changes is lost after the first reading.
fn forgetful(second: String, expires: bool, epochs: [&'static str; 2]) -> FakeApi {
    let first = page(&[incident("i1", 1), incident("i2", 2), incident("i3", 3), end("c1", false)]);
    let infos = Arc::new(AtomicUsize::new(0));
    FakeApi::start(move |request, stream| {
        if request.is("/v1/info") {
            infos.fetch_add(1, Ordering::Relaxed);
            let epoch = epochs[usize::from(infos.load(Ordering::Relaxed) > 1)];
            return ok(stream, NDJSON, info("1", epoch).as_bytes());
        }
        let is_first = infos.load(Ordering::Relaxed) == 1;
        match request.query("after") {
            Some("c1") if expires => head(stream, "410 Gone", &[]),
            _ => ok(stream, NDJSON, if is_first { first.as_bytes() } else { second.as_bytes() }),
        }
    })
}

#[test]
fn an_expired_cursor_leads_to_a_reading_anew_that_removes_what_is_gone() {
    let api = forgetful(
        page(&[incident("i2", 2), incident("i4", 9), end("c9", false)]),
        true,
        ["a", "a"],
    );
    let desk = Desk::new();
    desk.sync(&api.url()).unwrap();
    assert_eq!(desk.incidents(), 3);
    let changes = desk.sync(&api.url()).unwrap();
    assert_eq!((desk.incidents(), desk.cursor().as_deref()), (2, Some("c9")));
    let removed = changes.changes.iter().filter(|change| change.row.is_none()).count();
    assert_eq!(removed, 2);
    assert!(!desk.status.get().epoch_changed);
}

#[test]
fn a_restored_server_is_noticed_and_read_anew_whatever_its_revisions() {
    let api = forgetful(
        page(&[incident_with("i1", 1, r#","satisfaction":5"#), end("c9", false)]),
        false,
        ["a", "b"],
    );
    let desk = Desk::new();
    desk.sync(&api.url()).unwrap();
    desk.sync(&api.url()).unwrap();
    let mut ratings = Vec::new();
    desk.reader().load_rows(|_, row| ratings.push(row.rating)).unwrap();
    assert_eq!(ratings, [5]);
    assert!(desk.status.get().epoch_changed);
}

#[test]
fn a_deletion_removes_and_an_older_one_does_not() {
    let desk = pulled(page(&[
        incident("i1", 1),
        incident("i2", 5),
        gone("i1", 2),
        gone("i2", 4),
        end("c1", false),
    ]));
    assert_eq!(desk.incidents(), 1);
}
