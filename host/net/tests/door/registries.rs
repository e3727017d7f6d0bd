//! Registries of containers, which ask who is there and send for a token.

use std::sync::Arc;

use nix_ai_model_core::Kind;
use nix_ai_model_core::grant::{Credential, Grant, Injection};
use nix_ai_model_core::ports::{Http as _, Request};
use nix_ai_model_core::secret::Secret;

use crate::server::{Asked, Reply, Server, answer, ok, redirect};
use crate::sink::{download, transfer};
use crate::{PLENTY, get, hasty, naming, origin, through};

fn granted(urls: &[&str], login: Option<&str>) -> Grant {
    let credential = Credential {
        handle: "registry".to_owned(),
        audience: origin(urls[0]),
        injection: Injection::RegistryToken,
        secret: login.map(Secret::new),
        read_from: vec!["TEST_LOGIN".to_owned()],
    };
    Grant { credentials: vec![credential], ..naming(urls) }
}

fn asking(url: &str) -> Request {
    Request { credential: Some("registry".to_owned()), ..get(url) }
}

fn challenge(value: &str) -> Reply {
    answer("401 Unauthorized", &[&format!("WWW-Authenticate: {value}")], b"")
}

/// A registry whose tokens are `token-of-` and who asked for them, and which
/// gives blobs to those who have one; `realm` is where it sends for them.
async fn registry(realm: impl Fn(&Asked) -> String + Send + Sync + 'static) -> Server {
    Server::start(move |_, asked| {
        let header = asked.header("authorization").unwrap_or_default();
        if asked.path().starts_with("/token") {
            let who = header.strip_prefix("Basic ").unwrap_or("nobody");
            return match who {
                "d3Jvbmc6cHc=" => answer("403 Forbidden", &[], b""),
                who => ok(format!("{{\"token\": \"token-of-{who}\"}}").as_bytes()),
            };
        }
        match header.starts_with("Bearer token-of-") {
            true => ok(b"blob"),
            false => challenge(&format!(
                "Bearer realm=\"{}\",service=\"s\",scope=\"repository:a:pull\"",
                realm(asked)
            )),
        }
    })
    .await
}

fn own_host(asked: &Asked) -> String {
    format!("http://{}/token", asked.header("host").unwrap())
}

#[tokio::test]
async fn a_token_is_asked_for_once_and_serves_metadata_and_downloads() {
    let server = registry(own_host).await;
    let base = server.url("");
    for (login, who) in [(None, "nobody"), (Some("me:pw"), "bWU6cHc=")] {
        let egress = through(hasty(), granted(&[&base], login));
        let url = server.url("/v2/a/blobs/1");
        assert_eq!(&egress.fetch(asking(&url), PLENTY).await.unwrap().body[..], b"blob");
        let asked = server.asked();
        let [first, token, second] = &asked[asked.len() - 3..] else { panic!("{asked:?}") };
        assert_eq!(first.header("authorization"), None, "the login waits for its challenge");
        assert_eq!(token.path(), "/token?service=s&scope=repository%3Aa%3Apull");
        assert_eq!(second.header("authorization"), Some(&*format!("Bearer token-of-{who}")));
        let mut wanted = download(&url);
        wanted.credential = Some("registry".to_owned());
        let (result, sink, _) = transfer(&egress, &wanted, Some(4), b"").await;
        result.unwrap();
        assert_eq!(sink.bytes, b"blob");
        assert_eq!(server.asked().len(), asked.len() + 1, "the token is kept");
    }
}

#[tokio::test]
async fn a_login_that_is_not_accepted_is_named_by_where_it_is_read_from() {
    let server = registry(own_host).await;
    let egress = through(hasty(), granted(&[&server.url("")], Some("wrong:pw")));
    let error = egress.fetch(asking(&server.url("/x")), PLENTY).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unauthorized);
    assert!(error.hint().unwrap().contains("TEST_LOGIN"), "{:?}", error.hint());
    assert!(!format!("{error:?}").contains("pw"));
}

#[tokio::test]
async fn a_realm_on_another_host_gets_nothing() {
    let elsewhere = Server::start(|_, _| ok(b"{\"token\": \"t\"}")).await;
    let realm = elsewhere.url("/token").replace("127.0.0.1", "localhost");
    let server = registry(move |_| realm.clone()).await;
    let other = elsewhere.url("").replace("127.0.0.1", "localhost");
    let egress = through(hasty(), granted(&[&server.url(""), &other], Some("me:pw")));
    let error = egress.fetch(asking(&server.url("/x")), PLENTY).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Refused);
    assert!(error.message().contains("another host"), "{error}");
    assert!(elsewhere.asked().is_empty());
}

#[tokio::test]
async fn a_basic_challenge_is_answered_with_the_login_and_its_lack_is_the_answer() {
    let server = Server::start(|_, asked| match asked.header("authorization") {
        Some("Basic bWU6cHc=") => ok(b"blob"),
        _ => challenge("Basic realm=\"x\""),
    })
    .await;
    let url = server.url("/x");
    let egress = through(hasty(), granted(&[&server.url("")], Some("me:pw")));
    assert_eq!(egress.fetch(asking(&url), PLENTY).await.unwrap().status, 200);
    for (login, asks) in [(None, 1), (Some("other:pw"), 2)] {
        let before = server.asked().len();
        let egress = through(hasty(), granted(&[&server.url("")], login));
        assert_eq!(egress.fetch(asking(&url), PLENTY).await.unwrap().status, 401);
        assert_eq!(server.asked().len() - before, asks, "it is asked once and not for ever");
    }
}

#[tokio::test]
async fn a_challenge_of_where_a_redirect_leads_is_not_answered() {
    let elsewhere = registry(own_host).await;
    let to = elsewhere.url("/blob");
    let server = Server::start(move |_, _| redirect(&to)).await;
    let grant = granted(&[&server.url(""), &elsewhere.url("")], Some("me:pw"));
    let egress = through(hasty(), grant);
    assert_eq!(egress.fetch(asking(&server.url("/x")), PLENTY).await.unwrap().status, 401);
    assert_eq!(elsewhere.asked().len(), 1);
}

#[tokio::test]
async fn what_a_plan_hands_out_stays_at_its_origin_and_before_netrc() {
    let elsewhere = Server::start(|_, _| ok(b"")).await;
    let to = Arc::new(elsewhere.url("/blob"));
    let server = Server::start(move |_, asked| match asked.path() {
        "/away" => redirect(&to),
        _ => ok(b""),
    })
    .await;
    let netrc = Some(Secret::new("machine 127.0.0.1 login me password pw"));
    let settings = nix_ai_model_net::Settings { netrc, ..hasty() };
    let egress = through(settings, naming(&[&server.url(""), &elsewhere.url("")]));
    for path in ["/here", "/away"] {
        let mut wanted = download(&server.url(path));
        wanted.headers = vec![("Authorization".to_owned(), "RemoteAuth t0ken".to_owned())];
        transfer(&egress, &wanted, None, b"").await.0.unwrap();
    }
    for asked in server.asked() {
        assert_eq!(asked.header("authorization"), Some("RemoteAuth t0ken"));
    }
    let elsewhere = elsewhere.asked().pop().unwrap();
    assert_ne!(elsewhere.header("authorization"), Some("RemoteAuth t0ken"));
}
