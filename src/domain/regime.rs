//! The порядок рассмотрения: which rules govern a record's deadlines.

use super::keyed::keyed_enum;

keyed_enum! {
    /// A regime. Names are in `data/regimes.toml`; the deadlines of each are
    /// policies with versions and belong to the record.
    pub enum Regime {
        /// An обращение under Federal Law № 59-ФЗ.
        Fz59 = "fz59",
        /// A сообщение of the ПОС (ПП РФ от 10.11.2020 № 1802).
        Pos = "pos",
        /// A message in social networks; 59-ФЗ does not apply to it.
        Social = "social",
        Other = "other",
    }
}
