//! What a manifest asks for, and what is left of it under a user's grants.

use nix_ai_model_core::plugin::Grants;

use super::{CredentialRequest, Manifest, OriginFrom};

impl Manifest {
    /// All that it asks for.
    pub fn asks(&self) -> Grants {
        Grants {
            http: self.http.clone(),
            download: self.download.clone(),
            public_downloads: self.public_downloads,
            objects: self.objects.clone(),
            settings: self.settings.clone(),
            credentials: self.credentials.iter().map(|asked| asked.handle.clone()).collect(),
            origins: Vec::new(),
        }
    }

    /// The variables that its credentials are read from: those that hold a
    /// value, and those that a file is below, but for the folders that a build
    /// has of its own.
    pub fn credential_variables(&self) -> Vec<String> {
        let own = |name: &str| name == "HOME" || name.starts_with("XDG_");
        let mut names: Vec<String> = Vec::new();
        for asked in &self.credentials {
            let files = asked.files.iter().filter_map(|file| file.strip_prefix('$'));
            let files = files.filter_map(|file| file.split('/').next()).filter(|name| !own(name));
            for name in asked.variables.iter().map(String::as_str).chain(files) {
                if !names.iter().any(|known| known == name) {
                    names.push(name.to_owned());
                }
            }
        }
        names
    }

    /// The manifest of a plugin that asks for no more than was granted.
    #[must_use]
    pub fn within(mut self, grants: &Grants) -> Self {
        self.http.retain(|origin| grants.http.contains(origin));
        self.download.retain(|origin| grants.download.contains(origin));
        self.public_downloads &= grants.public_downloads;
        self.objects.retain(|store| grants.objects.contains(store));
        self.settings.retain(|setting| grants.settings.contains(setting));
        self.credentials.retain(|asked| grants.credentials.contains(&asked.handle));
        let settings = &self.settings;
        self.origins_from.retain(|from| match from {
            OriginFrom::Field(_) => true,
            OriginFrom::Setting(name) => settings.contains(name),
        });
        self
    }

    /// What it asks for that was not granted to `old`, the manifest that
    /// consent was given to: more origins or settings, and credentials that
    /// are new or would be read or sent otherwise.
    pub fn growth(&self, old: &Self, granted: &Grants) -> Grants {
        let mut growth = self.asks().beyond(granted);
        let moved = |asked: &&CredentialRequest| {
            let same = old.credentials.iter().any(|known| known == *asked);
            // A user names origins; a credential that follows goes there.
            !same || (asked.follows_origin && self.origins_from != old.origins_from)
        };
        for asked in self.credentials.iter().filter(moved) {
            if !growth.credentials.contains(&asked.handle) {
                growth.credentials.push(asked.handle.clone());
            }
        }
        growth
    }
}
