//! What the user asks of a registry.

use nix_ai_model_sdk::{Failure, http};
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::name::Name;

/// Ollama's own registry.
const PUBLIC: &str = "registry.ollama.ai";
/// Hugging Face, which serves its GGUF files as a registry does.
const HUGGING_FACE: [&str; 2] = ["hf.co", "huggingface.co"];

/// A model of a registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OllamaSpec {
    /// `[namespace/]model[:tag][@sha256:…]`, or `hf.co/user/repo[:quant]`.
    pub model: String,
    /// The registry's origin, where it is neither Ollama's nor Hugging Face.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registry: Option<String>,
}

/// Who serves the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registry {
    /// Ollama's own.
    Public,
    /// Hugging Face, under this one of its names.
    HuggingFace(&'static str),
    /// Another, by its origin.
    Named(String),
}

impl Registry {
    /// Where it is asked.
    pub fn origin(&self) -> &str {
        match self {
            Self::Public => "https://registry.ollama.ai",
            Self::HuggingFace(_) => "https://huggingface.co",
            Self::Named(origin) => origin,
        }
    }

    /// The manifest's handle of the credential for it.
    pub const fn credential(&self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::HuggingFace(_) => "huggingface",
            Self::Named(_) => "registry",
        }
    }

    /// The registry at an origin.
    fn at(origin: String) -> Self {
        match origin.strip_prefix("https://").and_then(known) {
            Some(known) => known,
            None => Self::Named(origin),
        }
    }
}

/// The registry that needs no naming at this host.
fn known(host: &str) -> Option<Registry> {
    let mut names = HUGGING_FACE.into_iter();
    match host {
        PUBLIC => Some(Registry::Public),
        host => names.find(|name| *name == host).map(Registry::HuggingFace),
    }
}

impl OllamaSpec {
    /// Reads a short form; a host that is not known becomes the field `registry`.
    ///
    /// # Errors
    /// `invalid-spec` naming what is malformed.
    pub fn from_reference(reference: &str) -> Result<Self> {
        let name = Name::new(reference)?;
        let Some(host) = &name.host else {
            return Ok(Self { model: name.path(true), registry: None });
        };
        let scheme = name.scheme.as_deref().unwrap_or("https");
        Ok(match Registry::at(format!("{scheme}://{host}")) {
            Registry::Public => Self { model: name.path(true), registry: None },
            Registry::HuggingFace(host) => {
                Self { model: format!("{host}/{}", name.path(false)), registry: None }
            }
            Registry::Named(origin) => Self { model: name.path(false), registry: Some(origin) },
        })
    }

    /// The registry, and the model's name there.
    ///
    /// # Errors
    /// `invalid-spec` where a field is malformed, or `model` alone names a
    /// registry that only `registry` may name.
    pub fn read(&self) -> Result<(Registry, Name)> {
        let name = Name::new(&self.model)?;
        let registry = match (&self.registry, &name.host) {
            (None, None) => Registry::Public,
            (Some(url), None) => Registry::at(origin(url)?),
            (None, Some(host)) => known(host)
                .filter(|_| name.scheme.as_deref() != Some("http"))
                .ok_or_else(|| unnamed(&name, host))?,
            (Some(_), Some(_)) => {
                return Err(Failure::invalid_spec(
                    "the registry is named twice: by \"registry\" and in \"model\"",
                )
                .with_hint(format!("leave it out of \"model\": write {}", name.path(false))));
            }
        };
        Ok((registry, name))
    }
}

/// The canonical short form.
pub fn reference(registry: &Registry, name: &Name) -> String {
    match registry {
        Registry::Public => name.path(true),
        Registry::HuggingFace(host) => format!("{host}/{}", name.path(false)),
        Registry::Named(origin) => {
            format!("{}/{}", origin.strip_prefix("https://").unwrap_or(origin), name.path(false))
        }
    }
}

/// Origins are the user's to name, and the host reads them from `registry` alone.
fn unnamed(name: &Name, host: &str) -> Failure {
    let scheme = name.scheme.as_deref().unwrap_or("https");
    Failure::invalid_spec(format!(
        "\"model\" names the registry {host}, which the field \"registry\" has to name"
    ))
    .with_hint(format!(
        "write registry = \"{scheme}://{host}\" and model = \"{}\"",
        name.path(false)
    ))
}

/// The origin that a URL is. What is wrong with it is not shown: there may be a
/// password in it.
fn origin(url: &str) -> Result<String> {
    let origin = http::origin(url).filter(|origin| url.trim_end_matches('/') == *origin);
    // As part of a name, so that the store's layout has a place for it.
    let origin = origin.map(str::to_ascii_lowercase);
    origin.filter(|origin| Name::new(&format!("{origin}/a/a")).is_ok()).ok_or_else(|| {
        Failure::invalid_spec("the field \"registry\" is not the origin of a registry")
            .with_hint("write it as https://registry.example or http://127.0.0.1:5000, without a path or a login")
    })
}

#[cfg(test)]
mod tests;
