//! From a component to the user's consent.

use nix_ai_model_core::digest::Sri;
use nix_ai_model_core::plugin::{Grants, Pin, Reference, Signature, Signer, Unsigned};
use nix_ai_model_core::{Error, Kind, Result};
use nix_ai_model_runtime::{Limits, Manifest, Plugin, Runtime};
use nix_ai_model_wiring::{Acquired, Sources, is_builtin, taken};

use super::words::{self, Sheet};
use crate::arguments::Consent;
use crate::context::Context;

/// A component that may be installed, if the user says so.
pub(super) struct Candidate {
    pub(super) acquired: Acquired,
    pub(super) manifest: Manifest,
    pub(super) hash: Sri,
    pub(super) signature: Signature,
}

impl Candidate {
    /// Fetches a component and looks at it, without running it.
    pub(super) async fn fetch(
        reference: &Reference,
        sources: &Sources,
        context: &Context,
    ) -> Result<Self> {
        let acquired = sources.acquire(reference).await?;
        let (manifest, digest, _) = Plugin::inspect(&acquired.component)?;
        if is_builtin(&manifest.name) {
            return Err(taken(&manifest.name));
        }
        let policy = context.policy()?;
        let signature = policy.judge(&acquired.component, &acquired.signatures)?;
        if policy.unsigned == Unsigned::Refuse && !matches!(signature, Signature::Trusted(_)) {
            return Err(Error::new(
                Kind::Refused,
                format!("plugin {} is not signed by a key that you trust", manifest.name),
            )
            .with_hint("your plugins.toml says unsigned = \"refuse\"; add its author's key there as a [[trusted-key]]"));
        }
        let hash = Sri::new(digest)?;
        Ok(Self { acquired, manifest, hash, signature })
    }

    /// Compiles it, so that what does not load is not installed and the first
    /// use is as fast as the second.
    pub(super) fn compile(&self, sources: &Sources) -> Result<()> {
        let runtime = Runtime::new(Limits::default())?;
        Plugin::open(&runtime, &self.acquired.component, sources.artefacts()).map(drop)
    }

    /// Asks for `asked`, unless `given` spells it out.
    pub(super) fn consent(
        &self,
        asked: &Grants,
        given: &Grants,
        consent: &Consent,
        sheet: &Sheet,
        context: &Context,
    ) -> Result<()> {
        let unsigned = !matches!(self.signature, Signature::Trusted(_))
            && context.policy()?.unsigned == Unsigned::Ask
            && !consent.allow_unsigned;
        let missing = asked.beyond(given);
        let mut options = missing.options();
        if unsigned {
            options.push("--allow-unsigned".to_owned());
        }
        if consent.yes && options.is_empty() {
            return Ok(());
        }
        let name = &self.manifest.name;
        if consent.yes {
            return Err(Error::new(
                Kind::Refused,
                format!("plugin {name} needs more than was spelled out"),
            )
            .with_hint(format!("if you trust it with that, add {}", options.join(" "))));
        }
        context.output.note(&sheet.text());
        match context.output.ask(&format!("Let {name} do this?")) {
            Some(true) => Ok(()),
            Some(false) => {
                Err(Error::new(Kind::Refused, format!("plugin {name} was not accepted")))
            }
            None => Err(Error::new(Kind::Usage, "there is no terminal to ask on").with_hint(
                format!("spell the consent out: --yes {}", options.join(" ")).trim_end().to_owned(),
            )),
        }
    }

    /// What it is and asks for, as the user is asked.
    pub(super) fn sheet(&self) -> Sheet {
        let mut sheet = Sheet::new(&self.manifest);
        sheet
            .line("from", &self.acquired.reference.to_string())
            .line("digest", &self.hash.to_string())
            .line("signed by", &words::signed(&self.signature))
            .line("licence", &self.manifest.license);
        sheet
    }

    pub(super) fn signer(&self) -> Option<Signer> {
        match &self.signature {
            Signature::Trusted(signer) => Some(signer.clone()),
            Signature::Absent | Signature::Unknown => None,
        }
    }

    pub(super) fn pin(&self, grants: Grants) -> Pin {
        Pin {
            component: self.acquired.reference.clone(),
            hash: self.hash.clone(),
            grants,
            variables: self.manifest.credential_variables(),
        }
    }
}

/// Refuses grants that the manifest does not ask for: a typing error would
/// else look like consent.
pub(super) fn check_asked(manifest: &Manifest, given: &Grants) -> Result<()> {
    let mut stray = given.beyond(&manifest.asks());
    stray.origins.clear();
    if stray.is_empty() {
        return Ok(());
    }
    let options = stray.options().join(" ");
    Err(Error::new(Kind::Usage, format!("plugin {} does not ask for {options}", manifest.name))
        .with_hint(format!(
            "`nix-ai-model plugin inspect {}` shows what it asks for",
            manifest.name
        )))
}
