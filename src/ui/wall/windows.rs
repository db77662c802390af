//! Which window stands on which monitor, and which part of a picture it shows.

use std::collections::BTreeSet;

use egui::{Rect, Vec2, vec2};

use crate::domain::wall_plan::{MonitorId, Screen};

/// A monitor as the window system tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Monitor {
    /// Of its connector, where the system has one for it.
    pub name: Option<String>,
    /// Of its upper left corner on the whole desktop, in the system's own measure.
    pub position: [i32; 2],
    /// In pixels.
    pub size: [u32; 2],
    /// Its number where a window is told to go there, and where one is opened there.
    pub numbers: [usize; 2],
}

/// The part of a picture over several monitors that one of them shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part {
    pub column: usize,
    pub row: usize,
    pub columns: usize,
    pub rows: usize,
    /// Frames between two monitors, in shares of one's width and height.
    pub gap: Vec2,
}

impl Part {
    pub const WHOLE: Self = Self { column: 0, row: 0, columns: 1, rows: 1, gap: Vec2::ZERO };

    /// Where the whole picture lies for the window that shows this part of it: what is
    /// behind the frames of the monitors is left out, as behind those of a window.
    pub fn picture(self, window: Rect) -> Rect {
        let step = window.size() * (Vec2::splat(1.0) + self.gap);
        let count = |column: usize, row: usize| vec2(column as f32, row as f32);
        let size = step * count(self.columns - 1, self.rows - 1) + window.size();
        Rect::from_min_size(window.min - step * count(self.column, self.row), size)
    }
}

/// A window that fills a monitor.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    /// Position in the list of monitors.
    pub monitor: usize,
    pub part: Part,
    /// Positions in the plan, in the order of their rotation; not empty.
    pub scenes: Vec<usize>,
}

/// Positions of the monitors, each place once, from the left.
fn from_left(monitors: &[Monitor]) -> Vec<usize> {
    let mut from_left: Vec<usize> = (0..monitors.len()).collect();
    from_left.sort_by_key(|at| monitors[*at].position);
    from_left.dedup_by_key(|at| monitors[*at].position);
    from_left
}

/// The monitor that is meant, where it is there.
fn find(wanted: &MonitorId, monitors: &[Monitor], from_left: &[usize]) -> Option<usize> {
    match wanted {
        MonitorId::Number(number) => from_left.get(usize::from(*number)).copied(),
        MonitorId::Name(name) => {
            let named = monitors.iter().find(|it| it.name.as_deref() == Some(name))?;
            from_left.iter().copied().find(|at| monitors[*at].position == named.position)
        }
    }
}

/// Monitors that the screens name and that are not there, or are another one's by then.
pub fn missing<'a>(screens: &'a [Screen], monitors: &[Monitor]) -> Vec<&'a MonitorId> {
    let (from_left, mut taken) = (from_left(monitors), BTreeSet::new());
    let wanted = screens.iter().flat_map(|screen| screen.monitors.iter().flatten());
    let mut is_free =
        |wanted| find(wanted, monitors, &from_left).is_some_and(|at| taken.insert(at));
    wanted.filter(|wanted| !is_free(*wanted)).collect()
}

/// One window a monitor that is wanted and there, in the order of the screens; `screens`
/// is not empty. What a screen none of whose monitors is there would show takes turns on
/// the first that is, and where none is, on the leftmost monitor; where one of several that
/// carry a picture is left, it shows the whole of it. Monitors at one place mirror each
/// other, or are one that the system lists twice: they have one window. Nothing where there
/// is no monitor at all.
pub fn windows(screens: &[Screen], monitors: &[Monitor]) -> Vec<Window> {
    let from_left = from_left(monitors);
    let find = |wanted: &MonitorId| find(wanted, monitors, &from_left);
    let mut taken = BTreeSet::new();
    let mut seats: Vec<Vec<(usize, Part)>> =
        screens.iter().map(|screen| seats_of(screen, &find, &mut taken)).collect();
    let mut host = seats.iter().position(|seats| !seats.is_empty());
    let mut lists: Vec<Vec<usize>> = screens.iter().map(|screen| screen.scenes.clone()).collect();
    if host.is_none()
        && let (Some(leftmost), Some(first)) = (from_left.first(), seats.first_mut())
    {
        first.push((*leftmost, Part::WHOLE));
        host = Some(0);
    }
    if let Some(host) = host {
        let homeless = (0..screens.len()).filter(|screen| seats[*screen].is_empty());
        for scene in homeless.flat_map(|screen| screens[screen].scenes.clone()) {
            if !lists[host].contains(&scene) {
                lists[host].push(scene);
            }
        }
    }
    let window = |(seats, scenes): (Vec<(usize, Part)>, Vec<usize>)| {
        let seated = move |(monitor, part)| Window { monitor, part, scenes: scenes.clone() };
        seats.into_iter().map(seated)
    };
    seats.into_iter().zip(lists).flat_map(window).collect()
}

/// The monitors of a screen that are there and free, each with its part.
fn seats_of(
    screen: &Screen,
    find: &dyn Fn(&MonitorId) -> Option<usize>,
    taken: &mut BTreeSet<usize>,
) -> Vec<(usize, Part)> {
    let [gap_x, gap_y] = screen.gap;
    let rows = screen.monitors.len();
    let cells = screen.monitors.iter().enumerate().flat_map(|(row, names)| {
        let columns = names.len();
        let gap = vec2(gap_x, gap_y);
        let part = move |column| Part { column, row, columns, rows, gap };
        names.iter().enumerate().map(move |(column, name)| (name, part(column)))
    });
    let seat = |(name, part)| find(name).filter(|at| taken.insert(*at)).map(|at| (at, part));
    let mut seats: Vec<_> = cells.filter_map(seat).collect();
    if let [(_, part)] = &mut *seats {
        *part = Part::WHOLE;
    }
    seats
}

#[cfg(test)]
mod tests {
    use egui::pos2;
    use proptest::prelude::*;

    use super::*;

    fn monitor(name: &str, x: i32) -> Monitor {
        let (name, position) = (Some(name.to_owned()), [x, 0]);
        Monitor { name, position, size: [1_920, 1_080], numbers: [0, 0] }
    }

    fn number(number: u8) -> MonitorId {
        MonitorId::Number(number)
    }

    /// Monitors and scenes by window.
    fn shown(screens: &[Screen], monitors: &[Monitor]) -> Vec<(usize, Vec<usize>)> {
        windows(screens, monitors).into_iter().map(|it| (it.monitor, it.scenes)).collect()
    }

    #[test]
    fn a_monitor_that_goes_leaves_its_scenes_to_the_first_and_gets_them_back() {
        let screens = [
            Screen::on(number(0), vec![0, 1]),
            Screen::on(MonitorId::Name("DP-2".into()), vec![1, 2]),
        ];
        // The system lists them as it likes.
        let both = [monitor("DP-2", 1_920), monitor("DP-1", 0)];
        assert_eq!(shown(&screens, &both), [(1, vec![0, 1]), (0, vec![1, 2])]);
        assert_eq!(shown(&screens, &both[1..]), [(0, vec![0, 1, 2])]);
        assert_eq!(shown(&screens, &[monitor("DP-2", 0)]), [(0, vec![0, 1, 2])]);
        assert_eq!(shown(&screens[1..], &[monitor("DP-9", 0)]), [(0, vec![1, 2])]);
        assert_eq!(shown(&screens, &[]), []);
        // Some systems list one twice; others mirror it.
        let thrice = [monitor("DP-1", 0), monitor("DP-1", 0), monitor("DP-2", 0)];
        assert_eq!(shown(&screens, &thrice), [(0, vec![0, 1, 2])]);
    }

    #[test]
    fn a_monitor_that_is_not_there_or_is_named_twice_is_missing() {
        let [one, other] = ["DP-1", "DP-9"].map(|name| MonitorId::Name(name.into()));
        let screens =
            [number(0), one.clone(), other.clone()].map(|monitor| Screen::on(monitor, vec![0]));
        assert_eq!(missing(&screens, &[monitor("DP-1", 0)]), [&one, &other]);
        assert_eq!(missing(&screens, &[monitor("DP-2", 0), monitor("DP-1", 9)]), [&other]);
    }

    #[test]
    fn the_last_monitor_of_a_picture_shows_the_whole_of_it() {
        let monitors = vec![vec![number(0), number(1), number(2)]];
        let screens = [Screen { monitors, gap: [0.1, 0.0], scenes: vec![0] }];
        let parts = |there: &[Monitor]| {
            windows(&screens, there).into_iter().map(|it| it.part).collect::<Vec<_>>()
        };
        assert_eq!(parts(&[monitor("a", 0)]), [Part::WHOLE]);
        let two = parts(&[monitor("a", 0), monitor("b", 9)]);
        assert_eq!(two.iter().map(|part| part.columns).collect::<Vec<_>>(), [3, 3], "with a hole");
    }

    #[test]
    fn a_picture_goes_on_behind_the_frames_of_its_monitors() {
        let monitors = vec![vec![number(0), number(1)], vec![number(2), number(3)]];
        let screens = [Screen { monitors, gap: [0.125, 0.25], scenes: vec![0] }];
        let at = |position| Monitor { position, ..monitor("", 0) };
        let four = [at([0, 0]), at([0, 1_080]), at([1_920, 0]), at([1_920, 1_080])];
        let windows = windows(&screens, &four);
        let window = Rect::from_min_size(pos2(0.0, 0.0), vec2(80.0, 40.0));
        let pictures: Vec<Rect> = windows.iter().map(|it| it.part.picture(window)).collect();
        let expected = |x, y| Rect::from_min_size(pos2(x, y), vec2(170.0, 90.0));
        assert_eq!(
            pictures,
            [
                expected(0.0, 0.0),
                expected(-90.0, 0.0),
                expected(0.0, -50.0),
                expected(-90.0, -50.0),
            ]
        );
        assert_eq!(Part::WHOLE.picture(window), window);
    }

    fn any_screen() -> impl Strategy<Value = Screen> {
        let id = prop_oneof![
            (0_u8..6).prop_map(MonitorId::Number),
            (0_u8..6).prop_map(|at| MonitorId::Name(format!("DP-{at}").into())),
        ];
        let scenes = prop::collection::btree_set(0_usize..5, 1..4);
        (1_usize..4, 1_usize..3).prop_flat_map(move |(columns, rows)| {
            let row = prop::collection::vec(id.clone(), columns);
            let rows = prop::collection::vec(row, rows);
            (rows, scenes.clone()).prop_map(|(monitors, scenes)| Screen {
                monitors,
                gap: [0.0; 2],
                scenes: scenes.into_iter().collect(),
            })
        })
    }

    proptest! {
        #[test]
        fn whatever_is_plugged_in_every_scene_is_shown_and_no_monitor_twice(
            screens in prop::collection::vec(any_screen(), 1..5),
            order in Just((0_usize..6).collect::<Vec<_>>()).prop_shuffle(),
            count in 0_usize..6,
        ) {
            let there: Vec<Monitor> = order[..count]
                .iter()
                .map(|at| monitor(&format!("DP-{at}"), *at as i32 * 1_920))
                .collect();
            let windows = windows(&screens, &there);
            let used: BTreeSet<usize> = windows.iter().map(|window| window.monitor).collect();
            prop_assert_eq!(used.len(), windows.len());
            prop_assert!(used.iter().all(|at| *at < there.len()));
            prop_assert_eq!(windows.is_empty(), there.is_empty());
            let wanted: BTreeSet<usize> =
                screens.iter().flat_map(|screen| screen.scenes.clone()).collect();
            let shown: BTreeSet<usize> =
                windows.iter().flat_map(|window| window.scenes.clone()).collect();
            prop_assert_eq!(if there.is_empty() { BTreeSet::new() } else { wanted }, shown);

            // In another order the same monitors show the same.
            let mut turned = there.clone();
            turned.reverse();
            let by_name = |windows: &[Window], there: &[Monitor]| {
                let named = |it: &Window| {
                    (there[it.monitor].name.clone(), it.part.column, it.scenes.clone())
                };
                windows.iter().map(named).collect::<Vec<_>>()
            };
            let again = super::windows(&screens, &turned);
            prop_assert_eq!(by_name(&windows, &there), by_name(&again, &turned));
        }
    }
}
