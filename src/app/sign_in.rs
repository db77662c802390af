//! Finding out who wants to work at the desk: by a PIN, by a token that is kept
//! here, or by asking the server whose token it is. On a lane: hashing, the
//! keyring and the server all take their time.

use std::collections::HashMap;
use std::path::PathBuf;

use super::lane::Cancel;
use super::{link, pin, secret};
use crate::config::Settings;
use crate::store::{DeskOffice, Officer, SharedOutbox};
use crate::sync::api::ApiError;
use crate::sync::protocol::Scope;

pub(super) enum SignQuestion {
    /// Somebody wants to work under an office.
    Open(Box<Opening>),
    /// Somebody set a PIN.
    Hash(String),
}

pub(super) struct Opening {
    pub settings: Settings,
    pub data_dir: PathBuf,
    /// Who is signed in now.
    pub current: Officer,
    /// The token that is in use.
    pub token: Option<String>,
    /// By office, of this run.
    pub tokens: HashMap<String, String>,
    /// The office that was chosen.
    pub office: String,
    /// PIN or token.
    pub secret: String,
}

#[derive(Debug, PartialEq)]
pub(super) enum SignAnswer {
    /// The one who was signed in before.
    Same,
    Other {
        officer: Officer,
        token: String,
    },
    /// Key of the Fluent files.
    Refused(&'static str),
    /// Hash of the PIN, `None` where it is none.
    Hashed(Option<String>),
}

/// Answers from the offices of this desk, then from the server.
pub(super) fn sign(
    outbox: SharedOutbox,
) -> impl FnMut(SignQuestion, &Cancel) -> Option<SignAnswer> + Send {
    move |question, _| {
        Some(match question {
            SignQuestion::Hash(pin) => SignAnswer::Hashed(pin::hash(&pin)),
            SignQuestion::Open(opening) => {
                let offices = outbox.lock().offices();
                match offices {
                    Ok(offices) => open(&opening, &offices),
                    Err(error) => {
                        tracing::error!(%error, "the offices of this desk could not be read");
                        SignAnswer::Refused("lock-failed")
                    }
                }
            }
        })
    }
}

fn open(opening: &Opening, offices: &[DeskOffice]) -> SignAnswer {
    let secret = opening.secret.trim();
    let server = opening.settings.server.as_deref();
    let chosen = offices.iter().find(|it| it.officer.office == opening.office);
    if let Some(chosen) = chosen
        && chosen.pin.as_deref().is_some_and(|kept| pin::is_right(secret, kept))
    {
        if chosen.officer == opening.current {
            return SignAnswer::Same;
        }
        let officer = chosen.officer.clone();
        let token = server.and_then(|server| token_of(opening, server, &officer.office));
        return match token {
            Some(token) => SignAnswer::Other { officer, token },
            None => SignAnswer::Refused("lock-no-token"),
        };
    }
    // A few digits are no token, and nobody's PIN leaves the desk.
    let Some(server) = server.filter(|_| !secret.is_empty() && !pin::is_pin(secret)) else {
        return SignAnswer::Refused("lock-wrong");
    };
    if is_current_token(opening, server, secret) {
        return SignAnswer::Same;
    }
    for office in offices {
        let kept = token_of(opening, server, &office.officer.office);
        if kept.as_deref() == Some(secret) {
            let (officer, token) = (office.officer.clone(), secret.to_owned());
            return SignAnswer::Other { officer, token };
        }
    }
    ask(&opening.settings, server, secret).unwrap_or_else(SignAnswer::Refused)
}

fn token_of(opening: &Opening, server: &str, office: &str) -> Option<String> {
    let of_run = opening.tokens.get(office).cloned();
    of_run.or_else(|| secret::load_of(server, office, &opening.data_dir))
}

fn is_current_token(opening: &Opening, server: &str, secret: &str) -> bool {
    match &opening.token {
        Some(token) => token == secret,
        None => secret::load(server, &opening.data_dir).is_some_and(|token| token == secret),
    }
}

/// Asks the server whose token it is; an error is a key of the Fluent files.
fn ask(settings: &Settings, server: &str, token: &str) -> Result<SignAnswer, &'static str> {
    let config = link::config(settings, server.to_owned(), token.to_owned());
    let info = match link::info(&config) {
        Ok(Ok(info)) => info,
        Ok(Err(ApiError::Unauthorised | ApiError::Forbidden)) => return Err("lock-wrong"),
        Ok(Err(_)) | Err(_) => return Err("lock-unreachable"),
    };
    if info.token.scope == Scope::Wall {
        return Err("lock-wall");
    }
    let office = info.token.office.unwrap_or_default();
    let officer = Officer { role: info.token.role, office };
    Ok(SignAnswer::Other { officer, token: token.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVER: &str = "http://127.0.0.1:9";

    fn officer(office: &str) -> Officer {
        Officer { role: "duty".to_owned(), office: office.to_owned() }
    }

    fn opening(data_dir: &std::path::Path, office: &str, secret: &str) -> Opening {
        Opening {
            settings: Settings { server: Some(SERVER.to_owned()), ..Settings::default() },
            data_dir: data_dir.to_owned(),
            current: officer("Первый"),
            token: Some("token-of-one".to_owned()),
            tokens: HashMap::from([("Четвёртый".to_owned(), "token-of-four".to_owned())]),
            office: office.to_owned(),
            secret: secret.to_owned(),
        }
    }

    #[test]
    fn a_pin_opens_for_its_own_office_only_and_a_token_for_whoever_has_it() {
        let folder = tempfile::tempdir().unwrap();
        let kept = |office, pin| DeskOffice { officer: officer(office), pin: pin::hash(pin) };
        let offices = [
            kept("Первый", "1111"),
            kept("Второй", "2222"),
            kept("Третий", "3333"),
            kept("Четвёртый", "4444"),
        ];
        secret::save_of(SERVER, "Второй", "token-of-two", folder.path()).unwrap();
        let two = SignAnswer::Other {
            officer: officer("Второй"),
            token: "token-of-two".to_owned(),
        };
        let four = SignAnswer::Other {
            officer: officer("Четвёртый"),
            token: "token-of-four".to_owned(),
        };
        let refused = |why| SignAnswer::Refused(why);
        for (office, secret, expected) in [
            ("Первый", "1111", SignAnswer::Same),
            ("Первый", " 1111 ", SignAnswer::Same),
            ("Первый", "token-of-one", SignAnswer::Same),
            ("Второй", "token-of-one", SignAnswer::Same),
            ("Второй", "2222", two),
            ("Четвёртый", "4444", four),
            ("Первый", "2222", refused("lock-wrong")),
            ("Второй", "1111", refused("lock-wrong")),
            ("Нет такого", "1111", refused("lock-wrong")),
            ("Первый", "", refused("lock-wrong")),
            ("Третий", "3333", refused("lock-no-token")),
            ("Первый", "token-of-nobody", refused("lock-unreachable")),
        ] {
            let found = open(&opening(folder.path(), office, secret), &offices);
            assert_eq!(found, expected, "{office} {secret}");
        }
        let by_token = open(&opening(folder.path(), "Первый", "token-of-two"), &offices);
        assert!(matches!(by_token, SignAnswer::Other { .. }), "{by_token:?}");
    }
}
