//! Filters under a name: saved, applied by their key and from the palette,
//! renamed, deleted, and kept in the settings file.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use pult::app::Command;
use pult::app::saved;
use pult::app::state::View;
use pult::app::triage::TriageCommand;
use pult::board::queue::Section;
use pult::config::Settings;
use pult::domain::Block;

use super::window::{Window, open, server};

fn names(window: &Window) -> Vec<String> {
    saved::all(window.state()).map(|(_, saved)| saved.name.clone()).collect()
}

impl Window {
    fn save_as(&mut self, name: &str) {
        self.press(Modifiers::SHIFT, Key::F);
        self.types(name);
        self.press(Modifiers::NONE, Key::Enter);
    }

    fn click(&mut self, label: &str) {
        self.harness().get_by_label(label).click();
        self.steps();
    }
}

#[test]
fn a_named_filter_is_applied_by_its_key_renamed_deleted_and_kept() {
    let (server, folder) = (server(), tempfile::tempdir().unwrap());
    let path = folder.path().join("pult.toml");
    let mut window = Window::online(folder.path(), &server);
    let everything = window.state().triage.queue.positions.len();
    window.apply(Command::ToggleBlock(Block::Housing.index()));
    window.apply(Command::Triage(TriageCommand::Show(Section::Overdue)));
    window.wait("the narrow queue", |state| state.triage.queue.positions.len() < everything / 4);
    let narrow = window.state().triage.queue.positions.clone();
    window.save_as("ЖКХ просрочено");
    window.apply(Command::ClearFilter);
    window.apply(Command::Triage(TriageCommand::Show(Section::All)));
    window.save_as("Всё");
    assert_eq!(names(&window), ["ЖКХ просрочено", "Всё"]);
    window.wait("all", |state| state.triage.queue.positions.len() == everything);

    window.press(Modifiers::NONE, Key::Num1);
    window.wait("the filter", |state| state.triage.queue.positions == narrow);
    let state = window.state();
    assert_eq!(state.filter.blocks, [Block::Housing.index()].into());
    assert_eq!((state.triage.section, state.triage.saved), (Section::Overdue, Some(0)));
    // Choosing something else leaves it.
    window.apply(Command::ToggleBlock(Block::Waste.index()));
    assert_eq!(window.state().triage.saved, None);

    // From the palette, in any view.
    window.apply(Command::Show(View::Situation));
    window.apply(Command::OpenPalette);
    window.steps();
    window.types("просрочено жкх");
    window.press(Modifiers::NONE, Key::Enter);
    assert_eq!(window.state().view, View::Triage);
    window.wait("the filter", |state| state.triage.queue.positions == narrow);

    window.click("Переименовать");
    window.press(Modifiers::COMMAND, Key::A);
    window.types("Горит");
    window.click("Сохранить");
    window.press(Modifiers::NONE, Key::Num2);
    // New counts move what stands below them: a click meant for it would miss.
    window.wait("all", |state| state.triage.queue.positions.len() == everything);
    window.click("Удалить");
    assert_eq!(names(&window).len(), 2, "somebody is asked first");
    window.click("Да, удалить");
    assert_eq!(names(&window), ["Горит"]);
    window.wait("the file", |_| Settings::load(&path).unwrap().saved_filters.len() == 1);
    drop(window);

    let again = Window::of(open(folder.path(), None));
    assert_eq!(names(&again), ["Горит"]);
}

#[test]
fn an_entry_that_is_not_understood_is_told_and_left_in_the_file() {
    let (server, folder) = (server(), tempfile::tempdir().unwrap());
    let path = folder.path().join("pult.toml");
    let text = "[[saved_filters]]\nname = \"Из будущего\"\nsection = \"all\"\nweather = \"snow\"\n\n\
                [[saved_filters]]\nname = \"Чужая тема\"\nsection = \"new\"\n\
                blocks = [\"zhkh\"]\ntopics = [\"moon.dust\"]\n";
    std::fs::write(&path, text).unwrap();
    let mut window = Window::online(folder.path(), &server);
    let notices = |window: &Window| -> Vec<_> {
        window.state().notices.iter().map(|notice| (notice.text, notice.detail.clone())).collect()
    };
    let told = notices(&window);
    assert!(
        matches!(&*told, [("notice-saved-strange", why)] if why.contains("weather")),
        "{told:?}"
    );
    assert!(window.says("и оставлен как есть, № 1"));

    // What of a filter is known here is chosen, the rest named.
    window.press(Modifiers::NONE, Key::Num1);
    assert_eq!(window.state().filter.blocks, [Block::Housing.index()].into());
    let told = notices(&window);
    assert_eq!(told[1], ("notice-saved-unknown", "«Чужая тема»: moon.dust".to_owned()));

    window.save_as("Новый");
    window.wait("the file", |_| Settings::load(&path).unwrap().saved_filters.len() == 3);
    let written = std::fs::read_to_string(&path).unwrap();
    assert!(written.contains("weather = \"snow\"") && written.contains("moon.dust"), "{written}");
}
