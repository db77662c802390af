//! The tokens of a server, read from a file.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use uuid::Uuid;

use super::auth::Token;
use crate::domain::{DataError, DataFile, Role};
use crate::sync::protocol::Scope;

/// Why a file of tokens cannot be used. Nothing of a secret is told.
#[derive(Debug, thiserror::Error)]
pub enum TokensError {
    #[error("cannot read {}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("cannot write {}", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Form(#[from] DataError),
    #[error("{}: {reason}", path.display())]
    Unfit { path: PathBuf, reason: &'static str },
}

/// The file of a demonstration, in its server's folder.
const DEMO_FILE: &str = "tokens.toml";
/// Two offices, so that an answer can be approved by another one.
const DEMO_OFFICES: [(Role, &str); 2] =
    [(Role::Duty, "Дежурный ЦУР (рабочее место)"), (Role::Head, "Руководитель ЦУР (демо)")];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    token: Vec<Entry>,
}

/// One officer's token.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    secret: String,
    role: Role,
    #[serde(default = "desk")]
    scope: Scope,
    office: String,
}

const fn desk() -> Scope {
    Scope::Desk
}

impl Token {
    /// Reads a file of tokens: a TOML table `[[token]]` for each, with
    /// `secret`, `role` (a key of `data/roles.toml`), `office` and, for a wall,
    /// `scope = "wall"`.
    pub fn read_file(path: &Path) -> Result<Vec<Self>, TokensError> {
        let read = |source| TokensError::Read { path: path.to_owned(), source };
        let text = std::fs::read_to_string(path).map_err(read)?;
        let name = path.display().to_string();
        let entries = DataFile { name: &name, text: &text }.parse_toml::<Given>()?.token;
        let unfit = |reason| TokensError::Unfit { path: path.to_owned(), reason };
        if let Some(reason) = fault(&entries) {
            return Err(unfit(reason));
        }
        let token =
            |entry: &Entry| Self::new(&entry.secret, entry.role, entry.scope, &entry.office);
        Ok(entries.iter().map(token).collect())
    }
}

impl Token {
    /// The tokens of a demonstration, made at its first start: the desk's own
    /// first, then one to sign in with on a second desk.
    pub fn of_demo(folder: &Path) -> Result<Vec<Self>, TokensError> {
        let path = folder.join(DEMO_FILE);
        if !path.exists() {
            let write = |source| TokensError::Write { path: path.clone(), source };
            std::fs::create_dir_all(folder).map_err(write)?;
            write_demo(&path).map_err(write)?;
        }
        Self::read_file(&path)
    }
}

fn write_demo(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    for (role, office) in DEMO_OFFICES {
        let (secret, role) = (Uuid::now_v7(), role.key());
        writeln!(
            file,
            "[[token]]\nsecret = \"{secret}\"\nrole = \"{role}\"\noffice = \"{office}\"\n"
        )?;
    }
    file.sync_all()
}

fn fault(entries: &[Entry]) -> Option<&'static str> {
    let secret_fits = |entry: &Entry| {
        !entry.secret.is_empty() && entry.secret.bytes().all(|byte| byte.is_ascii_graphic())
    };
    let mut secrets: Vec<&str> = entries.iter().map(|entry| &*entry.secret).collect();
    secrets.sort_unstable();
    if entries.is_empty() {
        Some("there is no token in it")
    } else if !entries.iter().all(secret_fits) {
        Some("a secret is empty or has characters that no header carries")
    } else if secrets.windows(2).any(|pair| pair[0] == pair[1]) {
        Some("two tokens have the same secret")
    } else if entries.iter().any(|entry| entry.office.trim().is_empty()) {
        Some("a token has no office")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Token>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tokens.toml");
        std::fs::write(&path, text).unwrap();
        Token::read_file(&path).map_err(|error| error.to_string())
    }

    #[test]
    fn each_officer_has_a_token_of_their_own() {
        let text = "[[token]]\nsecret = \"one\"\nrole = \"duty\"\noffice = \"Пост 1\"\n\
            [[token]]\nsecret = \"two\"\nrole = \"head\"\nscope = \"wall\"\noffice = \"Пост 2\"\n";
        let tokens = read(text).unwrap();
        assert_eq!(tokens.len(), 2);
        assert_eq!((tokens[0].role(), tokens[0].office()), (Role::Duty, "Пост 1"));
        assert!(!tokens[0].reads_only() && tokens[1].reads_only());
    }

    #[test]
    fn a_demonstration_has_two_offices_and_keeps_their_tokens() {
        let folder = tempfile::tempdir().unwrap();
        let first = Token::of_demo(&folder.path().join("server")).unwrap();
        assert_eq!((first[0].role(), first[1].role()), (Role::Duty, Role::Head));
        assert_ne!(first[0].office(), first[1].office());
        let again = Token::of_demo(&folder.path().join("server")).unwrap();
        assert_eq!(again[0].secret(), first[0].secret());
        assert_ne!(again[1].secret(), first[0].secret());
    }

    #[test]
    fn what_is_wrong_is_said_without_the_secret() {
        let one = |secret: &str, office: &str| {
            format!("[[token]]\nsecret = \"{secret}\"\nrole = \"duty\"\noffice = \"{office}\"\n")
        };
        for (text, said) in [
            ("token = []".to_owned(), "no token in it"),
            (one("", "Пост"), "a secret is empty"),
            (one("hush hush", "Пост"), "a secret is empty or has"),
            (one("hush", " "), "no office"),
            (one("hush", "а") + &one("hush", "б"), "the same secret"),
            (one("hush", "а").replace("duty", "king"), "tokens.toml, line"),
            (one("hush", "а") + "secrets = \"hush\"\n", "tokens.toml, line"),
        ] {
            let error = read(&text).unwrap_err();
            assert!(error.contains(said) && !error.contains("hush"), "{error}");
        }
    }
}
