//! The variables that the program reads, declared once.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use nix_ai_model_core::origin::Origin;
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};

use crate::transfers::Transfers;

/// Where the cache folder is, before `XDG_CACHE_HOME`.
pub const CACHE_DIR: &str = "NIX_AI_MODEL_CACHE_DIR";
/// Where installed plugins are, before `XDG_DATA_HOME`.
pub const DATA_DIR: &str = "NIX_AI_MODEL_DATA_DIR";
/// Where the user's settings are, before `XDG_CONFIG_HOME`.
pub const CONFIG_DIR: &str = "NIX_AI_MODEL_CONFIG_DIR";
/// A project's lock file of plugins.
pub const PLUGINS_LOCK: &str = "NIX_AI_MODEL_PLUGINS_LOCK";
/// Origins that the user lets sources reach, separated by commas or spaces.
pub const ALLOW_ORIGINS: &str = "NIX_AI_MODEL_ALLOW_ORIGINS";
/// Files in flight at once.
pub const JOBS: &str = "NIX_AI_MODEL_JOBS";
/// Bytes a second that downloads may take.
pub const LIMIT_RATE: &str = "NIX_AI_MODEL_LIMIT_RATE";
/// How long a connection may bring nothing, in seconds.
pub const STALL_SECONDS: &str = "NIX_AI_MODEL_STALL_SECONDS";
/// Requests that one host is asked at once.
pub const CONNECTIONS: &str = "NIX_AI_MODEL_CONNECTIONS";
/// Certificates to trust, first come first served.
pub const CERTIFICATES: [&str; 2] = ["NIX_SSL_CERT_FILE", "SSL_CERT_FILE"];
/// The file of credentials by origin, instead of `credentials.toml` in the
/// user's folder of settings.
pub const CREDENTIALS: &str = "NIX_AI_MODEL_CREDENTIALS";
/// The netrc file, instead of `~/.netrc`.
pub const NETRC: &str = "NETRC";

/// The variables of the process, taken once by the binary, and what stands
/// beside them for this run.
#[derive(Clone, Default)]
pub struct Environment {
    variables: HashMap<String, String>,
    allowed: Vec<String>,
    /// How bytes are moved, as flags or attributes say it.
    pub transfers: Transfers,
}

impl Environment {
    /// Keeps what is UTF-8; an empty value counts as unset.
    pub fn new(variables: impl Iterator<Item = (OsString, OsString)>) -> Self {
        let variables = variables
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .filter(|(_, value)| !value.is_empty())
            .collect();
        Self { variables, ..Self::default() }
    }

    /// Adds origins that the user named for this run.
    pub fn allow_origins(&mut self, origins: &[String]) {
        self.allowed.extend_from_slice(origins);
    }

    /// The value of a variable that is set and not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// The value of a variable in lower or, where that is unset, upper case.
    pub fn either_case(&self, name: &str) -> Option<&str> {
        self.get(&name.to_lowercase()).or_else(|| self.get(&name.to_uppercase()))
    }

    /// A time in seconds, whole or with a fraction: some, and a day at the most.
    ///
    /// # Errors
    /// [`Kind::Usage`] where the variable's value is none.
    pub fn seconds(&self, name: &str) -> Result<Option<Duration>> {
        const DAY: f64 = 86_400.0;
        let Some(text) = self.get(name) else { return Ok(None) };
        let seconds = text.parse().ok().filter(|seconds| *seconds > 0.0 && *seconds <= DAY);
        let malformed = || {
            Error::new(Kind::Usage, format!("{name} is no time in seconds: \"{}\"", escape(text)))
                .with_hint("give a number above 0 and up to 86400, such as 30 or 0.5")
        };
        seconds.map(|seconds| Some(Duration::from_secs_f64(seconds))).ok_or_else(malformed)
    }

    /// The program's cache folder.
    ///
    /// # Errors
    /// [`Kind::Usage`] where no variable says where it is.
    pub fn cache_dir(&self) -> Result<PathBuf> {
        self.folder("the cache", [CACHE_DIR, "XDG_CACHE_HOME"], ".cache")
    }

    /// The folder of what is installed.
    ///
    /// # Errors
    /// As [`Environment::cache_dir`].
    pub fn data_dir(&self) -> Result<PathBuf> {
        self.folder("installed plugins", [DATA_DIR, "XDG_DATA_HOME"], ".local/share")
    }

    /// The folder of the user's settings.
    ///
    /// # Errors
    /// As [`Environment::cache_dir`].
    pub fn config_dir(&self) -> Result<PathBuf> {
        self.folder("settings", [CONFIG_DIR, "XDG_CONFIG_HOME"], ".config")
    }

    /// The first that is set: our own variable, the one of XDG, the home.
    fn folder(&self, what: &str, [own, xdg]: [&str; 2], in_home: &str) -> Result<PathBuf> {
        let absolute =
            |name: &str| self.get(name).map(PathBuf::from).filter(|path| path.is_absolute());
        absolute(own)
            .or_else(|| Some(absolute(xdg)?.join("nix-ai-model")))
            .or_else(|| Some(absolute("HOME")?.join(in_home).join("nix-ai-model")))
            .ok_or_else(|| {
                Error::new(Kind::Usage, format!("there is no folder for {what}"))
                    .with_hint(format!("set {own}, {xdg} or HOME to an absolute path"))
            })
    }

    /// The origins that the user named beside those of settings and specs.
    ///
    /// # Errors
    /// [`Kind::Usage`] naming the one that is no origin.
    pub fn allowed_origins(&self) -> Result<Vec<Origin>> {
        let listed = self.get(ALLOW_ORIGINS).unwrap_or_default();
        let listed = listed.split([',', ' ', '\n']).filter(|origin| !origin.is_empty());
        self.allowed.iter().map(String::as_str).chain(listed).map(str::parse).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        Environment::new(variables.iter().map(|(name, value)| (name.into(), value.into())))
    }

    #[test]
    fn the_cache_is_where_the_first_variable_says() {
        let all = [("HOME", "/h"), ("XDG_CACHE_HOME", "/x"), (CACHE_DIR, "/c")];
        assert_eq!(
            environment(&all[..1]).cache_dir().unwrap(),
            PathBuf::from("/h/.cache/nix-ai-model")
        );
        assert_eq!(environment(&all[..2]).cache_dir().unwrap(), PathBuf::from("/x/nix-ai-model"));
        assert_eq!(environment(&all).cache_dir().unwrap(), PathBuf::from("/c"));
        assert_eq!(
            environment(&[("HOME", "relative")]).cache_dir().unwrap_err().kind(),
            Kind::Usage
        );
    }

    #[test]
    fn origins_come_from_flags_and_the_variable() {
        let mut environment =
            environment(&[(ALLOW_ORIGINS, "http://127.0.0.1:81, https://a.example")]);
        environment.allow_origins(&["http://10.0.0.1".to_owned()]);
        let origins = environment.allowed_origins().unwrap();
        let texts: Vec<_> = origins.iter().map(ToString::to_string).collect();
        assert_eq!(texts, ["http://10.0.0.1", "http://127.0.0.1:81", "https://a.example"]);
        environment.allow_origins(&["nonsense".to_owned()]);
        assert_eq!(environment.allowed_origins().unwrap_err().kind(), Kind::Usage);
    }

    #[test]
    fn times_are_seconds() {
        let of = |text| environment(&[(STALL_SECONDS, text)]).seconds(STALL_SECONDS);
        assert_eq!(of("").unwrap(), None);
        assert_eq!(of("30").unwrap(), Some(Duration::from_secs(30)));
        assert_eq!(of("0.25").unwrap(), Some(Duration::from_millis(250)));
        for malformed in ["0", "-1", "86401", "NaN", "inf", "1e9", "5s", "\u{1b}"] {
            let error = of(malformed).unwrap_err();
            assert_eq!(error.kind(), Kind::Usage, "{malformed}");
            assert!(error.message().contains(STALL_SECONDS) && !error.message().contains('\u{1b}'));
        }
    }
}
