//! Everything the data files know, read once and looked up by everyone.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use super::Language;
use super::block::Block;
use super::calendar::WorkCalendar;
use super::data_file::{DataError, DataFile};
use super::indicator::Indicators;
use super::municipality::{Municipality, Oktmo, Settlement};
use super::name::{Name, fold};
use super::phrase::Phrases;
use super::policy::Policies;
use super::quality::CheckList;
use super::regime::Regime;
use super::role::{Role, RoleRights};
use super::source::Source;
use super::status::Status;
use super::topic::Taxonomy;
use super::wall_plan::WallPlan;

mod read;

/// The files of a catalogue: the embedded ones, or edited ones in their place.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'a> {
    pub blocks: DataFile<'a>,
    pub sources: DataFile<'a>,
    pub regimes: DataFile<'a>,
    pub statuses: DataFile<'a>,
    pub roles: DataFile<'a>,
    pub topics: DataFile<'a>,
    pub municipalities: DataFile<'a>,
    pub settlements: DataFile<'a>,
    pub templates: DataFile<'a>,
    pub reasons: DataFile<'a>,
    pub quality: DataFile<'a>,
    pub work_calendar: DataFile<'a>,
    pub policies: DataFile<'a>,
    pub indicators: DataFile<'a>,
    pub wall: DataFile<'a>,
}

macro_rules! embedded {
    ($path:literal) => {
        DataFile {
            name: concat!("data/", $path),
            text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/", $path)),
        }
    };
}

impl Parts<'static> {
    /// The files that the program was built with.
    pub const EMBEDDED: Self = Self {
        blocks: embedded!("blocks.toml"),
        sources: embedded!("sources.toml"),
        regimes: embedded!("regimes.toml"),
        statuses: embedded!("statuses.toml"),
        roles: embedded!("roles.toml"),
        topics: embedded!("topics.toml"),
        municipalities: embedded!("municipalities.toml"),
        settlements: embedded!("settlements.csv"),
        templates: embedded!("templates.toml"),
        reasons: embedded!("reasons.toml"),
        quality: embedded!("quality.toml"),
        work_calendar: embedded!("work_calendar.toml"),
        policies: embedded!("policies.toml"),
        indicators: embedded!("indicators.toml"),
        wall: embedded!("wall.toml"),
    };
}

/// Names, places, topics and rights. Indices are positions: they are stable
/// for the life of one catalogue and are what columns of the table hold.
#[derive(Clone, Debug)]
pub struct Catalogue {
    /// Sorted by OKTMO, at most 254: an index is a `u8`.
    pub municipalities: Vec<Municipality>,
    /// Sorted by municipality and code, at most 65,534: an index is a `u16`.
    pub settlements: Vec<Settlement>,
    pub topics: Taxonomy,
    pub phrases: Phrases,
    /// By what an answer is judged.
    pub quality: CheckList,
    pub work_calendar: WorkCalendar,
    /// Rules of deadlines.
    pub policies: Policies,
    pub indicators: Indicators,
    /// Scenes of the video wall.
    pub wall: WallPlan,
    blocks: Vec<Name>,
    sources: Vec<Name>,
    regimes: Vec<Name>,
    statuses: Vec<Name>,
    roles: Vec<RoleRights>,
    municipality_by_alias: HashMap<String, u8>,
    settlement_by_code: HashMap<Box<str>, u16>,
    settlements_by_name: HashMap<String, Vec<u16>>,
}

impl Catalogue {
    /// The catalogue of the files that the program was built with.
    pub fn embedded() -> Arc<Self> {
        static EMBEDDED: OnceLock<Arc<Catalogue>> = OnceLock::new();
        Arc::clone(EMBEDDED.get_or_init(|| match Self::from_parts(&Parts::EMBEDDED) {
            Ok(catalogue) => Arc::new(catalogue),
            Err(error) => unreachable!("embedded data passed its tests, yet {error}"),
        }))
    }

    /// Reads edited files; the first mistake is returned with file and line.
    pub fn from_parts(parts: &Parts<'_>) -> Result<Self, DataError> {
        let places = read::places(parts.municipalities, parts.settlements)?;
        let topics = Taxonomy::read(parts.topics)?;
        Ok(Self {
            phrases: Phrases::read(parts.templates, parts.reasons, &topics)?,
            quality: CheckList::read(parts.quality)?,
            work_calendar: WorkCalendar::read(parts.work_calendar)?,
            policies: Policies::read(parts.policies, &topics)?,
            topics,
            indicators: Indicators::read(parts.indicators)?,
            wall: WallPlan::read(parts.wall)?,
            blocks: read::names(parts.blocks, Block::ALL, Block::key)?,
            sources: read::names(parts.sources, Source::ALL, Source::key)?,
            regimes: read::names(parts.regimes, Regime::ALL, Regime::key)?,
            statuses: read::names(parts.statuses, Status::ALL, Status::key)?,
            roles: read::roles(parts.roles)?,
            municipalities: places.municipalities,
            settlements: places.settlements,
            municipality_by_alias: places.municipality_by_alias,
            settlement_by_code: places.settlement_by_code,
            settlements_by_name: places.settlements_by_name,
        })
    }

    pub fn block(&self, block: Block) -> &Name {
        &self.blocks[usize::from(block.index())]
    }

    pub fn source(&self, source: Source) -> &Name {
        &self.sources[usize::from(source.index())]
    }

    pub fn regime(&self, regime: Regime) -> &Name {
        &self.regimes[usize::from(regime.index())]
    }

    pub fn status(&self, status: Status) -> &Name {
        &self.statuses[usize::from(status.index())]
    }

    pub fn role(&self, role: Role) -> &RoleRights {
        &self.roles[usize::from(role.index())]
    }

    pub fn municipality(&self, index: u8) -> Option<&Municipality> {
        self.municipalities.get(usize::from(index))
    }

    /// The index of the municipality with that code.
    pub fn municipality_by_oktmo(&self, oktmo: Oktmo) -> Option<u8> {
        let found = self.municipalities.binary_search_by_key(&oktmo, |m| m.oktmo).ok()?;
        u8::try_from(found).ok()
    }

    /// The index of the municipality that is so called in some system; case, ё
    /// and punctuation do not matter.
    pub fn municipality_by_alias(&self, name: &str) -> Option<u8> {
        self.municipality_by_alias.get(&fold(name)).copied()
    }

    pub fn settlement(&self, index: u16) -> Option<&Settlement> {
        self.settlements.get(usize::from(index))
    }

    /// The index of the settlement with that code.
    pub fn settlement_by_code(&self, code: &str) -> Option<u16> {
        self.settlement_by_code.get(code).copied()
    }

    /// The index of the settlement so called, with or without its type («Бея»,
    /// «с. Бея»), in that municipality or anywhere. `None` where several are:
    /// a guess would put a citizen's matter in the wrong place.
    pub fn settlement_by_name(&self, municipality: Option<u8>, name: &str) -> Option<u16> {
        let within = match municipality {
            Some(index) => Some(self.municipality(index)?.oktmo),
            None => None,
        };
        let mut found = self.settlements_by_name.get(&fold(name))?.iter().copied().filter(|i| {
            within.is_none_or(|oktmo| self.settlements[usize::from(*i)].municipality == oktmo)
        });
        let only = found.next()?;
        found.next().is_none().then_some(only)
    }

    /// The settlements of a municipality with their indices.
    pub fn settlements_of(&self, oktmo: Oktmo) -> impl Iterator<Item = (u16, &Settlement)> {
        (0u16..).zip(&self.settlements).filter(move |(_, s)| s.municipality == oktmo)
    }

    /// Only a town has a name in both languages: its municipality's.
    pub fn settlement_name<'a>(
        &'a self,
        settlement: &'a Settlement,
        language: Language,
    ) -> &'a str {
        let town = self.municipality_by_oktmo(settlement.municipality);
        match town.and_then(|index| self.municipality(index)) {
            Some(town) if language == Language::En && settlement.is_town() => &town.en,
            _ => &settlement.name,
        }
    }
}

#[cfg(test)]
mod tests;
