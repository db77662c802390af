//! A region's incidents for the benchmarks: three years, the same every time.

use std::sync::Arc;

use pult::board::row::{CHECKED, NO_MUNICIPALITY, Stages, flags};
use pult::board::vocabulary::{BodyEntry, TopicEntry};
use pult::board::{Board, BoardBuilder, Region, Row, Vocabulary};
use pult::domain::Status;

pub(crate) const DAY_SECS: u32 = 86_400;
/// 23 November 2026, 14:05 in Abakan.
pub(crate) const NOW: u32 = 1_795_417_500;
pub(crate) const HISTORY_DAYS: u32 = 3 * 365;
pub(crate) const REGION: Region =
    Region { municipality_count: 13, local_offset_secs: 7 * 3600, scores: [0; 32] };

/// The corner of the square that all places lie in, and its side.
pub(crate) const REGION_X: u32 = 3_190_000_000;
pub(crate) const REGION_Y: u32 = 1_360_000_000;
pub(crate) const REGION_SIDE: u32 = 42_000_000;

const THEMES: u16 = 12;
const BODIES: u16 = 60;

/// `SplitMix64` (Steele, Lea, Flood 2014): enough for made-up incidents.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ z >> 31) >> 32).wrapping_mul(u64::from(bound)).wrapping_shr(32) as u32
    }

    /// True in `percent` of 100 cases.
    pub(crate) fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// Small numbers oftener than large ones.
    fn skewed(&mut self, bound: u32) -> u32 {
        let (a, b) = (self.below(bound), self.below(bound));
        a.min(b)
    }
}

/// Towns of a few kilometres in a region of 370, as Mercator fixed point.
fn place(dice: &mut Dice) -> (u32, u32) {
    let town = dice.skewed(40);
    let spread = 200_000 + town * 60_000;
    let mut around = || dice.skewed(spread) + spread - dice.skewed(spread);
    let (x, y) = (
        town.wrapping_mul(2_654_435_761) % (REGION_SIDE - 4_000_000),
        town.wrapping_mul(40_503_001) % (REGION_SIDE - 4_000_000),
    );
    (REGION_X + x + around() / 2, REGION_Y + y + around() / 2)
}

/// The `index`th of `count` incidents; they come in the order of receipt, but
/// for a few hours.
pub(crate) fn row(index: u32, count: u32, dice: &mut Dice) -> Row {
    let history = u64::from(HISTORY_DAYS * DAY_SECS);
    let regular = (u64::from(index) * history / u64::from(count)) as u32;
    let received = NOW - HISTORY_DAYS * DAY_SECS + regular.saturating_sub(dice.below(6 * 3600));
    let due = if dice.chance(3) {
        0
    } else {
        received + [3, 8, 10, 30][dice.below(4) as usize] * DAY_SECS
    };
    let allowed = due.saturating_sub(received).max(10 * DAY_SECS);
    let took = 600
        + if dice.chance(12) { allowed + dice.skewed(20 * DAY_SECS) } else { dice.skewed(allowed) };
    let excluded = dice.chance(3);
    let over = received + took <= NOW && !dice.chance(1);
    let status = match (excluded, over) {
        (true, _) => [Status::Rejected, Status::Merged][dice.below(2) as usize],
        (_, true) => Status::Closed,
        _ => [Status::New, Status::Assigned, Status::InWork, Status::Approval]
            [dice.below(4) as usize],
    };
    let closed = if over { received + took } else { 0 };
    let theme = dice.skewed(u32::from(THEMES)) as u16;
    let placed = !dice.chance(7);
    let (x, y) = place(dice);
    Row {
        received,
        registered: received + 3 * 3600,
        due,
        first_answer: if over { received + took / 2 } else { 0 },
        closed,
        x,
        y,
        settlement: dice.below(200) as u16,
        topic: 1 + theme * 10 + dice.below(10) as u16,
        body: 1 + dice.skewed(u32::from(BODIES)) as u16,
        flags: if placed { flags::PLACED } else { 0 }
            | if dice.chance(5) { flags::RESONANCE } else { 0 },
        municipality: if dice.chance(2) { NO_MUNICIPALITY } else { dice.skewed(13) as u8 },
        block: (theme % 9) as u8,
        regime: dice.skewed(4) as u8,
        source: dice.skewed(9) as u8,
        status: status as u8,
        assignee: dice.skewed(40) as u16,
        rating: if over && dice.chance(15) { 1 + dice.below(5) as u8 } else { 0 },
        checks: if dice.below(50) == 0 { CHECKED | dice.below(32) as u8 } else { 0 },
        stages: Stages::unpacked((0..3).fold(0, |all, _| all << 8 | (10 + dice.below(40)))),
        answered: 0,
    }
}

pub(crate) fn rows(count: u32) -> impl Iterator<Item = Row> {
    let mut dice = Dice::new(2026);
    (0..count).map(move |index| row(index, count, &mut dice))
}

/// Themes of nine nodes under each: three sub-themes of two facts.
pub(crate) fn vocabulary() -> Arc<Vocabulary> {
    let mut topics = vec![TopicEntry::default()];
    for theme in 0..THEMES {
        let first = 1 + theme * 10;
        let node = |parent, depth| TopicEntry { parent, depth, ..TopicEntry::default() };
        topics.push(node(0, 1));
        for sub in 0..3 {
            let sub = first + 1 + 3 * sub;
            topics.extend([node(first, 2), node(sub, 3), node(sub, 3)]);
        }
    }
    let bodies = vec![BodyEntry::default(); usize::from(BODIES) + 1];
    Arc::new(Vocabulary {
        topics,
        bodies,
        settlements: vec![String::new(); 200],
        offices: vec![String::new(); 40],
    })
}

pub(crate) fn board(count: u32) -> Board {
    let mut builder = BoardBuilder::new(REGION);
    for (row_id, row) in (1..).zip(rows(count)) {
        builder.push(row_id, &row);
    }
    builder.finish(vocabulary())
}
