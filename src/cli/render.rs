//! `pult render`: a scene into a PNG, without a display.

use std::path::{Path, PathBuf};
use std::task::Waker;
use std::time::Duration;

use anyhow::{Context as _, bail};

use super::Common;
use super::filter::FilterArgs;
use crate::app::clock::Ticker;
use crate::app::state::{Loading, MapMode, Measure};
use crate::app::{Command, Desk, DeskOptions};
use crate::config::Theme;
use crate::domain::Timestamp;
use crate::ui::scene::{Scene, SceneRenderer};

#[derive(clap::Args)]
pub(super) struct Args {
    /// map, triage, blocks, kpi, indicators, scorecards, forecast, digest, problems, incidents, shift, outbox, health, settings, or wall- and the key of a scene of wall.toml, as in wall-map
    #[arg(long)]
    scene: Scene,
    /// Pixels, for example 3840x2160
    #[arg(long, default_value = "1920x1080", value_parser = size)]
    size: (u32, u32),
    /// The picture to write, or the folder of many
    #[arg(long)]
    out: PathBuf,
    /// Write so many pictures of a scene of the wall that moves, evenly over its seconds
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    frames: Option<u32>,
    /// Light theme
    #[arg(long)]
    light: bool,
    /// Draw as if it were this moment (RFC 3339)
    #[arg(long, value_parser = moment)]
    now: Option<Timestamp>,
    #[command(flatten)]
    filter: FilterArgs,
    /// What the desk's map shows: areas, heat or clusters
    #[arg(long, value_parser = |text: &str| one_of(&MAP_MODES, text))]
    map: Option<MapMode>,
    /// What colours the areas: received, per-thousand, overdue-share or change
    #[arg(long, value_parser = |text: &str| one_of(&MEASURES, text))]
    measure: Option<Measure>,
    /// Size of the text, per cent [default: that of the settings]
    #[arg(long, value_parser = clap::value_parser!(u16).range(80..=200))]
    text_scale: Option<u16>,
}

const MAP_MODES: [(&str, MapMode); 3] =
    [("areas", MapMode::Areas), ("heat", MapMode::Heat), ("clusters", MapMode::Clusters)];

const MEASURES: [(&str, Measure); 4] = [
    ("received", Measure::Received),
    ("per-thousand", Measure::PerThousand),
    ("overdue-share", Measure::OverdueShare),
    ("change", Measure::Change),
];

fn one_of<T: Copy>(choices: &[(&str, T)], text: &str) -> Result<T, String> {
    choices.iter().find(|(name, _)| *name == text).map(|(_, choice)| *choice).ok_or_else(|| {
        let names: Vec<_> = choices.iter().map(|(name, _)| *name).collect();
        format!("use one of {}", names.join(", "))
    })
}

/// Longest time to wait for the workers of one picture.
const PATIENCE: Duration = Duration::from_mins(2);

fn size(text: &str) -> Result<(u32, u32), String> {
    let parsed = text
        .split_once(['x', '×'])
        .and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
    match parsed {
        Some((width, height))
            if (320..=16_384).contains(&width) && (240..=16_384).contains(&height) =>
        {
            Ok((width, height))
        }
        _ => Err("use WIDTHxHEIGHT between 320x240 and 16384x16384".to_owned()),
    }
}

fn moment(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse_rfc3339(text).map_err(|error| error.to_string())
}

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<()> {
    let data_dir = common.data_dir()?;
    let mut settings = common.settings_beside(&data_dir)?;
    if args.light {
        settings.theme = Theme::Light;
    }
    if let Some(text_scale) = args.text_scale {
        settings.text_scale = text_scale;
    }
    let data = Common::own_data(&common.settings_path_beside(&data_dir));
    let ticker = args.now.map_or_else(Ticker::start, Ticker::fixed);
    let (width, height) = args.size;
    args.scene.check(&data.catalogue.wall).map_err(anyhow::Error::msg)?;
    let mut renderer = SceneRenderer::new(args.scene.clone(), width, height, &settings)?;
    let options = DeskOptions {
        data_dir,
        settings,
        settings_path: None,
        online: false,
        token: None,
        waker: Waker::noop().clone(),
        data,
    };
    let mut desk = Desk::look(options, ticker.moment())?;
    let mut is_chosen = false;
    let chosen = [args.map.map(Command::SetMapMode), args.measure.map(Command::SetMeasure)];
    for command in chosen.into_iter().flatten() {
        desk.apply(command);
    }
    let picture = loop {
        // The words of the filter are known with the board.
        if !is_chosen && desk.state().loading == Loading::Ready {
            let state = desk.state();
            let chosen = args.filter.choose(&state.vocabulary)?;
            chosen.commands().into_iter().for_each(|command| desk.apply(command));
            is_chosen = true;
        }
        if let Some(picture) = renderer.advance(&mut desk, ticker.moment())?
            && is_chosen
        {
            break picture;
        }
        if let Some(why) = desk.state().unreadable() {
            bail!("{why}");
        }
        if ticker.moment().tick > PATIENCE {
            bail!("the picture was not ready after {} seconds", PATIENCE.as_secs());
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let Some(frames) = args.frames else { return save(&picture, &args.out) };
    let seconds = args.scene.seconds(&desk.state().catalogue.wall);
    std::fs::create_dir_all(&args.out)
        .with_context(|| format!("{} could not be made", args.out.display()))?;
    for frame in 0..frames {
        renderer.go_to(Duration::from_secs(seconds) * frame / frames);
        let picture = loop {
            if let Some(picture) = renderer.advance(&mut desk, ticker.moment())? {
                break picture;
            }
            std::thread::sleep(Duration::from_millis(1));
        };
        save(&picture, &args.out.join(format!("{frame:05}.png")))?;
    }
    Ok(())
}

fn save(picture: &image::RgbaImage, path: &Path) -> anyhow::Result<()> {
    picture
        .save_with_format(path, image::ImageFormat::Png)
        .with_context(|| format!("{} could not be written", path.display()))
}
