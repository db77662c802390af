//! A socket through which a person of the same computer tells a running
//! wall what to show: one order a line, one line for an answer.

use std::fs;
use std::io::{self, BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel, sync_channel};
use std::task::Waker;
use std::thread;
use std::time::Duration;

use super::orders::{ORDERS, Order, Ordered, Orders};

/// Who says nothing for so long is not listened to any more.
const PATIENCE: Duration = Duration::from_secs(5);
/// A longer line is no order.
const MOST_BYTES: u64 = 256;
/// More callers at a time are not heard.
const MOST_CALLERS: usize = 8;
/// Where nobody can be heard, as while there are too many open files.
const AGAIN: Duration = Duration::from_secs(1);

/// Listens until it is dropped.
#[derive(Debug)]
pub struct Control {
    orders: Orders,
    path: PathBuf,
    ends: Arc<AtomicBool>,
}

impl Control {
    /// Listens at `path`, for the owner of the process only; `waker` is woken with each
    /// order. A socket that nobody listens at any more is replaced, and nothing else.
    pub fn listen(path: PathBuf, waker: Waker) -> io::Result<Self> {
        if let Err(error) = UnixStream::connect(&path) {
            match error.kind() {
                ErrorKind::NotFound => {}
                // As by a file that is none, too.
                ErrorKind::ConnectionRefused => {
                    if !fs::symlink_metadata(&path)?.file_type().is_socket() {
                        let what = "what stands there is no socket";
                        return Err(io::Error::new(ErrorKind::AlreadyExists, what));
                    }
                    fs::remove_file(&path)?;
                }
                _ => return Err(error),
            }
        } else {
            return Err(io::Error::new(ErrorKind::AddrInUse, "another wall listens there"));
        }
        let listener = UnixListener::bind(&path)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
        let (tell, orders) = channel();
        let ends = Arc::new(AtomicBool::new(false));
        let ended = Arc::clone(&ends);
        let listen = move || {
            // Each caller holds one.
            let callers = Arc::new(());
            for stream in listener.incoming() {
                if ended.load(Ordering::Relaxed) {
                    return;
                }
                let (tell, waker, caller) = (tell.clone(), waker.clone(), Arc::clone(&callers));
                if stream.is_ok() && Arc::strong_count(&callers) > MOST_CALLERS + 1 {
                    continue;
                }
                let listening = stream.and_then(|stream| {
                    let hear = move || {
                        if let Err(error) = hear(&stream, &tell, &waker) {
                            tracing::debug!(%error, "an order was not heard to its end");
                        }
                        drop(caller);
                    };
                    thread::Builder::new().name("wall-caller".to_owned()).spawn(hear)
                });
                if let Err(error) = listening {
                    tracing::debug!(%error, "an order was not heard");
                    thread::sleep(AGAIN);
                }
            }
        };
        thread::Builder::new().name("wall-control".to_owned()).spawn(listen)?;
        Ok(Self { orders, path, ends })
    }

    /// The next order.
    pub fn take(&self) -> Option<Ordered> {
        self.orders.try_recv().ok()
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
        // The thread waits for a connection.
        drop(UnixStream::connect(&self.path));
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::debug!(%error, "the socket stays");
        }
    }
}

/// Hears one caller to the end of what they say.
fn hear(stream: &UnixStream, tell: &Sender<Ordered>, waker: &Waker) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut reader = BufReader::new(stream);
    loop {
        let mut line = Vec::new();
        let read = reader.by_ref().take(MOST_BYTES).read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(());
        }
        let is_whole = line.ends_with(b"\n") || (read as u64) < MOST_BYTES;
        let answer = match String::from_utf8_lossy(&line).parse::<Order>() {
            Ok(order) if is_whole => ask(order, tell, waker),
            Ok(_) => ORDERS.to_owned(),
            Err(reason) => reason.to_owned(),
        };
        (&*stream).write_all(format!("{answer}\n").as_bytes())?;
        if !is_whole {
            // What follows is no order of its own.
            return Ok(());
        }
    }
}

fn ask(order: Order, tell: &Sender<Ordered>, waker: &Waker) -> String {
    let (answer, answers) = sync_channel(1);
    if tell.send(Ordered { order, answer }).is_err() {
        return "the wall ends".to_owned();
    }
    waker.wake_by_ref();
    answers.recv_timeout(PATIENCE).unwrap_or_else(|_| "the wall does not answer".to_owned())
}

/// Says an order to the wall that listens at `path` and returns its answer.
pub fn say(path: &Path, order: &str) -> io::Result<String> {
    let mut stream = UnixStream::connect(path)?;
    stream.set_read_timeout(Some(PATIENCE * 2))?;
    stream.write_all(format!("{order}\n").as_bytes())?;
    let mut answer = String::new();
    BufReader::new(&stream).read_line(&mut answer)?;
    Ok(answer.trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_reaches_the_wall_and_its_answer_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("wall.sock");
        // Left by a wall that was killed.
        drop(UnixListener::bind(&path).unwrap());
        let control = Control::listen(path.clone(), Waker::noop().clone()).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let second = Control::listen(path.clone(), Waker::noop().clone());
        assert_eq!(second.unwrap_err().kind(), ErrorKind::AddrInUse);

        // Who says nothing keeps nobody else from being heard.
        let _silent = UnixStream::connect(&path).unwrap();
        let asks = path.clone();
        let asker = thread::spawn(move || [say(&asks, "nonsense"), say(&asks, "show map")]);
        let ordered = control.orders.recv_timeout(Duration::from_secs(20)).unwrap();
        assert_eq!(ordered.order, Order::Show("map".to_owned()));
        ordered.answer.send("ok".to_owned()).unwrap();
        let [wrong, right] = asker.join().unwrap();
        assert!(wrong.unwrap().starts_with("say next"));
        assert_eq!(right.unwrap(), "ok");
        drop(control);
        assert!(!path.exists());
    }

    #[test]
    fn the_end_of_a_long_line_is_no_order() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("wall.sock");
        let control = Control::listen(path.clone(), Waker::noop().clone()).unwrap();
        let [most, cut] = [MOST_BYTES as usize, MOST_BYTES as usize / 2];
        for long in ["x".repeat(most) + "next", "next".to_owned() + &" ".repeat(most)] {
            assert_eq!(say(&path, &long).unwrap(), ORDERS);
        }
        // It ends within a letter.
        assert_eq!(say(&path, &("show a".to_owned() + &"й".repeat(cut))).unwrap(), ORDERS);
        let late = control.orders.recv_timeout(Duration::from_millis(200));
        assert!(late.is_err(), "{late:?}");
    }

    #[test]
    fn nothing_but_a_socket_makes_room_for_one() {
        let folder = tempfile::tempdir().unwrap();
        let [file, link] = ["precious", "link"].map(|name| folder.path().join(name));
        fs::write(&file, "kept").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        for path in [file.clone(), link] {
            let refused = Control::listen(path, Waker::noop().clone()).unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::AlreadyExists);
        }
        assert_eq!(fs::read_to_string(&file).unwrap(), "kept");
    }
}
