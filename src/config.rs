//! What a person has set, kept in one TOML file.

pub mod alerts;
pub mod own_data;
pub mod saved;

use std::io::Write as _;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use alerts::Alerts;
use saved::SavedEntry;

use crate::domain::{DataError, DataFile, Language};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    #[default]
    Dark,
    Light,
}

/// Seconds that may lie between two polls.
pub const POLL_SECS: RangeInclusive<u32> = 1..=86_400;

/// A call for a deadline that is further away is none.
const MOST_DUE_MINUTES: u32 = 7 * 24 * 60;

/// What lies under the map.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MapSettings {
    /// Absolute path of a `PMTiles` archive; absent means our own land and waters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basemap: Option<PathBuf>,
}

/// Settings of the desk; a missing file or field means the default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    pub language: Language,
    pub theme: Theme,
    /// Per cent, 80–200.
    pub text_scale: u16,
    /// Address of the feedback API, without `/v1`.
    pub server: Option<String>,
    /// PEM file of a root certificate to trust besides the system's.
    pub root_certificate: Option<PathBuf>,
    /// Proxy address; absent means the system's setting.
    pub proxy: Option<String>,
    /// Minutes without input after which the desk locks itself, 0 is never.
    pub lock_after_mins: u16,
    /// Seconds between polls where the server has no stream, within [`POLL_SECS`].
    pub poll_secs: u32,
    pub map: MapSettings,
    pub alerts: Alerts,
    /// Filters of the queue under a name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub saved_filters: Vec<SavedEntry>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: Language::default(),
            theme: Theme::default(),
            text_scale: 100,
            server: None,
            root_certificate: None,
            proxy: None,
            lock_after_mins: 0,
            poll_secs: 30,
            map: MapSettings::default(),
            alerts: Alerts::default(),
            saved_filters: Vec::new(),
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("the settings file {path} cannot be read: {source}")]
    Read { path: PathBuf, source: std::io::Error },
    #[error("the settings file {path} cannot be written: {source}")]
    Write { path: PathBuf, source: std::io::Error },
    #[error("the settings file {path} is not understood: {message}")]
    Parse { path: PathBuf, message: String },
}

impl Settings {
    /// Reads the file; the defaults where there is none.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&text).map_err(|DataError { line, reason, .. }| {
                // TOML's own message has four lines and draws an arrow.
                let message = format!("line {line}: {reason}");
                ConfigError::Parse { path: path.to_owned(), message }
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(source) => Err(ConfigError::Read { path: path.to_owned(), source }),
        }
    }

    fn parse(text: &str) -> Result<Self, DataError> {
        let mut settings: Self = DataFile { name: "pult.toml", text }.parse_toml()?;
        settings.text_scale = settings.text_scale.clamp(80, 200);
        settings.poll_secs = settings.poll_secs.clamp(*POLL_SECS.start(), *POLL_SECS.end());
        settings.alerts.due_minutes = settings.alerts.due_minutes.min(MOST_DUE_MINUTES);
        Ok(settings)
    }

    /// Writes beside the file and renames, so that a crash leaves the old one.
    pub fn save(&self, path: &Path) -> Result<(), ConfigError> {
        let text = toml::to_string_pretty(self).map_err(|error| ConfigError::Parse {
            path: path.to_owned(),
            message: error.to_string(),
        })?;
        let beside = path.with_extension("toml.new");
        let write = || {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder)?;
            }
            let mut file = std::fs::File::create(&beside)?;
            file.write_all(text.as_bytes())?;
            // Or a power cut leaves an empty file under the new name.
            file.sync_all()?;
            std::fs::rename(&beside, path)
        };
        write().map_err(|source| ConfigError::Write { path: path.to_owned(), source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_survive_saving_and_loading() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/pult.toml");
        let settings = Settings {
            language: Language::En,
            theme: Theme::Light,
            text_scale: 150,
            server: Some("http://127.0.0.1:1".to_owned()),
            map: MapSettings { basemap: Some("/srv/khakassia.pmtiles".into()) },
            ..Settings::default()
        };
        settings.save(&path).unwrap();
        assert_eq!(Settings::load(&path).unwrap(), settings);
    }

    #[test]
    fn a_missing_file_means_defaults_and_a_wrong_one_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pult.toml");
        assert_eq!(Settings::load(&path).unwrap(), Settings::default());
        for text in ["text_scale = 100\ntheme = \"pink\"", "text_scale = 100\ncolour = 1", "\n=="] {
            std::fs::write(&path, text).unwrap();
            let message = Settings::load(&path).unwrap_err().to_string();
            assert!(message.contains("pult.toml") && message.contains("line 2"), "{message}");
            assert!(!message.contains('\n'), "{message}");
        }
    }

    #[test]
    fn there_is_no_base_map_unless_it_is_asked_for() {
        assert_eq!(Settings::default().map.basemap, None);
        let settings = Settings::parse("[map]\nbasemap = \"/srv/a.pmtiles\"\n").unwrap();
        assert_eq!(settings.map.basemap.as_deref(), Some(Path::new("/srv/a.pmtiles")));
        assert!(Settings::parse("[map]\nonline = true\n").is_err());
    }

    #[test]
    fn the_text_scale_is_kept_in_its_bounds() {
        assert_eq!(Settings::parse("text_scale = 900").unwrap().text_scale, 200);
        assert_eq!(Settings::parse("text_scale = 5").unwrap().text_scale, 80);
    }
}
