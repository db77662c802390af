//! From the text of the data files to checked tables.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use toml::Spanned;

use super::super::command::CommandKind;
use super::super::data_file::{DataError, DataFile};
use super::super::municipality::{Municipality, Settlement};
use super::super::name::{Name, fold};
use super::super::role::{Role, RoleRights, ViewRight};

/// The names of a vocabulary in the order of its indices: one for each key,
/// no key more.
pub(super) fn names<K: Copy>(
    file: DataFile<'_>,
    keys: &[K],
    key: fn(K) -> &'static str,
) -> Result<Vec<Name>, DataError> {
    by_key(file, keys, key)?
        .into_iter()
        .map(|name: Spanned<Name>| {
            if name.get_ref().is_complete() {
                Ok(name.into_inner())
            } else {
                Err(file.error_at(name.span(), "a name is blank"))
            }
        })
        .collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenRole {
    ru: Box<str>,
    ru_short: Option<Box<str>>,
    en: Box<str>,
    en_short: Option<Box<str>>,
    commands: Vec<CommandKind>,
    views: Vec<ViewRight>,
}

/// The roles in the order of their indices.
pub(super) fn roles(file: DataFile<'_>) -> Result<Vec<RoleRights>, DataError> {
    by_key(file, Role::ALL, Role::key)?
        .into_iter()
        .map(|role: Spanned<GivenRole>| {
            let span = role.span();
            let GivenRole { ru, ru_short, en, en_short, commands, views } = role.into_inner();
            let name = Name::new(ru, ru_short, en, en_short);
            if !name.is_complete() {
                return Err(file.error_at(span, "a name is blank"));
            }
            Ok(RoleRights::new(name, &commands, &views))
        })
        .collect()
}

/// Municipalities, settlements and the ways to find them.
pub(super) struct Places {
    pub(super) municipalities: Vec<Municipality>,
    pub(super) settlements: Vec<Settlement>,
    pub(super) municipality_by_alias: HashMap<String, u8>,
    pub(super) settlement_by_code: HashMap<Box<str>, u16>,
    pub(super) settlements_by_name: HashMap<String, Vec<u16>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenMunicipalities {
    municipality: Vec<Spanned<Municipality>>,
}

pub(super) fn places(
    municipalities: DataFile<'_>,
    settlements: DataFile<'_>,
) -> Result<Places, DataError> {
    let mut places = Places {
        municipalities: Vec::new(),
        settlements: Vec::new(),
        municipality_by_alias: HashMap::new(),
        settlement_by_code: HashMap::new(),
        settlements_by_name: HashMap::new(),
    };
    places.read_municipalities(municipalities)?;
    places.read_settlements(settlements)?;
    Ok(places)
}

impl Places {
    fn read_municipalities(&mut self, file: DataFile<'_>) -> Result<(), DataError> {
        let mut given = file.parse_toml::<GivenMunicipalities>()?.municipality;
        given.sort_by_key(|m| m.get_ref().oktmo);
        for municipality in given {
            let span = municipality.span();
            self.add_municipality(municipality.into_inner())
                .map_err(|reason| file.error_at(span, reason))?;
        }
        Ok(())
    }

    /// Codes come in ascending order.
    fn add_municipality(&mut self, municipality: Municipality) -> Result<(), String> {
        let oktmo = municipality.oktmo;
        if self.municipalities.last().is_some_and(|last| last.oktmo == oktmo) {
            return Err(format!("municipality {oktmo} stands twice"));
        }
        let Municipality { name, short, en, centre, area_km2, .. } = &municipality;
        if [name, short, en, centre].iter().any(|text| text.trim().is_empty()) {
            return Err(format!("municipality {oktmo} has a blank name"));
        }
        if !(area_km2.is_finite() && *area_km2 > 0.0) {
            return Err(format!("municipality {oktmo} has an area that is not positive"));
        }
        let index = u8::try_from(self.municipalities.len())
            .ok()
            .filter(|i| *i < u8::MAX)
            .ok_or_else(|| "more municipalities than 254".to_owned())?;
        for alias in [name, short].into_iter().chain(&municipality.aliases) {
            let other = *self.municipality_by_alias.entry(fold(alias)).or_insert(index);
            if other != index {
                let other = self.municipalities[usize::from(other)].oktmo;
                return Err(format!("«{alias}» names municipality {other} as well"));
            }
        }
        self.municipalities.push(municipality);
        Ok(())
    }

    fn read_settlements(&mut self, file: DataFile<'_>) -> Result<(), DataError> {
        let mut given: Vec<(usize, Settlement)> = file.parse_csv()?;
        given.sort_by(|(_, a), (_, b)| (a.municipality, &a.code).cmp(&(b.municipality, &b.code)));
        for (line, settlement) in given {
            self.add_settlement(settlement).map_err(|reason| file.error_on(line, reason))?;
        }
        Ok(())
    }

    fn add_settlement(&mut self, settlement: Settlement) -> Result<(), String> {
        let Settlement { code, name, kind, municipality, lat, lon, .. } = &settlement;
        if [code, name, kind].iter().any(|text| text.trim().is_empty()) {
            return Err("a settlement without code, name or type".to_owned());
        }
        if self.municipalities.binary_search_by_key(municipality, |m| m.oktmo).is_err() {
            return Err(format!("settlement `{code}` is in no municipality of ours"));
        }
        if !((-90.0..=90.0).contains(lat) && (-180.0..=180.0).contains(lon)) {
            return Err(format!("settlement `{code}` is not on the globe"));
        }
        let index = u16::try_from(self.settlements.len())
            .ok()
            .filter(|i| *i < u16::MAX - 1)
            .ok_or_else(|| "more settlements than 65,534".to_owned())?;
        if self.settlement_by_code.insert(code.clone(), index).is_some() {
            return Err(format!("settlement code `{code}` stands twice"));
        }
        for spelling in
            [fold(name), fold(&format!("{kind} {name}")), fold(&format!("{name} {kind}"))]
        {
            self.settlements_by_name.entry(spelling).or_default().push(index);
        }
        self.settlements.push(settlement);
        Ok(())
    }
}

/// The entries of a table in the order of `keys`; a key that is missing or
/// not one of them is refused.
fn by_key<K: Copy, T: serde::de::DeserializeOwned>(
    file: DataFile<'_>,
    keys: &[K],
    key: fn(K) -> &'static str,
) -> Result<Vec<T>, DataError> {
    let mut given: BTreeMap<Spanned<String>, T> = file.parse_toml()?;
    let entries = keys
        .iter()
        .map(|k| {
            let k = key(*k);
            let entry = given.remove(k);
            entry.ok_or_else(|| file.error_on(1, format!("`{k}` is missing")))
        })
        .collect::<Result<Vec<T>, DataError>>()?;
    match given.into_keys().next() {
        None => Ok(entries),
        Some(unknown) => {
            Err(file.error_at(unknown.span(), format!("`{}` is not known", unknown.get_ref())))
        }
    }
}
