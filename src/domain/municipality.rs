//! Places of the region: municipalities by OKTMO, and settlements.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::keyed::keyed_enum;

/// An eight-digit code of the Общероссийский классификатор территорий
/// муниципальных образований: a municipality of the first level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Oktmo(u32);

/// Something that is not an eight-digit OKTMO code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an OKTMO code of a municipality has eight digits")]
pub struct OktmoError;

impl Oktmo {
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for Oktmo {
    type Error = OktmoError;

    fn try_from(code: u32) -> Result<Self, OktmoError> {
        // The first two digits are the region's, from 01 on.
        if (1_000_000..100_000_000).contains(&code) { Ok(Self(code)) } else { Err(OktmoError) }
    }
}

impl From<Oktmo> for u32 {
    fn from(oktmo: Oktmo) -> Self {
        oktmo.0
    }
}

impl FromStr for Oktmo {
    type Err = OktmoError;

    fn from_str(text: &str) -> Result<Self, OktmoError> {
        if text.len() != 8 || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(OktmoError);
        }
        text.parse::<u32>().map_err(|_overflow| OktmoError)?.try_into()
    }
}

impl fmt::Display for Oktmo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08}", self.0)
    }
}

keyed_enum! {
    /// What a municipality is by the law on local self-government.
    pub enum MunicipalityKind {
        /// Городской округ.
        UrbanDistrict = "urban_district",
        /// Муниципальный район.
        MunicipalDistrict = "municipal_district",
        /// Муниципальный округ, the one-level form.
        MunicipalOkrug = "municipal_okrug",
    }
}

/// A municipality. Codes and names change with reforms, so it says since when
/// it is valid and whom it followed.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Municipality {
    pub oktmo: Oktmo,
    /// «Аскизский район».
    pub name: Box<str>,
    /// «Аскизский».
    pub short: Box<str>,
    /// Transliterated, for the English interface.
    pub en: Box<str>,
    pub kind: MunicipalityKind,
    /// The seat of its administration.
    pub centre: Box<str>,
    /// Residents by the census of 2020, held in October 2021.
    pub population_2021: u32,
    pub area_km2: f32,
    /// Other spellings that systems and people use.
    #[serde(default)]
    pub aliases: Vec<Box<str>>,
    /// First day of validity, `None` if not known.
    pub valid_from: Option<chrono::NaiveDate>,
    /// First day on which it no longer is, `None` while it is.
    pub valid_to: Option<chrono::NaiveDate>,
    pub predecessor: Option<Oktmo>,
}

keyed_enum! {
    /// How well the coordinates of a settlement are known.
    pub enum CoordQuality {
        /// To a few hundred metres.
        Good = "A",
        /// To about a kilometre.
        Rough = "B",
        /// Probably interpolated by the source.
        Interpolated = "C",
    }
}

/// A populated place.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settlement {
    /// Stable ASCII name, `askiz-s`.
    pub code: Box<str>,
    pub name: Box<str>,
    /// «г», «рп», «с», «д», «п», «ст» or «аал».
    #[serde(rename = "type")]
    pub kind: Box<str>,
    #[serde(rename = "oktmo")]
    pub municipality: Oktmo,
    /// Degrees, WGS 84.
    pub lat: f64,
    pub lon: f64,
    pub quality: CoordQuality,
    /// Residents, where the census gives them.
    pub population_2021: Option<u32>,
}

impl Settlement {
    pub fn is_town(&self) -> bool {
        &*self.kind == "г"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oktmo_has_eight_digits() {
        assert_eq!("95701000".parse::<Oktmo>().unwrap().get(), 95_701_000);
        assert_eq!("01601000".parse::<Oktmo>().unwrap().to_string(), "01601000");
        for text in ["", "9570100", "957010001", "95701000001", "9570100x", "+9570100", "00000001"]
        {
            assert_eq!(text.parse::<Oktmo>(), Err(OktmoError), "{text}");
        }
        assert!(serde_json::from_str::<Oktmo>("95701000").is_ok());
        assert!(serde_json::from_str::<Oktmo>("7").is_err());
    }
}
