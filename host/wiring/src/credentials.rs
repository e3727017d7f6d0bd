//! The user's credentials for origins: `credentials.toml`. It says where values
//! are and never holds one.

use std::path::{Path, PathBuf};

use nix_ai_model_core::grant::{Credential, Injection};
use nix_ai_model_core::origin::Origin;
use nix_ai_model_core::plan::is_free_header;
use nix_ai_model_core::secret::Secret;
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use nix_ai_model_store::settings;
use serde::Deserialize;

use crate::environment::{CREDENTIALS, Environment};

/// The settings' file in the user's folder of settings.
const FILE: &str = "credentials.toml";
const HINT: &str = "write [[credential]] tables with origin = \"https://…\" and one of bearer-file, bearer-variable, basic-file, basic-variable, or header with value-file or value-variable";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default, rename = "credential")]
    credentials: Vec<Entry>,
}

/// One table. A value is in a file or a variable, never here.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Entry {
    origin: Origin,
    bearer_file: Option<String>,
    bearer_variable: Option<String>,
    basic_file: Option<String>,
    basic_variable: Option<String>,
    header: Option<String>,
    value_file: Option<String>,
    value_variable: Option<String>,
}

/// Where a value is.
enum Place {
    File(String),
    Variable(String),
}

/// The credentials of the file that `NIX_AI_MODEL_CREDENTIALS` names, else of
/// the user's own; none where there is no file.
///
/// # Errors
/// [`Kind::Usage`] where the file is malformed, others may write it, or a value
/// can be read by everyone; [`Kind::Disk`] where one cannot be read.
pub(crate) fn credentials(environment: &Environment) -> Result<Vec<Credential>> {
    let named = environment.get(CREDENTIALS).map(PathBuf::from);
    let Some(path) = named.clone().or_else(|| Some(environment.config_dir().ok()?.join(FILE)))
    else {
        return Ok(Vec::new());
    };
    let shown = escape(&path.to_string_lossy());
    match settings::guarded_text(&path)? {
        None if named.is_some() => Err(Error::new(
            Kind::Usage,
            format!("{CREDENTIALS} names \"{shown}\", which is not there"),
        )
        .with_hint("check the path; in a Nix build it has to be listed in extra-sandbox-paths")),
        None => Ok(Vec::new()),
        Some(text) => {
            read(&text, environment).map_err(|error| error.within(format_args!("\"{shown}\"")))
        }
    }
}

fn read(text: &str, environment: &Environment) -> Result<Vec<Credential>> {
    let file: File = toml::from_str(text).map_err(|error| {
        Error::new(Kind::Usage, format!("it is not understood: {}", escape(error.message())))
            .with_hint(HINT)
    })?;
    file.credentials
        .into_iter()
        .map(|entry| {
            let origin = entry.origin.to_string();
            entry
                .credential(environment)
                .map_err(|error| error.within(format_args!("the credential for {origin}")))
        })
        .collect()
}

impl Entry {
    fn credential(self, environment: &Environment) -> Result<Credential> {
        let (injection, place) = self.sent()?;
        let (secret, read_from) = match place {
            Place::Variable(name) => (environment.get(&name).map(Secret::new), name),
            Place::File(file) => {
                let path = absolute(&file, environment)?;
                (settings::private_secret(&path)?, file)
            }
        };
        Ok(Credential {
            handle: self.origin.to_string(),
            audience: self.origin,
            injection,
            secret: secret.filter(|secret| !secret.is_empty()),
            read_from: vec![escape(&read_from)],
        })
    }

    /// How the value is sent and where it is: exactly one of the ways.
    fn sent(&self) -> Result<(Injection, Place)> {
        let places = [
            (&self.bearer_file, Place::File as fn(String) -> Place, Some(Injection::Bearer)),
            (&self.bearer_variable, Place::Variable, Some(Injection::Bearer)),
            (&self.basic_file, Place::File, Some(Injection::Basic)),
            (&self.basic_variable, Place::Variable, Some(Injection::Basic)),
            (&self.value_file, Place::File, None),
            (&self.value_variable, Place::Variable, None),
        ];
        let mut set = places
            .into_iter()
            .filter_map(|(field, place, injection)| Some((place(field.clone()?), injection)));
        let usage = |what: &str| Err(Error::new(Kind::Usage, what).with_hint(HINT));
        let (Some((place, injection)), None) = (set.next(), set.next()) else {
            return usage("it has not exactly one value");
        };
        match (injection, &self.header) {
            (Some(injection), None) => Ok((injection, place)),
            (None, Some(header)) if is_free_header(header, "") => {
                Ok((Injection::Header(header.clone()), place))
            }
            (None, Some(header)) => {
                usage(&format!("\"{}\" is no header that can be set", escape(header)))
            }
            _ => usage("\"header\" goes with value-file or value-variable, and with these alone"),
        }
    }
}

/// An absolute path, or one below the home.
fn absolute(file: &str, environment: &Environment) -> Result<PathBuf> {
    let path = match (file.strip_prefix("~/"), environment.get("HOME")) {
        (Some(rest), Some(home)) => Path::new(home).join(rest),
        _ => PathBuf::from(file),
    };
    if path.is_absolute() {
        return Ok(path);
    }
    Err(Error::new(Kind::Usage, format!("the file \"{}\" is not absolute", escape(file)))
        .with_hint("write the whole path, or one that begins with ~/"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        Environment::new(variables.iter().map(|(name, value)| (name.into(), value.into())))
    }

    #[test]
    fn values_come_from_files_and_variables() {
        let home = tempfile::tempdir().unwrap();
        let value = home.path().join("token");
        std::fs::write(&value, "s3cret\n").unwrap();
        std::fs::set_permissions(&value, PermissionsExt::from_mode(0o600)).unwrap();
        let text = r#"
            [[credential]]
            origin = "https://a.example"
            bearer-file = "~/token"
            [[credential]]
            origin = "http://b.example:81"
            basic-variable = "LOGIN"
            [[credential]]
            origin = "https://c.example"
            header = "X-Api-Key"
            value-file = "/nonexistent/key"
        "#;
        let environment =
            environment(&[("HOME", home.path().to_str().unwrap()), ("LOGIN", "me:pw")]);
        let read = read(text, &environment).unwrap();
        let secrets: Vec<_> =
            read.iter().map(|one| one.secret.as_ref().map(|s| s.expose().to_owned())).collect();
        assert_eq!(secrets, [Some("s3cret".to_owned()), Some("me:pw".to_owned()), None]);
        assert_eq!(read[2].injection, Injection::Header("X-Api-Key".to_owned()));
        assert_eq!(read[2].read_from, ["/nonexistent/key"]);
        std::fs::set_permissions(&value, PermissionsExt::from_mode(0o644)).unwrap();
        let error = super::read(text, &environment).unwrap_err();
        assert_eq!(error.kind(), Kind::Usage);
        assert!(error.message().contains("everyone"), "{error}");
    }

    #[test]
    fn what_is_malformed_is_said() {
        for text in [
            "[[credential]]",
            "[[credential]]\norigin = \"https://a.example\"",
            "[[credential]]\norigin = \"https://a.example/x\"\nbearer-variable = \"X\"",
            "[[credential]]\norigin = \"https://a.example\"\nbearer = \"s3cret\"",
            "[[credential]]\norigin = \"https://a.example\"\nbearer-variable = \"A\"\nbasic-variable = \"B\"",
            "[[credential]]\norigin = \"https://a.example\"\nvalue-variable = \"A\"",
            "[[credential]]\norigin = \"https://a.example\"\nheader = \"Host\"\nvalue-variable = \"A\"",
            "[[credential]]\norigin = \"https://a.example\"\nheader = \"X\"\nbearer-variable = \"A\"",
            "[[credential]]\norigin = \"https://a.example\"\nbearer-file = \"token\"",
        ] {
            let error = read(text, &environment(&[])).unwrap_err();
            assert_eq!(error.kind(), Kind::Usage, "{text}");
            assert!(error.hint().is_some() && !format!("{error:?}").contains("s3cret"), "{text}");
        }
    }

    #[test]
    fn a_file_that_is_named_has_to_be_there() {
        let named = environment(&[(CREDENTIALS, "/nonexistent/credentials.toml")]);
        assert!(credentials(&named).unwrap_err().hint().unwrap().contains("extra-sandbox-paths"));
        assert!(credentials(&environment(&[("HOME", "/nonexistent")])).unwrap().is_empty());
    }
}
