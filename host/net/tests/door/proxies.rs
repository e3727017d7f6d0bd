//! Through the user's proxy.

use nix_ai_model_core::Kind;
use nix_ai_model_core::ports::Http as _;
use nix_ai_model_core::secret::Secret;
use nix_ai_model_net::{Proxies, Settings};

use crate::encryption::{authority, trusting};
use crate::server::{Reply, Server, ok};
use crate::{PLENTY, get, granting, hasty, naming, through};

fn by(proxy: &Server, settings: Settings) -> Settings {
    let all = Some(Secret::new(&format!("http://user:pw@127.0.0.1:{}", proxy.port)));
    Settings { proxies: Proxies { all, ..Proxies::default() }, ..settings }
}

#[tokio::test]
async fn plain_requests_are_handed_over_whole() {
    let proxy = Server::start(|_, _| ok(b"by proxy")).await;
    // The name exists nowhere: only the proxy could know it.
    let egress = through(by(&proxy, hasty()), naming(&["http://hub.invalid"]));
    let response = egress.fetch(get("http://hub.invalid/x?y"), PLENTY).await.unwrap();
    assert_eq!(&response.body[..], b"by proxy");
    let asked = &proxy.asked()[0];
    assert_eq!(asked.line, "GET http://hub.invalid/x?y HTTP/1.1");
    assert_eq!(asked.header("proxy-authorization"), Some("Basic dXNlcjpwdw=="));
    assert_eq!(asked.header("authorization"), None);
}

#[tokio::test]
async fn encrypted_requests_go_through_a_tunnel() {
    let (pem, certificate, key) = authority("hub.invalid");
    let server = Server::encrypted(certificate, key, |_, _| ok(b"inside")).await;
    let port = server.port;
    let proxy = Server::start(move |_, _| Reply::Tunnel(port)).await;
    let egress = through(by(&proxy, trusting(pem)), granting(&["https://hub.invalid"]));
    let response = egress.fetch(get("https://hub.invalid/x"), PLENTY).await.unwrap();
    assert_eq!(&response.body[..], b"inside");
    assert_eq!(proxy.asked()[0].line, "CONNECT hub.invalid:443 HTTP/1.1");
    assert_eq!(server.asked()[0].header("proxy-authorization"), None);
}

#[tokio::test]
async fn a_proxy_does_not_open_what_is_closed() {
    let proxy = Server::start(|_, _| ok(b"")).await;
    for base in
        ["https://169.254.169.254", "https://[::1]", "https://localhost", "https://x.localhost."]
    {
        let egress = through(by(&proxy, hasty()), granting(&[base]));
        let error = egress.fetch(get(base), PLENTY).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Refused, "{base}: {error}");
    }
    let egress = through(by(&proxy, hasty()), granting(&["https://hub.invalid"]));
    let error = egress.fetch(get("https://other.invalid"), PLENTY).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Refused);
    assert!(proxy.asked().is_empty());
}

#[tokio::test]
async fn some_hosts_are_reached_directly() {
    let proxy = Server::start(|_, _| ok(b"by proxy")).await;
    let server = Server::start(|_, _| ok(b"direct")).await;
    let mut settings = by(&proxy, hasty());
    settings.proxies.direct = "hub.invalid, 127.0.0.0/8".to_owned();
    let egress = through(settings, naming(&[&server.url("")]));
    let response = egress.fetch(get(&server.url("/")), PLENTY).await.unwrap();
    assert_eq!(&response.body[..], b"direct");
    assert!(proxy.asked().is_empty());
}
