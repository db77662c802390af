//! A handover sheet in words: the same lines for the screen, the clipboard and
//! a file.

use super::text::Text;
use super::{format, names};
use crate::app::State;
use crate::app::handover::{Picture, PressingRow, Sheet};
use crate::board::row::NO_MUNICIPALITY;
use crate::domain::mask::mask;
use crate::domain::{CommandKind, Pressing};

/// How a line is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Plain,
    /// Soon too late.
    Warn,
    /// Too late, or waits for a person.
    Alarm,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// A label and its value.
    Fact {
        label: String,
        value: String,
        tone: Tone,
    },
    /// An open incident and its deadline, where it has one.
    Record {
        label: String,
        value: String,
    },
    /// A sum over the lines that follow it.
    Sum {
        label: String,
        value: String,
        tone: Tone,
    },
    Words(String),
    /// Where there is nothing to say.
    Quiet(String),
}

/// A part of the sheet under its heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub title: String,
    /// Beside the title.
    pub note: String,
    pub lines: Vec<Line>,
}

/// How a text marks its headings and lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Plain,
    Markdown,
}

/// The parts of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    pub came: Part,
    pub done: Part,
    pub pressing: Part,
    pub problems: Part,
    pub waits: Part,
    pub note: Part,
}

impl Parts {
    pub fn of(sheet: &Sheet, state: &State, text: &Text) -> Self {
        let note = match sheet.note.as_str() {
            "" => Line::Quiet(text.t("sheet-no-note").to_owned()),
            note => Line::Words(note.to_owned()),
        };
        Self {
            came: came(&sheet.picture, state, text),
            done: done(sheet, text),
            pressing: pressing(&sheet.picture, state, text),
            problems: problems(&sheet.picture, text),
            waits: waits(sheet, text),
            note: Part {
                title: text.t("sheet-note").to_owned(),
                note: String::new(),
                lines: vec![note],
            },
        }
    }

    fn in_order(&self) -> [&Part; 6] {
        [&self.came, &self.done, &self.pressing, &self.problems, &self.waits, &self.note]
    }
}

/// «23 ноября 2026, 20:00 – 24 ноября 2026, 08:00».
pub fn period(sheet: &Sheet, text: &Text) -> String {
    // With the year: a paper is read later.
    let moment = |at: u32| format::moment(text, at, 0);
    format!("{} – {}", moment(sheet.from.0), moment(sheet.to.0))
}

/// The whole sheet as a text. It leaves the desk, so personal data in the
/// officer's note is masked.
pub fn sheet_text(sheet: &Sheet, state: &State, text: &Text, style: Style) -> String {
    let mut masked = Sheet { note: mask(&sheet.note).into_owned(), ..sheet.clone() };
    for problem in &mut masked.picture.problems {
        problem.name = mask(&problem.name).into_owned();
    }
    let parts = Parts::of(&masked, state, text);
    let mut lines = vec![style.title(text.t("sheet-title"))];
    lines.push(style.item(text.t("sheet-period"), &period(sheet, text)));
    lines.push(style.item(text.t("sheet-office"), &sheet.office));
    if sheet.demo {
        lines.push(style.item(text.t("sheet-demo"), ""));
    }
    for part in parts.in_order() {
        lines.push(String::new());
        lines.push(style.heading(&part.title, &part.note));
        lines.extend(part.lines.iter().map(|line| match line {
            Line::Fact { label, value, .. } | Line::Record { label, value } => {
                style.item(label, value)
            }
            Line::Sum { label, value, .. } => style.sum(&labelled(label, value)),
            Line::Words(words) | Line::Quiet(words) => words.clone(),
        }));
    }
    lines.push(String::new());
    lines.join("\n")
}

impl Style {
    fn title(self, title: &str) -> String {
        match self {
            Self::Plain => title.to_owned(),
            Self::Markdown => format!("# {title}\n"),
        }
    }

    fn heading(self, title: &str, note: &str) -> String {
        let note = if note.is_empty() { String::new() } else { format!(" · {note}") };
        match self {
            Self::Plain => format!("{title}{note}"),
            Self::Markdown => format!("## {title}{note}\n"),
        }
    }

    fn sum(self, words: &str) -> String {
        match self {
            Self::Plain => words.to_owned(),
            Self::Markdown => format!("- **{words}**"),
        }
    }

    fn item(self, label: &str, value: &str) -> String {
        let mark = if self == Self::Plain { "  " } else { "- " };
        format!("{mark}{}", labelled(label, value))
    }
}

/// «Label: value», as a screen reader says it, too.
pub fn labelled(label: &str, value: &str) -> String {
    if value.is_empty() { label.to_owned() } else { format!("{label}: {value}") }
}

fn fact(label: impl Into<String>, n: u32) -> Line {
    toned(label, n, Tone::Plain)
}

fn toned(label: impl Into<String>, n: u32, tone: Tone) -> Line {
    Line::Fact { label: label.into(), value: format::count(n), tone }
}

fn came(picture: &Picture, state: &State, text: &Text) -> Part {
    let mut lines = Vec::new();
    if picture.received == 0 {
        lines.push(Line::Quiet(text.t("sheet-nothing-came").to_owned()));
    } else {
        let blocks = picture.by_block.iter();
        let sources = picture.by_source.iter();
        let sum = |key| Line::Sum {
            label: text.t(key).to_owned(),
            value: String::new(),
            tone: Tone::Plain,
        };
        lines.push(sum("sheet-by-block"));
        lines.extend(
            blocks.map(|(block, n)| fact(names::block_full(state, text, block.index()), *n)),
        );
        lines.push(sum("sheet-by-source"));
        lines.extend(
            sources.map(|(source, n)| fact(names::source(state, text, source.index()), *n)),
        );
    }
    let title = text.t("sheet-came").to_owned();
    Part { title, note: format::count(picture.received), lines }
}

fn done(sheet: &Sheet, text: &Text) -> Part {
    let mut lines: Vec<Line> =
        sheet.done.iter().map(|(kind, n)| fact(deed(*kind, text), *n)).collect();
    if lines.is_empty() {
        lines.push(Line::Quiet(text.t("sheet-nothing-done").to_owned()));
    }
    let title = text.t("sheet-done").to_owned();
    Part { title, note: format::count(sheet.done_in_all()), lines }
}

/// «Взято», as the log of an incident calls it.
fn deed(kind: CommandKind, text: &Text) -> String {
    // The log says «came in» of it.
    if kind == CommandKind::Create {
        return text.t("action-create").to_owned();
    }
    let key = format!("event-{}", kind.event().key().replace('_', "-"));
    let mut letters = text.t(&key).chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn pressing(picture: &Picture, state: &State, text: &Text) -> Part {
    let mut lines = Vec::new();
    for group in &picture.pressing {
        let (key, tone) = match group.group {
            Pressing::Overdue => ("sheet-overdue", Tone::Alarm),
            Pressing::DueSoon => ("sheet-due-soon", Tone::Warn),
            Pressing::Urgent => ("sheet-urgent", Tone::Warn),
            Pressing::Untouched => ("sheet-untouched", Tone::Plain),
        };
        let tone = if group.n == 0 { Tone::Plain } else { tone };
        let (label, value) = (text.t(key).to_owned(), format::count(group.n));
        lines.push(Line::Sum { label, value, tone });
        lines.extend(group.rows.iter().map(|row| {
            let due = row.due.map(|due| format::moment_short(text, due.0, state.now));
            let label = format!("{} · {}", row.id, matter(row, state, text));
            Line::Record { label, value: due.unwrap_or_default() }
        }));
    }
    let open = [("n", format::count(picture.open).into())];
    let title = text.t("sheet-pressing").to_owned();
    Part { title, note: text.with("sheet-open", &open), lines }
}

fn problems(picture: &Picture, text: &Text) -> Part {
    let mut lines: Vec<Line> = picture
        .problems
        .iter()
        .map(|problem| {
            let figures = [
                ("n", format::count(problem.n).into()),
                ("day", format::count(problem.day).into()),
            ];
            let mut value = text.with("sheet-problem", &figures);
            if problem.waits_for_curator {
                value = format!("{value} · {}", text.t("problem-waits-for-curator"));
            }
            let tone = if problem.waits_for_curator { Tone::Warn } else { Tone::Plain };
            Line::Fact { label: problem.name.clone(), value, tone }
        })
        .collect();
    if lines.is_empty() {
        lines.push(Line::Quiet(text.t("digest-no-problems").to_owned()));
    }
    let title = text.t("nav-problems").to_owned();
    Part { title, note: format::count(picture.problems.len() as u32), lines }
}

/// «Прорыв трубы, Абакан».
fn matter(row: &PressingRow, state: &State, text: &Text) -> String {
    let topics = &state.vocabulary.topics;
    let known = topics.iter().position(|entry| !row.topic.is_empty() && entry.code == row.topic);
    let topic = match known {
        Some(number) => names::topic(state, text, number as u16),
        None if row.topic.is_empty() => text.t("topic-none"),
        None => &row.topic,
    };
    let index = row.municipality.and_then(|oktmo| state.catalogue.municipality_by_oktmo(oktmo));
    let municipality = names::municipality(state, text, index.unwrap_or(NO_MUNICIPALITY));
    let known = state.catalogue.settlement_by_code(&row.settlement);
    let settlement = known
        .and_then(|index| state.catalogue.settlement(index))
        .map_or(row.settlement.as_str(), |one| &one.name);
    // A town that is a municipality is not named twice, in whatever language.
    let own = index.and_then(|index| state.catalogue.municipality(index));
    if settlement.is_empty() || own.is_some_and(|own| *settlement == *own.short) {
        format!("{topic}, {municipality}")
    } else {
        format!("{topic}, {municipality}, {settlement}")
    }
}

fn waits(sheet: &Sheet, text: &Text) -> Part {
    let waits = &sheet.waits;
    let mut lines = Vec::new();
    for (key, n, tone) in [
        ("sheet-unsent", waits.unsent, Tone::Warn),
        ("sheet-conflicts", waits.conflicts, Tone::Alarm),
        ("sheet-rejected", waits.rejected, Tone::Alarm),
    ] {
        if n > 0 {
            lines.push(toned(text.t(key), n, tone));
        }
    }
    // That the shift's own actions wait under its own office goes without saying.
    let others = waits.by_office.iter();
    for (office, n) in others.filter(|(office, _)| !office.is_empty() && *office != sheet.office) {
        let named = [("office", office.as_str().into())];
        lines.push(fact(text.with("sheet-unsent-of", &named), *n));
    }
    if lines.is_empty() {
        lines.push(Line::Quiet(text.t("outbox-empty").to_owned()));
    }
    let n = waits.unsent + waits.conflicts + waits.rejected;
    Part { title: text.t("outbox-title").to_owned(), note: format::count(n), lines }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::handover::{PressingGroup, ProblemLine, Waits};
    use crate::config::Settings;
    use crate::domain::{Block, Language, Source, Timestamp};

    const OFFICE: &str = "Дежурный";

    /// Twelve hours that end on 1 October 2026, 08:20 in Abakan.
    fn sheet() -> Sheet {
        let end = Timestamp(1_790_817_600);
        let row = |id: &str, settlement: &str, due| PressingRow {
            id: id.to_owned(),
            topic: String::new(),
            municipality: "95701000".parse().ok(),
            settlement: settlement.to_owned(),
            due,
        };
        let group = |group, n, rows| PressingGroup { group, n, rows };
        Sheet {
            office: OFFICE.to_owned(),
            from: end.plus_secs(-12 * 3_600),
            to: end,
            demo: true,
            picture: Picture {
                received: 1_204,
                by_block: vec![(Block::Housing, 1_000), (Block::Roads, 204)],
                by_source: vec![(Source::Vk, 1_204)],
                open: 310,
                pressing: vec![
                    group(Pressing::Overdue, 1, vec![row("i-1", "", Some(end.plus_secs(-3_600)))]),
                    group(Pressing::DueSoon, 0, vec![]),
                    group(Pressing::Urgent, 1, vec![row("i-2", "Где-то", None)]),
                    group(Pressing::Untouched, 12, vec![]),
                ],
                problems: vec![ProblemLine {
                    name: "Холодно, звонить +7 913 555-01-23".to_owned(),
                    n: 64,
                    day: 3,
                    waits_for_curator: true,
                }],
            },
            done: vec![(CommandKind::Take, 40), (CommandKind::Create, 2)],
            waits: Waits {
                unsent: 3,
                conflicts: 1,
                rejected: 0,
                by_office: vec![(OFFICE.to_owned(), 2), ("Куратор".to_owned(), 1)],
            },
            note: "Звонить +7 913 555-01-23".to_owned(),
        }
    }

    fn state(sheet: &Sheet) -> State {
        State::new(sheet.to.0, Settings::default())
    }

    #[test]
    fn a_text_says_everything_and_hides_what_is_personal() {
        let sheet = sheet();
        let text = sheet_text(&sheet, &state(&sheet), &Text::of(Language::Ru), Style::Plain);
        let expected = "\
Лист передачи смены
  Период: 30 сентября 2026, 20:20 – 1 октября 2026, 08:20
  Сдаёт: Дежурный
  Демонстрация: данные вымышлены

Поступило · 1\u{202f}204
По блокам
  Жилищно-коммунальное хозяйство: 1\u{202f}000
  Дороги: 204
По источникам
  ВКонтакте: 1\u{202f}204

Сделано · 42
  Взято: 40
  Новый инцидент вручную: 2

Горит · открыто 310
Просрочено: 1
  i-1 · без темы, Абакан: 07:20
Срок в ближайшие 2 часа: 0
Срочные: 1
  i-2 · без темы, Абакан, Где-то
Новые, никем не взяты: 12

Проблемы · 1
  Холодно, звонить [телефон]: 64, за сутки 3 · ждёт куратора

Исходящие · 4
  Не отправлено: 3
  Конфликты: 1
  Ждут отправки под «Куратор»: 1

Заметка
";
        let (head, note) = text.split_at(text.rfind("Заметка\n").unwrap() + "Заметка\n".len());
        assert_eq!(head, expected);
        assert!(note.starts_with("Звонить ") && !note.contains("555"), "{note}");
    }

    #[test]
    fn the_same_as_markdown_in_the_other_language() {
        let sheet = Sheet { note: String::new(), done: vec![], ..sheet() };
        let text = sheet_text(&sheet, &state(&sheet), &Text::of(Language::En), Style::Markdown);
        assert!(text.starts_with("# Handover sheet\n\n- Period: "), "{text}");
        for line in [
            "- Handed over by: Дежурный",
            "## Came in · 1\u{202f}204",
            "- **By block**",
            "- VKontakte: 1\u{202f}204",
            "## Done · 0",
            "No actions",
            "- **Overdue: 1**",
            "- Conflicts: 1",
            "No note",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in {text}");
        }
    }

    #[test]
    fn a_quiet_shift_says_that_nothing_happened() {
        let waits = Waits::default();
        let sheet = Sheet { picture: Picture::default(), done: vec![], waits, ..sheet() };
        let parts = Parts::of(&sheet, &state(&sheet), &Text::of(Language::Ru));
        let quiet = |part: &Part| matches!(part.lines.as_slice(), [Line::Quiet(_)]);
        assert!(quiet(&parts.came) && quiet(&parts.done) && quiet(&parts.waits), "{parts:?}");
    }
}
