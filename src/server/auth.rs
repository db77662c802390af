//! Who asks: bearer tokens with a role, a scope and an office.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;

use super::hub::Hub;
use super::refusal::Refused;
use crate::domain::{Catalogue, Role, ViewRight};
use crate::sync::protocol::{Scope, TokenInfo};

/// A token that the server knows.
#[derive(Clone, Debug)]
pub struct Token {
    secret: String,
    role: Role,
    scope: Scope,
    reads_only: bool,
    office: String,
}

impl Token {
    /// A token asked for with scope `wall` only reads. A role that may not see
    /// personal data gets what a wall gets, but may still command what it may.
    pub fn new(secret: &str, role: Role, scope: Scope, office: &str) -> Self {
        let personal = Catalogue::embedded().role(role).may_view(ViewRight::SeePersonal);
        Self {
            secret: secret.to_owned(),
            role,
            scope: if personal { scope } else { Scope::Wall },
            reads_only: scope == Scope::Wall,
            office: office.to_owned(),
        }
    }

    pub fn secret(&self) -> &str {
        &self.secret
    }

    pub(crate) const fn reads_only(&self) -> bool {
        self.reads_only
    }

    /// Refuses a token that only reads.
    pub(crate) fn check_acts(&self) -> Result<(), Refused> {
        if self.reads_only { Err(Refused::Forbidden) } else { Ok(()) }
    }

    pub(crate) const fn role(&self) -> Role {
        self.role
    }

    pub(crate) const fn scope(&self) -> Scope {
        self.scope
    }

    /// The post that its holder acts as.
    pub(crate) fn office(&self) -> &str {
        &self.office
    }

    pub(crate) fn info(&self) -> TokenInfo {
        TokenInfo {
            role: self.role.key().to_owned(),
            scope: self.scope,
            office: Some(self.office.clone()),
        }
    }

    /// Compares in a time that does not tell how much was right.
    pub(crate) fn is(&self, given: &[u8]) -> bool {
        let secret = self.secret.as_bytes();
        let differs = secret.iter().zip(given).fold(0, |bits, (a, b)| bits | (a ^ b));
        secret.len() == given.len() && !secret.is_empty() && differs == 0
    }
}

/// The token of a request, put there by [`check`].
#[derive(Clone)]
pub(crate) struct Bearer(pub(crate) Arc<Token>);

/// Lets through what carries a known token.
pub(crate) async fn check(
    State(hub): State<Arc<Hub>>,
    mut request: Request,
    next: Next,
) -> Result<Response, Refused> {
    let given = bearer(request.headers()).ok_or(Refused::Unauthorised)?;
    let token = hub.tokens.iter().find(|token| token.is(given)).ok_or(Refused::Unauthorised)?;
    let bearer = Bearer(Arc::clone(token));
    request.extensions_mut().insert(bearer);
    hub.check_saved()?;
    Ok(next.run(request).await)
}

fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
    let value = headers.get(header::AUTHORIZATION)?.as_bytes();
    let (scheme, token) = value.split_at_checked(7)?;
    scheme.eq_ignore_ascii_case(b"bearer ").then(|| token.trim_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_is_read_in_any_case_and_nothing_else_is() {
        let token = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, text.parse().unwrap());
            bearer(&headers).map(<[u8]>::to_vec)
        };
        assert_eq!(token("Bearer abc"), Some(b"abc".to_vec()));
        assert_eq!(token("bearer  abc "), Some(b"abc".to_vec()));
        assert_eq!(token("Basic abc"), None);
        assert_eq!(token("Bearer"), None);
        assert_eq!(bearer(&HeaderMap::new()), None);
    }

    #[test]
    fn only_the_whole_secret_is_the_token() {
        let token = Token::new("secret", Role::Duty, Scope::Desk, "пост");
        assert!(token.is(b"secret"));
        for given in [&b"secre"[..], b"secrets", b"Secret", b""] {
            assert!(!token.is(given));
        }
        assert!(!Token::new("", Role::Duty, Scope::Desk, "пост").is(b""));
    }

    #[test]
    fn who_may_not_see_personal_data_sees_the_wall() {
        let scope = |role| Token::new("t", role, Scope::Desk, "пост").scope();
        assert_eq!(scope(Role::Curator), Scope::Wall);
        assert_eq!(scope(Role::Duty), Scope::Desk);
    }
}
