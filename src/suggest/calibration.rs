//! How sure a model may be, learned from texts that it had not learned.

/// Turns the log-odds that a model gives its first choice into the share of such
/// choices that are right: a line through log-odds (Platt 1999, «Probabilistic
/// Outputs for Support Vector Machines»). Texts of unknown wording get low log-odds
/// and texts that repeat known ones high ones, so that a line serves both.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Calibration {
    slope: f64,
    shift: f64,
    /// Nobody is surer than the number of texts tried allows (Laplace's rule of
    /// succession).
    most: f64,
}

/// The log-odds of the first choice for a text, and whether it was right.
pub(super) type Choice = (f64, bool);

/// Too few texts tell nothing.
const FEWEST_TRIED: usize = 20;
/// Certainty beyond this cannot be told from certainty.
const MOST_LOG_ODDS: f64 = 30.0;
/// Holds the line near «as the model says» where all choices are right or all
/// wrong, against a mean loss of one text.
const HOLD: f64 = 1e-3;
/// Newton's method on two numbers is there long before.
const MOST_STEPS: usize = 50;

impl Default for Calibration {
    fn default() -> Self {
        Self::untried(0)
    }
}

impl Calibration {
    /// As the model says.
    fn untried(texts: usize) -> Self {
        let texts = texts as f64;
        Self { slope: 1.0, shift: 0.0, most: (texts + 1.0) / (texts + 2.0) }
    }

    /// From texts of several kinds, each kind counting as much as the others.
    pub(super) fn of(kinds: &[Vec<Choice>]) -> Self {
        let mut found = Self::untried(kinds.iter().map(Vec::len).sum());
        let weighed: Vec<(f64, f64, f64)> = kinds
            .iter()
            .filter(|kind| kind.len() >= FEWEST_TRIED)
            .flat_map(|kind| {
                let weight = 1.0 / kind.len() as f64;
                kind.iter().map(move |(odds, right)| (weight, *odds, f64::from(u8::from(*right))))
            })
            .collect();
        if weighed.is_empty() {
            return found;
        }
        for _ in 0..MOST_STEPS {
            let (mut down, mut across) =
                ([HOLD * (found.slope - 1.0), HOLD * found.shift], [HOLD, 0.0, HOLD]);
            for (weight, odds, right) in &weighed {
                let share = found.share(*odds);
                let (error, curve) = (weight * (share - right), weight * share * (1.0 - share));
                down = [down[0] + error * odds, down[1] + error];
                across =
                    [across[0] + curve * odds * odds, across[1] + curve * odds, across[2] + curve];
            }
            let determinant = across[0] * across[2] - across[1] * across[1];
            let step = [
                (across[2] * down[0] - across[1] * down[1]) / determinant,
                (across[0] * down[1] - across[1] * down[0]) / determinant,
            ];
            // A long step may leap over the valley.
            let length = step[0].hypot(step[1]);
            let part = if length > 1.0 { length.recip() } else { 1.0 };
            found.slope -= part * step[0];
            found.shift -= part * step[1];
            if length < 1e-6 {
                break;
            }
        }
        // Surer must never mean less often right.
        if found.slope <= 0.0 || !found.slope.is_finite() || !found.shift.is_finite() {
            return Self { most: found.most, ..Self::untried(0) };
        }
        found
    }

    /// Turns sums of weights into confidences. Those of the others share what the
    /// first choice leaves, and none is above it.
    pub(super) fn confidences(self, sums: &mut [f32]) {
        let (first, odds) = first_choice(sums);
        if sums.is_empty() {
            return;
        }
        softmax(sums);
        let confidence = self.share(odds).min(self.most) as f32;
        let others: f32 =
            sums.iter().enumerate().filter(|(at, _)| *at != first).map(|(_, share)| share).sum();
        for share in sums.iter_mut() {
            let part = if others > 0.0 { *share / others } else { 0.0 };
            *share = (part * (1.0 - confidence)).min(confidence);
        }
        sums[first] = confidence;
    }

    fn share(self, odds: f64) -> f64 {
        (1.0 + (-(self.slope * odds + self.shift)).exp()).recip()
    }
}

/// The column of the highest sum and its log-odds over all others together.
pub(super) fn first_choice(sums: &[f32]) -> (usize, f64) {
    let highest = (0..sums.len()).max_by(|a, b| sums[*a].total_cmp(&sums[*b]).then(b.cmp(a)));
    let Some(first) = highest else { return (0, 0.0) };
    let over = |sum: f32| f64::from(sum) - f64::from(sums[first]);
    let others: f64 = sums
        .iter()
        .enumerate()
        .filter(|(at, _)| *at != first)
        .map(|(_, sum)| over(*sum).exp())
        .sum();
    (first, (-others.ln()).min(MOST_LOG_ODDS))
}

/// Sums of weights become shares.
pub(super) fn softmax(sums: &mut [f32]) {
    let highest = sums.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut total = 0.0;
    for sum in sums.iter_mut() {
        *sum = (*sum - highest).exp();
        total += *sum;
    }
    for share in sums {
        *share /= total;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn confidence(calibration: Calibration, odds: f32) -> f32 {
        let mut sums = [0.0, odds];
        calibration.confidences(&mut sums);
        assert!(sums[0] <= sums[1] && sums[0] + sums[1] <= 1.0 + f32::EPSILON, "{sums:?}");
        sums[1]
    }

    #[test]
    fn one_who_is_too_sure_becomes_as_sure_as_it_is_right() {
        let right = |share: usize| move |n: usize| n % 10 < share;
        let choices = |odds: f64, share: usize| (0..200).map(move |n| (odds, right(share)(n)));
        let calibration = Calibration::of(&[
            choices(6.0, 9).chain(choices(2.0, 6)).collect(),
            choices(1.0, 5).collect(),
        ]);
        for (odds, share) in [(6.0, 0.9), (2.0, 0.6), (1.0, 0.5)] {
            let confidence = confidence(calibration, odds);
            assert!((confidence - share).abs() < 0.05, "{odds}: {confidence}");
        }
    }

    #[test]
    fn nobody_is_surer_than_the_number_of_texts_allows() {
        let calibration = Calibration::of(&[vec![(9.0, true); 30], Vec::new()]);
        assert_eq!(confidence(calibration, 900.0), 31.0 / 32.0);
        assert_eq!(confidence(Calibration::default(), 900.0), 0.5);
    }

    #[test]
    fn choices_that_are_always_wrong_do_not_turn_the_line_round() {
        let wrong = (0..100).map(|n| (f64::from(n) / 10.0, n < 20)).collect();
        let calibration = Calibration::of(&[wrong]);
        assert!(confidence(calibration, 1.0) <= confidence(calibration, 5.0));
    }

    #[test]
    fn a_single_label_has_no_others() {
        assert_eq!(first_choice(&[3.0]), (0, MOST_LOG_ODDS));
        let mut sums = [3.0];
        Calibration::of(&[vec![(MOST_LOG_ODDS, true); 98]]).confidences(&mut sums);
        assert_eq!(sums, [0.99]);
        Calibration::default().confidences(&mut []);
    }
}
