//! How good a model is on texts that it has not learned.

use super::model::Model;

/// Bins of the calibration error.
const BINS: usize = 10;
/// How many suggestions a person is shown.
const SHOWN: usize = 3;

/// A model tried on texts whose labels are known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trial {
    /// Texts tried.
    pub n: u32,
    /// Of them: the likeliest label was right, and one of the first three was.
    pub first_right: u32,
    pub among_three: u32,
    /// Of them: right would have been the label most often given before.
    pub majority_right: u32,
    /// How far confidence and share of right ones are apart, weighed over ten
    /// bins of confidence, 0–1 (Naeini, Cooper, Hauskrecht 2015).
    pub calibration_error: f64,
    /// Mean of the confidences of the likeliest labels, 0–1.
    pub mean_confidence: f64,
}

impl Trial {
    /// Tries the model on texts with their right labels.
    pub fn of<S: AsRef<str>>(model: &Model, texts: impl IntoIterator<Item = (S, u16)>) -> Self {
        let mut trial = Self::default();
        let mut bins = [(0.0, 0_u32); BINS];
        let commonest = model.commonest();
        for (text, right) in texts {
            let suggested = model.suggest(text.as_ref(), SHOWN);
            let is_right = suggested.first().is_some_and(|first| first.label == right);
            // Without a word that it knows the model is not sure of anything.
            let confidence = suggested.first().map_or(0.0, |first| f64::from(first.confidence));
            trial.n += 1;
            trial.first_right += u32::from(is_right);
            trial.among_three += u32::from(suggested.iter().any(|one| one.label == right));
            trial.majority_right += u32::from(commonest == Some(right));
            trial.mean_confidence += confidence;
            let bin = &mut bins[((confidence * BINS as f64) as usize).min(BINS - 1)];
            bin.0 += confidence;
            bin.1 += u32::from(is_right);
        }
        let n = f64::from(trial.n.max(1));
        trial.mean_confidence /= n;
        trial.calibration_error =
            bins.iter().map(|(sure, right)| (sure - f64::from(*right)).abs()).sum::<f64>() / n;
        trial
    }

    /// Of all texts the share whose likeliest label was right, 0–1; 0 of none.
    pub fn accuracy(&self) -> f64 {
        self.share(self.first_right)
    }

    /// The share whose right label was one of the first three.
    pub fn accuracy_of_three(&self) -> f64 {
        self.share(self.among_three)
    }

    /// The share that the label most often given before would have got right.
    pub fn majority_baseline(&self) -> f64 {
        self.share(self.majority_right)
    }

    fn share(&self, count: u32) -> f64 {
        f64::from(count) / f64::from(self.n.max(1))
    }
}
