//! The eight отраслевые блоки of the Regulation (28.03.2025 № 156) and what
//! stands outside them.

use super::keyed::keyed_enum;

keyed_enum! {
    /// An отраслевой блок. Names are in `data/blocks.toml`.
    pub enum Block {
        /// Жилищно-коммунальное хозяйство.
        Housing = "zhkh",
        /// Твёрдые коммунальные отходы.
        Waste = "tko",
        Energy = "energy",
        Education = "education",
        Health = "health",
        Roads = "roads",
        Transport = "transport",
        /// Социальная защита.
        Social = "social",
        /// «Вне блоков»: everything else.
        Outside = "outside",
    }
}
