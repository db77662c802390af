//! Which monitors a wall takes and what each of them shows.

use serde::Deserialize;
use toml::Spanned;

use super::super::data_file::{DataError, DataFile};
use super::Scene;

/// Rows and columns of monitors under one picture at most.
const MOST_MONITORS: usize = 8;
/// The frame between two monitors at most, in per cent of a monitor.
const WIDEST_GAP: f32 = 20.0;

/// How a plan names a monitor.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(untagged, expecting = "a monitor is its number from 0 or the name of its connector")]
pub enum MonitorId {
    /// From the left, then from the top, from 0.
    Number(u8),
    /// Of its connector, as in `HDMI-A-1`.
    Name(Box<str>),
}

/// A monitor, or several that carry one picture, and what is shown there.
#[derive(Clone, Debug, PartialEq)]
pub struct Screen {
    /// Rows of equally many monitors, from the top and the left.
    pub monitors: Vec<Vec<MonitorId>>,
    /// Frames of the monitors between two pictures: shares of one picture's width, height.
    pub gap: [f32; 2],
    /// Positions of its scenes in the plan, in the order of their rotation.
    pub scenes: Vec<usize>,
}

impl Screen {
    /// One monitor that shows `scenes`.
    pub fn on(monitor: MonitorId, scenes: Vec<usize>) -> Self {
        Self { monitors: vec![vec![monitor]], gap: [0.0; 2], scenes }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GivenScreen {
    monitor: Option<MonitorId>,
    #[serde(default)]
    monitors: Vec<Vec<MonitorId>>,
    /// An array would leave out what is too much.
    gap: Option<Vec<f32>>,
    #[serde(default)]
    scenes: Vec<Box<str>>,
}

/// Refuses, with the line, a screen of no monitor or of uneven rows of them, a monitor
/// that is taken twice, a gap that is not 0–20 % or has nothing to part, and a scene that
/// there is not.
pub(super) fn read(
    file: DataFile<'_>,
    given: Vec<Spanned<GivenScreen>>,
    scenes: &[Scene],
) -> Result<Vec<Screen>, DataError> {
    let mut taken: Vec<MonitorId> = Vec::new();
    let mut screens = Vec::with_capacity(given.len());
    for screen in given {
        let span = screen.span();
        let refuse = |reason: &str| Err(file.error_at(span.clone(), reason));
        let GivenScreen { monitor, monitors, gap, scenes: keys } = screen.into_inner();
        let monitors = match (monitor, monitors) {
            (Some(one), rows) if rows.is_empty() => vec![vec![one]],
            (None, rows) if !rows.is_empty() => rows,
            _ => return refuse("a screen has a `monitor`, or rows of `monitors`"),
        };
        let columns = monitors[0].len();
        let is_grid = (1..=MOST_MONITORS).contains(&columns)
            && monitors.len() <= MOST_MONITORS
            && monitors.iter().all(|row| row.len() == columns);
        if !is_grid {
            return refuse("rows of `monitors` are equally long, with from 1 to 8 in each");
        }
        for monitor in monitors.iter().flatten() {
            if matches!(monitor, MonitorId::Name(name) if name.trim().is_empty()) {
                return refuse("the name of a monitor's connector is empty");
            }
            if taken.contains(monitor) {
                return refuse("a monitor is taken twice");
            }
            taken.push(monitor.clone());
        }
        let is_one = monitors.len() * columns == 1;
        let Ok(gap) = <[f32; 2]>::try_from(gap.unwrap_or_else(|| vec![0.0; 2])) else {
            return refuse("`gap` is two shares: of a monitor's width and of its height");
        };
        if !gap.iter().all(|share| (0.0..=WIDEST_GAP).contains(share)) {
            return refuse("`gap` is from 0 to 20 per cent of a monitor's width and height");
        }
        if is_one && gap != [0.0; 2] {
            return refuse("a single monitor has no `gap`");
        }
        let mut shown = Vec::with_capacity(keys.len());
        for key in keys {
            let Some(at) = scenes.iter().position(|scene| scene.key == key) else {
                return refuse(&format!("there is no scene «{key}»"));
            };
            if shown.contains(&at) {
                return refuse("a scene stands twice in a screen's list");
            }
            shown.push(at);
        }
        if shown.is_empty() {
            shown = (0..scenes.len()).collect();
        }
        screens.push(Screen { monitors, gap: gap.map(|share| share / 100.0), scenes: shown });
    }
    Ok(screens)
}

#[cfg(test)]
mod tests {
    use super::super::WallPlan;
    use super::super::samples::scene;
    use super::*;

    #[test]
    fn screens_have_their_monitors_and_lists_and_mistakes_their_line() {
        let scenes = scene("a", 9, "") + &scene("b", 9, "");
        let text = format!(
            "[[screen]]\nmonitor = \"DP-1\"\nscenes = [\"b\"]\n\
             [[screen]]\nmonitors = [[0, 1], [2, 3]]\ngap = [2, 3]\n{scenes}"
        );
        let file = DataFile { name: "wall.toml", text: &text };
        let plan = WallPlan::read(file).unwrap();
        let named = MonitorId::Name("DP-1".into());
        let numbers = |row: [u8; 2]| row.map(MonitorId::Number).to_vec();
        let four = vec![numbers([0, 1]), numbers([2, 3])];
        assert_eq!(
            plan.screens(),
            [
                Screen::on(named, vec![1]),
                Screen { monitors: four, gap: [0.02, 0.03], scenes: vec![0, 1] },
            ]
        );
        for (from, to, line, reason) in [
            ("monitor = \"DP-1\"\n", "", 1, "a screen has a `monitor`, or rows of `monitors`"),
            ("[2, 3]]", "[2]]", 4, "rows of `monitors` are equally long, with from 1 to 8 in each"),
            ("[2, 3]]", "[2, 1]]", 4, "a monitor is taken twice"),
            (
                "gap = [2, 3]",
                "gap = [2, 30]",
                4,
                "`gap` is from 0 to 20 per cent of a monitor's width and height",
            ),
            (
                "gap = [2, 3]",
                "gap = [2, 3, 4]",
                4,
                "`gap` is two shares: of a monitor's width and of its height",
            ),
            ("[\"b\"]", "[\"b\"]\ngap = [1, 1]", 1, "a single monitor has no `gap`"),
            ("[\"b\"]", "[\"c\"]", 1, "there is no scene «c»"),
            ("[\"b\"]", "[\"b\", \"b\"]", 1, "a scene stands twice in a screen's list"),
        ] {
            let said = file.refusal(from, to, WallPlan::read);
            assert_eq!(said, format!("wall.toml, line {line}: {reason}"));
        }
        let said = file.refusal("\"DP-1\"", "300", WallPlan::read);
        let what = "a monitor is its number from 0 or the name of its connector";
        assert!(said.starts_with("wall.toml, line 2: ") && said.contains(what), "{said}");
    }
}
