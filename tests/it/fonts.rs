//! The faces of `assets/fonts`: what they hold and that figures line up.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use egui::epaint::text::{FontData, FontDefinitions, FontFamily, FontId, Fonts, TextOptions};
use pult::domain::catalogue::Parts;

const FACES: [&str; 3] = ["Inter-Regular", "Inter-Medium", "Inter-SemiBold"];
const SIZE: f32 = 64.0;

fn read(path: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// Fonts that know nothing but that face, so nothing falls back.
fn fonts(face: &str) -> Fonts {
    let mut definitions = FontDefinitions::empty();
    let data = FontData::from_owned(read(&format!("assets/fonts/{face}.otf")));
    definitions.font_data.insert(face.to_owned(), Arc::new(data));
    definitions.families.insert(FontFamily::Proportional, vec![face.to_owned()]);
    definitions.families.insert(FontFamily::Monospace, vec![face.to_owned()]);
    Fonts::new(TextOptions::default(), definitions)
}

fn width(fonts: &mut Fonts, text: &str) -> f32 {
    let galley = fonts.with_pixels_per_point(1.0).layout_no_wrap(
        text.to_owned(),
        FontId::proportional(SIZE),
        egui::Color32::WHITE,
    );
    galley.rect.width()
}

fn missing(fonts: &mut Fonts, characters: impl IntoIterator<Item = char>) -> Vec<char> {
    let mut view = fonts.with_pixels_per_point(1.0);
    let id = FontId::proportional(SIZE);
    characters.into_iter().filter(|c| !view.has_glyph(&id, *c)).collect()
}

#[test]
fn every_character_that_the_program_shows_has_a_glyph() {
    let Parts {
        blocks,
        sources,
        regimes,
        statuses,
        roles,
        topics,
        municipalities,
        settlements,
        templates,
        reasons,
        quality,
        work_calendar,
        policies,
        indicators,
        wall,
    } = Parts::EMBEDDED;
    let places = [municipalities, settlements];
    let vocabularies = [blocks, sources, regimes, statuses, roles, topics];
    let phrases = [templates, reasons, quality, work_calendar, policies, indicators, wall];
    let mut shown: BTreeSet<char> = (vocabularies.iter().chain(&places).chain(&phrases))
        .flat_map(|file| file.text.chars())
        .collect();
    shown.extend(
        "ҒғҢңӉӊӦӧӰӱІіӋӌҶҷ№₽%°²³×≤≥±←↑→↓▲▼●○■□✓⌘–—«»…·\u{a0}\u{202f}\u{2009}\u{2212}".chars(),
    );
    for words in ["assets/locale/ru.ftl", "assets/locale/en.ftl", "data/demo/bodies.toml"] {
        shown.extend(String::from_utf8(read(words)).unwrap().chars());
    }
    shown.retain(|c| !c.is_control());
    for face in FACES {
        assert_eq!(missing(&mut fonts(face), shown.iter().copied()), Vec::<char>::new(), "{face}");
    }
}

#[test]
fn marks_that_are_drawn_as_shapes_are_not_in_the_face() {
    let drawn = ['✕', '❚', '☰'];
    for face in FACES {
        assert_eq!(missing(&mut fonts(face), drawn), drawn, "{face}");
    }
}

#[test]
fn figures_of_as_many_digits_are_of_one_width() {
    for face in FACES {
        let mut fonts = fonts(face);
        let eights = width(&mut fonts, "8\u{202f}888\u{202f}888");
        for figure in
            ["1\u{202f}111\u{202f}111", "4\u{202f}414\u{202f}744", "7\u{202f}023\u{202f}569"]
        {
            let off = (width(&mut fonts, figure) - eights).abs();
            assert!(off < 0.01 * SIZE, "{face}: {figure} is off by {off}");
        }
        assert!(width(&mut fonts, "AV") < width(&mut fonts, "A") + width(&mut fonts, "V") - 1.0);
    }
}
