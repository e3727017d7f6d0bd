use std::collections::BTreeMap;

use nix_ai_model_core::digest::Sri;
use nix_ai_model_core::plugin::{Reference, Signatures, oci};
use nix_ai_model_core::{Error, Kind as ErrorKind, Result};
use nix_ai_model_runtime::{Kind, Manifest, Plugin};
use serde::Serialize;
use serde_json::json;

use crate::arguments::Publish;
use crate::context::Context;

#[derive(Serialize)]
struct Published {
    name: String,
    version: String,
    component: Reference,
    hash: Sri,
    signed: bool,
}

pub(super) async fn run(publish: &Publish, context: &Context) -> Result<()> {
    let Reference::Oci(to) = &publish.reference.parse()? else {
        return Err(Error::new(ErrorKind::Usage, "plugins are published to OCI registries")
            .with_hint("write the reference as oci://registry/name:tag; a file or https address needs only a copy"));
    };
    let path = publish.plugin.to_str().ok_or_else(|| {
        Error::new(ErrorKind::Usage, "the plugin's path is not UTF-8").with_hint("rename the file")
    })?;
    let sources = context.sources()?;
    let acquired = sources.acquire(&Reference::File(path.to_owned())).await?;
    let (manifest, digest, imports) = Plugin::inspect(&acquired.component)?;
    // A signature that does not fit would only be found by those who pull.
    context.policy()?.judge(&acquired.component, &acquired.signatures)?;
    let signed = !acquired.signatures.is_empty();
    let annotations = annotations(&manifest, acquired.signatures);
    let export = match manifest.kind {
        Kind::Source => "resolver",
        Kind::Scanner => "inspector",
    };
    let interface = json!({
        "imports": imports,
        "exports": [format!("nix-ai-model:plugin/{export}@0.1.0")],
    });
    let pinned =
        sources.registry(to)?.push(to, acquired.component, &interface, annotations).await?;
    let published = Published {
        name: manifest.name,
        version: manifest.version.to_string(),
        component: Reference::Oci(pinned),
        hash: Sri::new(digest)?,
        signed,
    };
    context.output.result(&published, |published| {
        let unsigned = if published.signed { "" } else { ", unsigned" };
        format!("{} {} is at {}{unsigned}", published.name, published.version, published.component)
    })
}

/// The manifest's words by OCI's names, and the signatures.
fn annotations(manifest: &Manifest, signatures: Signatures) -> BTreeMap<String, String> {
    let words = [
        ("org.opencontainers.image.title", Some(manifest.name.clone())),
        ("org.opencontainers.image.version", Some(manifest.version.to_string())),
        ("org.opencontainers.image.description", Some(manifest.description.clone())),
        ("org.opencontainers.image.licenses", Some(manifest.license.clone())),
        ("org.opencontainers.image.url", manifest.homepage.clone()),
        (oci::MINISIGN, signatures.minisign),
        (oci::SIGSTORE, signatures.sigstore),
    ];
    words.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect()
}
