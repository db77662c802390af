//! File dialogs and pictures of the window, on threads of their own: neither
//! may hold up a frame.

use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

use egui::{ColorImage, ScreenshotCallback, ViewportCommand};

use super::handover::{Style, sheet_text};
use super::text::Text;
use crate::app::clock::Ticker;
use crate::app::network::NetworkChoice;
use crate::app::{Command, State};

/// Sooner than this nobody has closed a dialog: it never came up.
const SOONEST_CLOSED: Duration = Duration::from_millis(400);

/// Dialogs that are open, and what they answered.
pub struct Dialogs {
    ctx: egui::Context,
    sender: Sender<Command>,
    answers: Receiver<Command>,
}

impl Dialogs {
    pub fn new(ctx: &egui::Context) -> Self {
        let (sender, answers) = mpsc::channel();
        Self { ctx: ctx.clone(), sender, answers }
    }

    /// Commands that came out of dialogs.
    pub fn take(&self) -> impl Iterator<Item = Command> + '_ {
        self.answers.try_iter()
    }

    /// Carries out what needs a window: dialogs and its own picture.
    pub fn carry_out(&self, command: &Command, text: &Text, state: &State) {
        match command {
            Command::SavePicture => {
                self.ask_file(text.t("command-save-picture"), "pult.png", "png", |path| {
                    Command::WritePicture(path)
                });
            }
            Command::ExportList => {
                let header = list_header(text, state.demo);
                self.ask_file(text.t("command-export-list"), "pult.csv", "csv", move |path| {
                    Command::WriteList { path, header }
                });
            }
            Command::ExportOutbox => {
                let title = text.t("command-export-outbox");
                self.ask_file(title, "outbox.jsonl", "jsonl", Command::WriteOutbox);
            }
            Command::CopySheet => {
                if let Some(sheet) = state.shift.shown() {
                    self.ctx.copy_text(sheet_text(sheet, state, text, Style::Plain));
                }
            }
            Command::ExportSheet => {
                if let Some(sheet) = state.shift.shown() {
                    let [plain, markdown] = [Style::Plain, Style::Markdown]
                        .map(|style| sheet_text(sheet, state, text, style));
                    self.ask_sheet(text.t("command-sheet-save"), plain, markdown);
                }
            }
            Command::ChooseCertificate(choice) => {
                let choice = choice.clone();
                self.ask_certificate(text.t("certificate-choose"), move |path| {
                    let root_certificate = path.display().to_string();
                    Command::SetNetwork(NetworkChoice { root_certificate, ..choice })
                });
            }
            Command::ChooseBasemap => {
                let dialog = rfd::FileDialog::new()
                    .set_title(text.t("basemap-choose"))
                    .add_filter("PMTiles", &["pmtiles"]);
                let answer = |path| Command::SetBasemap(Some(path));
                self.ask(dialog, rfd::FileDialog::pick_file, answer);
            }
            Command::WritePicture(path) => {
                self.take_picture(path.clone());
            }
            _ => {}
        }
    }

    fn ask_file(
        &self,
        title: &str,
        name: &'static str,
        extension: &'static str,
        answer: impl FnOnce(PathBuf) -> Command + Send + 'static,
    ) {
        let dialog = rfd::FileDialog::new()
            .set_title(title)
            .set_file_name(name)
            .add_filter(extension, &[extension]);
        self.ask(dialog, rfd::FileDialog::save_file, answer);
    }

    /// The name's ending chooses the form.
    fn ask_sheet(&self, title: &str, plain: String, markdown: String) {
        let dialog = rfd::FileDialog::new()
            .set_title(title)
            .set_file_name("shift.txt")
            .add_filter("txt", &["txt"])
            .add_filter("md", &["md"]);
        self.ask(dialog, rfd::FileDialog::save_file, move |path| {
            let is_markdown = path.extension().is_some_and(|ending| ending == "md");
            let text = if is_markdown { markdown } else { plain };
            Command::WriteSheet { path, text }
        });
    }

    fn ask_certificate(
        &self,
        title: &str,
        answer: impl FnOnce(PathBuf) -> Command + Send + 'static,
    ) {
        let dialog =
            rfd::FileDialog::new().set_title(title).add_filter("PEM", &["pem", "crt", "cer"]);
        self.ask(dialog, rfd::FileDialog::pick_file, answer);
    }

    /// Opens a dialog; where the system has none to open, that is said.
    fn ask(
        &self,
        dialog: rfd::FileDialog,
        open: fn(rfd::FileDialog) -> Option<PathBuf>,
        answer: impl FnOnce(PathBuf) -> Command + Send + 'static,
    ) {
        let (sender, ctx) = (self.sender.clone(), self.ctx.clone());
        self.spawn("dialog", move || {
            let ticker = Ticker::start();
            match open(dialog) {
                Some(path) => say(&sender, &ctx, answer(path)),
                None if ticker.moment().tick < SOONEST_CLOSED => {
                    say(&sender, &ctx, Command::NoDialog);
                }
                None => {}
            }
        });
    }

    /// Writes the next frame's picture; turning it into PNG takes a while.
    fn take_picture(&self, path: PathBuf) {
        let (sender, ctx) = (self.sender.clone(), self.ctx.clone());
        let callback = ScreenshotCallback::new(move |image| {
            let failed = sender.clone();
            let shown = path.display().to_string();
            let write = move || {
                let error = write_png(&path, &image).err().map(|error| error.to_string());
                let path = path.display().to_string();
                say(&sender, &ctx, Command::PictureSaved { path, error });
            };
            if let Err(error) = std::thread::Builder::new().name("picture".to_owned()).spawn(write)
            {
                let error = Some(error.to_string());
                drop(failed.send(Command::PictureSaved { path: shown, error }));
            }
        });
        self.ctx.send_viewport_cmd(ViewportCommand::Screenshot(callback));
    }

    fn spawn(&self, name: &str, work: impl FnOnce() + Send + 'static) {
        if let Err(error) = std::thread::Builder::new().name(name.to_owned()).spawn(work) {
            let path = String::new();
            say(
                &self.sender,
                &self.ctx,
                Command::PictureSaved { path, error: Some(error.to_string()) },
            );
        }
    }
}

fn say(sender: &Sender<Command>, ctx: &egui::Context, command: Command) {
    // Nobody listens where the window has closed meanwhile.
    if sender.send(command).is_ok() {
        ctx.request_repaint();
    }
}

fn write_png(path: &std::path::Path, image: &ColorImage) -> image::ImageResult<()> {
    let bytes: Vec<u8> = image.pixels.iter().flat_map(egui::Color32::to_array).collect();
    image::save_buffer(
        path,
        &bytes,
        image.size[0] as u32,
        image.size[1] as u32,
        image::ColorType::Rgba8,
    )
}

/// Words over the columns of the exported list.
fn list_header(text: &Text, demo: bool) -> Vec<String> {
    const COLUMNS: [&str; 13] = [
        "export-number",
        "export-received",
        "export-due",
        "export-closed",
        "export-status",
        "export-block",
        "export-topic",
        "export-municipality",
        "export-settlement",
        "export-body",
        "export-source",
        "export-regime",
        "export-summary",
    ];
    let note = demo.then_some("export-demo");
    COLUMNS.into_iter().chain(note).map(|key| text.t(key).to_owned()).collect()
}
