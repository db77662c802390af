//! From the lines of a page to what the store is to do: pure.
//!
//! Every line becomes exactly one [`LineState`]. A line that cannot be used is
//! counted under a [`Reason`] and left out, the others go on; nothing of what
//! a citizen wrote leaves this module but in rows.

mod check;
mod fields;
mod incident;
mod reason;
mod records;

pub use reason::{Reason, Skip, Skips};

use super::lines::{Line, Page};
use crate::domain::{ObjectKind, Timestamp};
use crate::geo::bounds::LonLatRect;
use crate::store::Upsert;
use crate::store::batch::{Batch, Delete, UnknownRow};
use check::Notes;
use fields::Text;
use serde::Deserialize;
use serde_json::value::RawValue;

/// Longest cursor that is believed.
const CURSOR_BYTES: usize = 4096;
/// SQLite's integers are signed.
const MOST_REVISION: u64 = i64::MAX as u64;

/// What became of one line.
#[expect(clippy::large_enum_variant, reason = "nearly every line is a change")]
#[derive(Clone, Debug, PartialEq)]
pub enum LineState {
    /// A change to apply; whether it is newer than what is stored is the
    /// store's to say.
    Change(Upsert),
    Gone(Delete),
    /// Said of a kind that is not known: nothing to do.
    GoneUnknown,
    BatchEnd {
        cursor: String,
        more: bool,
    },
    Broken(Reason),
}

/// What a page comes to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// Each with the cursor that it leads to.
    pub batches: Vec<Batch>,
    /// What followed the last cursor, because the page broke off; its cursor
    /// is empty and for the caller to fill in.
    pub tail: Option<Batch>,
    pub skips: Skips,
    /// Lines other than ends of batches.
    pub lines: u64,
}

/// `protocol::RawLine`, borrowing what it can: five million of them come in a
/// first sync.
#[derive(Debug, Deserialize)]
struct RawLine<'a> {
    #[serde(default, borrow)]
    kind: Option<Text<'a>>,
    #[serde(default, borrow)]
    id: Option<Text<'a>>,
    #[serde(default)]
    rev: Option<u64>,
    #[serde(default, borrow)]
    data: Option<&'a RawValue>,
    #[serde(default)]
    deleted: bool,
    #[serde(default)]
    cursor: Option<String>,
    #[serde(default)]
    more: Option<bool>,
}

/// Plans a page. `region` is where places are believed.
pub fn plan(page: &Page, region: LonLatRect, received_at: Timestamp) -> Plan {
    let mut plan = Plan::default();
    let mut batch = Batch { more: true, received_at, ..Batch::default() };
    let mut skips = Skips::default();
    for (number, line) in page.lines() {
        let mut notes = Notes { skips: &mut skips, line: number, now: received_at };
        match read_line(line, region, &mut notes) {
            LineState::Change(upsert) => batch.upserts.push(upsert),
            LineState::Gone(delete) => batch.deletes.push(delete),
            LineState::GoneUnknown => {}
            LineState::Broken(reason) => notes.add(reason),
            LineState::BatchEnd { cursor, more } => {
                let next = Batch { more: true, received_at, ..Batch::default() };
                let mut done = std::mem::replace(&mut batch, next);
                done.cursor = cursor;
                done.more = more;
                done.skipped = skipped(&std::mem::take(&mut skips), &mut plan.skips);
                plan.batches.push(done);
                continue;
            }
        }
        plan.lines += 1;
    }
    if !skips.is_empty() || !batch.upserts.is_empty() || !batch.deletes.is_empty() {
        batch.skipped = skipped(&skips, &mut plan.skips);
        plan.tail = Some(batch);
    }
    plan
}

/// The counters of one batch, added to those of the page.
fn skipped(skips: &Skips, page: &mut Skips) -> Vec<(String, u64)> {
    page.add_all(skips);
    skips.iter().map(|(reason, skip)| (reason.key().to_owned(), skip.count)).collect()
}

fn read_line(line: Line<'_>, region: LonLatRect, notes: &mut Notes<'_>) -> LineState {
    let text = match line {
        Line::Text(text) => text,
        Line::NotUtf8 => return LineState::Broken(Reason::NotUtf8),
        Line::TooLong => return LineState::Broken(Reason::TooLong),
    };
    if let Ok(raw) = serde_json::from_str::<RawLine<'_>>(text) {
        return read_change(&raw, region, notes);
    }
    let mended = check::without_nan(text);
    match serde_json::from_str::<RawLine<'_>>(mended.as_deref().unwrap_or(text)) {
        Ok(raw) => read_change(&raw, region, notes),
        Err(error) if error.is_data() && error.to_string().starts_with("duplicate field") => {
            LineState::Broken(Reason::DuplicateField)
        }
        Err(error) if error.is_data() => LineState::Broken(Reason::NotAChange),
        Err(_syntax) => LineState::Broken(Reason::NotJson),
    }
}

fn read_change(raw: &RawLine<'_>, region: LonLatRect, notes: &mut Notes<'_>) -> LineState {
    let Some(Text(kind)) = &raw.kind else {
        return match (&raw.cursor, raw.more) {
            (Some(cursor), Some(more)) if !cursor.is_empty() && cursor.len() <= CURSOR_BYTES => {
                LineState::BatchEnd { cursor: cursor.clone(), more }
            }
            _ => LineState::Broken(Reason::NotAChange),
        };
    };
    change(kind, raw, region, notes).unwrap_or_else(LineState::Broken)
}

fn change(
    kind: &str,
    raw: &RawLine<'_>,
    region: LonLatRect,
    notes: &mut Notes<'_>,
) -> Result<LineState, Reason> {
    let id = raw.id.as_ref().map_or("", |Text(id)| id);
    let id = check::id(id)?.to_owned();
    let rev = raw.rev.filter(|&rev| rev <= MOST_REVISION).ok_or(Reason::BadRevision)?;
    let known = ObjectKind::from_key(kind);
    if known.is_none() {
        notes.add(Reason::UnknownKind);
    }
    if raw.deleted {
        return Ok(
            known.map_or(LineState::GoneUnknown, |kind| LineState::Gone(Delete { kind, id, rev }))
        );
    }
    let json = raw.data.ok_or(Reason::NoData)?.get();
    if !json.starts_with('{') {
        return Err(Reason::NoData);
    }
    let row = match known {
        Some(ObjectKind::Incident) => {
            Upsert::Incident(incident::row(id, rev, json, region, notes)?)
        }
        Some(ObjectKind::Message) => Upsert::Message(records::message(id, rev, json, notes)?),
        Some(ObjectKind::Event) => records::event(id, rev, json, notes)?,
        Some(ObjectKind::Body) => Upsert::Body(records::body(id, rev, json, notes)?),
        Some(ObjectKind::Topic) => Upsert::Topic(records::topic(id, rev, json, notes)?),
        Some(ObjectKind::Municipality) => {
            Upsert::Municipality(records::municipality(id, rev, json, notes)?)
        }
        Some(ObjectKind::Attachment) => {
            Upsert::Attachment(records::attachment(id, rev, json, notes)?)
        }
        Some(ObjectKind::Problem) => Upsert::Problem(records::problem(id, rev, json, notes)?),
        Some(ObjectKind::Entry) => Upsert::Entry(records::entry(id, rev, json, notes)?),
        None => {
            let kind = check::id(kind).map_err(|_bad| Reason::NotAChange)?.to_owned();
            Upsert::Unknown(UnknownRow { kind, id, rev, json: json.to_owned() })
        }
    };
    Ok(LineState::Change(row))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Block, Regime, Source, Status};
    use crate::store::batch::{EventRow, IncidentRow};
    use crate::sync::lines::{LineLimits, LineSplitter};

    const REGION: LonLatRect = LonLatRect { west: 87.8, south: 51.2, east: 92.0, north: 55.5 };
    const NOW: Timestamp = Timestamp(1_795_417_500);
    const END: &str = r#"{"cursor":"c1","more":false}"#;

    fn plan_bytes(bytes: &[u8]) -> Plan {
        let mut splitter = LineSplitter::new(LineLimits::with_line_bytes(1 << 20));
        splitter.push(bytes).unwrap();
        plan(&splitter.finish().unwrap(), REGION, NOW)
    }

    fn plan_lines(lines: &[&str]) -> Plan {
        plan_bytes(lines.join("\n").as_bytes())
    }

    /// A line of a good incident with `more` fields after the others.
    fn incident_line(more: &str) -> String {
        format!(
            r#"{{"kind":"incident","id":"i1","rev":7,"data":{{"regime":"fz59","source":"vk","block":"roads","status":"new","received_at":"2026-11-23T07:05:00Z"{more}}}}}"#
        )
    }

    fn only_incident(more: &str) -> (Option<IncidentRow>, Vec<(String, u64)>) {
        let plan = plan_lines(&[&incident_line(more), END]);
        let [batch] = &plan.batches[..] else { panic!("one batch: {plan:?}") };
        let row = batch.upserts.first().map(|upsert| match upsert {
            Upsert::Incident(row) => row.clone(),
            other => panic!("{other:?}"),
        });
        (row, batch.skipped.clone())
    }

    fn one(reason: Reason) -> Vec<(String, u64)> {
        vec![(reason.key().to_owned(), 1)]
    }

    #[test]
    fn a_good_incident_becomes_its_row() {
        let (row, skipped) = only_incident(
            r#","topic":"roads.yard","lat":53.7154,"lon":91.42593,"municipality":"95701000","due_at":"2026-12-23T14:05:00+07:00","due_source":"server","marks":["conflict"],"satisfaction":4,"colour":"red""#,
        );
        let row = row.unwrap();
        assert_eq!((row.id.as_str(), row.rev), ("i1", 7));
        assert_eq!((row.regime, row.source), (Regime::Fz59, Source::Vk));
        assert_eq!((row.block, row.status), (Block::Roads, Status::New));
        assert_eq!(row.received, NOW);
        assert_eq!(row.due.unwrap().secs_since(NOW), 30 * 86_400);
        assert_eq!(row.municipality.unwrap().get(), 95_701_000);
        assert!(row.place.is_some() && row.conflict && !row.resonance);
        assert_eq!(row.extra.as_deref(), Some(r#"{"colour":"red"}"#));
        assert_eq!(skipped, []);
    }

    #[test]
    fn several_batches_in_a_page_keep_their_own_cursors_and_counts() {
        let good = incident_line("");
        let plan = plan_lines(&[
            &good,
            "nonsense",
            r#"{"cursor":"a","more":true}"#,
            &good,
            r#"{"kind":"incident","id":"i9","rev":9,"deleted":true}"#,
            END,
        ]);
        let [first, second] = &plan.batches[..] else { panic!("{plan:?}") };
        assert_eq!((first.cursor.as_str(), first.more), ("a", true));
        assert_eq!(first.skipped, one(Reason::NotJson));
        assert_eq!((second.cursor.as_str(), second.more), ("c1", false));
        assert_eq!(second.skipped, []);
        let gone = Delete { kind: ObjectKind::Incident, id: "i9".to_owned(), rev: 9 };
        assert_eq!(second.deletes, [gone]);
        assert_eq!((plan.lines, plan.tail), (4, None));
    }

    #[test]
    fn lines_without_the_end_of_their_batch_are_a_tail_without_cursor() {
        let good = incident_line("");
        let plan = plan_lines(&[&good, r#"{"cursor":"a","more":true}"#, &good, &good]);
        assert_eq!(plan.batches.len(), 1);
        let tail = plan.tail.unwrap();
        assert_eq!((tail.cursor.as_str(), tail.more, tail.upserts.len()), ("", true, 2));
        assert_eq!(plan_lines(&[]), Plan::default());
    }

    #[test]
    fn each_broken_line_is_counted_under_its_reason_and_the_good_ones_stay() {
        let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        for (line, reason) in [
            ("{", Reason::NotJson),
            ("[1,2]", Reason::NotAChange),
            ("7", Reason::NotAChange),
            ("{}", Reason::NotAChange),
            (deep.as_str(), Reason::NotAChange),
            (r#"{"cursor":"c"}"#, Reason::NotAChange),
            (r#"{"cursor":"","more":true}"#, Reason::NotAChange),
            (r#"{"kind":"incident","rev":1,"data":{}}"#, Reason::BadId),
            (r#"{"kind":"incident","id":"a\u0000b","rev":1,"data":{}}"#, Reason::BadId),
            (r#"{"kind":"incident","id":"a","data":{}}"#, Reason::BadRevision),
            (
                r#"{"kind":"body","id":"a","rev":18446744073709551615,"data":{}}"#,
                Reason::BadRevision,
            ),
            (r#"{"kind":"body","id":"a","rev":-1,"data":{}}"#, Reason::NotAChange),
            (r#"{"kind":"incident","id":"a","rev":1}"#, Reason::NoData),
            (r#"{"kind":"incident","id":"a","rev":1,"data":"x"}"#, Reason::NoData),
            (r#"{"kind":"incident","id":"a","rev":1,"data":{}}"#, Reason::BadDate),
            (r#"{"kind":"incident","id":"a","id":"b","rev":1,"data":{}}"#, Reason::DuplicateField),
            (
                r#"{"kind":"incident","id":"a","rev":1,"data":{"status":"new","status":"new"}}"#,
                Reason::DuplicateField,
            ),
            (r#"{"kind":"incident","id":"a","rev":1,"data":{"summary":[[[]]]}}"#, Reason::BadData),
            (
                r#"{"kind":"message","id":"a","rev":1,"data":{"received_at":"2026-11-23T07:05:00Z"}}"#,
                Reason::NoIncident,
            ),
        ] {
            let good = incident_line("");
            let plan = plan_lines(&[&good, line, &good, END]);
            let named = &line[..line.len().min(80)];
            assert_eq!(plan.batches[0].skipped, one(reason), "{named}");
            assert_eq!(plan.batches[0].upserts.len(), 2, "{named}");
            let skip = plan.skips.iter().next().unwrap();
            assert_eq!(skip, (reason, Skip { count: 1, first_line: 2 }), "{named}");
            assert!(reason.is_rejection(), "{named}");
        }
        let bytes = [b"\xff\xfe\n", incident_line("").as_bytes(), b"\n", END.as_bytes()].concat();
        let plan = plan_bytes(&bytes);
        assert_eq!(plan.batches[0].skipped, one(Reason::NotUtf8));
        assert_eq!(plan.batches[0].upserts.len(), 1);
    }

    #[test]
    fn coordinates_are_repaired_or_dropped_and_never_lose_the_incident() {
        let abakan = only_incident(r#","lat":53.7154,"lon":91.42593"#).0.unwrap().place;
        assert!(abakan.is_some());
        let (row, skipped) = only_incident(r#","lat":91.42593,"lon":53.7154"#);
        assert_eq!((row.unwrap().place, skipped), (abakan, one(Reason::PlaceSwapped)));
        for (fields, reason) in [
            (r#","lat":0,"lon":0"#, Reason::PlaceOutside),
            (r#","lat":55.75,"lon":37.62"#, Reason::PlaceOutside),
            (r#","lat":1e300,"lon":91.4"#, Reason::PlaceNotANumber),
            (r#","lat":53.7"#, Reason::PlaceNotANumber),
            (r#","lat":NaN,"lon":91.4"#, Reason::PlaceNotANumber),
        ] {
            let (row, skipped) = only_incident(fields);
            assert_eq!((row.unwrap().place, skipped), (None, one(reason)), "{fields}");
        }
        // 1e999 is no number of this machine, and a text is none at all.
        for fields in [r#","lat":1e999,"lon":1e999"#, r#","lat":"53,7","lon":"91,4""#] {
            let (row, skipped) = only_incident(fields);
            assert_eq!(
                (row.unwrap().place, skipped),
                (None, one(Reason::FieldDropped)),
                "{fields}"
            );
        }
        let (row, skipped) = only_incident(r#","lat":NaN,"lon":NaN"#);
        assert_eq!((row.unwrap().place, skipped), (None, vec![]));
    }

    #[test]
    fn dates_out_of_range_are_dropped_where_the_incident_can_do_without() {
        for date in ["0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "вчера", ""] {
            let (row, skipped) = only_incident(&format!(r#","due_at":"{date}""#));
            assert_eq!((row.unwrap().due, skipped), (None, one(Reason::DateDropped)), "{date}");
            let line = incident_line("").replace("2026-11-23T07:05:00Z", date);
            let plan = plan_lines(&[&line, END]);
            assert_eq!(plan.batches[0].skipped, one(Reason::BadDate), "{date}");
            assert_eq!(plan.batches[0].upserts, [], "{date}");
        }
    }

    #[test]
    fn unknown_words_are_counted_and_taken_for_their_fallback() {
        let line = incident_line("");
        for (from, to, reason) in [
            ("fz59", "fz2040", Reason::UnknownRegime),
            ("\"vk\"", "\"myspace\"", Reason::UnknownSource),
            ("roads", "space", Reason::UnknownBlock),
            ("\"new\"", "\"limbo\"", Reason::UnknownStatus),
        ] {
            let plan = plan_lines(&[&line.replace(from, to), END]);
            assert_eq!(plan.batches[0].skipped, one(reason));
            let Upsert::Incident(row) = &plan.batches[0].upserts[0] else { panic!("{plan:?}") };
            let fallbacks = [
                row.regime == Regime::Other,
                row.source == Source::Other,
                row.block == Block::Outside,
                row.status == Status::New && reason == Reason::UnknownStatus,
            ];
            assert_eq!(fallbacks.iter().filter(|taken| **taken).count(), 1, "{row:?}");
        }
        let (row, _) = only_incident(r#","closed_at":"2026-11-23T09:05:00Z""#);
        assert_eq!(row.unwrap().status, Status::New);
        let closed = incident_line(r#","closed_at":"2026-11-23T09:05:00Z""#);
        let plan = plan_lines(&[&closed.replace("\"new\"", "\"limbo\""), END]);
        let Upsert::Incident(row) = &plan.batches[0].upserts[0] else { panic!("{plan:?}") };
        assert_eq!(row.status, Status::Closed);
    }

    #[test]
    fn unknown_kinds_and_events_are_kept_as_they_came() {
        let plan = plan_lines(&[
            r#"{"kind":"drone","id":"d1","rev":3,"data":{"height_m":120}}"#,
            r#"{"kind":"drone","id":"d2","rev":4,"deleted":true}"#,
            r#"{"kind":"event","id":"e1","rev":5,"data":{"incident":"i1","event":"blessed","at":"2026-11-23T07:05:00Z"}}"#,
            END,
        ]);
        let batch = &plan.batches[0];
        let [Upsert::Unknown(drone), Upsert::Unknown(event)] = &batch.upserts[..] else {
            panic!("{batch:?}")
        };
        assert_eq!((drone.kind.as_str(), drone.json.as_str()), ("drone", r#"{"height_m":120}"#));
        assert_eq!((event.kind.as_str(), event.id.as_str()), ("event", "e1"));
        assert_eq!(plan.skips.get(Reason::UnknownKind), 2);
        assert_eq!(plan.skips.get(Reason::UnknownEvent), 1);
        assert_eq!(batch.deletes, []);
    }

    #[test]
    fn nonsense_in_a_side_field_costs_the_field_only() {
        for fields in [r#","satisfaction":9000"#, r#","satisfaction":7"#, r#","priority":-1"#] {
            let (row, skipped) = only_incident(fields);
            let row = row.unwrap();
            assert_eq!((row.satisfaction, row.priority), (None, 0), "{fields}");
            assert_eq!(skipped, one(Reason::FieldDropped), "{fields}");
        }
        let (row, skipped) = only_incident(r#","summary":"а\u0000б","marks":["resonance","x"]"#);
        let row = row.unwrap();
        assert_eq!(row.summary.as_deref(), Some("аб"));
        assert!(row.resonance);
        assert_eq!(skipped, [one(Reason::UnknownMark), one(Reason::NulStripped)].concat());
    }

    #[test]
    fn an_event_names_role_and_office() {
        let plan = plan_lines(&[
            r#"{"kind":"event","id":"e1","rev":5,"data":{"incident":"i1","event":"assigned","at":"2026-11-23T07:05:00Z","by":{"role":"curator","office":"отдел"},"from":"new","to":"assigned"}}"#,
            END,
        ]);
        let Upsert::Event(EventRow { role, office, from, to, .. }) = &plan.batches[0].upserts[0]
        else {
            panic!("{plan:?}")
        };
        assert_eq!((role.as_deref(), office.as_deref()), (Some("curator"), Some("отдел")));
        assert_eq!((*from, *to), (Some(Status::New), Some(Status::Assigned)));
    }
}
