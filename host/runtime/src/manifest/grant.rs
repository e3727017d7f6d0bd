//! From what a manifest asks for and what the user set to a grant.

use std::collections::HashMap;

use nix_ai_model_core::grant::{Credential, Grant, Injection};
use nix_ai_model_core::origin::{Origin, OriginPattern};
use nix_ai_model_core::secret::Secret;
use nix_ai_model_core::spec::Fields;
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use url::Url;

use super::{CredentialRequest, Inject, Manifest, OriginFrom};

/// Where the binary looks up what the user set. Only the binaries read the
/// environment and files.
pub trait Lookup {
    /// The value of a variable that is set and not empty.
    fn variable(&self, name: &str) -> Option<String>;

    /// The secret in a file, or none where there is no such file.
    ///
    /// # Errors
    /// Where there is one that cannot be read.
    fn secret_file(&self, path: &str) -> Result<Option<Secret>>;
}

impl Manifest {
    /// The grant for one run: what the manifest asks for, and the origins that
    /// the user named in `fields`, settings and `allowed`.
    ///
    /// # Errors
    /// [`Kind::Usage`] where a setting or field that names an origin holds
    /// none; whatever reading a secret's file ends with.
    pub fn grant(&self, fields: &Fields, allowed: &[Origin], lookup: &dyn Lookup) -> Result<Grant> {
        let named = self.named_origin(fields, lookup)?;
        let mut credentials = Vec::new();
        for request in &self.credentials {
            credentials.extend(request.credential(named.as_ref(), lookup)?);
        }
        Ok(Grant {
            holder: format!("plugin {}", self.name),
            http: self.http.clone(),
            download: self.download.clone(),
            public_downloads: self.public_downloads,
            objects: self.objects.clone(),
            named: named.into_iter().chain(allowed.iter().cloned()).collect(),
            credentials,
            ..Grant::default()
        })
    }

    /// The settings that the manifest lists and the user set.
    pub fn settings(&self, lookup: &dyn Lookup) -> HashMap<String, String> {
        let set = |name: &String| Some((name.clone(), lookup.variable(name)?));
        self.settings.iter().filter_map(set).collect()
    }

    fn named_origin(&self, fields: &Fields, lookup: &dyn Lookup) -> Result<Option<Origin>> {
        for from in &self.origins_from {
            let (place, value) = match from {
                OriginFrom::Field(name) => (
                    format!("the field \"{name}\""),
                    fields.get(name).and_then(|v| v.as_str()).map(str::to_owned),
                ),
                OriginFrom::Setting(name) => (name.clone(), lookup.variable(name)),
            };
            if let Some(value) = value {
                return self.origin_at(place, value, lookup).map(Some);
            }
        }
        Ok(None)
    }

    /// The origin of a URL, or of the setting that its word stands for.
    fn origin_at(&self, place: String, value: String, lookup: &dyn Lookup) -> Result<Origin> {
        let (place, value) = match self.origin_names.get(&value) {
            None => (place, value),
            Some(setting) => {
                let url = lookup.variable(setting).ok_or_else(|| {
                    Error::new(
                        Kind::Usage,
                        format!(
                            "{place} is \"{}\", and {setting}, which then names the server, is not set",
                            escape(&value)
                        ),
                    )
                    .with_hint(format!("set {setting} to the server's URL, such as https://host"))
                })?;
                (setting.clone(), url)
            }
        };
        let origin = Url::parse(&value).ok().and_then(|url| Origin::of(&url).ok());
        origin.ok_or_else(|| {
            Error::new(
                Kind::Usage,
                format!("{place} is \"{}\", which is no http or https URL", escape(&value)),
            )
            .with_hint("write it as https://host or http://host:port")
        })
    }
}

impl CredentialRequest {
    /// The credential, where there is an origin that it may go to.
    fn credential(
        &self,
        named: Option<&Origin>,
        lookup: &dyn Lookup,
    ) -> Result<Option<Credential>> {
        let own = || self.audience.as_ref().and_then(OriginPattern::exact).cloned();
        let followed = named.filter(|_| self.follows_origin).cloned();
        let Some(audience) = followed.or_else(own) else { return Ok(None) };
        let injection = match &self.inject {
            Inject::Bearer => Injection::Bearer,
            Inject::Basic => Injection::Basic,
            Inject::Header(name) => Injection::Header(name.clone()),
            Inject::RegistryToken => Injection::RegistryToken,
            Inject::ClientCertificate => Injection::ClientCertificate,
        };
        Ok(Some(Credential {
            handle: self.handle.clone(),
            audience,
            injection,
            secret: self.secret(lookup)?,
            read_from: self.places(),
        }))
    }

    fn secret(&self, lookup: &dyn Lookup) -> Result<Option<Secret>> {
        if let Some(login) = &self.login
            && let (Some(user), Some(password)) =
                (lookup.variable(&login.user), lookup.variable(&login.password))
        {
            return Ok(Some(Secret::new(&format!("{user}:{password}"))));
        }
        let set = self.variables.iter().find_map(|name| lookup.variable(name));
        if let Some(value) = set {
            return Ok(Some(Secret::new(&value)).filter(|secret| !secret.is_empty()));
        }
        for file in &self.files {
            let Some(path) = expand(file, lookup) else { continue };
            if let Some(secret) = lookup.secret_file(&path)? {
                return Ok(Some(secret));
            }
        }
        Ok(None)
    }
}

/// `$NAME/rest` with the variable's value; none where it is unset or the
/// result is not absolute.
fn expand(file: &str, lookup: &dyn Lookup) -> Option<String> {
    let path = match file.strip_prefix('$') {
        None => file.to_owned(),
        Some(rest) => {
            let end = rest.find('/').unwrap_or(rest.len());
            format!("{}{}", lookup.variable(&rest[..end])?, &rest[end..])
        }
    };
    path.starts_with('/').then_some(path)
}
