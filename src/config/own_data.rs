//! Data files of the office's own, in the place of those that the program was built
//! with: an official corrects a rule, adds a year or sets a target without a programmer.

use std::fs;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::domain::catalogue::{Catalogue, Parts};
use crate::domain::wall_plan::WallPlan;
use crate::domain::{DataError, DataFile};

/// A file that is longer is no data file.
const MOST_BYTES: u64 = 1 << 20;

/// File of the wall's own plan of scenes.
pub const WALL_PLAN: &str = "wall.toml";

/// What may be put in the place of the embedded file of that name.
type Slot = for<'a, 'p> fn(&'p mut Parts<'a>) -> &'p mut DataFile<'a>;

const SLOTS: [(&str, Slot); 13] = [
    ("blocks.toml", |parts| &mut parts.blocks),
    ("indicators.toml", |parts| &mut parts.indicators),
    ("policies.toml", |parts| &mut parts.policies),
    ("quality.toml", |parts| &mut parts.quality),
    ("reasons.toml", |parts| &mut parts.reasons),
    ("regimes.toml", |parts| &mut parts.regimes),
    ("roles.toml", |parts| &mut parts.roles),
    ("sources.toml", |parts| &mut parts.sources),
    ("statuses.toml", |parts| &mut parts.statuses),
    ("templates.toml", |parts| &mut parts.templates),
    ("topics.toml", |parts| &mut parts.topics),
    (WALL_PLAN, |parts| &mut parts.wall),
    ("work_calendar.toml", |parts| &mut parts.work_calendar),
];

/// The catalogue with the files of a folder laid over it.
#[derive(Clone, Debug)]
pub struct OwnData {
    pub catalogue: Arc<Catalogue>,
    pub files: OwnFiles,
    /// Where it was looked; `None` for who looks nowhere.
    pub folder: Option<PathBuf>,
}

/// What was found in the folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnFiles {
    /// Names of the files that are in use, sorted.
    pub used: Vec<String>,
    /// Why others are not, each with its file and, where it is one, its line. The
    /// embedded file stands in their place.
    pub faults: Vec<String>,
}

impl Default for OwnData {
    fn default() -> Self {
        Self { catalogue: Catalogue::embedded(), files: OwnFiles::default(), folder: None }
    }
}

/// A file that was read.
struct Own {
    slot: Slot,
    file: String,
    path: String,
    text: String,
}

impl OwnData {
    /// Reads what lies in the folder. Files may name what others of them bring; one that
    /// is wrong takes no other with it. A folder that is not there is empty.
    pub fn read(folder: &Path) -> Self {
        let mut own = Self { folder: Some(folder.to_owned()), ..Self::default() };
        let faults = &mut own.files.faults;
        let mut names: Vec<_> = match fs::read_dir(folder) {
            Ok(entries) => entries.flatten().map(|entry| entry.file_name()).collect(),
            Err(error) if error.kind() == ErrorKind::NotFound => return own,
            Err(error) => {
                faults.push(format!("{}: {error}", folder.display()));
                return own;
            }
        };
        names.sort_unstable();
        let mut files: Vec<Own> = Vec::new();
        for name in names {
            let path = folder.join(&name);
            let name = name.to_string_lossy();
            if Path::new(&*name).extension().is_none_or(|extension| extension != "toml") {
                continue;
            }
            let Some((file, slot)) = SLOTS.iter().find(|(file, _)| **file == *name) else {
                let known: Vec<&str> = SLOTS.iter().map(|(file, _)| *file).collect();
                let path = path.display();
                faults.push(format!("{path}: not one of {}", known.join(", ")));
                continue;
            };
            let text = match text_of(&path) {
                Ok(text) => text,
                Err(error) => {
                    faults.push(format!("{}: {error}", path.display()));
                    continue;
                }
            };
            let path = path.display().to_string();
            files.push(Own { slot: *slot, file: (*file).to_owned(), path, text });
        }
        loop {
            match catalogue_of(&files) {
                Ok(catalogue) => {
                    own.catalogue = Arc::new(catalogue);
                    break;
                }
                Err(fault) => {
                    let at = at_fault(&files, &fault);
                    files.remove(at);
                    faults.push(fault.to_string());
                }
            }
        }
        faults.sort_unstable();
        own.files.used = files.into_iter().map(|own| own.file).collect();
        own
    }
}

/// The plan of the wall as the folder has it now: its own, or that of the program.
pub fn wall_plan(folder: &Path) -> Result<WallPlan, String> {
    let path = folder.join(WALL_PLAN);
    // A link to what is not there is no file that was removed.
    if fs::symlink_metadata(&path).is_err_and(|error| error.kind() == ErrorKind::NotFound) {
        return Ok(Catalogue::embedded().wall.clone());
    }
    let text = text_of(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let name = path.display().to_string();
    WallPlan::read(DataFile { name: &name, text: &text }).map_err(|fault| fault.to_string())
}

fn text_of(path: &Path) -> Result<String, String> {
    // To open a pipe would wait for whoever writes into it.
    if !fs::metadata(path).map_err(|error| error.to_string())?.is_file() {
        return Err("no regular file".to_owned());
    }
    let file = fs::File::open(path).map_err(|error| error.to_string())?;
    let mut text = String::new();
    let read = file.take(MOST_BYTES + 1).read_to_string(&mut text);
    let read = read.map_err(|error| error.to_string())?;
    if read as u64 > MOST_BYTES { Err("longer than 1 MiB".to_owned()) } else { Ok(text) }
}

fn catalogue_of<'a>(files: impl IntoIterator<Item = &'a Own>) -> Result<Catalogue, DataError> {
    let mut parts = Parts::EMBEDDED;
    for Own { slot, path, text, .. } in files {
        *slot(&mut parts) = DataFile { name: path, text };
    }
    Catalogue::from_parts(&parts)
}

/// Which file is to be left out: the one that the fault names, and where that is an
/// embedded one, the one without which it is not there.
fn at_fault(files: &[Own], fault: &DataError) -> usize {
    let is_cured = |left_out: usize| {
        let rest = files.iter().enumerate().filter(|(at, _)| *at != left_out);
        catalogue_of(rest.map(|(_, own)| own)).err().as_ref() != Some(fault)
    };
    let named = files.iter().position(|own| own.path == fault.file);
    named.or_else(|| (0..files.len()).find(|at| is_cured(*at))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Regime, Timestamp};

    fn policies() -> String {
        Parts::EMBEDDED.policies.text.to_owned()
    }

    fn read(files: &[(&str, &str)]) -> OwnData {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        OwnData::read(folder.path())
    }

    #[test]
    fn a_file_of_ones_own_stands_in_the_place_of_the_embedded_one() {
        let version = Catalogue::embedded();
        let at = Timestamp(1_790_000_000);
        let version = version.policies.of(Regime::Fz59, at).unwrap().version.clone();
        let text = policies().replace(&*version, "own-1");
        let own = read(&[("policies.toml", &text), ("readme.txt", "no data")]);
        let only = OwnFiles { used: vec!["policies.toml".to_owned()], faults: Vec::new() };
        assert_eq!(own.files, only);
        let policy = own.catalogue.policies.of(Regime::Fz59, at).unwrap();
        assert_eq!(&*policy.version, "own-1");
    }

    #[test]
    fn a_wrong_file_is_named_with_its_line_and_takes_no_other_with_it() {
        let quality = Parts::EMBEDDED.quality.text;
        let broken = policies().replacen("source = \"", "source = \"\" #", 1);
        let own = read(&[
            ("policies.toml", &broken),
            ("quality.toml", quality),
            ("topic.toml", ""),
            ("indicators.toml", "[[indicator]]\nkey = \"x\"\nmeasure = \"of_nobody\"\n"),
        ]);
        let OwnFiles { used, faults } = own.files;
        assert_eq!(used, ["quality.toml"]);
        let said = faults.join("\n");
        assert_eq!(faults.len(), 3, "{said}");
        for (fault, file) in faults.iter().zip(["indicators", "policies"]) {
            assert!(fault.contains(&format!("{file}.toml, line ")), "{fault}");
        }
        assert!(faults[2].contains("topic.toml: not one of blocks.toml"), "{said}");
        let embedded = format!("{:?}", Catalogue::embedded().policies);
        assert_eq!(format!("{:?}", own.catalogue.policies), embedded);
    }

    /// The embedded file with words put in the place of others.
    fn with(embedded: &DataFile<'_>, from: &str, to: &str) -> String {
        assert!(embedded.text.contains(from), "{from}");
        embedded.text.replace(from, to)
    }

    #[test]
    fn files_may_name_what_another_one_brings_and_leave_out_what_it_leaves_out() {
        let Parts { topics, templates, policies, .. } = Parts::EMBEDDED;
        let topics = with(&topics, "zhkh.heat", "zhkh.warmth");
        let templates = with(&templates, "zhkh.heat", "zhkh.warmth");
        let limit = "\n[[policy.limit]]\nstage = \"answer\"\ntopics = [\"zhkh.warmth\"]\n\
            clock = \"working_hours\"\namount = 3\nfrom = \"received\"\nsource = \"test\"\n\
            mark = \"U\"\n";
        let policies = format!("{}{limit}", policies.text);
        let all = [
            ("policies.toml", &*policies),
            ("templates.toml", &templates),
            ("topics.toml", &topics),
        ];
        let own = read(&all);
        assert_eq!(own.files.used, ["policies.toml", "templates.toml", "topics.toml"]);
        assert_eq!(own.files.faults, [""; 0]);
        // The templates that the program has name a topic that is no more.
        let own = read(&[all[0], ("quality.toml", Parts::EMBEDDED.quality.text), all[2]]);
        assert_eq!(own.files.used, ["quality.toml"]);
        let said = own.files.faults.join("\n");
        assert!(said.contains("data/templates.toml, line "), "{said}");
        assert!(said.contains("there is no topic `zhkh.warmth`"), "{said}");
    }

    #[test]
    fn a_plan_of_the_wall_may_say_what_is_different_and_nothing_else() {
        let own = read(&[(WALL_PLAN, "[[screen]]\nmonitor = 2\nscenes = [\"kpi\"]\n")]);
        assert_eq!(own.files.used, [WALL_PLAN]);
        let (plan, embedded) = (&own.catalogue.wall, Catalogue::embedded());
        assert_eq!(plan.scenes(), embedded.wall.scenes());
        assert_eq!(plan.screens()[0].scenes, [plan.position("kpi").unwrap()]);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_told_and_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(WALL_PLAN);
        let fault = || (wall_plan(folder.path()).unwrap_err(), OwnData::read(folder.path()));
        std::process::Command::new("mkfifo").arg(&path).status().unwrap();
        let (pipe, own) = fault();
        assert!(pipe.ends_with("no regular file"), "{pipe}");
        assert_eq!(own.files.faults, [pipe]);
        fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink(folder.path().join("gone"), &path).unwrap();
        let (link, own) = fault();
        assert_eq!(own.files.faults, [link]);
    }

    #[test]
    fn a_folder_that_is_not_there_is_empty() {
        let own = OwnData::read(Path::new("/nowhere/at/all"));
        assert_eq!(own.files, OwnFiles::default());
    }
}
