//! Models as Ollama's registries have them, pushed over the registry's own API.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::fixtures::Fixture;
use crate::wire::{self, Body, Response};

const MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
const CONFIG: &str = "application/vnd.docker.container.image.v1+json";

/// A model that is to be pushed.
#[derive(Debug, Clone, Default)]
pub struct OllamaModel {
    layers: Vec<(Value, Vec<u8>)>,
    files: Fixture,
    config: Vec<u8>,
}

impl OllamaModel {
    /// With weights that any reader of GGUF reads, and what else models have:
    /// two licences, and a layer of a kind that nobody knows.
    pub fn small() -> Self {
        let odd = "odd";
        Self {
            config: br#"{"model_format":"gguf","model_family":"llama"}"#.to_vec(),
            ..Self::default()
        }
        .layer("model", "model.gguf", gguf(64))
        .layer("template", "template", "{{ .Prompt }}")
        .layer("system", "system", "You are terse.")
        .layer("params", "params", r#"{"stop":["</s>"]}"#)
        .layer("license", "license", "MIT License")
        .layer("license", "license-2", "And another one")
        .typed(
            json!({"mediaType": "text/odd"}),
            &format!("sha256-{}", hex(odd.as_bytes())),
            odd,
        )
    }

    /// With weights of `size` bytes that look random.
    pub fn large(size: u64) -> Self {
        let weights = Fixture::new().pseudo_random("model.gguf", size);
        let bytes = weights.bytes("model.gguf");
        Self { config: b"{}".to_vec(), ..Self::default() }.layer("model", "model.gguf", bytes)
    }

    /// Another layer of `application/vnd.ollama.image.{kind}`; `path` is what it
    /// is called as a plain file.
    #[must_use]
    pub fn layer(self, kind: &str, path: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.typed(
            json!({"mediaType": format!("application/vnd.ollama.image.{kind}")}),
            path,
            bytes,
        )
    }

    /// A layer that has a name, as those of safetensors models.
    #[must_use]
    pub fn named(self, kind: &str, name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        let kind = format!("application/vnd.ollama.image.{kind}");
        self.typed(json!({"mediaType": kind, "name": name}), name, bytes)
    }

    fn typed(mut self, kind: Value, path: &str, bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        self.files = self.files.file(path, bytes.clone());
        self.layers.push((kind, bytes));
        self
    }

    /// The manifest's bytes.
    pub fn manifest(&self) -> Vec<u8> {
        let described = |mut kind: Value, bytes: &[u8]| {
            kind["digest"] = json!(format!("sha256:{}", hex(bytes)));
            kind["size"] = json!(bytes.len());
            kind
        };
        let layers = self.layers.iter().map(|(kind, bytes)| described(kind.clone(), bytes));
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": described(json!({"mediaType": CONFIG}), &self.config),
            "layers": layers.collect::<Vec<_>>(),
        });
        manifest.to_string().into_bytes()
    }

    /// The manifest's digest, with `sha256:` before it.
    pub fn digest(&self) -> String {
        format!("sha256:{}", hex(&self.manifest()))
    }

    /// The plain files that it has to become.
    pub fn files(&self) -> Fixture {
        let files = self.files.clone().file("manifest.json", self.manifest());
        files.file("config.json", self.config.clone())
    }

    /// Every blob by its digest in hexadecimal.
    pub fn blobs(&self) -> Vec<(String, &[u8])> {
        let layers = self.layers.iter().map(|(_, bytes)| bytes);
        layers.chain([&self.config]).map(|bytes| (hex(bytes), bytes.as_slice())).collect()
    }

    /// Pushes it to the registry at `authority` as `name` (`library/tiny`) with
    /// this tag. `authorization` is the header's value where one is wanted.
    ///
    /// # Errors
    /// Where the registry does not take it.
    pub fn push(
        &self,
        authority: &str,
        name: &str,
        tag: &str,
        authorization: Option<&str>,
    ) -> io::Result<()> {
        let client = Client { authority, authorization };
        for (digest, bytes) in self.blobs() {
            let begun = client.ask("POST", &format!("/v2/{name}/blobs/uploads/"), "", b"", 202)?;
            let place = header(&begun, "location").unwrap_or_default();
            let place = place.strip_prefix(&format!("http://{authority}")).unwrap_or(place);
            let joint = if place.contains('?') { '&' } else { '?' };
            let target = format!("{place}{joint}digest=sha256:{digest}");
            client.ask("PUT", &target, "application/octet-stream", bytes, 201)?;
        }
        let target = format!("/v2/{name}/manifests/{tag}");
        client.ask("PUT", &target, MANIFEST, &self.manifest(), 201).map(drop)
    }
}

struct Client<'a> {
    authority: &'a str,
    authorization: Option<&'a str>,
}

impl Client<'_> {
    fn ask(
        &self,
        method: &str,
        target: &str,
        content_type: &str,
        body: &[u8],
        status: u16,
    ) -> io::Result<Response> {
        let mut headers = vec![("host".to_owned(), self.authority.to_owned())];
        headers.push(("content-type".to_owned(), content_type.to_owned()));
        headers
            .extend(self.authorization.map(|value| ("authorization".to_owned(), value.to_owned())));
        let asking = wire::ask(self.authority, method, target, &headers, body);
        let response = wire::runtime()?.block_on(asking)?;
        if response.status == status {
            return Ok(response);
        }
        let Body::Bytes(said) = &response.body else { return Err(io::Error::other("no body")) };
        let said = String::from_utf8_lossy(said);
        Err(io::Error::other(format!("{method} {target}: {}: {said}", response.status)))
    }
}

/// The value of `Authorization` for a login.
pub fn basic(login: &str) -> String {
    format!("Basic {}", STANDARD.encode(login))
}

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    let mut headers = response.headers.iter();
    headers.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

fn hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// A GGUF file of version 3: the architecture, and one tensor of `count` floats.
fn gguf(count: u64) -> Vec<u8> {
    let mut file = b"GGUF".to_vec();
    let text = |file: &mut Vec<u8>, text: &str| {
        file.extend((text.len() as u64).to_le_bytes());
        file.extend(text.as_bytes());
    };
    file.extend(3_u32.to_le_bytes());
    file.extend(1_u64.to_le_bytes());
    file.extend(1_u64.to_le_bytes());
    text(&mut file, "general.architecture");
    file.extend(8_u32.to_le_bytes());
    text(&mut file, "llama");
    text(&mut file, "token_embd.weight");
    file.extend(1_u32.to_le_bytes());
    file.extend(count.to_le_bytes());
    file.extend(0_u32.to_le_bytes());
    file.extend(0_u64.to_le_bytes());
    file.resize(file.len().next_multiple_of(32), 0);
    file.extend((0..count).flat_map(|value| (value as f32).to_le_bytes()));
    file
}
