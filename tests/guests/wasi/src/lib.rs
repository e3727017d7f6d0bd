//! A source plugin, built by the ordinary tool for `wasm32-wasip2`, that tries
//! what the standard library and WASI offer. What it finds is the text of the
//! one file in its plan.
#![cfg(target_os = "wasi")]
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stderr,
    reason = "a guest, which tries what it should not be able to"
)]

mod http;

use std::io::Write as _;
use std::net::{TcpStream, ToSocketAddrs as _, UdpSocket};
use std::time::Duration;

use nix_ai_model_sdk::{Failure, Host, Locator, Plan, PlannedFile, Source};
use serde::{Deserialize, Serialize};

/// What to do.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Which act.
    act: String,
    /// The URL of `fetch`, the address of `connect`.
    #[serde(default)]
    url: String,
    /// Further headers of `fetch`.
    #[serde(default)]
    headers: Vec<(String, String)>,
}

struct Wasi;

impl Source for Wasi {
    type Spec = Spec;

    fn parse(reference: &str) -> Result<Spec, Failure> {
        // Short forms are read without any authority: this fails.
        let found = http::get(reference, &[]).map_err(Failure::network)?;
        Ok(Spec { act: found, url: String::new(), headers: Vec::new() })
    }

    fn resolve(_: &dyn Host, spec: &Spec) -> Result<Plan, Failure> {
        let found = match spec.act.as_str() {
            "look" => look(),
            "fetch" => http::get(&spec.url, &spec.headers).unwrap_or_else(|error| error),
            "connect" => connect(&spec.url),
            "sleep" => {
                std::thread::sleep(Duration::from_secs(3600));
                "slept".to_owned()
            }
            "random" => format!("{}", wasip2::random::random::get_random_bytes(1 << 40).len()),
            "handles" => handles(),
            "flood" => flood(),
            "exit" => std::process::exit(1),
            _ => {
                eprintln!("about to end");
                panic!("as it was told to");
            }
        };
        let file = PlannedFile {
            path: "file".to_owned(),
            size: None,
            digests: Vec::new(),
            executable: false,
            locator: Locator::Inline(found.into_bytes()),
        };
        Ok(Plan { reference: "wasi".to_owned(), pin: "1".to_owned(), files: vec![file] })
    }
}

nix_ai_model_sdk::export!(Wasi);

/// The ways of sockets to an address, of those that are open; none, as it
/// should be.
fn connect(address: &str) -> String {
    let mut found = Vec::new();
    if TcpStream::connect(address).is_ok() {
        found.push("connection");
    }
    let udp = UdpSocket::bind("0.0.0.0:0");
    if udp.is_ok_and(|socket| socket.send_to(b"x", address).is_ok()) {
        found.push("datagram");
    }
    if std::net::TcpListener::bind("127.0.0.1:0").is_ok() {
        found.push("listener");
    }
    let port = address.rsplit_once(':').and_then(|(_, port)| port.parse().ok()).unwrap_or(80);
    if ("localhost", port).to_socket_addrs().is_ok_and(|mut found| found.next().is_some()) {
        found.push("name");
    }
    found.join("; ")
}

/// Everything there is to find; nothing, as it should be.
fn look() -> String {
    let mut found = Vec::new();
    found.extend(std::env::vars().map(|(name, _)| format!("variable {name}")));
    found.extend(std::env::args().map(|argument| format!("argument {argument}")));
    for path in ["/", ".", "/etc/passwd", "/proc/self/environ", "/nix/store"] {
        if std::fs::metadata(path).is_ok() || std::fs::write(path, "x").is_ok() {
            found.push(format!("path {path}"));
        }
    }
    for address in ["127.0.0.1:80", "1.1.1.1:443", "[::1]:80"] {
        if TcpStream::connect(address).is_ok() {
            found.push(format!("connection {address}"));
        }
    }
    if UdpSocket::bind("127.0.0.1:0")
        .is_ok_and(|socket| socket.send_to(b"x", "127.0.0.1:53").is_ok())
    {
        found.push("datagram".to_owned());
    }
    if ("localhost", 80).to_socket_addrs().is_ok_and(|mut addresses| addresses.next().is_some()) {
        found.push("name".to_owned());
    }
    let mut line = String::new();
    if std::io::stdin().read_line(&mut line).is_ok_and(|read| read > 0) {
        found.push("input".to_owned());
    }
    found.join("; ")
}

fn handles() -> String {
    let mut held = Vec::new();
    loop {
        held.push(wasip2::clocks::monotonic_clock::subscribe_duration(u64::MAX));
    }
}

fn flood() -> String {
    let line = "again ".repeat(1000);
    for _ in 0..100_000 {
        let _ = writeln!(std::io::stderr(), "{line}");
    }
    "written".to_owned()
}
