//! Where credentials go, and where they do not.

use nix_ai_model_core::Kind;
use nix_ai_model_core::grant::{Credential, Grant, Injection};
use nix_ai_model_core::ports::{Http as _, Request};
use nix_ai_model_core::secret::Secret;
use nix_ai_model_net::Settings;

use crate::server::{Asked, Server, ok, redirect};
use crate::sink::{download, transfer};
use crate::{PLENTY, get, hasty, naming, origin, through};

fn with_credential(mut grant: Grant, audience: &str, injection: Injection) -> Grant {
    grant.credentials.push(Credential {
        handle: "token".to_owned(),
        audience: origin(audience),
        injection,
        secret: Some(Secret::new("user:s3cret")),
        read_from: vec!["TEST_TOKEN".to_owned()],
    });
    grant
}

fn asking(url: &str) -> Request {
    Request { credential: Some("token".to_owned()), ..get(url) }
}

fn with_netrc(text: &str) -> Settings {
    Settings { netrc: Some(Secret::new(text)), ..hasty() }
}

#[tokio::test]
async fn a_credential_is_sent_as_the_manifest_says() {
    let server = Server::start(|_, _| ok(b"")).await;
    let base = server.url("");
    for (injection, name, value) in [
        (Injection::Bearer, "authorization", "Bearer user:s3cret"),
        (Injection::Basic, "authorization", "Basic dXNlcjpzM2NyZXQ="),
        (Injection::Header("X-Api-Key".to_owned()), "x-api-key", "user:s3cret"),
    ] {
        let egress = through(hasty(), with_credential(naming(&[&base]), &base, injection));
        egress.fetch(asking(&server.url("/x")), PLENTY).await.unwrap();
        assert_eq!(server.asked().pop().unwrap().header(name), Some(value));
    }
    let egress = through(hasty(), with_credential(naming(&[&base]), &base, Injection::Bearer));
    egress.fetch(get(&server.url("/x")), PLENTY).await.unwrap();
    assert_eq!(server.asked().pop().unwrap().header("authorization"), None, "not asked for");
    let unknown = Request { credential: Some("other".to_owned()), ..get(&server.url("/x")) };
    assert_eq!(egress.fetch(unknown, PLENTY).await.unwrap_err().kind(), Kind::Refused);
}

#[tokio::test]
async fn a_credential_goes_to_its_audience_alone() {
    let elsewhere = Server::start(|_, _| ok(b"")).await;
    let (other, to) = (elsewhere.url(""), elsewhere.url("/blob"));
    let server = Server::start(move |_, asked| match asked.path() {
        "/home" => redirect("/end"),
        "/away" => redirect(&to),
        _ => ok(b""),
    })
    .await;
    let base = server.url("");
    let grant = with_credential(naming(&[&base, &other]), &base, Injection::Bearer);
    let egress = through(hasty(), grant);
    let authorised = |asked: &Asked| asked.header("authorization").is_some();
    egress.fetch(asking(&server.url("/home")), PLENTY).await.unwrap();
    assert!(server.asked().iter().all(authorised), "a redirect within the audience");
    egress.fetch(asking(&server.url("/away")), PLENTY).await.unwrap();
    let mut wanted = download(&server.url("/away"));
    wanted.credential = Some("token".to_owned());
    wanted.headers = vec![("X-Plan".to_owned(), "for the first origin".to_owned())];
    transfer(&egress, &wanted, None, b"").await.0.unwrap();
    egress.fetch(asking(&elsewhere.url("/direct")), PLENTY).await.unwrap();
    assert_eq!(elsewhere.asked().len(), 3);
    for asked in elsewhere.asked() {
        let leaked = authorised(&asked) || asked.header("x-plan").is_some();
        assert!(!leaked, "{asked:?}");
    }
    assert_eq!(elsewhere.asked()[1].header("range"), Some("bytes=0-"), "ranges do travel");
}

#[tokio::test]
async fn a_way_back_from_elsewhere_carries_no_credential() {
    let target = std::sync::Arc::new(std::sync::OnceLock::<String>::new());
    let back = target.clone();
    let elsewhere = Server::start(move |_, _| redirect(back.get().unwrap())).await;
    let to = elsewhere.url("/x");
    let server =
        Server::start(move |_, asked| if asked.path() == "/a" { redirect(&to) } else { ok(b"") })
            .await;
    target.set(server.url("/chosen")).unwrap();
    let (base, other) = (server.url(""), elsewhere.url(""));
    let grant = with_credential(naming(&[&base, &other]), &base, Injection::Bearer);
    through(hasty(), grant).fetch(asking(&server.url("/a")), PLENTY).await.unwrap();
    let asked = server.asked();
    assert!(asked[0].header("authorization").is_some());
    assert_eq!((asked[1].path(), asked[1].header("authorization")), ("/chosen", None));
}

#[tokio::test]
async fn netrc_serves_where_no_credential_does() {
    let server = Server::start(|_, _| ok(b"")).await;
    let base = server.url("");
    let settings = || with_netrc("machine 127.0.0.1 login me password pw");
    let egress = through(settings(), naming(&[&base]));
    egress.fetch(get(&server.url("/x")), PLENTY).await.unwrap();
    assert_eq!(server.asked().pop().unwrap().header("authorization"), Some("Basic bWU6cHc="));
    let egress = through(settings(), with_credential(naming(&[&base]), &base, Injection::Bearer));
    egress.fetch(asking(&server.url("/x")), PLENTY).await.unwrap();
    let last = server.asked().pop().unwrap();
    assert_eq!(last.header("authorization"), Some("Bearer user:s3cret"), "the credential first");
    let egress = through(with_netrc("machine other.example password pw"), naming(&[&base]));
    egress.fetch(get(&server.url("/x")), PLENTY).await.unwrap();
    assert_eq!(server.asked().pop().unwrap().header("authorization"), None);
}

#[tokio::test]
async fn a_value_with_a_line_break_is_not_sent_or_shown() {
    let server = Server::start(|_, _| ok(b"")).await;
    let base = server.url("");
    let mut grant = with_credential(naming(&[&base]), &base, Injection::Bearer);
    grant.credentials[0].secret = Some(Secret::new("s3cret\r\nX-Evil: 1"));
    let error = through(hasty(), grant).fetch(asking(&base), PLENTY).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Usage);
    assert!(!format!("{error:?}").contains("s3cret"));
    assert!(server.asked().is_empty());
}
