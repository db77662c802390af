//! The same incidents cut three ways: by category, by the group that the category is of,
//! and by the channel that they came through.
//!
//! All cuts are looked at together, so that the correction counts every cell. What a
//! finer cut says in a place is not said again by a coarser one.

use super::usual::Usual;
use super::{Counts, Finding, Scale, TooShort, find};

/// How the incidents of a finding were cut; the finer ones first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cut {
    Category,
    Group,
    Channel,
}

/// Counts of each cut over the same places and slots.
#[derive(Clone, Debug)]
pub struct Layers {
    categories: Counts,
    groups: Counts,
    channels: Counts,
    /// By category.
    group_of: Vec<usize>,
}

/// One incident.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    pub place: usize,
    pub category: Option<usize>,
    pub group: usize,
    pub channel: usize,
    pub slot: usize,
}

impl Layers {
    /// `group_of` names the group of each category.
    pub fn new(
        places: usize,
        group_of: Vec<usize>,
        groups: usize,
        channels: usize,
        slots: usize,
    ) -> Self {
        Self {
            categories: Counts::new(places, group_of.len(), slots),
            groups: Counts::new(places, groups, slots),
            channels: Counts::new(places, channels, slots),
            group_of,
        }
    }

    /// Counts one more. What is outside of the tables is left out.
    pub fn add(&mut self, arrival: Arrival) {
        let Arrival { place, category, group, channel, slot } = arrival;
        if let Some(category) = category {
            self.categories.add(place, category, slot);
        }
        self.groups.add(place, group, slot);
        self.channels.add(place, channel, slot);
    }

    /// To be called once, when all are counted.
    pub fn sum_up(&mut self) {
        for cut in [&mut self.categories, &mut self.groups, &mut self.channels] {
            cut.sum_up();
        }
    }

    pub fn categories(&self) -> &Counts {
        &self.categories
    }

    pub fn slots(&self) -> usize {
        self.categories.slots()
    }

    /// As [`super::findings`], of all cuts.
    ///
    /// # Errors
    /// Where the history before the last day is too short.
    pub fn findings(&self, scale: Scale, end: usize) -> Result<Vec<(Cut, Finding)>, TooShort> {
        // Every incident is of a group, so these know how long the history is; none may
        // have a category.
        let groups = Usual::of(&self.groups, scale, end)?;
        let usual = |counts| Usual::of(counts, scale, end).ok();
        let known: Vec<(Cut, &Counts, Usual)> = [
            (Cut::Category, &self.categories, usual(&self.categories)),
            (Cut::Group, &self.groups, Some(groups)),
            (Cut::Channel, &self.channels, usual(&self.channels)),
        ]
        .into_iter()
        .filter_map(|(cut, counts, usual)| Some((cut, counts, usual?)))
        .collect();
        let cells = known.iter().map(|(.., usual)| usual.cells()).sum();
        let found: Vec<(Cut, Finding)> = known
            .iter()
            .flat_map(|(cut, counts, usual)| {
                let found = find(counts, usual, scale, end, cells);
                found.into_iter().map(|found| (*cut, found))
            })
            .collect();
        let mut told: Vec<(Cut, Finding)> =
            found.iter().filter(|one| !self.is_told_finer(one, &found)).copied().collect();
        told.sort_by(|(cut, one), (other_cut, other)| {
            let cell = |cut: &Cut, it: &Finding| (*cut, it.category, it.place);
            let cells = cell(cut, one).cmp(&cell(other_cut, other));
            one.log_p.total_cmp(&other.log_p).then(cells)
        });
        Ok(told)
    }

    /// True where what finer cuts find in that place makes at least half of what is too
    /// much of this one: a handful of one theme hides no flood of all.
    fn is_told_finer(&self, (cut, one): &(Cut, Finding), found: &[(Cut, Finding)]) -> bool {
        let too_much = |it: &Finding| it.count.saturating_sub(it.usual_high);
        let told = |finer: Cut| -> u32 {
            let here = found.iter().filter(|(it, other)| *it == finer && other.place == one.place);
            let of_it = here.filter(|(_, other)| {
                let is_of_group = self.group_of.get(other.category) == Some(&one.category);
                (*cut, finer) != (Cut::Group, Cut::Category) || is_of_group
            });
            of_it.map(|(_, other)| too_much(other)).sum()
        };
        let finer = [Cut::Category, Cut::Group].into_iter().filter(|finer| finer < cut);
        finer.map(told).any(|told| told > 0 && told * 2 >= too_much(one))
    }
}
