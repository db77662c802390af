//! `pult suggest` through the real binary.

use std::fs;
use std::process::{Command, Output};

struct Tables {
    folder: tempfile::TempDir,
}

impl Tables {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.folder.path().join(name), content).unwrap();
    }

    fn suggest(&self, train: &str, test: &str, text: &str, label: &str) -> Output {
        Command::new(env!("CARGO_BIN_EXE_pult"))
            .arg("suggest")
            .arg("--train")
            .arg(self.folder.path().join(train))
            .arg("--test")
            .arg(self.folder.path().join(test))
            .args(["--text", text, "--label", label])
            .output()
            .unwrap()
    }

    fn error(&self, train: &str, text: &str, label: &str) -> String {
        let output = self.suggest(train, "test.csv", text, label);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert!(output.stdout.is_empty());
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(said.lines().count(), 1, "one sentence: {said}");
        said
    }
}

/// Rows «text,label» of two matters, of which the first is twice as common.
fn rows(delimiter: char, count: usize, from: usize) -> String {
    (from..from + count)
        .map(|index| match index % 3 {
            0 => format!("Собаки у дома {index}{delimiter}dogs\n"),
            1 => format!("Яма у дома {index}{delimiter}roads\n"),
            _ => format!("На дороге яма {index}{delimiter}roads\n"),
        })
        .collect()
}

#[test]
fn accuracy_is_printed_for_any_csv() {
    let tables = Tables::new();
    tables.write("train.csv", format!("text,label\n{}", rows(',', 90, 0)));
    tables.write("test.csv", format!("text,label\n{}Кот на дереве,cats\n", rows(',', 29, 90)));
    let output = tables.suggest("train.csv", "test.csv", "text", "label");
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        said.contains("train 90 · test 30 · labels 2 · test rows with other labels 1"),
        "{said}"
    );
    // 29 of 30, and the commoner label is right in 19.
    assert!(
        said.contains("accuracy 0.9667 · among three 0.9667 · majority baseline 0.6333"),
        "{said}"
    );
    assert!(said.contains("calibration error "), "{said}");
}

#[test]
fn spreadsheets_of_russian_offices_are_read() {
    let tables = Tables::new();
    let table = |from| {
        format!("\u{feff}№;Тема ; Текст\r\n{}", {
            let rows = rows('\t', 30, from);
            let turned = rows.lines().map(|row| {
                let (text, label) = row.split_once('\t').unwrap();
                format!("1;{label};\"{text}; срочно, пожалуйста\"\r\n")
            });
            turned.collect::<String>()
        })
    };
    tables.write("train.csv", table(0));
    tables.write("test.csv", table(30));
    let output = tables.suggest("train.csv", "test.csv", "Текст", "Тема");
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("train 30 · test 30 · labels 2"), "{said} {:?}", output.stderr);
    assert!(said.contains("accuracy 1.0000"), "{said}");
}

#[test]
fn what_is_wrong_with_a_table_is_said_in_one_sentence() {
    let tables = Tables::new();
    tables.write("test.csv", "text,label\nЯма,roads\n");
    tables.write("good.csv", "text,label\nЯма,roads\n");
    tables.write("bytes.csv", b"text,label\n\xdf\xec\xe0,roads\n");
    tables.write("torn.csv", "text,label\nЯма,roads\nОбрыв\n");
    tables.write("bare.csv", "text,label\n");
    tables.write("nothing.csv", "");
    for (train, text, label, part) in [
        ("good.csv", "text", "topic", "there is no column «topic» in its header: text, label"),
        ("nothing.csv", "text", "label", "there is no column «text» in its header"),
        ("bytes.csv", "text", "label", "is not UTF-8"),
        ("torn.csv", "text", "label", "has a broken row"),
        ("bare.csv", "text", "label", "has no row with a label"),
        ("/nowhere/at/all.csv", "text", "label", "/nowhere/at/all.csv cannot be read"),
    ] {
        let said = tables.error(train, text, label);
        assert!(said.contains(part), "{said}");
    }
}
