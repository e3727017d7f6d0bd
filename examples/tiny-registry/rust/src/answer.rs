use nix_ai_model_sdk::{Failure, Response, json, wait};

use crate::Model;
use crate::spec::Spec;

/// What the registry's answer says or means.
pub fn read(response: &Response, spec: &Spec, has_token: bool) -> Result<Model, Failure> {
    match response.status {
        200 => json::read(response),
        401 if has_token => Err(Failure::unauthorized("the registry did not accept the token")
            .with_hint("TINY_REGISTRY_TOKEN holds a token that is wrong or expired")),
        401 => Err(Failure::unauthorized(format!("{spec} needs a token"))
            .with_hint("set TINY_REGISTRY_TOKEN")),
        404 => Err(Failure::not_found(format!("the registry has no {spec}"))),
        429 => Err(crowded(wait::seconds(response))),
        status => {
            Err(Failure::network(format!("{} answered with status {status}", response.place())))
        }
    }
}

fn crowded(seconds: Option<u32>) -> Failure {
    let wait = seconds.map_or_else(String::new, |seconds| format!(" and asks to wait {seconds} s"));
    Failure::rate_limited(seconds, format!("the registry has had too many requests{wait}"))
}
