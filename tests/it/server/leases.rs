//! Who has which incident open: by HTTP, on the stream, and through the client.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use pult::domain::Role;
use pult::server::{RunningServer, Token};
use pult::sync::api::{ApiError, Clock, FeedbackApi, Heard};
use pult::sync::http::{HttpApi, HttpConfig};
use pult::sync::protocol::{LeaseRequest, Scope};
use serde_json::json;

use super::client::{Client, TOKEN, WALL_TOKEN, start};

const HEAD: &str = "head-token";

fn with_head() -> RunningServer {
    start(|mut options| {
        options.tokens.push(Token::new(HEAD, Role::Head, Scope::Desk, "Руководитель ЦУР"));
        options
    })
}

fn api(server: &RunningServer, token: &str) -> HttpApi {
    let config = HttpConfig {
        server: format!("http://{}", server.addr()),
        token: token.to_owned(),
        root_certificate: None,
        proxy: None,
    };
    HttpApi::new(&config, Clock::new(|| 0)).unwrap()
}

fn wish(incident: &str, ttl_secs: u32) -> LeaseRequest {
    LeaseRequest { incident: incident.to_owned(), ttl_secs }
}

#[tokio::test]
async fn everybody_sees_who_has_what_open_until_it_is_given_back() {
    let server = with_head();
    let (duty, head) = (api(&server, TOKEN), api(&server, HEAD));
    assert_eq!(duty.leases().await.unwrap(), []);
    let mine = duty.lease(&wish("i-2", 60)).await.unwrap();
    head.lease(&wish("i-1", 60)).await.unwrap();
    assert!(mine.yours);
    assert!(!head.lease(&wish("i-2", 60)).await.unwrap().yours);
    let seen = duty.leases().await.unwrap();
    let told: Vec<(&str, &str, bool)> =
        seen.iter().map(|l| (&*l.incident, &*l.holder, l.yours)).collect();
    assert_eq!(told, [("i-1", "Руководитель ЦУР", false), ("i-2", &*mine.holder, true)]);
    duty.lease(&wish("i-2", 0)).await.unwrap();
    assert_eq!(head.leases().await.unwrap().len(), 1);
    let unknown = duty.lease(&wish("i-999999", 60)).await;
    assert_eq!(unknown, Err(ApiError::NotOffered { status: 404 }));
    assert_eq!(api(&server, WALL_TOKEN).leases().await, Err(ApiError::Forbidden));
    let plain = Client::new(&server, HEAD).json("leases").await;
    assert_eq!(
        plain,
        json!({"leases": [{
            "incident": "i-1", "holder": "Руководитель ЦУР", "yours": true,
            "until": "2026-11-24T02:31:00Z",
        }]})
    );
}

#[tokio::test]
async fn the_stream_tells_that_the_leases_changed_and_only_to_those_who_may_ask() {
    let server = with_head();
    let heard = |token: &'static str| {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (api, list) = (api(&server, token), Arc::clone(&heard));
        let task = tokio::spawn(async move {
            let note = |what| {
                if what != Heard::Alive {
                    list.lock().unwrap().push(what);
                }
            };
            api.listen(note).await
        });
        (heard, task)
    };
    let (of_desk, desk) = heard(TOKEN);
    let (of_wall, wall) = heard(WALL_TOKEN);
    let until = |count: usize| {
        let of_desk = Arc::clone(&of_desk);
        async move {
            for _ in 0..100 {
                if of_desk.lock().unwrap().len() >= count {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            panic!("the stream says nothing");
        }
    };
    until(1).await;
    let head = api(&server, HEAD);
    head.lease(&wish("i-1", 60)).await.unwrap();
    until(2).await;
    // What is refused or changes nothing is no news.
    api(&server, TOKEN).lease(&wish("i-1", 60)).await.unwrap();
    head.lease(&wish("i-1", 60)).await.unwrap();
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(*of_desk.lock().unwrap(), [Heard::HeadMoved, Heard::LeasesMoved]);
    assert_eq!(*of_wall.lock().unwrap(), [Heard::HeadMoved]);
    desk.abort();
    wall.abort();
}
