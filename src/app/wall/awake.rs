//! Asks the desktop for no screen saver and no dark screen while a wall is shown.

use std::io;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

/// A desktop that is only starting is asked again after this.
const PACE: Duration = Duration::from_mins(1);
/// A kiosk has nobody to ask.
const TRIES: u32 = 10;

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
            for _ in 0..TRIES {
                match inhibit() {
                    Ok(_asked) => {
                        // Nothing is ever sent: this waits for the end.
                        ends.recv().ok();
                        return;
                    }
                    Err(reason) => tracing::debug!(reason, "nobody to keep the screen awake"),
                }
                if ends.recv_timeout(PACE) != Err(RecvTimeoutError::Timeout) {
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
