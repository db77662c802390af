//! What a person typed about the way to the server, checked before it is kept.

use std::path::PathBuf;

use super::lane::Cancel;
use super::{clock, link};
use crate::config::{POLL_SECS, Settings};
use crate::sync::api::Clock;
use crate::sync::http::HttpApi;

/// As typed; an empty proxy or certificate means the system's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkChoice {
    pub poll_secs: String,
    pub proxy: String,
    pub root_certificate: String,
}

impl NetworkChoice {
    /// The settings as a person would type them.
    pub fn of(settings: &Settings) -> Self {
        let certificate = settings.root_certificate.as_ref();
        Self {
            poll_secs: settings.poll_secs.to_string(),
            proxy: settings.proxy.clone().unwrap_or_default(),
            root_certificate: certificate
                .map(|path| path.display().to_string())
                .unwrap_or_default(),
        }
    }
}

/// What became of the last choice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum NetworkCheck {
    #[default]
    NotTried,
    Running,
    /// The settings have it.
    Kept,
    /// Key of the Fluent files and a detail; the settings are as they were.
    Failed {
        reason: &'static str,
        detail: String,
    },
}

/// Why a choice cannot be kept: key of the Fluent files and a detail.
pub(super) type NetworkFault = (&'static str, String);

/// Asks for a choice to be checked against the settings it is to change.
pub(super) struct NetworkQuestion {
    pub choice: NetworkChoice,
    pub settings: Settings,
}

/// The settings with the choice in them. Reads the certificate's file, talks to
/// nobody.
#[expect(clippy::unnecessary_wraps, reason = "a lane's work may be cancelled")]
pub(super) fn check(
    question: NetworkQuestion,
    _cancel: &Cancel,
) -> Option<Result<Settings, NetworkFault>> {
    let NetworkQuestion { choice, mut settings } = question;
    let Some(poll_secs) = poll_secs(&choice.poll_secs) else {
        return Some(Err(("poll-secs", String::new())));
    };
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    settings.poll_secs = poll_secs;
    settings.proxy = given(&choice.proxy);
    settings.root_certificate = given(&choice.root_certificate).map(PathBuf::from);
    // Where the server is makes no difference to proxy and certificate.
    let config = link::config(&settings, "http://localhost".to_owned(), String::new());
    Some(match HttpApi::new(&config, Clock::new(clock::now_ms)) {
        Ok(_) => Ok(settings),
        Err(error) => Err((error.key(), error.to_string())),
    })
}

fn poll_secs(typed: &str) -> Option<u32> {
    typed.trim().parse().ok().filter(|secs| POLL_SECS.contains(secs))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(poll_secs: &str, proxy: &str, root_certificate: &str) -> Result<Settings, String> {
        let choice = NetworkChoice {
            poll_secs: poll_secs.to_owned(),
            proxy: proxy.to_owned(),
            root_certificate: root_certificate.to_owned(),
        };
        let question = NetworkQuestion { choice, settings: Settings::default() };
        check(question, &Cancel::default()).unwrap().map_err(|(reason, _)| reason.to_owned())
    }

    #[test]
    fn what_can_be_used_is_taken_and_empty_means_the_systems() {
        let settings = checked(" 90 ", " http://proxy.example:3128 ", "").unwrap();
        assert_eq!(settings.poll_secs, 90);
        assert_eq!(settings.proxy.as_deref(), Some("http://proxy.example:3128"));
        assert_eq!(settings.root_certificate, None);
        let plain = checked("30", "", " ").unwrap();
        assert_eq!(plain, Settings::default());
        assert_eq!(NetworkChoice::of(&settings).poll_secs, "90");
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        for poll in ["", "0", "-5", "1.5", "soon", "86401", "99999999999"] {
            assert_eq!(checked(poll, "", ""), Err("poll-secs".to_owned()), "{poll}");
        }
        for proxy in ["http://", "socks5://proxy:1080", "ftp://proxy", "http://a b"] {
            assert_eq!(checked("30", proxy, ""), Err("proxy".to_owned()), "{proxy}");
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root.pem");
        let shown = path.display().to_string();
        assert_eq!(checked("30", "", &shown), Err("root-certificate".to_owned()));
        std::fs::write(&path, "not a certificate").unwrap();
        assert_eq!(checked("30", "", &shown), Err("root-certificate".to_owned()));
    }
}
