//! One profile of Amazon's shared files: static keys, region, endpoint.

use nix_ai_model_core::secret::Secret;
use nix_ai_model_net::S3Login;

/// What the files say; the first word counts.
#[derive(Debug, Default)]
pub(super) struct Profile {
    id: Option<String>,
    secret: Option<Secret>,
    token: Option<Secret>,
    pub(super) region: Option<String>,
    pub(super) endpoint: Option<String>,
}

impl Profile {
    /// Takes in the section of this name, which all but `default` have behind
    /// `prefix`. Settings of settings, which are indented, are passed over.
    pub(super) fn read(&mut self, text: &str, name: &str, prefix: &str) {
        let mut is_ours = false;
        for line in text.lines().filter(|line| !line.starts_with([' ', '\t', '#', ';'])) {
            if let Some(section) =
                line.trim_end().strip_prefix('[').and_then(|l| l.strip_suffix(']'))
            {
                let section = section.trim();
                let bare = section.strip_prefix(prefix).map(str::trim);
                is_ours = bare == Some(name) || (name == "default" && section == name);
            } else if let (true, Some((key, value))) = (is_ours, line.split_once('=')) {
                self.set(key.trim(), value.trim());
            }
        }
    }

    fn set(&mut self, key: &str, value: &str) {
        if value.is_empty() {
            return;
        }
        match key.to_ascii_lowercase().as_str() {
            "aws_access_key_id" => drop(self.id.get_or_insert(value.to_owned())),
            "aws_secret_access_key" => drop(self.secret.get_or_insert(Secret::new(value))),
            "aws_session_token" => drop(self.token.get_or_insert(Secret::new(value))),
            "region" => drop(self.region.get_or_insert(value.to_owned())),
            "endpoint_url" => drop(self.endpoint.get_or_insert(value.to_owned())),
            _ => {}
        }
    }

    /// The access key, where the profile has a whole one.
    pub(super) fn keys(&self) -> Option<S3Login> {
        Some(S3Login::Keys {
            id: self.id.clone()?,
            secret: self.secret.clone()?,
            token: self.token.clone(),
        })
    }
}
