//! What a plugin is and may reach, in plain words.

use std::fmt::Write as _;

use nix_ai_model_core::origin::OriginPattern;
use nix_ai_model_core::plugin::{Grants, Signature, Signer};
use nix_ai_model_runtime::{CredentialRequest, Inject, Manifest, OriginFrom};

/// What the manifest asks for, a sentence each.
pub(super) fn powers(manifest: &Manifest) -> Vec<String> {
    let mut powers = Vec::new();
    if !manifest.http.is_empty() {
        powers.push(format!("read from {}", list(&manifest.http)));
    }
    if !manifest.download.is_empty() {
        powers.push(format!("download from {}", list(&manifest.download)));
    }
    if manifest.public_downloads {
        powers.push("download from any https origin that has a public address".to_owned());
    }
    if !manifest.objects.is_empty() {
        powers.push(format!(
            "have objects of {} fetched with your credentials for them",
            manifest.objects.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        ));
    }
    for from in &manifest.origins_from {
        powers.push(match from {
            OriginFrom::Field(field) => {
                format!("read and download from the origin that you name in the field \"{field}\"")
            }
            OriginFrom::Setting(setting) => {
                format!("read and download from the origin that you name in {setting}")
            }
        });
    }
    if !manifest.settings.is_empty() {
        powers.push(format!("know what is set in {}", manifest.settings.join(", ")));
    }
    powers.extend(manifest.credentials.iter().map(credential));
    if powers.is_empty() {
        powers.push("reach nothing".to_owned());
    } else if manifest.http.len() + manifest.download.len() + manifest.origins_from.len() > 0 {
        powers.push(
            "be logged in at these origins where your netrc file has a login for them".to_owned(),
        );
    }
    powers
}

/// The origins that the user named, as a sentence.
pub(super) fn named(grants: &Grants) -> Option<String> {
    let names: Vec<String> = grants.origins.iter().map(ToString::to_string).collect();
    (!names.is_empty())
        .then(|| format!("read and download from {}, which you named", names.join(", ")))
}

fn credential(asked: &CredentialRequest) -> String {
    let places = asked.places();
    let at = match (&asked.audience, asked.follows_origin) {
        (Some(audience), false) => audience.to_string(),
        (Some(audience), true) => format!("{audience}, or instead at the origin you name,"),
        (None, _) => "the origin you name".to_owned(),
    };
    let sent = match &asked.inject {
        Inject::Bearer | Inject::Basic => String::new(),
        Inject::Header(name) => format!(", in the header {name}"),
        Inject::RegistryToken => ", for tokens that it hands out".to_owned(),
        Inject::ClientCertificate => ", as your certificate".to_owned(),
    };
    format!(
        "use your credential \"{}\" (the value of {}) at {at} and nowhere else{sent}; it never sees the value",
        asked.handle,
        places.join(" or "),
    )
}

fn list(origins: &[OriginPattern]) -> String {
    origins.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Who signed a component.
pub(super) fn signed(signature: &Signature) -> String {
    match signature {
        Signature::Absent => "nobody".to_owned(),
        Signature::Unknown => "a key that you do not trust".to_owned(),
        Signature::Trusted(signer) => by(signer),
    }
}

/// A signer, as the user named the key.
pub(super) fn by(signer: &Signer) -> String {
    format!("\"{}\" ({})", signer.name, signer.key)
}

/// Lines of a label and what it stands for, below a heading.
pub(super) struct Sheet(String);

impl Sheet {
    pub(super) fn new(manifest: &Manifest) -> Self {
        let Manifest { name, version, description, .. } = manifest;
        Self(format!("{name} {version}: {description}\n"))
    }

    pub(super) fn line(&mut self, label: &str, value: &str) -> &mut Self {
        let _ = writeln!(self.0, "  {label:<12} {value}");
        self
    }

    pub(super) fn lines(&mut self, label: &str, values: &[String]) -> &mut Self {
        for value in values {
            self.line(label, value);
        }
        self
    }

    pub(super) fn text(&self) -> String {
        self.0.clone()
    }
}
