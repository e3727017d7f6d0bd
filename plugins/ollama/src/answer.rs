//! What a registry's answers mean.

use nix_ai_model_sdk::{Failure, Host, Request, Response, json, wait};
use serde_json::Value;

use crate::Result;
use crate::name::Name;
use crate::spec::Registry;

/// The manifests that are understood. Those of OCI are of the same shape, and
/// registries do not give them to who does not ask.
pub const ACCEPT: &str = "application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json";

/// Asks for a manifest.
pub fn get(url: String, registry: &Registry, name: &Name, host: &dyn Host) -> Result<Response> {
    let request = Request::get(url).header("accept", ACCEPT).credential(registry.credential());
    let response = host.fetch(&request)?;
    if response.status == 200 {
        Ok(response)
    } else {
        Err(failure(&response, registry, name, host))
    }
}

fn failure(response: &Response, registry: &Registry, name: &Name, host: &dyn Host) -> Failure {
    let origin = registry.origin();
    let model = name.path(*registry == Registry::Public);
    let said = said(&response.body);
    match response.status {
        // Hugging Face answers so where a repository has no such quantization.
        400 => Failure::not_found(format!("{origin} does not know {model}{said}"))
            .with_hint("check the namespace, the model and the tag"),
        401 | 403 => unauthorized(registry, &model, &said, host),
        404 => Failure::not_found(format!("{origin} has no {model}{said}"))
            .with_hint(format!("check the name{}", elsewhere(registry, name))),
        429 => {
            let message = format!("{origin} has had too many requests{said}");
            Failure::rate_limited(wait::seconds(response), message).with_hint("wait and try again")
        }
        status => {
            Failure::network(format!("{} answered with status {status}{said}", response.place()))
                .with_hint("try again later; if it stays so, check that this is a registry")
        }
    }
}

fn elsewhere(registry: &Registry, name: &Name) -> String {
    match registry {
        Registry::Public => {
            format!("; it is at https://ollama.com/{}/{}", name.namespace, name.model)
        }
        Registry::HuggingFace(_) => {
            format!(
                "; a quantization is listed at https://huggingface.co/{}/{}",
                name.namespace, name.model
            )
        }
        Registry::Named(_) => "; in a private registry, a login may be missing".to_owned(),
    }
}

fn unauthorized(registry: &Registry, model: &str, said: &str, host: &dyn Host) -> Failure {
    let origin = registry.origin();
    let has = host.has_credential(registry.credential());
    let failure = match has {
        true => {
            Failure::unauthorized(format!("{origin} does not let this login read {model}{said}"))
        }
        false => {
            Failure::unauthorized(format!("{origin} does not let everyone read {model}{said}"))
        }
    };
    failure.with_hint(match (registry, has) {
        (Registry::Public, _) => {
            "check the name; private models of this registry can be read by Ollama alone, which signs with its own key".to_owned()
        }
        (Registry::HuggingFace(_), true) => {
            "HF_TOKEN has to be a valid token of an account with access".to_owned()
        }
        (Registry::HuggingFace(_), false) => {
            "check the name; if the repository is private or gated, set HF_TOKEN to a token of an account with access".to_owned()
        }
        (Registry::Named(_), true) => {
            "OLLAMA_REGISTRY_LOGIN, or the netrc file, holds a login that is wrong or has no access".to_owned()
        }
        (Registry::Named(_), false) => format!(
            "set OLLAMA_REGISTRY_LOGIN to user:password, or put a login for {origin} into the netrc file; in a Nix build, bring it in as the documentation on credentials says"
        ),
    })
}

/// What a registry says of a failure, as a part of a message: `errors[0]` as
/// registries of containers have it, `error` as Hugging Face has it.
fn said(body: &[u8]) -> String {
    let Ok(answer) = serde_json::from_slice::<Value>(body) else { return String::new() };
    let texts = ["/errors/0/message", "/errors/0/code", "/error"];
    let text = texts
        .iter()
        .find_map(|place| answer.pointer(place)?.as_str().filter(|text| !text.is_empty()));
    text.map(|text| format!(": {}", json::quoted(text))).unwrap_or_default()
}
