//! The manifest: what a plugin is and what it asks for, read from the
//! component without running it. What the host does not enforce, it does not
//! accept: an unknown key is an error.

mod asks;
mod grant;

pub use grant::Lookup;

use std::collections::{BTreeMap, HashSet};

use nix_ai_model_core::grant::ObjectStore;
use nix_ai_model_core::origin::OriginPattern;
use nix_ai_model_core::spec::is_source_name;
use nix_ai_model_core::text::{escape, is_hidden};
use nix_ai_model_core::{Error, Kind as ErrorKind, Result};
use semver::Version;
use serde::{Deserialize, Serialize};

use crate::INTERFACE;

/// The name of the component's custom section that holds the manifest.
pub const SECTION: &str = "nix-ai-model:manifest";

/// What a plugin says of itself and asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Manifest {
    /// The source's or scanner's name in specs.
    pub name: String,
    /// The plugin's own version.
    pub version: Version,
    /// What it is.
    pub kind: Kind,
    /// The version of the plugin interface: `0.1`.
    pub interface: String,
    /// One sentence.
    pub description: String,
    /// SPDX expression.
    pub license: String,
    /// Where its users find more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub homepage: Option<String>,
    /// What one call of a scanner sees; each file where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scans: Option<Scans>,
    /// Origins whose metadata it may read.
    #[serde(default)]
    pub http: Vec<OriginPattern>,
    /// Origins that its plans may name.
    #[serde(default)]
    pub download: Vec<OriginPattern>,
    /// Whether its downloads may come from any https origin with public
    /// addresses.
    #[serde(default)]
    pub public_downloads: bool,
    /// Object stores whose objects its plans may name.
    #[serde(default)]
    pub objects: Vec<ObjectStore>,
    /// Variables of the user's whose values it may read. Never for secrets.
    #[serde(default)]
    pub settings: Vec<String>,
    /// Where the user names origins; the first that is set counts.
    #[serde(default)]
    pub origins_from: Vec<OriginFrom>,
    /// Words that stand for a URL there, each with the setting that then holds
    /// the URL.
    #[serde(default)]
    pub origin_names: BTreeMap<String, String>,
    /// Credentials that the host may use for it.
    #[serde(default, rename = "credential")]
    pub credentials: Vec<CredentialRequest>,
}

/// What a plugin does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Knows a registry.
    Source,
    /// Looks for dangerous content.
    Scanner,
}

/// What one call of a scanner sees.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scans {
    /// One file: a crash, a broken limit or a hang is that file's alone.
    #[default]
    EachFile,
    /// All files of the scan.
    AllFiles,
}

/// Where the user names an origin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum OriginFrom {
    /// In a field of the spec, as a URL.
    Field(String),
    /// In a variable that `settings` lists, as a URL.
    Setting(String),
}

/// A credential that the host may use on the plugin's behalf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CredentialRequest {
    /// What the plugin calls it.
    pub handle: String,
    /// Two variables that hold a user and a password; they count before
    /// `variables`, where both are set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<LoginVariables>,
    /// Variables that hold a value; the first that is set counts.
    #[serde(default)]
    pub variables: Vec<String>,
    /// Files that hold a value, where no variable does: absolute, or beginning
    /// with a variable as in `$HOME/.token`.
    #[serde(default)]
    pub files: Vec<String>,
    /// The one origin it may go to. Where it is left out, there is a value
    /// only for the origin that the user named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<OriginPattern>,
    /// Whether an origin that the user named takes the audience's place.
    #[serde(default)]
    pub follows_origin: bool,
    /// How it is sent.
    pub inject: Inject,
}

/// Variables of a user and a password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoginVariables {
    /// The variable that holds the user's name.
    pub user: String,
    /// The variable that holds the password.
    pub password: String,
}

impl CredentialRequest {
    /// The variables that a value may come from.
    pub fn all_variables(&self) -> impl Iterator<Item = &String> + Clone {
        let login = self.login.iter().flat_map(|login| [&login.user, &login.password]);
        login.chain(&self.variables)
    }

    /// Where a value is looked for, in order, for a person to read.
    pub fn places(&self) -> Vec<String> {
        let login = self.login.iter().map(|login| format!("{} and {}", login.user, login.password));
        login.chain(self.variables.iter().chain(&self.files).cloned()).collect()
    }
}

/// How a credential is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Inject {
    /// `Authorization: Bearer …`
    Bearer,
    /// `Authorization: Basic …` of `user:password`
    Basic,
    /// A header of this name
    Header(String),
    /// The token challenge of registries of containers, with `user:password`
    RegistryToken,
    /// A certificate and its key, shown on encrypted connections
    ClientCertificate,
}

impl Manifest {
    /// Reads and checks a manifest.
    ///
    /// # Errors
    /// [`ErrorKind::Refused`] naming the key and what is wrong with it.
    pub fn parse(text: &str) -> Result<Self> {
        let manifest: Self = toml::from_str(text).map_err(|error| {
            refused(&format!(
                "the plugin's manifest is not understood: {}",
                escape(error.message())
            ))
            .with_hint("docs/plugins/manifest.md lists every key; unknown keys are refused")
        })?;
        manifest.check()?;
        Ok(manifest)
    }

    fn check(&self) -> Result<()> {
        if !is_source_name(&self.name) {
            return Err(refused(
                "the manifest's name is not lower-case letters, digits and hyphens",
            ));
        }
        if self.interface != INTERFACE {
            return Err(refused(&format!(
                "plugin {} is made for interface {}, and this host speaks {INTERFACE}",
                self.name,
                escape(&self.interface)
            ))
            .with_hint("use a version of the plugin, or of nix-ai-model, that fits the other"));
        }
        for text in [&self.description, &self.license].into_iter().chain(&self.homepage) {
            if text.is_empty() || text.chars().any(is_hidden) {
                return Err(self.wrong("a text is empty or has invisible characters"));
            }
        }
        let variables =
            self.settings.iter().chain(self.credentials.iter().flat_map(|c| c.all_variables()));
        if let Some(variable) = variables.clone().find(|variable| !is_variable(variable)) {
            return Err(self.wrong(&format!("\"{}\" is no variable's name", escape(variable))));
        }
        if let Some(setting) = self.settings.iter().find(|setting| looks_secret(setting)) {
            return Err(self.wrong(&format!(
                "the setting {setting} looks like a secret, and a plugin never reads one; make it a credential"
            )));
        }
        self.check_origins()?;
        self.check_credentials()
    }

    fn check_origins(&self) -> Result<()> {
        if self.kind == Kind::Scanner
            && !(self.http.is_empty()
                && self.download.is_empty()
                && !self.public_downloads
                && self.objects.is_empty()
                && self.settings.is_empty()
                && self.origins_from.is_empty()
                && self.origin_names.is_empty()
                && self.credentials.is_empty())
        {
            return Err(self.wrong("a scanner gets no network, settings or credentials"));
        }
        let from = self.origins_from.iter().filter_map(|from| match from {
            OriginFrom::Setting(name) => Some(name),
            OriginFrom::Field(_) => None,
        });
        let mut places = from.chain(self.origin_names.values());
        if let Some(name) = places.find(|name| !self.settings.contains(name)) {
            return Err(self.wrong(&format!(
                "origins are named by {}, which is not under settings",
                escape(name)
            )));
        }
        if self.kind == Kind::Source && self.scans.is_some() {
            return Err(self.wrong("a source scans nothing"));
        }
        Ok(())
    }

    fn check_credentials(&self) -> Result<()> {
        let mut handles = HashSet::new();
        for credential in &self.credentials {
            if !is_source_name(&credential.handle) || !handles.insert(&credential.handle) {
                return Err(self.wrong(&format!(
                    "the credential \"{}\" is malformed or there twice",
                    escape(&credential.handle)
                )));
            }
            self.check_audience(credential)?;
            if let Some(file) = credential.files.iter().find(|file| !is_file(file)) {
                return Err(self.wrong(&format!(
                    "the credential's file \"{}\" is neither absolute nor below a variable, or steps through \"..\"",
                    escape(file)
                )));
            }
            if let Inject::Header(name) = &credential.inject
                && !nix_ai_model_core::plan::is_free_header(name, "")
            {
                return Err(
                    self.wrong(&format!("\"{}\" is no header for a credential", escape(name)))
                );
            }
        }
        Ok(())
    }

    fn check_audience(&self, credential: &CredentialRequest) -> Result<()> {
        match &credential.audience {
            Some(audience) if audience.exact().is_none() => {
                return Err(self.wrong("a credential's audience is one origin, without a star"));
            }
            None if !credential.follows_origin => {
                return Err(self.wrong("a credential without an audience has to follow an origin"));
            }
            _ => {}
        }
        if credential.login.is_some()
            && !matches!(credential.inject, Inject::Basic | Inject::RegistryToken)
        {
            return Err(self.wrong(
                "a credential with a login is injected as \"basic\" or \"registry-token\"",
            ));
        }
        Ok(())
    }

    fn wrong(&self, what: &str) -> Error {
        refused(&format!("the manifest of plugin {}: {what}", self.name))
    }
}

fn refused(message: &str) -> Error {
    Error::new(ErrorKind::Refused, message)
}

fn is_variable(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 128
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// `/absolute/path`, `$VARIABLE` or `$VARIABLE/path`.
fn is_file(file: &str) -> bool {
    let rooted = match file.strip_prefix('$') {
        Some(rest) => is_variable(rest.split('/').next().unwrap_or_default()),
        None => file.starts_with('/'),
    };
    rooted && !file.chars().any(is_hidden) && file.split('/').all(|name| name != "..")
}

fn looks_secret(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    ["TOKEN", "SECRET", "PASSWORD", "PASSWD", "CREDENTIAL", "API_KEY", "PRIVATE"]
        .iter()
        .any(|word| name.contains(word))
        || name.ends_with("_KEY")
}

#[cfg(test)]
mod tests;
