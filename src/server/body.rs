//! What every request body is checked for.

use axum::http::{HeaderMap, header};

use super::refusal::Refused;

pub(crate) const JSON: &str = "application/json";

/// Checks the media type and the size of a body.
pub(crate) fn check(
    headers: &HeaderMap,
    body: &[u8],
    expected: &'static str,
    limit_bytes: usize,
) -> Result<(), Refused> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = given.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case(expected) {
        return Err(Refused::MediaType { expected });
    }
    if body.len() > limit_bytes {
        return Err(Refused::TooLarge { limit_bytes });
    }
    Ok(())
}

/// A whole number from 0 to `most`, however it was written.
pub(crate) fn whole(number: f64, most: f64) -> Option<u64> {
    ((0.0..=most).contains(&number) && number.fract() == 0.0).then_some(number as u64)
}
