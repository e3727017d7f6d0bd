//! The check every plan passes before anything is fetched.

use std::collections::HashMap;

use bytes::Bytes;
use url::Url;

use super::{Download, Locator, Plan, PlannedFile, RawFile, RawLocator, RawPlan};
use crate::digest::{Algorithm, Digest};
use crate::grant::Grant;
use crate::object::{Object, ObjectUri};
use crate::origin::{Origin, shown, to_allow};
use crate::path::{FilePath, folded};
use crate::spec::Selection;
use crate::text::{escape, is_hidden};
use crate::{Error, Kind, Result};

/// What a plan may hold.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Number of files.
    pub files: usize,
    /// Sum of sizes, in bytes.
    pub size: u64,
    /// Bytes of one inline file.
    pub inline: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { files: 200_000, size: 64 << 40, inline: 32 << 20 }
    }
}

/// The longest URL, pin or reference, in bytes.
const TEXT: usize = 8192;

/// Headers that the host sets itself, beside all that start with `proxy-` or `sec-`.
const HOST_HEADERS: [&str; 14] = [
    "accept-encoding",
    "authorization",
    "connection",
    "content-length",
    "cookie",
    "expect",
    "host",
    "if-range",
    "keep-alive",
    "range",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Whether a header may be set by a plan or a plugin: a token for a name, no
/// line breaks in the value, and not one of the host's own.
pub fn is_free_header(name: &str, value: &str) -> bool {
    let token = !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b));
    let lower = name.to_ascii_lowercase();
    token
        && value.len() <= TEXT
        && !value.chars().any(|c| c.is_control() && c != '\t')
        && !HOST_HEADERS.contains(&lower.as_str())
        && !lower.starts_with("proxy-")
        && !lower.starts_with("sec-")
}

/// Whether a header is an `Authorization` that a registry handed out with a
/// file's address. A plan may pass it on where it names no credential of the
/// user's; a redirect to another origin drops it.
pub fn is_authorization(name: &str, value: &str) -> bool {
    name.eq_ignore_ascii_case("authorization")
        && value.len() <= TEXT
        && !value.chars().any(char::is_control)
}

impl Plan {
    /// Checks what `source` answered and keeps the files that are wanted.
    ///
    /// # Errors
    /// [`Kind::Refused`] where the plan is malformed, beyond the limits or
    /// outside the grant; [`Kind::NotFound`] where nothing is left.
    pub fn check(
        source: &str,
        raw: RawPlan,
        selection: &Selection,
        grant: &Grant,
        limits: Limits,
    ) -> Result<Self> {
        let refused = |what: String| {
            Error::new(
                Kind::Refused,
                format!("the plan from source \"{source}\" was refused: {what}"),
            )
        };
        if raw.files.len() > limits.files {
            return Err(refused(format!(
                "it lists {} files, more than {}",
                raw.files.len(),
                limits.files
            )));
        }
        for (name, text) in [("reference", &raw.reference), ("pin", &raw.pin)] {
            if text.is_empty() || text.len() > TEXT || text.chars().any(is_hidden) {
                return Err(refused(format!(
                    "its {name} \"{}\" is empty, too long or unprintable",
                    escape(text)
                )));
            }
        }
        let listed = raw.files.len();
        let name = format!("{source}:{}", raw.reference);
        let mut files = Vec::with_capacity(listed);
        for file in raw.files {
            // Every path is checked, wanted or not: a registry that lists one
            // hostile path is not to be trusted with the others.
            let path =
                FilePath::new(&file.path).map_err(|error| refused(error.message().to_owned()))?;
            if selection.holds(path.as_str()) {
                let file = check_file(path, file, grant, limits).map_err(|error| {
                    error.within(format_args!("the plan from source \"{source}\" was refused"))
                })?;
                files.push(file);
            }
        }
        if files.is_empty() {
            return Err(nothing_left(&name, listed));
        }
        files.sort_by(|one, other| one.path.cmp(&other.path));
        check_unique(&files).map_err(refused)?;
        let total_size =
            files.iter().try_fold(0_u64, |sum, file| sum.checked_add(file.size.unwrap_or(0)));
        match total_size {
            Some(total_size) if total_size <= limits.size => {
                Ok(Self { source: name, pin: raw.pin, files, total_size })
            }
            _ => Err(refused(format!("its files add up to more than {} bytes", limits.size))),
        }
    }
}

fn nothing_left(name: &str, listed: usize) -> Error {
    let name = escape(name);
    if listed == 0 {
        Error::new(Kind::NotFound, format!("{name} holds no files"))
            .with_hint("check the name and the revision; an empty repository has nothing to fetch")
    } else {
        Error::new(
            Kind::NotFound,
            format!("none of the {listed} files of {name} match the patterns"),
        )
        .with_hint(format!(
            "list the files with `nix-ai-model resolve {name}`; `*` matches across `/`"
        ))
    }
}

fn check_file(path: FilePath, file: RawFile, grant: &Grant, limits: Limits) -> Result<PlannedFile> {
    let refused = |what: String| Error::new(Kind::Refused, format!("file \"{path}\": {what}"));
    let mut digests = Vec::with_capacity(file.digests.len());
    for (algorithm, value) in &file.digests {
        let digest = Digest::from_hex(*algorithm, value)
            .map_err(|error| refused(error.message().to_owned()))?;
        if *algorithm == Algorithm::GitBlobSha1 && file.size.is_none() {
            return Err(refused("a git blob digest cannot be checked without a size".to_owned()));
        }
        if !digests.contains(&digest) {
            digests.push(digest);
        }
    }
    let locator = match file.locator {
        RawLocator::Download { url, headers, credential } => Locator::Download(
            check_download(&url, headers, credential, grant)
                .map_err(|e| e.within(format_args!("file \"{path}\"")))?,
        ),
        RawLocator::Object { uri, version, etag } => Locator::Object(
            check_object(&uri, version, etag, grant)
                .map_err(|e| e.within(format_args!("file \"{path}\"")))?,
        ),
        RawLocator::Inline(bytes) => {
            if bytes.len() > limits.inline
                || file.size.is_some_and(|size| size != bytes.len() as u64)
            {
                return Err(refused(format!(
                    "its inline bytes are more than {} or not its size",
                    limits.inline
                )));
            }
            Locator::Inline(Bytes::from(bytes))
        }
    };
    let mirrors = check_mirrors(&file.mirrors, &digests, grant)
        .map_err(|e| e.within(format_args!("file \"{path}\"")))?;
    Ok(PlannedFile {
        path,
        size: file.size,
        digests,
        executable: file.executable,
        locator,
        mirrors,
    })
}

/// Any server may hold a mirror, so that the digest has to be one that nobody
/// can forge.
fn check_mirrors(mirrors: &[String], digests: &[Digest], grant: &Grant) -> Result<Vec<Download>> {
    let decided = digests.iter().any(|digest| digest.algorithm().decides());
    if !mirrors.is_empty() && !decided {
        return Err(Error::new(
            Kind::Refused,
            "it has mirrors and no sha256 or sha512 to decide by",
        ));
    }
    mirrors.iter().map(|url| check_download(url, Vec::new(), None, grant)).collect()
}

/// Checks one download request against the grant.
///
/// # Errors
/// [`Kind::Refused`] naming the header, URL or credential that is outside it.
pub fn check_download(
    url: &str,
    headers: Vec<(String, String)>,
    credential: Option<String>,
    grant: &Grant,
) -> Result<Download> {
    let refused = |what: String| Error::new(Kind::Refused, what);
    if url.len() > TEXT {
        return Err(refused(format!("its URL is longer than {TEXT} bytes")));
    }
    let url = Url::parse(url).map_err(|_| refused(format!("\"{}\" is not a URL", escape(url))))?;
    let origin = Origin::of(&url)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refused(format!("{} carries a user or password", shown(&url))));
    }
    if !grant.allows_download(&origin) {
        return Err(refused(format!("{} may not download from {origin}", grant.holder)).with_hint(
            format!(
                "its manifest does not name it under `download`; if you trust {origin}, {}",
                to_allow(&origin)
            ),
        ));
    }
    let free = |name: &str, value: &str| {
        is_free_header(name, value) || (credential.is_none() && is_authorization(name, value))
    };
    if let Some((name, _)) = headers.iter().find(|(name, value)| !free(name, value)) {
        return Err(refused(format!(
            "the header \"{}\" belongs to the host or is malformed",
            escape(name)
        )));
    }
    if let Some(handle) = &credential
        && grant.credential(handle).is_none()
    {
        return Err(refused(format!(
            "the credential \"{}\" is not in the manifest",
            escape(handle)
        )));
    }
    Ok(Download { url, headers, credential })
}

/// Checks the URI of an object or a folder of them against the grant.
///
/// # Errors
/// [`Kind::Refused`] where it is malformed or in a store outside the grant.
pub fn check_object_uri(uri: &str, grant: &Grant) -> Result<ObjectUri> {
    let uri: ObjectUri =
        uri.parse().map_err(|e: Error| Error::new(Kind::Refused, e.message().to_owned()))?;
    if grant.objects.contains(&uri.store) {
        return Ok(uri);
    }
    let store = uri.store;
    Err(Error::new(Kind::Refused, format!("{} may not name {store} objects", grant.holder))
        .with_hint(format!("a manifest allows it with `objects = [\"{store}\"]`")))
}

fn check_object(
    uri: &str,
    version: Option<String>,
    etag: Option<String>,
    grant: &Grant,
) -> Result<Object> {
    let uri = check_object_uri(uri, grant)?;
    let unfit = |text: &String| text.is_empty() || text.len() > TEXT || text.chars().any(is_hidden);
    if uri.is_folder() || version.iter().chain(&etag).any(unfit) {
        return Err(Error::new(
            Kind::Refused,
            format!("{} is no single object", escape(&uri.to_string())),
        ));
    }
    Ok(Object { uri, version, etag })
}

/// No two paths that are one file on some file system, and no path below a file.
fn check_unique(files: &[PlannedFile]) -> Result<(), String> {
    let mut seen: HashMap<String, (&str, bool)> = HashMap::with_capacity(files.len() * 2);
    for file in files {
        let path = file.path.as_str();
        let folders = path.match_indices('/').map(|(end, _)| (&path[..end], false));
        for (name, is_file) in folders.chain([(path, true)]) {
            match seen.insert(folded(name), (name, is_file)) {
                None => {}
                Some((other, false)) if !is_file && other == name => {}
                Some((other, other_is_file)) => {
                    return Err(clash((name, is_file), (other, other_is_file)));
                }
            }
        }
    }
    Ok(())
}

fn clash(one: (&str, bool), other: (&str, bool)) -> String {
    match (one, other) {
        ((one, true), (other, true)) if one == other => format!("it lists \"{one}\" twice"),
        ((one, _), (other, _)) if one == other => format!("\"{one}\" is a file and a folder"),
        ((one, _), (other, _)) => {
            format!("\"{one}\" and \"{other}\" are one where case or Unicode form is ignored")
        }
    }
}

#[cfg(test)]
mod tests;
