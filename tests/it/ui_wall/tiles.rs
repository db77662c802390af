//! Tiles of the wall that have more to say than room, or nothing to say.

use pult::domain::Language;
use pult::ui::text::Text;

use super::{Painted, SIZES, draw, draw_own, framed, meeting, own_plan};

#[test]
fn bodies_and_indicators_without_a_row_are_counted() {
    let mut frame = framed();
    let body = frame.bodies[0].clone();
    frame.bodies = vec![body.clone(); 16];
    frame.bodies_beyond = 24;
    let figures: Vec<String> = frame.figures.iter().flatten().map(|one| one.name.clone()).collect();
    let text = Text::of(Language::Ru);
    for (tile, title, names, all) in [
        ("bodies", "wall-bodies", vec![body.name], 40),
        ("indicators", "wall-figures", figures.clone(), figures.len()),
    ] {
        let mut are_cut = 0;
        for rows in [6, 12, 24] {
            let plan = own_plan(1, &format!("{{ tile = \"{tile}\", at = [0, 0, 1, {rows}] }}"));
            for size in SIZES {
                let at = format!("{tile} {rows} {size:?}");
                let painted = draw_own(&plan, &frame, size);
                assert_eq!(meeting(&painted), [] as [[&str; 2]; 0], "{at}");
                let title = painted.iter().find(|one| one.words.starts_with(text.t(title)));
                let left = title.unwrap().rect.left() + 2.0;
                let list: Vec<&Painted> =
                    painted.iter().filter(|one| one.rect.left() < left).collect();
                let shown = list.iter().filter(|one| names.contains(&one.words)).count();
                let more = format!("ещё {}", all - shown);
                let is_told = list.iter().any(|one| one.words == more && !one.is_clipped);
                assert!(shown > 0 && is_told == (shown < all), "{at}: {shown}");
                are_cut += usize::from(shown < all);
            }
        }
        assert!(are_cut > 0, "{tile}");
    }
    let painted = draw("digest", &frame, 1_080.0, 1_920.0);
    for name in figures {
        assert!(painted.iter().any(|one| one.words == name), "{name}");
    }
}
