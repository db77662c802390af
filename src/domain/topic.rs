//! The taxonomy of matters: блок → тема → подтема → факт.

use std::collections::HashMap;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use super::block::Block;
use super::data_file::{DataError, DataFile};
use super::name::Name;

/// How deep a topic stands under its block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum TopicLevel {
    /// Тема.
    Theme = 1,
    /// Подтема.
    Subtheme = 2,
    Fact = 3,
}

/// How near two incidents of one topic are where they may be the same matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Near {
    m: u32,
    hours: u32,
}

impl Near {
    pub const fn new(m: u32, hours: u32) -> Self {
        Self { m, hours }
    }

    /// Radius on the ground; at least a metre.
    pub fn metres(self) -> f64 {
        f64::from(self.m.max(1))
    }

    /// Between the two receipts; at least an hour.
    pub const fn secs(self) -> u32 {
        let hours = if self.hours > 0 { self.hours } else { 1 };
        hours.saturating_mul(3_600)
    }
}

/// A node of the taxonomy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    /// A path of ASCII slugs that begins with the block's key,
    /// `zhkh.heat.radiators.cold`.
    pub code: Box<str>,
    pub name: Name,
    pub block: Block,
    pub level: TopicLevel,
    /// Index of the node above; `None` for a theme.
    pub parent: Option<u16>,
    /// Its own, else that of the nearest node above that has one.
    pub near: Near,
    /// It is told in a digest even where nothing came.
    pub is_critical: bool,
    /// One past the last node under it: nodes stand in order, so what is under
    /// node `i` is `i + 1..subtree_end`.
    subtree_end: u16,
}

/// All topics, in the order of the file: a node before what is under it. The
/// index of a topic is its position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taxonomy {
    topics: Vec<Topic>,
    index_by_code: HashMap<Box<str>, u16>,
    near: Near,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenTaxonomy {
    near: Near,
    topics: Vec<Spanned<GivenTopic>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenTopic {
    code: Box<str>,
    ru: Box<str>,
    ru_short: Option<Box<str>>,
    en: Box<str>,
    en_short: Option<Box<str>>,
    near: Option<Near>,
    #[serde(default)]
    critical: bool,
}

impl Taxonomy {
    /// Reads `data/topics.toml`. A code that repeats, names no block, has no
    /// node above it or stands apart from it is refused with its line.
    pub fn read(file: DataFile<'_>) -> Result<Self, DataError> {
        let given: GivenTaxonomy = file.parse_toml()?;
        let mut taxonomy =
            Self { topics: Vec::new(), index_by_code: HashMap::new(), near: given.near };
        for topic in given.topics {
            let span = topic.span();
            taxonomy.add(topic.into_inner()).map_err(|reason| file.error_at(span, reason))?;
        }
        Ok(taxonomy)
    }

    /// All of them; a topic's index is its position.
    pub fn topics(&self) -> &[Topic] {
        &self.topics
    }

    pub fn get(&self, index: u16) -> Option<&Topic> {
        self.topics.get(usize::from(index))
    }

    /// How near incidents are where they may be the same matter; for a topic
    /// that the taxonomy does not know, what holds for most.
    pub fn near(&self, code: &str) -> Near {
        self.by_code(code).map_or(self.near, |topic| topic.near)
    }

    /// `None` for a code that is not in the taxonomy.
    pub fn index_of(&self, code: &str) -> Option<u16> {
        self.index_by_code.get(code).copied()
    }

    pub fn by_code(&self, code: &str) -> Option<&Topic> {
        self.get(self.index_of(code)?)
    }

    /// The nodes above, from the nearest up to the theme.
    pub fn ancestors(&self, index: u16) -> impl Iterator<Item = u16> {
        let parent = |i: &u16| self.get(*i).and_then(|topic| topic.parent);
        std::iter::successors(parent(&index), parent)
    }

    /// The indices of the node and of everything under it; empty for an
    /// unknown index.
    pub fn subtree(&self, index: u16) -> Range<u16> {
        self.get(index).map_or(0..0, |topic| index..topic.subtree_end)
    }

    pub fn is_leaf(&self, index: u16) -> bool {
        self.subtree(index).len() == 1
    }

    /// Indices of the nodes that have nothing under them.
    pub fn leaves(&self) -> impl Iterator<Item = u16> {
        (0..self.topics.len() as u16).filter(|index| self.is_leaf(*index))
    }

    fn add(&mut self, given: GivenTopic) -> Result<(), String> {
        let GivenTopic { code, ru, ru_short, en, en_short, near, critical: is_critical } = given;
        let name = Name::new(ru, ru_short, en, en_short);
        if !name.is_complete() {
            return Err(format!("topic `{code}` has a blank name"));
        }
        let slugs: Vec<&str> = code.split('.').collect();
        if !slugs.iter().all(|slug| is_slug(slug)) {
            return Err(format!("topic code `{code}` is not made of a–z, 0–9, `_` and dots"));
        }
        let level = match slugs.len() {
            2 => TopicLevel::Theme,
            3 => TopicLevel::Subtheme,
            4 => TopicLevel::Fact,
            _ => return Err(format!("topic code `{code}` has not two to four parts")),
        };
        let Some(block) = Block::from_key(slugs[0]) else {
            return Err(format!("topic code `{code}` begins with no block"));
        };
        if self.index_by_code.contains_key(&code) {
            return Err(format!("topic code `{code}` stands twice"));
        }
        let index = u16::try_from(self.topics.len())
            .ok()
            .filter(|i| *i < u16::MAX - 1)
            .ok_or_else(|| "more topics than 65,534".to_owned())?;
        let parent = match level {
            TopicLevel::Theme => None,
            _ => Some(self.open_parent(&code, index)?),
        };
        let above = parent.and_then(|parent| self.get(parent)).map(|parent| parent.near);
        let near = near.or(above).unwrap_or(self.near);
        self.index_by_code.insert(code.clone(), index);
        let subtree_end = index + 1;
        self.topics.push(Topic {
            code,
            name,
            block,
            level,
            parent,
            near,
            is_critical,
            subtree_end,
        });
        self.extend_ancestors_of(index);
        Ok(())
    }

    /// The parent, if nothing but its own subtree stands between the two.
    fn open_parent(&self, code: &str, index: u16) -> Result<u16, String> {
        let (parent_code, _) = code.rsplit_once('.').unwrap_or_default();
        let Some(parent) = self.index_of(parent_code) else {
            return Err(format!("topic `{code}` comes before its parent `{parent_code}`"));
        };
        if self.subtree(parent).end == index {
            Ok(parent)
        } else {
            Err(format!("topic `{code}` stands apart from its parent `{parent_code}`"))
        }
    }

    fn extend_ancestors_of(&mut self, index: u16) {
        let mut at = self.topics[usize::from(index)].parent;
        while let Some(parent) = at {
            let topic = &mut self.topics[usize::from(parent)];
            topic.subtree_end = index + 1;
            at = topic.parent;
        }
    }
}

/// True where `topic` is the node or stands under it, both by their codes.
pub(super) fn is_under(topic: &str, node: &str) -> bool {
    topic.strip_prefix(node).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn is_slug(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    !text.is_empty() && text.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(codes: &[&str]) -> Result<Taxonomy, DataError> {
        let node = |code| format!("  {{ code = \"{code}\", ru = \"имя\", en = \"name\" }},\n");
        let nodes = codes.iter().map(node).collect::<Vec<_>>().concat();
        let text = format!("topics = [\n{nodes}]\nnear = {{ m = 900, hours = 12 }}\n");
        Taxonomy::read(DataFile { name: "topics.toml", text: &text })
    }

    #[test]
    fn nodes_know_what_is_above_and_under_them() {
        let taxonomy =
            read(&["roads.a", "roads.a.b", "roads.a.b.c", "roads.a.b.d", "roads.a.e", "tko.f"])
                .unwrap();
        let index = |code| taxonomy.index_of(code).unwrap();
        assert_eq!(taxonomy.subtree(index("roads.a")), 0..5);
        assert_eq!(taxonomy.subtree(index("roads.a.b")), 1..4);
        assert_eq!(taxonomy.ancestors(index("roads.a.b.d")).collect::<Vec<_>>(), [1, 0]);
        assert_eq!(taxonomy.ancestors(index("tko.f")).count(), 0);
        assert_eq!(taxonomy.leaves().collect::<Vec<_>>(), [2, 3, 4, 5]);
        assert_eq!(taxonomy.by_code("roads.a.b.c").unwrap().level, TopicLevel::Fact);
        assert_eq!(taxonomy.by_code("tko.f").unwrap().block, Block::Waste);
        assert_eq!(taxonomy.index_of("roads.a.x"), None);
        assert_eq!(taxonomy.index_of("roads"), None);
        assert_eq!(taxonomy.subtree(99), 0..0);
    }

    #[test]
    fn nearness_is_the_nodes_own_or_that_of_what_stands_above() {
        let text = "near = { m = 900, hours = 12 }\ntopics = [\n\
            { code = \"roads.a\", ru = \"а\", en = \"a\", near = { m = 50, hours = 6 } },\n\
            { code = \"roads.a.b\", ru = \"б\", en = \"b\" },\n\
            { code = \"roads.c\", ru = \"в\", en = \"c\" },\n]\n";
        let taxonomy = Taxonomy::read(DataFile { name: "topics.toml", text }).unwrap();
        assert_eq!(taxonomy.near("roads.a.b"), Near::new(50, 6));
        assert_eq!(taxonomy.near("roads.c"), Near::new(900, 12));
        assert_eq!(taxonomy.near("unheard.of"), Near::new(900, 12));
        assert_eq!((Near::new(0, 0).metres(), Near::new(0, 0).secs()), (1.0, 3_600));
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        let reason = |codes: &[&str]| read(codes).unwrap_err().to_string();
        assert_eq!(
            reason(&["roads.a", "roads.a"]),
            "topics.toml, line 3: topic code `roads.a` stands twice"
        );
        assert!(reason(&["space.a"]).contains("begins with no block"));
        assert!(reason(&["roads.a.b"]).contains("comes before its parent"));
        let apart = reason(&["roads.a", "roads.b", "roads.a.c"]);
        assert_eq!(
            apart,
            "topics.toml, line 4: topic `roads.a.c` stands apart from its parent `roads.a`"
        );
        assert!(reason(&["roads"]).contains("two to four parts"));
        assert!(reason(&["roads.Яма"]).contains("is not made of"));
        assert!(reason(&["roads..a"]).contains("is not made of"));
    }
}
