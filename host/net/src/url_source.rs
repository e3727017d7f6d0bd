//! The native source `url`: files at addresses that the user names.

use std::collections::BTreeSet;

use async_trait::async_trait;
use nix_ai_model_core::digest::{Algorithm, Digest, Hasher, Sri};
use nix_ai_model_core::grant::Grant;
use nix_ai_model_core::origin::{Origin, shown};
use nix_ai_model_core::path::FilePath;
use nix_ai_model_core::plan::{RawFile, RawLocator, RawPlan};
use nix_ai_model_core::ports::Source;
use nix_ai_model_core::spec::{Fields, Spec};
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use url::Url;

/// Who the grant of a `url` spec is for, in messages.
const HOLDER: &str = "source url";
/// The longest list of URLs that a short form can stand for, in bytes.
const REFERENCE: usize = 2048;

/// Files at http and https URLs, each named by the user, with or without a
/// digest. Asks nobody anything: the plan follows from the spec.
///
/// The field `urls` is a list of `{url, sha256 | hash, name, mirrors}`: `sha256`
/// in hexadecimal, `hash` as SRI, `name` the path of the file in the model where
/// it is not to be the URL's last segment, `mirrors` further URLs of the same
/// bytes, which are tried in order and need a digest to decide by.
#[derive(Debug, Clone, Copy, Default)]
pub struct UrlSource;

impl UrlSource {
    /// What a spec with these fields may reach: the origins of its URLs, which
    /// the user named, and public https origins that these redirect to, as
    /// release pages do. A redirect to plain http or a private address needs
    /// the user's word for that origin too.
    ///
    /// # Errors
    /// [`Kind::Usage`] where the fields are malformed.
    pub fn grant(fields: &Fields) -> Result<Grant> {
        let mut named: Vec<Origin> = Vec::new();
        for entry in entries(fields)? {
            for url in entry.mirrors.iter().chain([&entry.url]) {
                let origin = Origin::of(url)?;
                if !named.contains(&origin) {
                    named.push(origin);
                }
            }
        }
        Ok(Grant { holder: HOLDER.to_owned(), named, public_downloads: true, ..Grant::default() })
    }
}

#[async_trait]
impl Source for UrlSource {
    async fn parse(&self, reference: &str) -> Result<Fields> {
        let urls: Vec<Value> =
            reference.split_whitespace().map(|url| json!({ "url": url })).collect();
        let fields = Fields::from_iter([("urls".to_owned(), Value::from(urls))]);
        entries(&fields)?;
        Ok(fields)
    }

    async fn resolve(&self, spec: &Spec) -> Result<RawPlan> {
        let entries = entries(&spec.fields)?;
        Ok(RawPlan {
            reference: reference(&entries),
            pin: pin(&entries),
            files: entries.iter().map(Entry::file).collect(),
        })
    }

    async fn locate(&self, _: &Spec, _: &str, _: &[&str]) -> Result<Vec<RawLocator>> {
        Err(Error::new(Kind::Unsupported, "the URLs of a url spec are what the user wrote"))
    }
}

/// One file of a spec.
struct Entry {
    url: Url,
    digest: Option<Digest>,
    path: FilePath,
    mirrors: Vec<Url>,
}

impl Entry {
    fn file(&self) -> RawFile {
        let digest = self.digest.iter();
        RawFile {
            path: self.path.as_str().to_owned(),
            size: None,
            digests: digest.map(|digest| (digest.algorithm(), digest.to_hex())).collect(),
            executable: false,
            locator: RawLocator::Download {
                url: self.url.to_string(),
                headers: Vec::new(),
                credential: None,
            },
            mirrors: self.mirrors.iter().map(Url::to_string).collect(),
        }
    }
}

/// The URLs, as `resolve` takes them again; where they are many, the first and
/// how many more.
fn reference(entries: &[Entry]) -> String {
    let urls: Vec<String> = entries.iter().map(|entry| shown(&entry.url)).collect();
    let all = urls.join(" ");
    match urls.as_slice() {
        [first, more @ ..] if all.len() > REFERENCE && !more.is_empty() => {
            format!("{first} and {} more", more.len())
        }
        _ => all,
    }
}

/// One digest is a pin itself; otherwise it is the digest of what was asked
/// for: each URL and digest, in sorted order.
fn pin(entries: &[Entry]) -> String {
    if let [Entry { digest: Some(digest), .. }] = entries {
        return digest.to_string();
    }
    let lines: BTreeSet<String> = entries
        .iter()
        .map(|entry| {
            let digest = entry.digest.as_ref().map(Digest::to_string).unwrap_or_default();
            format!("{} {digest}\n", entry.url)
        })
        .collect();
    let mut hasher = Hasher::new([Algorithm::Sha256], None);
    lines.iter().for_each(|line| hasher.update(line.as_bytes()));
    let digests: Vec<String> = hasher.finish().iter().map(Digest::to_hex).collect();
    format!("urls-{}", digests.join("-"))
}

fn entries(fields: &Fields) -> Result<Vec<Entry>> {
    if let Some(field) = fields.keys().find(|field| *field != "urls") {
        return Err(usage(format!("the source url has no field \"{}\"", escape(field))));
    }
    let values = match fields.get("urls") {
        Some(Value::Array(values)) if !values.is_empty() => values,
        _ => return Err(usage("the field \"urls\" is not a list of at least one URL".to_owned())),
    };
    values
        .iter()
        .enumerate()
        .map(|(at, value)| entry(value).map_err(|e| e.within(format_args!("urls[{at}]"))))
        .collect()
}

fn entry(value: &Value) -> Result<Entry> {
    let Value::Object(fields) = value else {
        return Err(usage("it is not a set with the field \"url\"".to_owned()));
    };
    let known = ["url", "sha256", "hash", "name", "mirrors"];
    if let Some(field) = fields.keys().find(|field| !known.contains(&field.as_str())) {
        return Err(usage(format!("there is no field \"{}\"", escape(field))));
    }
    let text = |name: &str| match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str())),
        Some(_) => Err(usage(format!("the field \"{name}\" is not text"))),
    };
    let url = url(text("url")?.ok_or_else(|| usage("the field \"url\" is missing".to_owned()))?)?;
    let path = match text("name")? {
        Some(name) => FilePath::new(name)
            .map_err(|error| usage(format!("the field \"name\": {}", error.message())))?,
        None => path_of(&url)?,
    };
    let digest = match (text("sha256")?, text("hash")?) {
        (Some(_), Some(_)) => {
            return Err(usage("both \"sha256\" and \"hash\" are given; one is enough".to_owned()));
        }
        (Some(digits), None) => Some(sha256(digits)?),
        (None, Some(sri)) => Some(sri.parse::<Sri>()?.digest().clone()),
        (None, None) => None,
    };
    let mirrors = mirrors(fields.get("mirrors"))?;
    if !mirrors.is_empty() && digest.is_none() {
        return Err(usage("there are \"mirrors\" and no digest".to_owned())
            .with_hint("give \"sha256\" or \"hash\": it decides whether a mirror is right"));
    }
    Ok(Entry { url, digest, path, mirrors })
}

fn mirrors(value: Option<&Value>) -> Result<Vec<Url>> {
    let no_list = || usage("the field \"mirrors\" is not a list of URLs".to_owned());
    match value {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(values)) => {
            values.iter().map(|value| url(value.as_str().ok_or_else(no_list)?)).collect()
        }
        Some(_) => Err(no_list()),
    }
}

/// Hexadecimal, as the field's name promises; SRI too, as Nix lets it be written.
fn sha256(text: &str) -> Result<Digest> {
    let digest = match text.split_once('-') {
        Some(_) => text.parse::<Sri>()?.digest().clone(),
        None => Digest::from_hex(Algorithm::Sha256, text).map_err(|error| {
            error.with_hint("write 64 hexadecimal digits; `nix hash convert --to base16` makes them of other forms")
        })?,
    };
    match digest.algorithm() {
        Algorithm::Sha256 => Ok(digest),
        _ => Err(usage("the field \"sha256\" holds another digest; use \"hash\"".to_owned())),
    }
}

fn url(text: &str) -> Result<Url> {
    let mut url = Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .ok_or_else(|| usage(format!("\"{}\" is not an http or https URL", escape(text))))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(usage(format!("{} carries a user or password", shown(&url))).with_hint(
            "put the login into the netrc file; a spec ends up in places that all can read",
        ));
    }
    url.set_fragment(None);
    Ok(url)
}

/// The last segment of a URL's path, decoded.
fn path_of(url: &Url) -> Result<FilePath> {
    let last =
        url.path_segments().and_then(|mut segments| segments.next_back()).unwrap_or_default();
    let decoded = percent_decode_str(last).decode_utf8().unwrap_or_default();
    let unfit = |why: &str| {
        usage(format!("{} names no file: {why}", shown(url)))
            .with_hint("name it: { url = …; name = \"model.bin\"; }")
    };
    // An encoded slash would make a folder of what is one name here.
    if decoded.is_empty() || decoded.contains('/') {
        return Err(unfit("its last segment is empty or not a name"));
    }
    FilePath::new(&decoded).map_err(|error| unfit(error.message()))
}

fn usage(message: String) -> Error {
    Error::new(Kind::Usage, message)
        .with_hint("write urls = [ { url = \"https://…\"; sha256 = \"…\"; } ], or one https URL")
}

#[cfg(test)]
mod tests;
