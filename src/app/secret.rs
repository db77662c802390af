//! Where a token is kept: the system's keyring, or a file that only its owner
//! can read where no keyring runs.

use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Name of the program in the keyring.
const SERVICE: &str = "pult";

/// Name of the file beside the databases: the server's address in its first
/// line, the token for that server, and for no other, in the second.
const FILE: &str = "token";

/// Name of the file with the tokens of the offices of a shared desk: each line a
/// server, an office and its token, with tabs between.
const OFFICES_FILE: &str = "tokens";

/// Where a token was put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    Keyring,
    /// No keyring runs here.
    File(PathBuf),
}

#[derive(Debug, thiserror::Error)]
#[error("the token could not be kept in {path}: {source}")]
pub struct SecretError {
    path: PathBuf,
    source: std::io::Error,
}

/// The token for a server. May wait for the keyring: not for a frame.
pub fn load(server: &str, data_dir: &Path) -> Option<String> {
    keyring::Entry::new(SERVICE, server)
        .and_then(|entry| entry.get_password())
        .ok()
        .or_else(|| load_from_file(server, data_dir))
        .map(|token| token.trim().to_owned())
        .filter(|token| !token.is_empty())
}

/// The token under which an office signed in here. May wait for the keyring: not
/// for a frame.
pub fn load_of(server: &str, office: &str, data_dir: &Path) -> Option<String> {
    keyring::Entry::new(SERVICE, &of_office(server, office))
        .and_then(|entry| entry.get_password())
        .ok()
        .or_else(|| {
            let lines = std::fs::read_to_string(data_dir.join(OFFICES_FILE)).ok()?;
            lines.lines().find_map(|line| token_of(line, server, office)).map(str::to_owned)
        })
        .filter(|token| !token.is_empty())
}

/// Keeps the token of an office beside those of the others. May wait for the
/// keyring: not for a frame.
pub fn save_of(
    server: &str,
    office: &str,
    token: &str,
    data_dir: &Path,
) -> Result<Kept, SecretError> {
    if in_keyring(&of_office(server, office), token) {
        return Ok(Kept::Keyring);
    }
    let path = data_dir.join(OFFICES_FILE);
    let mut lines = lines_without(&path, server, office);
    lines.extend([server, "\t", office, "\t", token, "\n"]);
    write_private(&path, &lines).map_err(|source| SecretError { path: path.clone(), source })?;
    Ok(Kept::File(path))
}

/// Forgets the token of an office. May wait for the keyring: not for a frame.
pub fn forget_of(server: &str, office: &str, data_dir: &Path) -> Result<(), SecretError> {
    let forgotten = keyring::Entry::new(SERVICE, &of_office(server, office))
        .and_then(|entry| entry.delete_credential());
    if let Err(error) = forgotten {
        tracing::debug!(%error, "the keyring had no token of that office");
    }
    let path = data_dir.join(OFFICES_FILE);
    if !path.exists() {
        return Ok(());
    }
    let lines = lines_without(&path, server, office);
    write_private(&path, &lines).map_err(|source| SecretError { path: path.clone(), source })
}

/// Name of an office's token in the keyring.
fn of_office(server: &str, office: &str) -> String {
    format!("{server} {office}")
}

fn token_of<'a>(line: &'a str, server: &str, office: &str) -> Option<&'a str> {
    line.strip_prefix(server)?.strip_prefix('\t')?.strip_prefix(office)?.strip_prefix('\t')
}

fn lines_without(path: &Path, server: &str, office: &str) -> String {
    let lines = std::fs::read_to_string(path).unwrap_or_default();
    let others = lines.lines().filter(|line| token_of(line, server, office).is_none());
    others.flat_map(|line| [line, "\n"]).collect()
}

fn load_from_file(server: &str, data_dir: &Path) -> Option<String> {
    let text = std::fs::read_to_string(data_dir.join(FILE)).ok()?;
    let (of, token) = text.split_once('\n')?;
    (of == server).then(|| token.to_owned())
}

/// Keeps the token for a server. May wait for the keyring: not for a frame.
pub fn save(server: &str, token: &str, data_dir: &Path) -> Result<Kept, SecretError> {
    if in_keyring(server, token) {
        return Ok(Kept::Keyring);
    }
    let path = data_dir.join(FILE);
    write_private(&path, &format!("{server}\n{token}\n"))
        .map_err(|source| SecretError { path: path.clone(), source })?;
    Ok(Kept::File(path))
}

/// Puts a token into the keyring under a name; false where that is not possible.
fn in_keyring(name: &str, token: &str) -> bool {
    let kept = keyring::Entry::new(SERVICE, name)
        .and_then(|entry| entry.set_password(token).map(|()| entry))
        // Some keyrings forget at once; a token that cannot be read back is not kept.
        .and_then(|entry| entry.get_password());
    kept.is_ok_and(|kept| kept == token)
}

/// Why no keyring can be used here, where that is so. May wait for the keyring.
pub fn keyring_fault() -> Option<String> {
    if let Err(error) = keyring::Entry::store_status() {
        return Some(error.to_string());
    }
    let asked = keyring::Entry::new(SERVICE, "doctor").and_then(|entry| entry.get_password());
    match asked {
        Ok(_) | Err(keyring::Error::NoEntry) => None,
        Err(error) => Some(error.to_string()),
    }
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.create(true).write(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    // The mode above holds for a new file only.
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_in_the_file_goes_to_its_own_server_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        write_private(&path, "https://cur.example\nsecret\n").unwrap();
        assert_eq!(load("https://cur.example", folder.path()).as_deref(), Some("secret"));
        assert_eq!(load("https://other.example", folder.path()), None);
        assert_eq!(load("", folder.path()), None);
    }

    #[test]
    fn every_office_has_its_own_token_at_its_own_server() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(OFFICES_FILE);
        let (server, office) = ("https://cur.example", "Дежурный ЦУР");
        write_private(&path, "https://cur.example\tДежурный\tone\n").unwrap();
        assert_eq!(load_of(server, "Дежурный", folder.path()).as_deref(), Some("one"));
        assert_eq!(load_of(server, office, folder.path()), None);
        assert_eq!(load_of("https://cur", "Дежурный", folder.path()), None);
        save_of(server, office, "two", folder.path()).unwrap();
        save_of(server, office, "three", folder.path()).unwrap();
        assert_eq!(load_of(server, office, folder.path()).as_deref(), Some("three"));
        assert_eq!(load_of(server, "Дежурный", folder.path()).as_deref(), Some("one"));
        forget_of(server, office, folder.path()).unwrap();
        assert_eq!(load_of(server, office, folder.path()), None);
        assert_eq!(load_of(server, "Дежурный", folder.path()).as_deref(), Some("one"));
    }

    #[test]
    fn the_file_can_be_read_by_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep").join(FILE);
        write_private(&path, "first and longer").unwrap();
        write_private(&path, "second").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "second");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}
