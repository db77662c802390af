//! Tiles of the wall that have more to say than room, or nothing to say.

use std::collections::BTreeSet;
use std::sync::Arc;

use pult::app::State;
use pult::app::indicators::Measured;
use pult::app::wall::frame::{HeatPicture, NoForecast, PlaceFrame, Told, WallFrame};
use pult::board::forecasts::Forecasts;
use pult::config::Theme;
use pult::domain::Language;
use pult::domain::wall_plan::Tile;
use pult::geo::mercator::LonLat;
use pult::ui::format;
use pult::ui::text::Text;

use super::{Painted, SIZES, draw, draw_in, draw_own, framed, meeting, own_plan, planted};

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

#[test]
fn the_matrix_has_all_its_figures_and_names_that_are_known() {
    let frame = framed();
    let told = frame.crossing.iter().flat_map(|row| &row.received);
    let told: Vec<u32> = told.filter_map(|told| told.exactly()).filter(|n| *n > 9).collect();
    assert!(told.len() > 20);
    let longest = frame.crossing.iter().map(|row| row.name.chars().count()).max();
    assert_eq!(longest, Some("Орджоникидзевский".chars().count()));
    for size in SIZES {
        let painted = draw("answers", &frame, size.0, size.1);
        let is_whole = |words: &str| painted.iter().any(|one| one.words == words && !one.is_cut);
        let cut = frame.crossing.iter().filter(|row| !is_whole(&row.name)).count();
        // An upright screen has room for eleven letters beside its figures.
        assert!(cut <= if size.0 < size.1 { 2 } else { 0 }, "{size:?}: {cut}");
        for block in &frame.blocks {
            assert!(is_whole(&block.name), "{size:?}: {}", block.name);
        }
        for count in &told {
            assert!(is_whole(&format::count(*count)), "{size:?}: {count}");
        }
    }
}

/// What a state's wall says of the next days on a screen.
fn told_ahead(frame: &WallFrame, language: Language, size: (f32, f32)) -> String {
    let look = (language, Theme::Dark);
    let painted = draw_in(look, false, "digest", frame, size);
    assert_eq!(meeting(&painted), [] as [[&str; 2]; 0], "{size:?}");
    let cut = painted.iter().find(|one| one.is_cut || one.is_clipped);
    assert!(cut.is_none(), "{language:?} {size:?}: {}", cut.unwrap().words);
    painted.iter().map(|one| one.words.as_str()).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_forecast_that_is_none_says_why_and_the_weekday_stands_in_for_one_that_was_no_better() {
    let mut state = planted();
    let measured = state.indicators.found.clone().unwrap();
    let with = |state: &mut State, change: fn(&mut Forecasts)| {
        let mut measured = Measured::clone(&measured);
        change(&mut measured.forecasts);
        state.indicators.found = Some(Arc::new(measured));
        WallFrame::build(state)
    };
    let plain = with(&mut state, |all| all.incoming = None);
    let short = with(&mut state, |all| (all.incoming, all.plain) = (None, None));
    state.indicators.found = None;
    let counting = WallFrame::build(&state);
    state.sync.confirmed_at = Some(state.now - 86_400);
    let stale = WallFrame::build(&state);
    let why = |frame: &WallFrame| frame.forecast.clone().map(|forecast| forecast.is_plain);
    assert_eq!(why(&plain), Ok(true));
    assert_eq!(why(&short), Err(NoForecast::HistoryShort));
    assert_eq!(why(&counting), Err(NoForecast::Counting));
    assert_eq!(why(&stale), Err(NoForecast::EndUnknown));
    for language in [Language::Ru, Language::En] {
        let text = Text::of(language);
        for size in SIZES {
            let all = [(&short, "short"), (&counting, "waits"), (&stale, "stale")];
            let reasons = all.map(|(frame, key)| (frame, format!("wall-ahead-{key}")));
            for (frame, key) in &reasons {
                let said = told_ahead(frame, language, size);
                let other = reasons.iter().filter(|(_, other)| other != key);
                assert!(said.contains(text.t(key)), "{size:?}: {said}");
                for (_, other) in other {
                    assert!(!said.contains(text.t(other)), "{size:?}: {said}");
                }
            }
            let said = told_ahead(&plain, language, size);
            let forecast = plain.forecast.as_ref().unwrap();
            let error = forecast.past.plain_error;
            assert!(error < 10.0);
            let error = format::decimal(&text, error, 1);
            let words = text.with("wall-ahead-plain", &[("error", error.into())]);
            assert!(said.contains(&words), "{size:?}: {said}");
            let first = format::count(forecast.days[0].mean.round() as i64);
            assert!(said.split(' ').any(|word| word == first), "{size:?} {first}: {said}");
        }
    }
}

#[test]
fn a_legend_says_of_which_days_its_heat_is() {
    let mut frame = framed();
    let replay = frame.replay.as_ref().unwrap().picture.clone();
    let heat = replay.days[0].heat.clone();
    let viewport = replay.viewport;
    frame.heat = Some(Arc::new(HeatPicture { viewport, heat, number: 1, selection: 1 }));
    frame.are_areas_shown = false;
    for language in [Language::Ru, Language::En] {
        let text = Text::of(language);
        let units = ["heat-unit", "heat-unit-week"].map(|key| text.t(key));
        for (scene, unit) in [("map", units[0]), ("replay", units[1])] {
            for size in SIZES {
                let painted = draw_in((language, Theme::Dark), false, scene, &frame, size);
                let said = painted.iter().filter(|one| units.contains(&&*one.words));
                let said: Vec<&str> = said.map(|one| &*one.words).collect();
                assert_eq!(said, [unit], "{scene} {size:?}");
            }
        }
    }
}

#[test]
fn a_town_in_a_circle_of_several_is_named_once() {
    let mut frame = framed();
    let place = |name: &str, received| {
        let settlements = &frame.catalogue.settlements;
        let found = settlements.iter().find(|one| &*one.name == name && one.is_town()).unwrap();
        PlaceFrame {
            name: name.to_owned(),
            is_town: true,
            at: LonLat { lon: found.lon, lat: found.lat },
            received: Told::Exactly(received),
        }
    };
    let plan = own_plan(1, "{ tile = \"places\", at = [0, 0, 1, 24] }");
    for counts in [[13, 8], [9_000, 3_000]] {
        frame.places = vec![place("Абакан", counts[0]), place("Черногорск", counts[1])];
        for size in SIZES {
            let painted = draw_own(&plan, &frame, size);
            let said = |town: &str| {
                let words: BTreeSet<_> = painted.iter().map(|one| one.words.as_str()).collect();
                words.iter().filter(|words| words.split(", ").any(|one| one == town)).count()
            };
            assert_eq!(said("Абакан"), 1, "{counts:?} {size:?}");
            assert!(said("Черногорск") <= 1, "{counts:?} {size:?}");
        }
    }
}

/// A plan of one's own may give a tile any part of a screen.
#[test]
fn in_a_tile_of_any_size_no_figure_is_cut_and_no_texts_meet() {
    let mut frame = framed();
    frame.forecast = Ok(super::forecast(20_780));
    let sides = [4, 6, 8, 12];
    let places = sides.iter().flat_map(|columns| sides.map(|rows| (*columns, rows)));
    let places: Vec<(u8, u8)> = places.chain([(2, 24), (24, 2), (3, 20), (24, 24)]).collect();
    let mut wrong = Vec::new();
    for tile in Tile::ALL {
        let block = if *tile == Tile::Block { ", block = \"roads\"" } else { "" };
        for (columns, rows) in &places {
            let tiles = format!("{{ tile = \"{tile}\"{block}, at = [0, 0, {columns}, {rows}] }}");
            let plan = own_plan(24, &tiles);
            for size in [(1_920.0, 1_080.0), (1_080.0, 1_920.0)] {
                let at = format!("{tile} {columns}×{rows} of 24 on {size:?}");
                let painted = draw_own(&plan, &frame, size);
                for one in &painted {
                    let has_figures = one.words.contains(|letter: char| letter.is_ascii_digit());
                    if one.is_clipped || one.is_cut && has_figures && !one.words.ends_with(" …") {
                        wrong.push(format!("{at}: {}", one.words));
                    }
                }
                wrong.extend(meeting(&painted).iter().map(|met| format!("{at}: {met:?}")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
