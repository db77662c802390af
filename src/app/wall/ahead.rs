//! What a wall tells of the next days.

use super::super::state::State;
use crate::detect::forecast::{AHEAD, Expected, Forecast, Past};
use crate::domain::Timestamp;

/// What comes in the next days.
#[derive(Clone, Debug, PartialEq)]
pub struct ForecastFrame {
    /// Received by day up to yesterday, oldest first.
    pub came: Vec<u32>,
    /// From this local day on.
    pub today: i32,
    pub days: [Expected; AHEAD],
    pub past: Past,
    /// The days are the means of their weekdays: the forecast was no better.
    pub is_plain: bool,
}

/// Why nothing is said of the next days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoForecast {
    Counting,
    /// Not all days before them are known to be here.
    EndUnknown,
    HistoryShort,
}

pub(super) fn forecast(state: &State) -> Result<ForecastFrame, NoForecast> {
    if !state.knows_until(Timestamp(state.counted_at).local_day()) {
        return Err(NoForecast::EndUnknown);
    }
    let measured = state.indicators.found.as_deref().ok_or(NoForecast::Counting)?;
    let forecasts = &measured.forecasts;
    let incoming = forecasts.incoming.as_ref();
    let said = incoming.or(forecasts.plain.as_ref()).ok_or(NoForecast::HistoryShort)?;
    let Forecast { days, past } = *said;
    let today = Timestamp(measured.indicators.key.now).local_day().0;
    let came = forecasts.received.clone();
    Ok(ForecastFrame { came, today, days, past, is_plain: incoming.is_none() })
}
