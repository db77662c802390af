//! A server that sends us to another address: what citizens wrote goes to the
//! address of the settings and nowhere else.

use pult::domain::Language;
use pult::sync::api::{ApiError, FeedbackApi as _};
use pult::sync::http::HttpApi;
use pult::ui::text::Text;

use crate::fake_api::{Desk, FakeApi, clock, command, config, head, ok};
use crate::sync_engine::block_on;

/// Sends everybody on to `to`.
fn sending_on(status: &'static str, to: &FakeApi) -> FakeApi {
    let to = to.url();
    FakeApi::start(move |request, stream| {
        head(stream, status, &[("location", &format!("{to}{}", request.target))])
    })
}

#[test]
fn another_address_is_neither_asked_nor_given_commands() {
    for (status, number) in [
        ("301 Moved Permanently", 301),
        ("302 Found", 302),
        ("307 Temporary Redirect", 307),
        ("308 Permanent Redirect", 308),
    ] {
        let other = FakeApi::start(|_, stream| ok(stream, "application/json", b"{}"));
        let ours = sending_on(status, &other);
        let client = HttpApi::new(&config(&ours.url()), clock()).unwrap();
        let redirected = ApiError::Redirected { status: number };
        assert_eq!(block_on(client.commands(&[command(1)])).unwrap_err(), redirected);
        assert_eq!(block_on(client.info()).unwrap_err(), redirected);
        assert_eq!(other.requests().len(), 0, "{status}");
    }
}

#[test]
fn it_is_told_in_a_sentence_and_tried_again() {
    let other = FakeApi::start(|_, stream| ok(stream, "application/json", b"{}"));
    let failure = Desk::new().sync(&sending_on("302 Found", &other).url()).unwrap_err();
    assert_eq!(
        failure.to_string(),
        "the server sends us to another address (302): set that one in the settings"
    );
    // The login page of a network sends on as well, until somebody has logged in.
    assert!(!failure.is_permanent());
    for language in [Language::Ru, Language::En] {
        assert!(Text::of(language).has("reason-redirected"));
    }
}
