//! The system or channel that a record came from.

use super::keyed::keyed_enum;

keyed_enum! {
    /// A source. Names are in `data/sources.toml`.
    pub enum Source {
        /// «Госуслуги. Решаем вместе», the federal feedback platform.
        Pos = "pos",
        Vk = "vk",
        Ok = "ok",
        Telegram = "telegram",
        Max = "max",
        Hotline = "hotline",
        Email = "email",
        Paper = "paper",
        /// Entered by an officer.
        Hand = "hand",
        Other = "other",
    }
}
