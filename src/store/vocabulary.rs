//! Words that the store numbers: bodies, topics, settlements, offices, actors.
//!
//! A word gets its number when it is first named, whether or not its own object
//! has come: an incident may name a body that the server sends later.

use std::collections::HashMap;

use rusqlite::{Connection, params};

use super::error::Result;
use crate::board::Vocabulary;
use crate::board::row::NONE;
use crate::board::vocabulary::{BodyEntry, TopicEntry};
use crate::domain::Block;
use crate::domain::catalogue::Catalogue;

/// The writer's memory of all numbers.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    bodies: HashMap<String, u16>,
    topics: HashMap<String, u16>,
    settlements: HashMap<u32, HashMap<String, u16>>,
    offices: HashMap<String, u16>,
    actors: HashMap<String, HashMap<String, u32>>,
    last_body: u16,
    last_topic: u16,
    last_settlement: u16,
    last_office: u16,
    last_actor: u32,
    /// A word was added or renamed since the flag was last taken.
    pub(super) changed: bool,
}

impl Numbering {
    pub(super) fn load(connection: &Connection) -> Result<Self> {
        let mut it = Self::default();
        let mut bodies = connection.prepare("SELECT id, num FROM body")?;
        for row in bodies.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))? {
            let (id, number) = row?;
            it.last_body = it.last_body.max(number);
            it.bodies.insert(id, number);
        }
        let mut topics = connection.prepare("SELECT id, num FROM topic")?;
        for row in topics.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))? {
            let (id, number) = row?;
            it.last_topic = it.last_topic.max(number);
            it.topics.insert(id, number);
        }
        let mut settlements =
            connection.prepare("SELECT municipality, name, num FROM settlement")?;
        for row in settlements
            .query_map([], |row| Ok((row.get::<_, u32>(0)?, row.get(1)?, row.get(2)?)))?
        {
            let (municipality, name, number): (_, String, u16) = row?;
            it.settlements.entry(municipality).or_default().insert(name, number);
            it.last_settlement = it.last_settlement.max(number);
        }
        let mut offices = connection.prepare("SELECT name, num FROM office")?;
        for row in offices.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))? {
            let (name, number) = row?;
            it.last_office = it.last_office.max(number);
            it.offices.insert(name, number);
        }
        let mut actors = connection.prepare("SELECT role, office, num FROM actor")?;
        for row in
            actors.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?)))?
        {
            let (role, office, number): (_, String, u32) = row?;
            it.actors.entry(role).or_default().insert(office, number);
            it.last_actor = it.last_actor.max(number);
        }
        Ok(it)
    }

    /// The body's number, [`NONE`] for no body and for those past the last number.
    pub(super) fn body(&mut self, connection: &Connection, id: Option<&str>) -> Result<u16> {
        let Some(id) = id.filter(|id| !id.is_empty()) else { return Ok(NONE) };
        if let Some(number) = self.bodies.get(id) {
            return Ok(*number);
        }
        let Some(number) = self.last_body.checked_add(1) else { return Ok(NONE) };
        connection
            .prepare_cached(
                "INSERT INTO body (num, id, rev, name, municipality, blocks)
                 VALUES (?1, ?2, 0, ?2, 0, '')",
            )?
            .execute(params![number, id])?;
        self.bodies.insert(id.to_owned(), number);
        self.last_body = number;
        self.changed = true;
        Ok(number)
    }

    /// The topic's number, likewise. An unknown one stands under its block until
    /// its own object comes.
    pub(super) fn topic(
        &mut self,
        connection: &Connection,
        code: Option<&str>,
        block: Block,
    ) -> Result<u16> {
        let Some(code) = code.filter(|code| !code.is_empty()) else { return Ok(NONE) };
        if let Some(number) = self.topics.get(code) {
            return Ok(*number);
        }
        let Some(number) = self.last_topic.checked_add(1) else { return Ok(NONE) };
        connection
            .prepare_cached(
                "INSERT INTO topic (num, id, rev, name, name_en, block)
                 VALUES (?1, ?2, 0, ?2, ?2, ?3)",
            )?
            .execute(params![number, code, block.index()])?;
        self.topics.insert(code.to_owned(), number);
        self.last_topic = number;
        self.changed = true;
        Ok(number)
    }

    /// The settlement's number within its municipality (OKTMO, 0 unknown).
    pub(super) fn settlement(
        &mut self,
        connection: &Connection,
        municipality: u32,
        name: Option<&str>,
    ) -> Result<u16> {
        let Some(name) = name.filter(|name| !name.is_empty()) else { return Ok(NONE) };
        let known = self.settlements.entry(municipality).or_default();
        if let Some(number) = known.get(name) {
            return Ok(*number);
        }
        let Some(number) = self.last_settlement.checked_add(1) else { return Ok(NONE) };
        connection
            .prepare_cached("INSERT INTO settlement (num, municipality, name) VALUES (?1, ?2, ?3)")?
            .execute(params![number, municipality, name])?;
        known.insert(name.to_owned(), number);
        self.last_settlement = number;
        self.changed = true;
        Ok(number)
    }

    /// The number of an office that works on incidents.
    pub(super) fn office(&mut self, connection: &Connection, name: Option<&str>) -> Result<u16> {
        let Some(name) = name.filter(|name| !name.is_empty()) else { return Ok(NONE) };
        if let Some(number) = self.offices.get(name) {
            return Ok(*number);
        }
        let Some(number) = self.last_office.checked_add(1) else { return Ok(NONE) };
        connection
            .prepare_cached("INSERT INTO office (num, name) VALUES (?1, ?2)")?
            .execute(params![number, name])?;
        self.offices.insert(name.to_owned(), number);
        self.last_office = number;
        self.changed = true;
        Ok(number)
    }

    /// The number of a role with its office, 0 where neither is given.
    pub(super) fn actor(
        &mut self,
        connection: &Connection,
        role: Option<&str>,
        office: Option<&str>,
    ) -> Result<u32> {
        let (role, office) = (role.unwrap_or_default(), office.unwrap_or_default());
        if role.is_empty() && office.is_empty() {
            return Ok(0);
        }
        if let Some(number) = self.actors.get(role).and_then(|offices| offices.get(office)) {
            return Ok(*number);
        }
        let number = self.last_actor + 1;
        connection
            .prepare_cached("INSERT INTO actor (num, role, office) VALUES (?1, ?2, ?3)")?
            .execute(params![number, role, office])?;
        self.actors.entry(role.to_owned()).or_default().insert(office.to_owned(), number);
        self.last_actor = number;
        Ok(number)
    }
}

/// Gives every node of the catalogue a number and its present name. A name that
/// the server sent (rev above 0) stays.
pub(super) fn seed_topics(connection: &Connection, catalogue: &Catalogue) -> Result<()> {
    let mut put = connection.prepare(include_str!("sql/topic_seed.sql"))?;
    let topics = catalogue.topics.topics();
    for topic in topics {
        let parent = topic.parent.and_then(|index| topics.get(usize::from(index)));
        put.execute(params![
            topic.code,
            topic.name.ru,
            topic.name.en,
            topic.block.index(),
            parent.map(|above| &above.code),
        ])?;
    }
    Ok(())
}

/// Gives every settlement of the catalogue a number, so that an officer can name
/// one that the server has not named yet. They are called by their codes.
pub(super) fn seed_settlements(connection: &Connection, catalogue: &Catalogue) -> Result<()> {
    let mut put = connection.prepare(include_str!("sql/settlement_seed.sql"))?;
    for settlement in &catalogue.settlements {
        put.execute(params![settlement.municipality.get(), settlement.code])?;
    }
    Ok(())
}

/// All numbered words, for the board and the screens.
pub(super) fn load(connection: &Connection) -> Result<Vocabulary> {
    let mut vocabulary = Vocabulary {
        topics: load_topics(connection)?,
        bodies: vec![BodyEntry::default()],
        settlements: vec![String::new()],
        offices: vec![String::new()],
    };
    let mut bodies = connection.prepare("SELECT num, id, name, short, rev > 0 FROM body")?;
    let mut rows = bodies.query([])?;
    while let Some(row) = rows.next()? {
        let name: String = row.get(2)?;
        let short: Option<String> = row.get(3)?;
        let entry = BodyEntry {
            id: row.get(1)?,
            short: short.unwrap_or_else(|| name.clone()),
            name,
            is_listed: row.get(4)?,
        };
        place_at(&mut vocabulary.bodies, row.get(0)?, entry);
    }
    let mut settlements = connection.prepare("SELECT num, name FROM settlement")?;
    let mut rows = settlements.query([])?;
    while let Some(row) = rows.next()? {
        place_at(&mut vocabulary.settlements, row.get(0)?, row.get(1)?);
    }
    let mut offices = connection.prepare("SELECT num, name FROM office")?;
    let mut rows = offices.query([])?;
    while let Some(row) = rows.next()? {
        place_at(&mut vocabulary.offices, row.get(0)?, row.get(1)?);
    }
    Ok(vocabulary)
}

fn load_topics(connection: &Connection) -> Result<Vec<TopicEntry>> {
    let mut topics = vec![TopicEntry::default()];
    let mut parents: Vec<(u16, String)> = Vec::new();
    let mut statement =
        connection.prepare("SELECT num, id, name, name_en, block, parent FROM topic")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let number: u16 = row.get(0)?;
        let entry = TopicEntry {
            code: row.get(1)?,
            name: row.get(2)?,
            name_en: row.get(3)?,
            block: row.get(4)?,
            parent: NONE,
            depth: 1,
        };
        if let Some(parent) = row.get(5)? {
            parents.push((number, parent));
        }
        place_at(&mut topics, number, entry);
    }
    let by_code: HashMap<&str, u16> =
        topics.iter().enumerate().map(|(i, t)| (t.code.as_str(), i as u16)).collect();
    let links: Vec<(u16, u16)> = parents
        .iter()
        .filter_map(|(child, parent)| Some((*child, *by_code.get(parent.as_str())?)))
        .filter(|(child, parent)| child != parent)
        .collect();
    for (child, parent) in links {
        topics[usize::from(child)].parent = parent;
    }
    set_depths(&mut topics);
    Ok(topics)
}

/// Depths from parents. A loop, which only a broken server can make, is cut: its
/// node stands at the top.
fn set_depths(topics: &mut [TopicEntry]) {
    const MOST: u8 = 16;
    for index in 1..topics.len() {
        let (mut depth, mut at) = (1_u8, topics[index].parent);
        while at != NONE && depth < MOST {
            depth += 1;
            at = topics[usize::from(at)].parent;
        }
        if at == NONE {
            topics[index].depth = depth;
        } else {
            topics[index].parent = NONE;
        }
    }
}

fn place_at<T: Default + Clone>(list: &mut Vec<T>, number: u16, value: T) {
    let index = usize::from(number);
    if list.len() <= index {
        list.resize(index + 1, T::default());
    }
    list[index] = value;
}
