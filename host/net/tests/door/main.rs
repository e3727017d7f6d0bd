//! The door against servers on loopback that answer what a test tells them to.
#![allow(clippy::disallowed_types, reason = "tests run servers on loopback")]
#![allow(clippy::unwrap_used, reason = "tests")]

mod credentials;
mod encryption;
mod metadata;
mod names;
mod parts;
mod proxies;
mod refusals;
mod registries;
mod resuming;
mod server;
mod sink;
mod statuses;

use std::time::Duration;

use nix_ai_model_core::grant::Grant;
use nix_ai_model_core::origin::Origin;
use nix_ai_model_core::ports::{Method, Request};
use nix_ai_model_net::{Door, Egress, Retries, Settings, Timeouts};
use url::Url;

pub(crate) const PLENTY: usize = 1 << 20;

/// Settings that fail fast.
pub(crate) fn hasty() -> Settings {
    Settings {
        timeouts: Timeouts {
            connect: Duration::from_secs(5),
            stall: Duration::from_secs(5),
            exchange: Duration::from_secs(10),
        },
        retries: Retries {
            count: 2,
            first: Duration::from_millis(1),
            longest: Duration::from_millis(2),
            patience: Duration::from_secs(1),
        },
        ..Settings::default()
    }
}

pub(crate) fn origin(url: &str) -> Origin {
    Origin::of(&Url::parse(url).unwrap()).unwrap()
}

/// A grant that the user gave by naming these origins.
pub(crate) fn naming(urls: &[&str]) -> Grant {
    let named = urls.iter().map(|url| origin(url)).collect();
    Grant { holder: "plugin test".to_owned(), named, ..Grant::default() }
}

/// A grant that a manifest asks for with these lines.
pub(crate) fn granting(patterns: &[&str]) -> Grant {
    let http = patterns.iter().map(|pattern| pattern.parse().unwrap()).collect();
    Grant { holder: "plugin test".to_owned(), http, ..Grant::default() }
}

/// A way through a fresh door.
pub(crate) fn through(settings: Settings, grant: Grant) -> Egress {
    Door::new(settings).unwrap().under(grant)
}

pub(crate) fn get(url: &str) -> Request {
    Request {
        method: Method::Get,
        url: Url::parse(url).unwrap(),
        headers: Vec::new(),
        body: None,
        credential: None,
    }
}
