//! What an address of the hub's asks for.

use super::repository::Kind;
use crate::wire::decode;

/// A repository as an address names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) kind: Kind,
    pub(crate) id: String,
}

/// One of the addresses that the hub answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Route {
    /// `/api/{kind}/{id}[/revision/{revision}]`
    Info { repository: Name, revision: String },
    /// `/api/{kind}/{id}/tree/{revision}[/{path}]`
    Tree { repository: Name, revision: String, path: String },
    /// `/{kind's prefix}{id}/resolve/{revision}/{path}`, or (`cached`)
    /// `/api/resolve-cache/{kind}/{id}/{commit}/{path}`.
    File { repository: Name, revision: String, path: String, cached: bool },
}

impl Route {
    /// Reads a percent-encoded path. Segments are parted before they are
    /// decoded, so that `refs%2Fpr%2F1` stays one revision.
    pub(crate) fn parse(path: &str) -> Option<Self> {
        let segments: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
        match segments.as_slice() {
            ["api", "resolve-cache", kind, rest @ ..] => cached(kind_of(kind)?, rest),
            ["api", kind, rest @ ..] => api(kind_of(kind)?, rest),
            [kind @ ("datasets" | "spaces"), rest @ ..] => file(kind_of(kind)?, rest),
            rest => file(Kind::Model, rest),
        }
    }
}

fn kind_of(plural: &str) -> Option<Kind> {
    Kind::ALL.into_iter().find(|kind| kind.plural() == plural)
}

fn api(kind: Kind, segments: &[&str]) -> Option<Route> {
    let Some((repository, verb, rest)) =
        part(kind, segments, |word| matches!(word, "revision" | "tree"))
    else {
        let repository = name(kind, segments)?;
        return Some(Route::Info { repository, revision: "main".to_owned() });
    };
    let (revision, path) = rest.split_first()?;
    let revision = decode(revision)?;
    match verb {
        "revision" if path.is_empty() => Some(Route::Info { repository, revision }),
        "tree" => Some(Route::Tree { repository, revision, path: decode(&path.join("/"))? }),
        _ => None,
    }
}

fn file(kind: Kind, segments: &[&str]) -> Option<Route> {
    let (repository, _, rest) = part(kind, segments, |word| word == "resolve")?;
    let (revision, path) = rest.split_first()?;
    let (revision, path) = (decode(revision)?, decode(&path.join("/"))?);
    Some(Route::File { repository, revision, path, cached: false })
}

fn cached(kind: Kind, segments: &[&str]) -> Option<Route> {
    let (repository, commit, path) = part(kind, segments, |word| word.len() == 40)?;
    let (revision, path) = (commit.to_owned(), decode(&path.join("/"))?);
    Some(Route::File { repository, revision, path, cached: true })
}

/// Parts segments at the word that follows a name of one or two segments.
fn part<'a>(
    kind: Kind,
    segments: &'a [&'a str],
    is_word: impl Fn(&str) -> bool,
) -> Option<(Name, &'a str, &'a [&'a str])> {
    let at = (1..=2).find(|at| segments.get(*at).is_some_and(|word| is_word(word)))?;
    Some((name(kind, &segments[..at])?, segments[at], &segments[at + 1..]))
}

fn name(kind: Kind, segments: &[&str]) -> Option<Name> {
    let named = (1..=2).contains(&segments.len()) && segments.iter().all(|part| !part.is_empty());
    let id = decode(&segments.join("/"))?;
    named.then_some(Name { kind, id })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(id: &str) -> Name {
        Name { kind: Kind::Model, id: id.to_owned() }
    }

    #[test]
    fn a_name_has_one_segment_or_two() {
        let info = |id| Route::Info { repository: model(id), revision: "main".to_owned() };
        assert_eq!(Route::parse("/api/models/gpt2"), Some(info("gpt2")));
        assert_eq!(Route::parse("/api/models/org/name"), Some(info("org/name")));
        assert_eq!(Route::parse("/api/models/a/b/c"), None);
        assert_eq!(Route::parse("/api/models/"), None);
    }

    #[test]
    fn an_encoded_slash_belongs_to_the_revision() {
        let route = Route::parse("/api/models/org/name/tree/refs%2Fpr%2F1/a/b");
        let (revision, path) = ("refs/pr/1".to_owned(), "a/b".to_owned());
        assert_eq!(route, Some(Route::Tree { repository: model("org/name"), revision, path }));
    }

    #[test]
    fn datasets_have_their_prefix() {
        let route = Route::parse("/datasets/org/name/resolve/main/data/%C3%A9.csv");
        let repository = Name { kind: Kind::Dataset, id: "org/name".to_owned() };
        let (revision, path) = ("main".to_owned(), "data/é.csv".to_owned());
        assert_eq!(route, Some(Route::File { repository, revision, path, cached: false }));
    }

    #[test]
    fn what_is_not_utf8_is_nothing() {
        assert_eq!(Route::parse("/org/name/resolve/main/%ff"), None);
    }
}
