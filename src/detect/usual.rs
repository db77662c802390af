//! What is usual in each cell.

use std::ops::RangeInclusive;

use super::{Counts, LEAST_DAYS, MOST_DAYS, NegativeBinomial, Scale, TooShort};

/// Days after which a day weighs half.
const HALF_LIFE_DAYS: f64 = 28.0;
/// Days before the last one from which nothing is learned, where there are enough
/// others: a matter that goes on does not make itself usual.
const GUARD_DAYS: usize = 2;
/// Days of the whole region that the beginning share of a cell is worth.
const PRIOR_DAYS: f64 = 3.0;
/// Weeks that all days together are worth beside the same weekday.
const PRIOR_WEEKS: f64 = 2.0;
/// Days that the swing of all cells is worth beside a cell's own.
const PRIOR_SWING_DAYS: f64 = 7.0;
/// A day counts up to so many standard deviations above what was usual: towards the
/// share, and towards the swing, of which it says more.
const MOST_SIGMAS: f64 = 3.0;
const MOST_SIGMAS_OF_SWING: f64 = 6.0;
/// So many days say nothing of how a cell can swing: what is not known of it.
const SWING_DAYS: f64 = 7.0;
/// Of any cell: chance is never all there is.
const LEAST_SWING: f64 = 0.02;
/// What a few days alone could say.
const MOST_SWING: f64 = 5.0;

/// Of the windows that end at one moment.
pub(super) struct Usual {
    /// By window in slots, what the region has in it: mean, and how surely.
    region: Vec<(usize, Region)>,
    cells: Vec<Cell>,
}

#[derive(Clone, Copy, Debug)]
struct Region {
    mean: f64,
    /// Beyond Poisson: of the same weekdays, and of what is not known of the mean.
    swing: f64,
}

#[derive(Clone, Copy, Debug)]
struct Cell {
    /// Of the region's count.
    share: f64,
    /// Beyond Poisson: of its days, and of what is not known of the share and of it.
    swing: f64,
    /// Anything was ever counted in its place and in its category.
    is_known: bool,
}

impl Usual {
    pub(super) fn of(counts: &Counts, scale: Scale, end: usize) -> Result<Self, TooShort> {
        // Whole days before the last one, which is looked at.
        let day = scale.slots_a_day;
        let days = (end / day).saturating_sub(1).min(MOST_DAYS);
        // What lies before the first day on which anything came says nothing.
        let has_any = |back: &usize| counts.all(end - (back + 1) * day..end - back * day) > 0;
        let days = (1..=days).rev().find(has_any).unwrap_or(0);
        if days < LEAST_DAYS {
            return Err(TooShort { days });
        }
        let guard = GUARD_DAYS.min(days - LEAST_DAYS);
        let history = History { counts, day, end, learned: 1 + guard..=days };
        let region =
            scale.windows.iter().map(|window| (*window, history.region(*window))).collect();
        Ok(Self { region, cells: history.cells() })
    }

    /// How many cells could have a finding.
    pub(super) fn cells(&self) -> usize {
        self.cells.iter().filter(|cell| cell.is_known).count()
    }

    /// Of a window of the scale.
    pub(super) fn law(&self, cell: usize, window: usize) -> NegativeBinomial {
        let Cell { share, swing, .. } = self.cells[cell];
        let region = self.region.iter().find(|(slots, _)| *slots == window);
        let region = region.map_or(Region { mean: 0.0, swing: 0.0 }, |(_, region)| *region);
        NegativeBinomial {
            mean: (share * region.mean).max(f64::MIN_POSITIVE),
            swing: (swing + region.swing).max(LEAST_SWING),
        }
    }
}

struct History<'a> {
    counts: &'a Counts,
    /// Slots of a day.
    day: usize,
    end: usize,
    /// Days that are learned from, by how many days before the end each ended.
    learned: RangeInclusive<usize>,
}

impl History<'_> {
    /// The day that ended `back` days before the end, 0 the last one.
    fn span(&self, back: usize) -> std::ops::Range<usize> {
        let end = self.end - back * self.day;
        end - self.day..end
    }

    fn weight(back: usize) -> f64 {
        0.5_f64.powf(back as f64 / HALF_LIFE_DAYS)
    }

    /// What the region has in the window: as on all days, drawn towards those of the
    /// same weekday. The loudest day of each is left out where there are several.
    fn region(&self, window: usize) -> Region {
        let count = |back: usize| {
            let end = self.end - back * self.day;
            f64::from(self.counts.all(end - window..end))
        };
        let mean_of = |backs: &mut dyn Iterator<Item = usize>| {
            let mut all: Vec<(f64, f64)> =
                backs.map(|back| (count(back), Self::weight(back))).collect();
            if all.len() >= 4 {
                all.sort_by(|one, other| one.0.total_cmp(&other.0));
                all.pop();
                all.remove(0);
            }
            let weight: f64 = all.iter().map(|(_, weight)| weight).sum();
            let sum: f64 = all.iter().map(|(count, weight)| count * weight).sum();
            let mean = sum / weight.max(f64::MIN_POSITIVE);
            let beyond = |(count, weight): &(f64, f64)| weight * ((count - mean).powi(2) - mean);
            let squares = (weight * mean * mean).max(f64::MIN_POSITIVE);
            let swing = all.iter().map(beyond).sum::<f64>() / squares;
            (mean, weight, swing.clamp(0.0, MOST_SWING))
        };
        let (of_all, ..) = mean_of(&mut self.learned.clone());
        let same_weekday = self.learned.clone().filter(|back| back.is_multiple_of(7));
        let (of_weekday, weeks, swing) = mean_of(&mut same_weekday.into_iter());
        let mean = if weeks > 0.0 {
            (of_weekday * weeks + of_all * PRIOR_WEEKS) / (weeks + PRIOR_WEEKS)
        } else {
            of_all
        };
        let seen = mean * (weeks + PRIOR_WEEKS);
        Region { mean, swing: swing + 1.0 / seen.max(1.0) }
    }

    fn cells(&self) -> Vec<Cell> {
        let counts = self.counts;
        let (places, cells) = (counts.places(), counts.cells());
        let learned = || self.learned.clone();
        let weights: Vec<f64> = learned().map(Self::weight).collect();
        let of_all: Vec<f64> =
            learned().map(|back| f64::from(counts.all(self.span(back)))).collect();
        let exposure: f64 = of_all.iter().zip(&weights).map(|(n, weight)| n * weight).sum();
        let whole = self.span(*self.learned.end()).start..self.span(*self.learned.start()).end;
        let now = self.span(0);
        let mut of_place = vec![0.0; places];
        let mut of_category = vec![0.0; cells.div_ceil(places.max(1))];
        for cell in 0..cells {
            let n = f64::from(counts.of(cell, whole.clone()));
            let (category, place) = counts.place_of(cell);
            of_place[place] += n;
            of_category[category] += n;
        }
        let all: f64 = of_place.iter().sum::<f64>().max(1.0);
        let day = exposure / weights.iter().sum::<f64>().max(f64::MIN_POSITIVE);
        let prior = (PRIOR_DAYS * day).max(1.0);
        let fits: Vec<Fit> = (0..cells)
            .map(|cell| {
                let (category, place) = counts.place_of(cell);
                let apart = seen_or_half(of_place[place]) / all
                    * (seen_or_half(of_category[category]) / all);
                let n: Vec<f64> =
                    learned().map(|back| f64::from(counts.of(cell, self.span(back)))).collect();
                Fit::of(&n, &of_all, &weights, apart * prior, prior + exposure)
            })
            .collect();
        let excess: f64 = fits.iter().map(|fit| fit.excess).sum();
        let squares: f64 = fits.iter().map(|fit| fit.squares).sum();
        let of_region = (excess / squares.max(f64::MIN_POSITIVE)).clamp(LEAST_SWING, MOST_SWING);
        let days: f64 = weights.iter().sum();
        let known = |cell: usize| {
            let (category, place) = counts.place_of(cell);
            of_place[place] * of_category[category] > 0.0 || counts.of(cell, now.clone()) > 0
        };
        fits.iter()
            .enumerate()
            .map(|(cell, fit)| {
                let square_a_day = fit.squares / days;
                let prior = PRIOR_SWING_DAYS * square_a_day;
                let own = (fit.excess + prior * of_region) / (fit.squares + prior).max(1e-12);
                let own = if fit.squares > 0.0 { own.max(0.0) } else { of_region };
                let unknown = 1.0 / fit.seen.max(0.05) + SWING_DAYS / learned().count() as f64;
                Cell { share: fit.share, swing: own + unknown, is_known: known(cell) }
            })
            .collect()
    }
}

/// Nothing in all days is no proof of impossibility: half an incident.
fn seen_or_half(n: f64) -> f64 {
    n.max(0.5)
}

/// What a cell's days say of it.
struct Fit {
    share: f64,
    /// Incidents that the share follows from, weighted.
    seen: f64,
    /// Sum of squares beyond Poisson, and of the squares of what was usual.
    excess: f64,
    squares: f64,
}

impl Fit {
    /// `prior` incidents of `exposure` of the region are there before anything is seen.
    fn of(n: &[f64], of_all: &[f64], weights: &[f64], prior: f64, exposure: f64) -> Self {
        let mut swing = LEAST_SWING;
        let mut kept = n.to_vec();
        let mut fit = Self { share: 0.0, seen: 0.0, excess: 0.0, squares: 0.0 };
        // What stood out is cut down by what the rest says, which then says it better.
        for _ in 0..3 {
            let mut is_cut = false;
            let seen: f64 = kept.iter().zip(weights).map(|(n, weight)| n * weight).sum();
            fit = Self {
                share: (seen + prior) / exposure,
                seen: seen + prior,
                excess: 0.0,
                squares: 0.0,
            };
            for (((kept, n), all), weight) in kept.iter_mut().zip(n).zip(of_all).zip(weights) {
                let mean = fit.share * all;
                let sigma = (mean + swing * mean * mean).sqrt();
                let cut = |sigmas: f64| n.min(mean + sigmas * sigma + 1.0);
                *kept = cut(MOST_SIGMAS);
                is_cut |= *kept < *n;
                fit.excess += weight * ((cut(MOST_SIGMAS_OF_SWING) - mean).powi(2) - mean);
                fit.squares += weight * mean * mean;
            }
            // With more swing still less would be cut.
            if !is_cut {
                break;
            }
            swing =
                (fit.excess / fit.squares.max(f64::MIN_POSITIVE)).clamp(LEAST_SWING, MOST_SWING);
        }
        fit
    }
}
