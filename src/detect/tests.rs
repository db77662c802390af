use super::*;

/// A region of 3 places and 4 categories whose cell (1, 2) has `burst` more in the last
/// `hours` hours; everything else comes evenly.
fn region(days: usize, burst: u32, hours: usize) -> Counts {
    let slots = days * 24;
    let mut counts = Counts::new(3, 4, slots);
    for slot in 0..slots {
        for category in 0..4 {
            for place in 0..3 {
                // About three a day, at daytime.
                let is_now = (slot * 7 + category * 5 + place * 3).is_multiple_of(6);
                if is_now && (8..20).contains(&(slot % 24)) {
                    counts.add(place, category, slot);
                }
            }
        }
    }
    for at in 0..burst as usize {
        counts.add(1, 2, slots - 1 - at % hours);
    }
    counts.sum_up();
    counts
}

#[test]
fn a_burst_stands_out_in_its_own_cell_and_window_and_an_ordinary_day_does_not() {
    let calm = region(40, 0, 1);
    assert_eq!(findings(&calm, HOURLY, calm.slots()).unwrap(), []);
    let burst = region(40, 9, 3);
    let found = findings(&burst, HOURLY, burst.slots()).unwrap();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].place, found[0].category, found[0].window), (1, 2, 3));
    assert!(found[0].count >= 9 && found[0].usual_high <= 2, "{found:?}");
    // An hour before it there is nothing to be seen.
    assert_eq!(findings(&burst, HOURLY, burst.slots() - 3).unwrap(), []);
}

#[test]
fn a_short_history_says_so_and_a_week_is_enough() {
    let short = region(7, 30, 3);
    assert_eq!(findings(&short, HOURLY, short.slots()), Err(TooShort { days: 6 }));
    let week = region(8, 30, 3);
    assert_eq!(findings(&week, HOURLY, week.slots()).unwrap().len(), 1);
}

#[test]
fn a_burst_of_last_week_does_not_hide_the_next_one() {
    let days = 40;
    let mut counts = Counts::new(3, 4, days * 24);
    for slot in 0..days * 24 {
        for cell in 0..12 {
            if (slot * 7 + cell * 5).is_multiple_of(8) {
                counts.add(cell % 3, cell / 3, slot);
            }
        }
    }
    for burst in [days * 24 - 8 * 24, days * 24 - 10] {
        for at in 0..25 {
            counts.add(1, 2, burst + at % 10);
        }
    }
    counts.sum_up();
    for end in [days * 24 - 8 * 24 + 10, days * 24] {
        let found = findings(&counts, HOURLY, end).unwrap();
        assert_eq!(found.iter().map(|it| (it.place, it.category)).collect::<Vec<_>>(), [(1, 2)]);
    }
}

#[test]
fn a_matter_that_goes_on_stays_a_surprise_on_its_third_day() {
    let mut counts = region(40, 0, 1);
    counts = {
        let mut again = Counts::new(3, 4, counts.slots());
        for slot in 0..counts.slots() {
            for cell in 0..counts.cells() {
                let (category, place) = counts.place_of(cell);
                for _ in 0..counts.of(cell, slot..slot + 1) {
                    again.add(place, category, slot);
                }
            }
        }
        for slot in counts.slots() - 60..counts.slots() {
            if slot.is_multiple_of(2) {
                again.add(1, 2, slot);
            }
        }
        again.sum_up();
        again
    };
    let found = findings(&counts, HOURLY, counts.slots()).unwrap();
    assert_eq!(found.iter().map(|it| (it.place, it.category)).collect::<Vec<_>>(), [(1, 2)]);
}

#[test]
fn days_before_anything_came_are_no_history() {
    let mut counts = Counts::new(1, 1, 40 * 24);
    for slot in 36 * 24..40 * 24 {
        counts.add(0, 0, slot);
    }
    counts.sum_up();
    assert_eq!(findings(&counts, HOURLY, counts.slots()), Err(TooShort { days: 3 }));
}

#[test]
fn a_restless_region_is_no_surprise_when_it_is_looked_at_alone() {
    // Every Friday has anything from 0 to 20; the other days are even.
    let mut counts = Counts::new(1, 1, 84 * 24);
    for day in 0..84 {
        let n = if day % 7 == 6 { day * 5 % 21 } else { 6 };
        for at in 0..n {
            counts.add(0, 0, day * 24 + at % 24);
        }
    }
    for at in 0..4 {
        counts.add(0, 0, 83 * 24 + at);
    }
    counts.sum_up();
    assert_eq!(findings(&counts, HOURLY, counts.slots()).unwrap(), []);
}

#[test]
fn what_is_outside_of_the_table_is_left_out() {
    let mut counts = Counts::new(2, 2, 10);
    for (place, category, slot) in [(2, 0, 0), (0, 2, 0), (0, 0, 10), (1, 1, 9)] {
        counts.add(place, category, slot);
    }
    counts.sum_up();
    assert_eq!((counts.all(0..10), counts.of(3, 9..10), counts.of(0, 0..10)), (1, 1, 0));
}

/// Forty days of 3 places, 6 categories in 3 groups and 2 channels; in the last six hours
/// `burst` more in place 1, through channel `channel` and spread over these categories.
fn layers(burst: usize, categories: &[usize], channel: usize) -> Layers {
    let slots = 40 * 24;
    let mut layers = Layers::new(3, vec![0, 1, 2, 0, 1, 2], 3, 2, slots);
    let group = |category: usize| category % 3;
    for slot in (0..slots).filter(|slot| (8..20).contains(&(slot % 24))) {
        for category in 0..6 {
            for place in 0..3 {
                if (slot * 7 + category * 5 + place * 3).is_multiple_of(6) {
                    let channel = (slot / 24 + category) % 2;
                    let (category, group) = (Some(category), group(category));
                    layers.add(Arrival { place, category, group, channel, slot });
                }
            }
        }
    }
    for at in 0..burst {
        let category = categories[at % categories.len()];
        let (slot, group) = (slots - 1 - at % 6, group(category));
        layers.add(Arrival { place: 1, category: Some(category), group, channel, slot });
    }
    layers.sum_up();
    layers
}

#[test]
fn what_no_category_says_alone_a_group_or_a_channel_says() {
    let told = |layers: &Layers| -> Vec<(Cut, usize, usize)> {
        let found = layers.findings(HOURLY, layers.slots()).unwrap();
        found.iter().map(|(cut, found)| (*cut, found.place, found.category)).collect()
    };
    assert_eq!(told(&layers(0, &[0], 0)), []);
    // One category: its group and its channel say nothing more.
    assert_eq!(told(&layers(18, &[2], 0)), [(Cut::Category, 1, 2)]);
    // A little more of each of a group.
    assert_eq!(told(&layers(7, &[0, 3], 0)), [(Cut::Group, 1, 0)]);
    // A little more of everything, through one channel.
    assert_eq!(told(&layers(12, &[0, 1, 2, 3, 4, 5], 1)), [(Cut::Channel, 1, 1)]);
}

#[test]
fn incidents_without_a_category_have_a_history_too() {
    let slots = 40 * 24;
    let mut layers = Layers::new(3, vec![0], 3, 2, slots);
    let mut add = |place, group, slot| {
        let channel = (slot / 24 + group) % 2;
        layers.add(Arrival { place, category: None, group, channel, slot });
    };
    for slot in (0..slots).filter(|slot| (8..20).contains(&(slot % 24))) {
        for (place, group) in (0..3).flat_map(|place| (0..3).map(move |group| (place, group))) {
            if (slot * 7 + group * 5 + place * 3).is_multiple_of(6) {
                add(place, group, slot);
            }
        }
    }
    (0..18).for_each(|at| add(1, 2, slots - 1 - at % 6));
    layers.sum_up();
    assert_eq!(layers.categories().all(0..slots), 0);
    let found = layers.findings(HOURLY, slots).unwrap();
    let cells: Vec<_> = found.iter().map(|(cut, it)| (*cut, it.place, it.category)).collect();
    assert_eq!(cells, [(Cut::Group, 1, 2)], "{found:?}");
}
