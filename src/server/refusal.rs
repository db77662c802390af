//! Answers that are not 2xx: a status, a key and one sentence.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::sync::protocol::Refusal;

/// Why a request was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    #[error("a bearer token is needed and this is none that the server knows")]
    Unauthorised,
    #[error("this token may not do that")]
    Forbidden,
    #[error("there is nothing at this path")]
    NoSuchPath,
    #[error("the path does not take this method")]
    Method,
    #[error("{0}")]
    Malformed(String),
    #[error("there is no such incident")]
    NoSuchIncident,
    #[error("the cursor is of another epoch, scope or time: read anew from the beginning")]
    CursorExpired,
    #[error("the body is larger than {limit_bytes} bytes")]
    TooLarge { limit_bytes: usize },
    #[error("the body has more than {limit} lines; none was carried out")]
    TooManyLines { limit: u32 },
    #[error("the body must be {expected}")]
    MediaType { expected: &'static str },
    #[error("the server is busy; try again later")]
    Busy { status: u16, retry_after_secs: u32 },
    #[error("the server failed")]
    Failed,
}

impl Refused {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Unauthorised => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NoSuchPath | Self::NoSuchIncident => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::CursorExpired => StatusCode::GONE,
            Self::TooLarge { .. } | Self::TooManyLines { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::MediaType { .. } => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Busy { status: 429, .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy { .. } => StatusCode::SERVICE_UNAVAILABLE,
            Self::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::Unauthorised => "unauthorised",
            Self::Forbidden => "forbidden",
            Self::NoSuchPath => "not_found",
            Self::NoSuchIncident => "unknown_incident",
            Self::Method => "method_not_allowed",
            Self::Malformed(_) => "malformed",
            Self::CursorExpired => "cursor_expired",
            Self::TooLarge { .. } | Self::TooManyLines { .. } => "too_large",
            Self::MediaType { .. } => "media_type",
            Self::Busy { .. } => "busy",
            Self::Failed => "failed",
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let refusal = Refusal { code: self.code().to_owned(), detail: self.to_string() };
        let mut response = (self.status(), Json(refusal)).into_response();
        let headers = response.headers_mut();
        match self {
            Self::Unauthorised => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Self::Busy { retry_after_secs, .. } => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(retry_after_secs));
            }
            _ => {}
        }
        response
    }
}
