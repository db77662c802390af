//! Asks the desktop for no screen saver and no dark screen while a wall is shown.

use std::io;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

/// A desktop that is only starting is asked again after this.
const SOON: Duration = Duration::from_mins(1);
/// So often; a kiosk has nobody to ask.
const TRIES: u32 = 10;
/// Who has granted it may be started anew, and does not know of it then.
const PACE: Duration = Duration::from_mins(10);

/// The asking, which lasts until it is dropped: whoever granted it looks whether who
/// asked is still there.
#[derive(Debug)]
pub struct Awake {
    /// Its end is the thread's.
    _goes_on: Sender<()>,
}

impl Awake {
    pub fn ask() -> io::Result<Self> {
        let (goes_on, ends) = channel::<()>();
        let ask = move || {
            let mut granted = None;
            for tries in 1.. {
                match inhibit() {
                    // The one before goes only now.
                    Ok(asked) => granted = Some(asked),
                    Err(reason) => tracing::debug!(reason, "nobody to keep the screen awake"),
                }
                let pace = if granted.is_none() && tries < TRIES { SOON } else { PACE };
                // Nothing is ever sent: this waits for the end.
                if ends.recv_timeout(pace) != Err(RecvTimeoutError::Timeout) {
                    return;
                }
            }
        };
        thread::Builder::new().name("awake".to_owned()).spawn(ask)?;
        Ok(Self { _goes_on: goes_on })
    }
}

/// The services that may be asked.
#[cfg(target_os = "linux")]
const SERVICES: [(&str, &str, &str); 2] = [
    ("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver"),
    ("org.gnome.SessionManager", "/org/gnome/SessionManager", "org.gnome.SessionManager"),
];

/// Of GNOME's sessions: they are not to become idle.
#[cfg(target_os = "linux")]
const IDLE: u32 = 8;

/// Asks whoever answers first; what is returned keeps it up.
#[cfg(target_os = "linux")]
fn inhibit() -> Result<zbus::blocking::Connection, String> {
    let bus = zbus::blocking::Connection::session().map_err(|error| error.to_string())?;
    let reason = "a video wall is shown";
    let [any, gnome] = SERVICES;
    let (name, path, interface) = any;
    let asked = bus.call_method(Some(name), path, Some(interface), "Inhibit", &("pult", reason));
    let asked = asked.or_else(|_other_is_asked| {
        let (name, path, interface) = gnome;
        let question = ("pult", 0_u32, reason, IDLE);
        bus.call_method(Some(name), path, Some(interface), "Inhibit", &question)
    });
    asked.map(|_| bus).map_err(|error| error.to_string())
}

#[cfg(not(target_os = "linux"))]
fn inhibit() -> Result<(), String> {
    Err("this system is asked by its own settings".to_owned())
}
