use serde::{Deserialize, Serialize};

use crate::grant::ObjectStore;
use crate::origin::{Origin, OriginPattern};

/// What a plugin was granted. Each list holds what the user agreed to, in the
/// manifest's words; `origins` are the user's own addition.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Grants {
    /// Origins whose metadata it may read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub http: Vec<OriginPattern>,
    /// Origins that its plans may name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub download: Vec<OriginPattern>,
    /// Whether its downloads may come from any https origin with public
    /// addresses.
    #[serde(rename = "publicDownloads", skip_serializing_if = "is_false")]
    pub public_downloads: bool,
    /// Object stores whose objects its plans may name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub objects: Vec<ObjectStore>,
    /// Variables whose values it may read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub settings: Vec<String>,
    /// Handles of the credentials that the host may use for it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub credentials: Vec<String>,
    /// Origins that the user named for it: they serve for metadata and
    /// downloads, and may be plain http or have private addresses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<Origin>,
}

impl Grants {
    /// What is in `self` and not in `other`.
    #[must_use]
    pub fn beyond(&self, other: &Self) -> Self {
        self.filtered(other, false)
    }

    /// What is in both. The user's own origins need nobody's asking, so those
    /// of `self` stay.
    #[must_use]
    pub fn within(&self, asked: &Self) -> Self {
        Self { origins: self.origins.clone(), ..self.filtered(asked, true) }
    }

    /// What is in either.
    #[must_use]
    pub fn with(&self, other: &Self) -> Self {
        let more = other.beyond(self);
        let mut both = self.clone();
        both.http.extend(more.http);
        both.download.extend(more.download);
        both.public_downloads |= more.public_downloads;
        both.objects.extend(more.objects);
        both.settings.extend(more.settings);
        both.credentials.extend(more.credentials);
        both.origins.extend(more.origins);
        both
    }

    /// Whether nothing is granted.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The options of the command line that spell this out.
    pub fn options(&self) -> Vec<String> {
        let mut options = Vec::new();
        let mut each = |option: &str, values: &mut dyn Iterator<Item = String>| {
            options.extend(values.map(|value| format!("{option} '{value}'")));
        };
        each("--allow-http", &mut self.http.iter().map(ToString::to_string));
        each("--allow-download", &mut self.download.iter().map(ToString::to_string));
        each("--allow-objects", &mut self.objects.iter().map(ToString::to_string));
        each("--allow-setting", &mut self.settings.iter().cloned());
        each("--allow-credential", &mut self.credentials.iter().cloned());
        each("--allow-named-origin", &mut self.origins.iter().map(ToString::to_string));
        if self.public_downloads {
            options.push("--allow-public-downloads".to_owned());
        }
        options
    }

    fn filtered(&self, other: &Self, shared: bool) -> Self {
        fn of<T: Clone + PartialEq>(own: &[T], other: &[T], shared: bool) -> Vec<T> {
            own.iter().filter(|item| other.contains(item) == shared).cloned().collect()
        }
        Self {
            http: of(&self.http, &other.http, shared),
            download: of(&self.download, &other.download, shared),
            public_downloads: self.public_downloads && other.public_downloads == shared,
            objects: of(&self.objects, &other.objects, shared),
            settings: of(&self.settings, &other.settings, shared),
            credentials: of(&self.credentials, &other.credentials, shared),
            origins: of(&self.origins, &other.origins, shared),
        }
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde's form")]
fn is_false(value: &bool) -> bool {
    !value
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn grants(json: serde_json::Value) -> Grants {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn sets_of_grants() {
        let asked = grants(serde_json::json!({
            "http": ["https://a.example"], "download": ["https://*.a.example"],
            "publicDownloads": true, "objects": ["s3"], "credentials": ["token"]
        }));
        let granted = grants(serde_json::json!({
            "http": ["https://a.example", "https://b.example"], "origins": ["http://10.0.0.1"]
        }));
        assert_eq!(
            asked.beyond(&granted),
            grants(serde_json::json!({
                "download": ["https://*.a.example"], "publicDownloads": true, "objects": ["s3"],
                "credentials": ["token"]
            }))
        );
        assert_eq!(
            granted.within(&asked),
            grants(
                serde_json::json!({"http": ["https://a.example"], "origins": ["http://10.0.0.1"]})
            )
        );
        assert_eq!(granted.with(&asked).options().len(), 7);
        assert!(asked.beyond(&asked).is_empty());
    }

    #[test]
    fn what_is_not_known_is_not_granted() {
        for json in [
            serde_json::json!({"htpp": []}),
            serde_json::json!({"http": ["https://*"]}),
            serde_json::json!({"objects": ["ftp"]}),
            serde_json::json!({"http": ["http://a.example"]}),
            serde_json::json!({"origins": ["https://a.example/path"]}),
        ] {
            assert!(serde_json::from_value::<Grants>(json.clone()).is_err(), "{json}");
        }
    }
}
