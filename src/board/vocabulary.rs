//! Names behind the board's 16-bit columns: what the store has numbered.

/// A node of the taxonomy as the store numbers it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TopicEntry {
    pub code: String,
    pub name: String,
    pub name_en: String,
    /// `domain::block::Block as u8`.
    pub block: u8,
    /// Number of the parent node, [`super::row::NONE`] at the top.
    pub parent: u16,
    /// 1 тема, 2 подтема, 3 факт.
    pub depth: u8,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BodyEntry {
    /// Id on the server.
    pub id: String,
    pub name: String,
    pub short: String,
    /// The server has it; else incidents alone name it, by now or only so far.
    pub is_listed: bool,
}

/// Vocabularies numbered by the store; entry 0 of each list is «none».
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vocabulary {
    pub topics: Vec<TopicEntry>,
    pub bodies: Vec<BodyEntry>,
    pub settlements: Vec<String>,
    /// Posts that work on incidents, never persons.
    pub offices: Vec<String>,
}

impl Vocabulary {
    /// The code of a topic by its number; empty where there is none.
    pub fn topic_code(&self, number: u16) -> &str {
        self.topics.get(usize::from(number)).map_or("", |entry| &entry.code)
    }

    /// Numbers of the bodies that an incident can be given to: those that the server
    /// lists, or all that are named where it lists none.
    pub fn offered_bodies(&self) -> impl Iterator<Item = u16> {
        let lists_none = self.bodies.iter().all(|body| !body.is_listed);
        let all = (0_u16..).zip(&self.bodies).skip(1);
        all.filter(move |(_, body)| lists_none || body.is_listed).map(|(number, _)| number)
    }

    /// True where an incident can be given to the body with that id.
    pub fn offers(&self, body: &str) -> bool {
        self.offered_bodies().any(|number| self.bodies[usize::from(number)].id == body)
    }

    /// The node's ancestor at `depth` (1 is the theme), itself where it stands
    /// higher; [`super::row::NONE`] stays so.
    pub fn ancestor(&self, topic: u16, depth: u8) -> u16 {
        let mut at = topic;
        while let Some(entry) = self.topics.get(usize::from(at)) {
            if at == super::row::NONE || entry.depth <= depth {
                return at;
            }
            at = entry.parent;
        }
        super::row::NONE
    }

    /// True where `topic` is `node` or stands under it. Under «none» stands
    /// nothing but itself.
    pub fn is_under(&self, topic: u16, node: u16) -> bool {
        if node == super::row::NONE {
            return topic == node;
        }
        self.topics
            .get(usize::from(node))
            .is_some_and(|entry| self.ancestor(topic, entry.depth) == node)
    }
}
