//! The native sources `s3`, `gcs` and `azure`: what is below a prefix.

use std::sync::Arc;

use async_trait::async_trait;
use nix_ai_model_core::grant::{Grant, ObjectStore};
use nix_ai_model_core::object::ObjectUri;
use nix_ai_model_core::plan::{RawLocator, RawPlan};
use nix_ai_model_core::ports::Source;
use nix_ai_model_core::spec::{Fields, Selection, Spec};
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use serde_json::Value;
use url::Url;

use super::expanded::{digest, raw_file};
use super::store::shown;
use super::{ObjectSettings, Stores};
use crate::door::Door;

/// A bucket's objects below a prefix, or one object of it.
///
/// Fields: `bucket` (azure: `container`), `prefix`, `endpoint`, `anonymous`,
/// for s3 also `region`, for azure also `account`. A prefix names a folder, or
/// where there is nothing below it and it has no slash at its end, one object.
pub struct ObjectSource {
    stores: Arc<Stores>,
}

/// What a spec says of a store.
struct Place {
    uri: ObjectUri,
    region: Option<String>,
    endpoint: Option<Url>,
    anonymous: Option<bool>,
}

impl ObjectSource {
    /// The source's name for a kind of store.
    pub const fn name(scheme: ObjectStore) -> &'static str {
        match scheme {
            ObjectStore::S3 => "s3",
            ObjectStore::Gs => "gcs",
            ObjectStore::Az => "azure",
        }
    }

    /// The kind of store that a source's name stands for.
    pub fn scheme(source: &str) -> Option<ObjectStore> {
        [ObjectStore::S3, ObjectStore::Gs, ObjectStore::Az]
            .into_iter()
            .find(|scheme| Self::name(*scheme) == source)
    }

    /// The source for a spec, with the user's settings where the spec says no
    /// other, and the grant that its plans are checked against.
    ///
    /// # Errors
    /// [`Kind::Usage`] where a field is unknown or malformed.
    pub fn new(
        door: &Door,
        spec: &Spec,
        mut settings: ObjectSettings,
    ) -> Result<(Self, Arc<Stores>, Grant)> {
        let place = Place::of(spec)?;
        let scheme = place.uri.store;
        match scheme {
            ObjectStore::S3 => {
                let s3 = &mut settings.s3;
                s3.region = place.region.or(s3.region.take());
                s3.endpoint = place.endpoint.or(s3.endpoint.take());
                s3.anonymous = place.anonymous.unwrap_or(s3.anonymous);
            }
            ObjectStore::Gs => {
                let gcs = &mut settings.gcs;
                gcs.endpoint = place.endpoint.or(gcs.endpoint.take());
                gcs.anonymous = place.anonymous.unwrap_or(gcs.anonymous);
            }
            ObjectStore::Az => {
                let azure = &mut settings.azure;
                azure.endpoint = place.endpoint.or(azure.endpoint.take());
                // A field of the user's says whose key it is as well as a variable does.
                azure.account = azure.account.take().or(place.uri.account);
                azure.anonymous = place.anonymous.unwrap_or(azure.anonymous);
            }
        }
        let grant = Grant {
            holder: format!("source {}", spec.source),
            objects: vec![scheme],
            ..Grant::default()
        };
        let stores = Arc::new(Stores::new(door.clone(), settings));
        Ok((Self { stores: stores.clone() }, stores, grant))
    }

    /// The fields that a short form stands for: what follows the source's name
    /// and colon, `//bucket/prefix/`.
    ///
    /// # Errors
    /// [`Kind::Usage`] where it is malformed.
    pub fn fields(scheme: ObjectStore, reference: &str) -> Result<Fields> {
        let slashes = if reference.starts_with("//") { "" } else { "//" };
        let uri: ObjectUri = format!("{scheme}:{slashes}{reference}").parse()?;
        let text = |name: &str, value: &str| (name.to_owned(), Value::from(value));
        let mut fields = Fields::from_iter([text(bucket_field(scheme), &uri.bucket)]);
        fields.extend(uri.account.iter().map(|account| text("account", account)));
        if !uri.key.is_empty() {
            fields.extend([text("prefix", &uri.key)]);
        }
        Ok(fields)
    }

    /// Everything below the prefix, else the object that it names.
    async fn find(&self, uri: &ObjectUri, selection: &Selection) -> Result<RawPlan> {
        let slash = if uri.is_folder() { "" } else { "/" };
        let folder = uri.with_key(&format!("{}{slash}", uri.key));
        let (files, pin) = self.stores.files("", &folder, selection).await?;
        let (found, files, pin) = match files.is_empty() {
            false => (folder, files, pin),
            true if uri.is_folder() => {
                return Err(Error::new(
                    Kind::NotFound,
                    format!("there are no objects below {}", shown(uri)),
                )
                .with_hint("check bucket and prefix; a prefix names a folder"));
            }
            true => {
                let found = self.stores.look(uri).await?;
                let pin = digest(std::slice::from_ref(&found))?;
                let name = uri.key.rsplit('/').next().unwrap_or_default().to_owned();
                (uri.clone(), vec![raw_file(name, uri, found)], pin)
            }
        };
        let text = found.to_string();
        let reference = text.split_once(':').map_or(text.as_str(), |(_, rest)| rest);
        Ok(RawPlan { reference: reference.to_owned(), pin: pin.to_string(), files })
    }
}

#[async_trait]
impl Source for ObjectSource {
    async fn parse(&self, _: &str) -> Result<Fields> {
        Err(Error::new(Kind::Internal, "a short form is read before there is a source"))
    }

    async fn resolve(&self, spec: &Spec) -> Result<RawPlan> {
        self.find(&Place::of(spec)?.uri, &spec.selection).await
    }

    async fn locate(&self, _: &Spec, _: &str, _: &[&str]) -> Result<Vec<RawLocator>> {
        Err(Error::new(Kind::Unsupported, "an object's address does not expire"))
    }
}

const fn bucket_field(scheme: ObjectStore) -> &'static str {
    match scheme {
        ObjectStore::Az => "container",
        _ => "bucket",
    }
}

impl Place {
    fn of(spec: &Spec) -> Result<Self> {
        let usage = |what: String| {
            Error::new(Kind::Usage, format!("source {}: {what}", spec.source))
                .with_hint("docs/how-to/object-stores.md shows every field")
        };
        let scheme = ObjectSource::scheme(&spec.source)
            .ok_or_else(|| usage("it is none of an object store".to_owned()))?;
        let bucket = bucket_field(scheme);
        let own = match scheme {
            ObjectStore::S3 => "region",
            ObjectStore::Gs => bucket,
            ObjectStore::Az => "account",
        };
        let known = [bucket, "prefix", "endpoint", "anonymous", own];
        if let Some(field) = spec.fields.keys().find(|field| !known.contains(&field.as_str())) {
            return Err(usage(format!("there is no field \"{}\"", escape(field))));
        }
        let text = |name: &str| match spec.fields.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.as_str())),
            Some(_) => Err(usage(format!("the field \"{name}\" is not text"))),
        };
        let anonymous = match spec.fields.get("anonymous") {
            None | Some(Value::Null) => None,
            Some(Value::Bool(anonymous)) => Some(*anonymous),
            Some(_) => {
                return Err(usage("the field \"anonymous\" is neither true nor false".to_owned()));
            }
        };
        let name =
            text(bucket)?.ok_or_else(|| usage(format!("the field \"{bucket}\" is missing")))?;
        let uri =
            ObjectUri::new(scheme, text("account")?, name, text("prefix")?.unwrap_or_default())
                .map_err(|error| usage(error.message().to_owned()))?;
        let endpoint = text("endpoint")?.map(endpoint).transpose()?;
        Ok(Self { uri, region: text("region")?.map(str::to_owned), endpoint, anonymous })
    }
}

/// The address of a server as a field or variable has it.
fn endpoint(text: &str) -> Result<Url> {
    let url = Url::parse(text).ok().filter(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
    });
    url.ok_or_else(|| {
        Error::new(Kind::Usage, format!("\"{}\" is not the address of a store", escape(text)))
            .with_hint("write it as https://host or http://host:port, without login and query")
    })
}

#[cfg(test)]
mod tests;
