//! A registry that answers from memory, for the guest and for native code.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use nix_ai_model_core::grant::Grant;
use nix_ai_model_core::ports::{Http, Request, Response};
use nix_ai_model_core::{Error, Kind, Result};
use nix_ai_model_runtime::{Plugin, PluginSource};
use nix_ai_model_sdk as sdk;
use serde_json::json;
use url::Url;

const COMMIT: &str = "1110a243fdf4706b3f48f1d95db1a4f5529b4d41";

/// Bodies by URL.
pub(crate) type Answers = Arc<HashMap<String, Bytes>>;

/// A revision and a tree of so many files.
pub(crate) fn answers(files: usize) -> Answers {
    let api = "https://huggingface.co/api/models/org/name";
    let entry = |number: usize| {
        json!({
            "type": "file",
            "oid": format!("{number:040x}"),
            "size": 5_000_000_000_u64,
            "path": format!("weights/model-{number:05}.safetensors"),
            "lfs": {"oid": format!("{number:064x}"), "size": 5_000_000_000_u64, "pointerSize": 136},
        })
    };
    let tree: Vec<_> = (0..files).map(entry).collect();
    let body = |value: serde_json::Value| Bytes::from(value.to_string());
    Arc::new(HashMap::from([
        (format!("{api}/revision/main"), body(json!({"sha": COMMIT}))),
        (format!("{api}/tree/{COMMIT}?recursive=true"), body(json!(tree))),
    ]))
}

/// The plugin with these answers behind its door.
pub(crate) fn source(plugin: &Plugin, answers: &Answers) -> PluginSource {
    let http = Arc::new(Memory(answers.clone()));
    PluginSource::new(plugin.clone(), http, &Grant::default(), HashMap::new())
}

struct Memory(Answers);

#[async_trait]
impl Http for Memory {
    async fn fetch(&self, request: Request, _: usize) -> Result<Response> {
        let body = self.0.get(request.url.as_str()).cloned();
        let body = body.ok_or_else(|| Error::new(Kind::NotFound, request.url.as_str()))?;
        Ok(Response { status: 200, headers: Vec::new(), body, final_url: request.url })
    }
}

/// The same answers for code that is no guest.
pub(crate) struct Native<'a>(pub(crate) &'a Answers);

impl sdk::Host for Native<'_> {
    fn fetch(&self, request: &sdk::Request) -> std::result::Result<sdk::Response, sdk::Failure> {
        let url =
            Url::parse(&request.url).map_err(|error| sdk::Failure::internal(error.to_string()))?;
        let body = self.0.get(url.as_str()).map(|body| body.to_vec());
        let body = body.ok_or_else(|| sdk::Failure::internal(format!("no answer for {url}")))?;
        Ok(sdk::Response { status: 200, headers: Vec::new(), body, final_url: url.into() })
    }

    fn has_credential(&self, _: &str) -> bool {
        false
    }

    fn setting(&self, _: &str) -> Option<String> {
        None
    }

    fn log(&self, _: sdk::Level, _: &str, _: &[(&str, &str)]) {}
}
