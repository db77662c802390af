//! Calls of the desktop: an alert in words, shown by the desktop's own service
//! (org.freedesktop.Notifications) from a thread of its own.
//!
//! Whoever passes the screen may read it: topic, municipality and time left, and
//! nothing that a citizen wrote.

use std::sync::mpsc::{self, Receiver, Sender};

use notify_rust::Notification;

use super::text::Text;
use super::{format, names};
use crate::app::State;
use crate::app::alerts::{Alert, Cause, Notifier};
use crate::board::row::NONE;

/// A sound of the desktop's own theme, by the name of the freedesktop
/// specification.
#[cfg(all(unix, not(target_os = "macos")))]
const SOUND: &str = "message-new-instant";

/// What a notification says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    pub title: String,
    pub body: String,
    pub sound: bool,
}

impl Words {
    pub fn of(alert: &Alert, state: &State, text: &Text) -> Self {
        let title = text.t(match alert.cause {
            Cause::NewUrgent(_) => "alert-urgent",
            Cause::DueSoon(_) => "alert-due-soon",
            Cause::Conflict(..) => "alert-conflict",
        });
        let mut parts = Vec::new();
        if let Some(about) = alert.about {
            if about.topic != NONE {
                parts.push(names::topic(state, text, about.topic).to_owned());
            }
            parts.push(names::municipality(state, text, about.municipality).to_owned());
            if about.due > state.now {
                let left = format::time_left(text, i64::from(about.due - state.now));
                parts.push(text.with("alert-left", &[("time", left.into())]));
            }
        }
        let mut body = parts.join(" · ");
        if alert.others > 0 {
            if !body.is_empty() {
                body.push('\n');
            }
            body.push_str(&text.with("alert-others", &[("n", alert.others.into())]));
        }
        Self { title: title.to_owned(), body, sound: alert.sound }
    }
}

/// A handle on the thread; it ends with the handle, after a call under way.
pub struct Caller {
    words: Sender<Words>,
    said: Receiver<Notifier>,
}

impl Caller {
    /// `wake` is called after each attempt.
    ///
    /// # Errors
    /// The system's, where no thread can be started.
    pub fn start(app_name: String, wake: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        let (words, inbox) = mpsc::channel::<Words>();
        let (mouth, said) = mpsc::channel();
        std::thread::Builder::new().name("notify".to_owned()).spawn(move || {
            for words in inbox {
                let became = call(&app_name, &words);
                if mouth.send(became).is_err() {
                    return;
                }
                wake();
            }
        })?;
        Ok(Self { words, said })
    }

    pub fn call(&self, words: Words) {
        if self.words.send(words).is_err() {
            tracing::error!("the thread of the notifications is gone");
        }
    }

    /// What became of the last call, once.
    pub fn take(&self) -> Option<Notifier> {
        self.said.try_iter().last()
    }
}

fn call(app_name: &str, words: &Words) -> Notifier {
    let mut notification = Notification::new();
    notification.appname(app_name).summary(&words.title).body(&words.body).icon("pult");
    sound(&mut notification, words.sound);
    match notification.show() {
        Ok(_) => Notifier::Works,
        Err(error) => {
            // A desk without such a service is everyday life.
            tracing::info!(%error, "the desktop shows no notifications");
            Notifier::Missing(error.to_string())
        }
    }
}

#[cfg(all(unix, not(target_os = "macos")))]
fn sound(notification: &mut Notification, wanted: bool) {
    use notify_rust::Hint;

    if wanted {
        notification.hint(Hint::SoundName(SOUND.to_owned()));
    } else {
        notification.hint(Hint::SuppressSound(true));
    }
}

/// Elsewhere the system decides.
#[cfg(not(all(unix, not(target_os = "macos"))))]
fn sound(notification: &mut Notification, wanted: bool) {
    if wanted {
        notification.sound_name("IM");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::alerts::About;
    use crate::board::vocabulary::TopicEntry;
    use crate::config::Settings;
    use crate::domain::Language;

    #[test]
    fn a_call_names_topic_place_and_time_left_and_how_many_others() {
        let mut state = State::new(1_795_417_500, Settings::default());
        let topic = TopicEntry {
            name: "Холодные батареи".to_owned(), ..TopicEntry::default()
        };
        std::sync::Arc::make_mut(&mut state.vocabulary).topics = vec![TopicEntry::default(), topic];
        let abakan = state.catalogue.municipality_by_alias("Абакан").unwrap();
        let about = About { topic: 1, municipality: abakan, due: state.now + 42 * 60 };
        let alert =
            Alert { cause: Cause::NewUrgent(7), about: Some(about), others: 5, sound: false };
        let words = Words::of(&alert, &state, &Text::of(Language::Ru));
        assert_eq!(words.title, "Новый срочный инцидент");
        assert_eq!(words.body, "Холодные батареи · Абакан · осталось 0:42\nещё 5 срочных");
        let late = Alert {
            cause: Cause::DueSoon(7),
            about: Some(About { topic: NONE, due: state.now - 1, ..about }),
            others: 0,
            sound: true,
        };
        let words = Words::of(&late, &state, &Text::of(Language::En));
        assert_eq!((words.title.as_str(), words.body.as_str()), ("A deadline is near", "Abakan"));
        let conflict =
            Alert { cause: Cause::Conflict(uuid::Uuid::nil(), None), about: None, ..alert };
        let words = Words::of(&conflict, &state, &Text::of(Language::Ru));
        assert_eq!(words.body, "ещё 5 срочных");
    }
}
