//! What a server begins with: a history, and what its file says came after it.

use std::path::Path;
use std::sync::Arc;

use super::generate::{self, Extent};
use super::identity::{Identity, digest, epoch_of, new_epoch};
use super::living::{Living, Pulse};
use super::replay::Player;
use super::state::{About, Journal, JournalError, State};
use super::truth::Truth;
use super::world::World;
use super::{ReplayOptions, ServerError, ServerOptions};
use crate::domain::Timestamp;

pub(crate) struct Content {
    pub(crate) state: State,
    /// What changes it by itself, if anything does.
    pub(crate) pulse: Option<Pulse>,
    pub(crate) identity: Identity,
    /// `None` where nothing is kept.
    pub(crate) journal: Option<Journal>,
    pub(crate) truth: Option<Truth>,
}

impl Content {
    pub(crate) fn of(world: &Arc<World>, options: &ServerOptions) -> Result<Self, ServerError> {
        let journal = options.data_dir.as_deref().map(Journal::open).transpose()?;
        match &options.replay {
            Some(replay) => Self::recorded(world, replay, (options.clock)(), journal),
            None => Self::made_up(world, options, journal),
        }
    }

    fn made_up(
        world: &Arc<World>,
        options: &ServerOptions,
        journal: Option<Journal>,
    ) -> Result<Self, ServerError> {
        let mut extent = extent(options);
        let Extent { seed, incidents, days, log_days, .. } = extent;
        let mut named =
            format!("--seed {seed} --incidents {incidents} --days {days} --log-days {log_days}");
        if let Some(end) = options.history_end {
            named = format!("{named} --now {}", end.to_rfc3339());
        }
        extent.now = history_end(journal.as_ref(), &named, extent.now)?;
        let history = generate::history(world, extent);
        let truth = Truth::of(extent, &history);
        let generate::History { mut state, pending, births, .. } = history;
        let mut living = Living::new(births, extent, options.rate);
        living.expect(&mut state, pending, extent.now);
        let instance = format!("demo-{seed}-{incidents}");
        let made = Made { instance, options: named, name: format!("{extent:?}"), end: extent.now };
        let (identity, journal, last) = made.kept(&mut state, journal)?;
        living.resume(last);
        let pulse: Pulse = Box::new(move |state, now| living.tick(state, now));
        let pulse = (!options.frozen).then_some(pulse);
        Ok(Self { state, pulse, identity, journal, truth: Some(truth) })
    }

    fn recorded(
        world: &Arc<World>,
        options: &ReplayOptions,
        now: Timestamp,
        journal: Option<Journal>,
    ) -> Result<Self, ServerError> {
        let named = format!(
            "--replay {} --mapping {} --speed {}",
            file_name(&options.csv),
            file_name(&options.mapping),
            options.speed
        );
        let begun = history_end(journal.as_ref(), &named, now)?;
        let mut player = Player::open(world, options, begun)?;
        let mut state = Player::beginning(world);
        player.tick(&mut state, begun);
        let made = Made {
            instance: player.instance(),
            options: named,
            name: format!("{options:?} {}", begun.local_day().0),
            end: begun,
        };
        let (identity, journal, _) = made.kept(&mut state, journal)?;
        player.resume(&state);
        let at_once = player.is_at_once();
        let pulse: Pulse = Box::new(move |state, now| player.tick(state, now));
        Ok(Self { state, pulse: (!at_once).then_some(pulse), identity, journal, truth: None })
    }
}

/// A history that was made.
struct Made {
    instance: String,
    options: String,
    /// Names everything that it is made of.
    name: String,
    end: Timestamp,
}

impl Made {
    /// Puts back what was kept after the history and tells until when; a new file
    /// begins here.
    fn kept(
        self,
        state: &mut State,
        journal: Option<Journal>,
    ) -> Result<(Identity, Option<Journal>, Option<Timestamp>), ServerError> {
        let Self { instance, options, name, end } = self;
        let Some(mut journal) = journal else {
            state.mark_saved();
            let epoch = epoch_of(&instance, &name);
            return Ok((Identity { instance, epoch }, None, None));
        };
        let history = digest(state);
        let mut last = None;
        if journal.about().is_some() {
            last = Some(journal.restore(&history, &new_epoch(), state)?.unwrap_or(end));
        } else {
            let about = About { options, history_end: end, history, epoch: new_epoch() };
            journal.begin(about, state)?;
        }
        let epoch = journal.about().map(|about| about.epoch.clone()).unwrap_or_default();
        Ok((Identity { instance, epoch }, Some(journal), last))
    }
}

/// Where the history ends: where it ended at the first start, if there was one
/// with the same options.
fn history_end(
    journal: Option<&Journal>,
    options: &str,
    now: Timestamp,
) -> Result<Timestamp, JournalError> {
    let Some(journal) = journal else { return Ok(now) };
    journal.check_options(options)?;
    Ok(journal.about().map_or(now, |about| about.history_end))
}

/// A frozen history ends with an hour, so that starting again soon gives the
/// same one.
fn extent(options: &ServerOptions) -> Extent {
    let start = (options.clock)();
    let hour = 3600;
    let incidents = usize::try_from(options.incidents).unwrap_or(usize::MAX);
    let now = options.history_end.unwrap_or(if options.frozen {
        Timestamp(start.0 - start.0 % hour)
    } else {
        start
    });
    Extent {
        seed: options.seed,
        incidents,
        days: options.days.unwrap_or_else(|| Extent::days_for(incidents)).max(1),
        log_days: options.log_days,
        now,
    }
}

/// The name without its folder: the table may be moved.
fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
