//! Servers that the user names in place of those that a plan names.

use nix_ai_model_core::digest::{Algorithm, Digest};
use nix_ai_model_core::ops::Pins;
use nix_ai_model_core::origin::{Origin, shown};
use nix_ai_model_core::plan::{Download, Locator, Plan, PlannedFile};
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use url::Url;

/// What a parameter's name begins with where it belongs to a signed address.
const SIGNED_FAMILIES: [&str; 3] = ["x-amz-", "x-goog-", "x-ms-"];
/// What it has in it where its value lets its bearer in.
const SECRETS: [&str; 8] =
    ["sign", "token", "secret", "passw", "credential", "auth", "key", "policy"];
/// The other parameters of signed addresses: Azure's, and those of older stores.
const SIGNED: [&str; 14] = [
    "sig", "se", "sp", "sv", "sr", "st", "spr", "sip", "skoid", "sktid", "skt", "ske", "sks",
    "expires",
];

/// Base URLs, each of which stands for the origin of whatever is downloaded: a
/// file planned at `https://origin/path` is at `{base}/path` too.
#[derive(Debug, Clone, Default)]
pub struct Mirrors(Vec<Mirror>);

#[derive(Debug, Clone)]
struct Mirror {
    base: Url,
    origin: Origin,
}

impl Mirrors {
    /// The mirrors at these URLs, in the order in which they are tried.
    ///
    /// # Errors
    /// [`Kind::Usage`] where one is no http or https URL, or has a login, a query
    /// or a fragment.
    pub fn new<T: AsRef<str>>(bases: &[T]) -> Result<Self> {
        bases.iter().map(|base| Mirror::new(base.as_ref())).collect::<Result<_>>().map(Self)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn origins(&self) -> impl Iterator<Item = Origin> {
        self.0.iter().map(|mirror| mirror.origin.clone())
    }

    /// Adds the mirrors to the plan's files, behind those that the plan itself
    /// has. Left out are files that no digest describes, because nothing would
    /// say that a mirror's bytes are right, and files that are at no URL; what is
    /// given back says so, for the log.
    #[must_use]
    pub fn serve(&self, plan: &mut Plan, pins: &Pins) -> Option<String> {
        if self.is_empty() {
            return None;
        }
        let mut undescribed = Vec::new();
        let mut elsewhere = Vec::new();
        for file in &mut plan.files {
            let Locator::Download(planned) = &file.locator else {
                elsewhere.push(file.path.clone());
                continue;
            };
            if is_described(file, pins) {
                let at = self.0.iter().map(|mirror| mirror.of(&planned.url));
                file.mirrors.extend(at);
            } else {
                undescribed.push(file.path.clone());
            }
        }
        let told = |files: &[nix_ai_model_core::path::FilePath], why: &str| {
            let first = files.first()?;
            let more = match files.len() - 1 {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            Some(format!("mirrors are not asked for \"{first}\"{more}: {why}"))
        };
        let notes = [
            told(
                &undescribed,
                "no digest was published or pinned, so nothing would say that their bytes are the right ones",
            ),
            told(&elsewhere, "it is not behind a plain address"),
        ];
        let notes: Vec<String> = notes.into_iter().flatten().collect();
        (!notes.is_empty()).then(|| notes.join("; "))
    }
}

/// Whether a digest says what the file's bytes are. Git's is enough for a server
/// that the user chose: to forge the bytes for a given one is out of reach.
fn is_described(file: &PlannedFile, pins: &Pins) -> bool {
    let describes = |digest: &Digest| {
        digest.algorithm().decides() || digest.algorithm() == Algorithm::GitBlobSha1
    };
    pins.contains_key(&file.path) || file.digests.iter().any(describes)
}

impl Mirror {
    fn new(base: &str) -> Result<Self> {
        let malformed = |why: &str| {
            Error::new(Kind::Usage, format!("the mirror {why}"))
                .with_hint("write it as https://host or https://host/folder, without a login: that belongs into the netrc file or credentials.toml")
        };
        let url = Url::parse(base)
            .map_err(|_| malformed(&format!("\"{}\" is not a URL", escape(base))))?;
        let name = shown(&url);
        let origin = Origin::of(&url)
            .map_err(|_| malformed(&format!("{name} is neither http nor https")))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(malformed(&format!("{name} carries a user or password")));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(malformed(&format!("{name} has a query or a fragment behind it")));
        }
        Ok(Self { base: url, origin })
    }

    /// Where the mirror has what is planned at `planned`. It is told neither the
    /// plan's headers nor its credential.
    fn of(&self, planned: &Url) -> Download {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{}", self.base.path().trim_end_matches('/'), planned.path()));
        let kept: Vec<&str> = planned
            .query()
            .unwrap_or_default()
            .split('&')
            .filter(|parameter| !parameter.is_empty() && !is_secret(parameter))
            .collect();
        url.set_query((!kept.is_empty()).then(|| kept.join("&")).as_deref());
        Download { url, headers: Vec::new(), credential: None }
    }
}

/// Whether a parameter of a query lets its bearer in, or belongs to one that does.
fn is_secret(parameter: &str) -> bool {
    let name = url::form_urlencoded::parse(parameter.as_bytes()).next();
    let name = name.map(|(name, _)| name.to_ascii_lowercase()).unwrap_or_default();
    SIGNED.contains(&name.as_str())
        || SIGNED_FAMILIES.iter().any(|family| name.starts_with(family))
        || SECRETS.iter().any(|part| name.contains(part))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use nix_ai_model_core::grant::Grant;
    use nix_ai_model_core::plan::{Limits, RawFile, RawLocator, RawPlan};
    use nix_ai_model_core::spec::Selection;
    use proptest::prelude::*;

    use super::*;

    fn at(base: &str, planned: &str) -> String {
        Mirror::new(base).unwrap().of(&Url::parse(planned).unwrap()).url.to_string()
    }

    #[test]
    fn a_base_stands_for_the_origin() {
        for (base, planned, mirrored) in [
            ("https://m.example", "https://o.example/a/b.bin", "https://m.example/a/b.bin"),
            ("https://m.example/hf/", "https://o.example/a%20b", "https://m.example/hf/a%20b"),
            ("http://10.0.0.5:81/x", "https://o.example/", "http://10.0.0.5:81/x/"),
            (
                "https://m.example",
                "https://o.example/get?path=a%26b&n=1",
                "https://m.example/get?path=a%26b&n=1",
            ),
        ] {
            assert_eq!(at(base, planned), mirrored);
        }
    }

    #[test]
    fn what_lets_a_bearer_in_is_not_told_to_a_mirror() {
        for query in [
            "X-Amz-Signature=s&x-amz-credential=c&path=a",
            "sv=2024&se=2026&sr=b&sp=r&sig=s3cret&path=a",
            "Expires=1&Signature=s&Key-Pair-Id=k&Policy=p&path=a",
            "access%5Ftoken=s3cret&path=a",
            "AWSAccessKeyId=x&GoogleAccessId=y&api_key=z&path=a"
                .replace("GoogleAccessId=y&", "")
                .as_str(),
        ] {
            assert_eq!(
                at("https://m.example", &format!("https://o.example/f?{query}")),
                "https://m.example/f?path=a"
            );
        }
        assert_eq!(at("https://m.example", "https://o.example/f?sig=x"), "https://m.example/f");
    }

    #[test]
    fn a_malformed_mirror_is_said() {
        for base in [
            "m.example",
            "ftp://m.example",
            "https://me:pw@m.example",
            "https://m.example/?a",
            "https://m.example/#b",
        ] {
            let error = Mirrors::new(&[base]).unwrap_err();
            assert_eq!(error.kind(), Kind::Usage, "{base}");
            assert!(!error.message().contains("pw"), "{error}");
        }
    }

    /// A plan of these files; the one called `here` is inline.
    fn plan(files: &[(&str, Option<Algorithm>)]) -> Plan {
        let files = files.iter().map(|(path, algorithm)| RawFile {
            path: (*path).to_owned(),
            size: Some(3),
            digests: algorithm.iter().map(|one| (*one, "0".repeat(one.length() * 2))).collect(),
            executable: false,
            locator: match *path {
                "here" => RawLocator::Inline(b"abc".to_vec()),
                _ => RawLocator::Download {
                    url: format!("https://o.example/{path}"),
                    headers: vec![("x-plan".to_owned(), "1".to_owned())],
                    credential: None,
                },
            },
            mirrors: Vec::new(),
        });
        let raw =
            RawPlan { reference: "org/m".to_owned(), pin: "p".to_owned(), files: files.collect() };
        let grant = Grant { http: vec!["https://o.example".parse().unwrap()], ..Grant::default() };
        Plan::check("hf", raw, &Selection::default(), &grant, Limits::default()).unwrap()
    }

    #[test]
    fn only_files_with_a_digest_are_mirrored() {
        let mut plan = plan(&[
            ("bare", None),
            ("git", Some(Algorithm::GitBlobSha1)),
            ("here", Some(Algorithm::Sha256)),
            ("md5", Some(Algorithm::Md5)),
            ("pinned", None),
            ("sha256", Some(Algorithm::Sha256)),
        ]);
        let sri = "sha256-pQpattmS9VmO3ZIQUFn66az8GSmB4IvYhTTCFn6SUmo=";
        let path = nix_ai_model_core::path::FilePath::new("pinned").unwrap();
        let pins = Pins::from([(path, sri.parse().unwrap())]);
        assert_eq!(Mirrors::default().serve(&mut plan, &pins), None);
        let mirrors = Mirrors::new(&["https://a.example", "https://b.example"]).unwrap();
        let note = mirrors.serve(&mut plan, &pins).unwrap();
        assert!(note.contains("\"bare\" and 1 more") && note.contains("\"here\""), "{note}");
        let served: Vec<_> = plan.files.iter().map(|file| file.mirrors.len()).collect();
        assert_eq!(served, [0, 2, 0, 0, 2, 2]);
        let first = &plan.files[5].mirrors[0];
        assert_eq!(first.url.as_str(), "https://a.example/sha256");
        assert!(first.headers.is_empty() && first.credential.is_none());
    }

    proptest! {
        #[test]
        fn a_mirror_stays_at_its_origin(path in "\\PC{0,40}", query in "\\PC{0,40}") {
            let mut planned = Url::parse("https://o.example/").unwrap();
            planned.set_path(&path);
            planned.set_query(Some(&query));
            let mirror = Mirror::new("https://m.example/below").unwrap();
            let url = mirror.of(&planned).url;
            prop_assert_eq!(Origin::of(&url).unwrap(), mirror.origin);
            prop_assert!(url.path().starts_with("/below/"));
        }
    }
}
