//! A source plugin that misbehaves as its spec says.
#![cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "only a guest acts"))]

mod attack;

use nix_ai_model_sdk::{Download, Failure, Host, Locator, Plan, PlannedFile, Request, Source};
use serde::{Deserialize, Serialize};

/// What to do.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Which act.
    act: Act,
    /// The URL of [`Act::Fetch`] and [`Act::Plan`].
    #[serde(default)]
    url: String,
    /// What `locate` gives in its place.
    #[serde(default)]
    fresh: String,
}

/// The acts.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// Behaves: a plan of one file.
    Behave,
    /// Fetches `url`, and plans a file with the answer's first bytes inline.
    Fetch,
    /// Fetches `url` again and again, whatever the host says.
    FetchForEver,
    /// Tells whether there is a credential, and a setting's value.
    Look,
    /// Computes without end.
    Loop,
    /// Allocates without end.
    Allocate,
    /// Calls itself without end.
    Recurse,
    /// Writes into the log without end.
    FloodLog,
    /// Writes one line of many megabytes.
    LongLine,
    /// Calls the host without end.
    FloodHost,
    /// Plans a million files.
    ManyFiles,
    /// Plans files that all have one enormous path, held once in its memory.
    SharedText,
    /// Asks for an enormous URL, again and again.
    LongUrl,
    /// Panics.
    Panic,
    /// Writes to an address that it does not have.
    WildWrite,
    /// Fails with text that acts on terminals.
    HostileFailure,
    /// Writes such text into the log, then behaves.
    HostileLog,
    /// Plans to have `url` downloaded.
    Plan,
    /// Plans to have an object fetched from the store that `url` names.
    Object,
    /// Plans a file at the path that `url` is.
    Path,
    /// Answers `locate` with fewer locators than it was asked for.
    FewLocators,
}

struct Hostile;

impl Source for Hostile {
    type Spec = Spec;

    fn parse(reference: &str) -> Result<Spec, Failure> {
        match reference {
            "behave" => Ok(Spec { act: Act::Behave, url: String::new(), fresh: String::new() }),
            "loop" => attack::forever(),
            "fetch" => {
                let asked =
                    nix_ai_model_sdk::Imports.fetch(&Request::get("https://allowed.example/"));
                Err(asked.err().unwrap_or_else(|| Failure::internal("parse reached the network")))
            }
            _ => Err(Failure::invalid_spec("\u{1b}[2Jno such act").with_hint("\u{202e}behave")),
        }
    }

    fn resolve(host: &dyn Host, spec: &Spec) -> Result<Plan, Failure> {
        let inline = match spec.act {
            Act::Behave | Act::FewLocators => Vec::new(),
            Act::Fetch => fetch(host, &spec.url)?,
            Act::FetchForEver => loop {
                let _ = fetch(host, &spec.url);
            },
            Act::Look => look(host),
            Act::Loop => attack::forever(),
            Act::Allocate => attack::allocate(),
            Act::Recurse => attack::recurse(0).to_le_bytes().to_vec(),
            Act::FloodLog => attack::flood_log(host),
            Act::LongLine => attack::long_line(host),
            Act::FloodHost => attack::flood_host(host),
            Act::ManyFiles => return Ok(attack::many_files()),
            Act::SharedText => return Ok(attack::shared_text()),
            Act::Plan => {
                return Ok(plan(vec![located(Locator::Download(Download::new(&spec.url)))]));
            }
            Act::Object => return Ok(plan(vec![located(Locator::Object(spec.url.clone()))])),
            Act::Path => {
                return Ok(plan(vec![PlannedFile { path: spec.url.clone(), ..file(Vec::new()) }]));
            }
            Act::LongUrl => attack::long_url(host),
            Act::Panic => panic!("the registry's answer \u{1b}[31m is odd"),
            Act::WildWrite => attack::wild_write(),
            Act::HostileFailure => {
                let failure = Failure::network("\u{1b}[2J\u{7}gone\r\nERROR: fine");
                return Err(failure.with_hint("run \u{202e}this"));
            }
            Act::HostileLog => attack::hostile_log(host),
        };
        Ok(plan(vec![file(inline)]))
    }

    fn locate(_: &dyn Host, spec: &Spec, _: &str, _: &[String]) -> Result<Vec<Locator>, Failure> {
        let fresh = Some(&*spec.fresh).filter(|fresh| !fresh.is_empty());
        let fresh = Download::new(fresh.unwrap_or("https://files.example/fresh"));
        Ok(vec![Locator::Download(fresh)])
    }
}

nix_ai_model_sdk::export!(Hostile);

fn fetch(host: &dyn Host, url: &str) -> Result<Vec<u8>, Failure> {
    host.fetch(&Request::get(url).credential("token")).map(|mut response| {
        response.body.truncate(1000);
        response.body
    })
}

fn look(host: &dyn Host) -> Vec<u8> {
    let setting = |name| host.setting(name).unwrap_or_default();
    let has = |handle| host.has_credential(handle);
    let seen = [
        has("token").to_string(),
        has("other").to_string(),
        setting("HOSTILE_SETTING"),
        setting("PATH"),
    ];
    seen.join(" ").into_bytes()
}

fn plan(files: Vec<PlannedFile>) -> Plan {
    Plan { reference: "behave".to_owned(), pin: "1".to_owned(), files }
}

fn file(inline: Vec<u8>) -> PlannedFile {
    located(Locator::Inline(inline))
}

fn located(locator: Locator) -> PlannedFile {
    let path = "file".to_owned();
    PlannedFile { path, size: None, digests: Vec::new(), executable: false, locator }
}
