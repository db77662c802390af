//! «Что если»: how many would be late by other rules, without changing any.

use std::sync::Arc;

use super::desk::Desk;
use super::lane::Cancel;
use super::state::View;
use crate::board::aggregates::AggregatesKey;
use crate::board::filter::Filter;
use crate::board::what_if::{Supposition, WhatIf};
use crate::board::{Board, CompiledFilter};
use crate::domain::policy::Supposed;
use crate::domain::{Catalogue, Regime};
use crate::store::Reader;

/// Asks how many would be late.
pub(super) struct WhatIfQuestion {
    board: Board,
    key: AggregatesKey,
    supposed: Vec<Supposed>,
    catalogue: Arc<Catalogue>,
}

/// What was found, and for what.
#[derive(Clone, Debug, PartialEq)]
pub struct WhatIfAnswer {
    /// By `Regime as u8`.
    pub by_regime: [Supposition; Regime::COUNT],
    pub supposed: Vec<Supposed>,
    pub filter: Filter,
}

pub(super) fn what_if(
    reader: Reader,
) -> impl FnMut(WhatIfQuestion, &Cancel) -> Option<WhatIfAnswer> + Send {
    move |question, cancel| {
        let WhatIfQuestion { board, key, supposed, catalogue } = question;
        let interim = match reader.interim_answers() {
            Ok(interim) => interim,
            Err(error) => {
                tracing::error!(%error, "interim answers could not be read");
                return None;
            }
        };
        let tried = catalogue.policies.supposing(&supposed);
        let asked = WhatIf {
            rules: &catalogue.policies,
            supposed: &tried,
            calendar: &catalogue.work_calendar,
            interim: &interim,
            now: key.now,
        };
        let filter = CompiledFilter::new(&key.filter, board.vocabulary(), key.now);
        let by_regime = board.what_if(&filter, &asked, cancel.flag())?;
        Some(WhatIfAnswer { by_regime, supposed, filter: key.filter })
    }
}

impl Desk {
    /// What is tried was changed; nothing else is.
    pub(super) fn suppose(&mut self, supposed: Vec<Supposed>) {
        self.state.supposed = supposed;
    }

    /// While it is looked at: for another filter or supposition at once, for what came
    /// meanwhile by the minute.
    pub(super) fn ask_what_if(&mut self) {
        if self.state.view != View::Settings {
            (self.what_if_asked, self.state.what_if) = (None, None);
            return;
        }
        let wanted = (self.asked.filter.clone(), self.asked.now, self.state.supposed.clone());
        if self.what_if_asked.as_ref() == Some(&wanted) {
            return;
        }
        self.what_if.ask(WhatIfQuestion {
            board: self.board.clone(),
            key: self.asked.clone(),
            supposed: wanted.2.clone(),
            catalogue: Arc::clone(&self.state.catalogue),
        });
        self.what_if_asked = Some(wanted);
    }

    pub(super) fn take_what_if(&mut self) -> bool {
        let Some(found) = self.what_if.take() else { return false };
        self.state.what_if = Some(Arc::new(found));
        true
    }
}

/// What it was asked for, and at which minute.
pub(super) type WhatIfAsked = (Filter, u32, Vec<Supposed>);
