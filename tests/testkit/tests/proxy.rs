//! The proxy stand-in.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests stand outside the rooms"
)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{Read, Write};
use std::net::TcpStream;

use nix_ai_model_testkit::{Fixture, Hub, Proxy, Repository};
use tempfile::TempDir;

fn hub() -> (TempDir, Hub) {
    let folder = TempDir::new().unwrap();
    Fixture::small_model().write_to(folder.path()).unwrap();
    let repository = Repository::model("org/name", folder.path());
    let hub = Hub::builder().repository(repository).start().unwrap();
    (folder, hub)
}

/// Sends a request as it is and reads to the connection's end.
fn talk(proxy: &Proxy, request: &str) -> String {
    let mut stream = TcpStream::connect(proxy.url().strip_prefix("http://").unwrap()).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn absolute_requests_reach_made_up_hosts() {
    let (_folder, hub) = hub();
    let proxy = Proxy::builder().route("hub.example:80", hub.url()).start().unwrap();
    let target = "http://hub.example/api/models/org/name";
    let answer = talk(&proxy, &format!("GET {target} HTTP/1.1\r\nHost: hub.example\r\n\r\n"));
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(proxy.journal().requests()[0].target, target);
    assert_eq!(hub.journal().requests()[0].target, "/api/models/org/name");
}

#[test]
fn credentials_are_wanted_and_go_no_further() {
    let (_folder, hub) = hub();
    let proxy = Proxy::builder().credentials("user", "pass").start().unwrap();
    let target = format!("{}/api/models/org/name", hub.url());
    let refused = talk(&proxy, &format!("GET {target} HTTP/1.1\r\nHost: x\r\n\r\n"));
    assert!(refused.starts_with("HTTP/1.1 407"), "{refused}");
    assert!(hub.journal().requests().is_empty());
    let basic = "Proxy-Authorization: Basic dXNlcjpwYXNz";
    let answer = talk(&proxy, &format!("GET {target} HTTP/1.1\r\nHost: x\r\n{basic}\r\n\r\n"));
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(!hub.journal().requests()[0].has_credential());
}

#[test]
fn tunnels_lead_to_loopback_only() {
    let (_folder, hub) = hub();
    let proxy = Proxy::builder().start().unwrap();
    let refused = talk(&proxy, "CONNECT 192.0.2.1:443 HTTP/1.1\r\nHost: 192.0.2.1:443\r\n\r\n");
    assert!(refused.starts_with("HTTP/1.1 502"), "{refused}");
    let authority = hub.url().strip_prefix("http://").unwrap();
    let inner = "GET /api/models/org/name HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let answer = talk(&proxy, &format!("CONNECT {authority} HTTP/1.1\r\n\r\n{inner}"));
    assert!(answer.contains("200 Connection established\r\n\r\nHTTP/1.1 200 OK"), "{answer}");
}
