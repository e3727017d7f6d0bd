//! Requests and responses.

use crate::{Field, Method, Request, Response};

impl Request {
    /// A request that reads `url`.
    pub fn get(url: impl Into<String>) -> Self {
        Self::new(Method::Get, url)
    }

    /// A request for the headers of `url`.
    pub fn head(url: impl Into<String>) -> Self {
        Self::new(Method::Head, url)
    }

    /// A request that asks `url` with a body.
    pub fn post(url: impl Into<String>, body: impl Into<Vec<u8>>) -> Self {
        Self { body: Some(body.into()), ..Self::new(Method::Post, url) }
    }

    fn new(method: Method, url: impl Into<String>) -> Self {
        Self { method, url: url.into(), headers: Vec::new(), body: None, credential: None }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push(Field { name: name.into(), value: value.into() });
        self
    }

    /// Asks the host to inject the credential with this handle, where the user
    /// has set one and its audience allows.
    #[must_use]
    pub fn credential(mut self, handle: impl Into<String>) -> Self {
        self.credential = Some(handle.into());
        self
    }
}

impl Response {
    /// The first header of this name, which is in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|field| field.name == name).map(|field| field.value.as_str())
    }

    /// Whether the status is a success.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The URL that answered, without its query: fit for a message.
    pub fn place(&self) -> &str {
        without_query(&self.final_url)
    }
}

/// A URL without query and fragment, which may hold secrets.
pub fn without_query(url: &str) -> &str {
    url.find(['?', '#']).map_or(url, |end| &url[..end])
}

/// The origin of an http or https URL as it is written, such as
/// `https://host:8443`. None for anything else, or with a user in it.
pub fn origin(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let known = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    let plain = !authority.is_empty() && !authority.contains('@');
    (known && plain).then(|| &url[..scheme.len() + 3 + authority.len()])
}

/// Whether two URLs are of one origin, the schemes' own ports left out or not.
pub fn is_same_origin(one: &str, other: &str) -> bool {
    let bare = |url| {
        let origin = origin(url)?.to_ascii_lowercase();
        let port = if origin.starts_with("https:") { ":443" } else { ":80" };
        Some(origin.strip_suffix(port).map(str::to_owned).unwrap_or(origin))
    };
    bare(one).is_some_and(|origin| bare(other) == Some(origin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_cut_from_urls() {
        assert_eq!(origin("https://h:8443/a?b"), Some("https://h:8443"));
        assert_eq!(origin("http://h?x"), Some("http://h"));
        for url in ["ftp://h", "https://", "https:///a", "https://u@h/", "h/a", ""] {
            assert_eq!(origin(url), None, "{url}");
        }
    }

    #[test]
    fn the_default_port_and_case_make_no_other_origin() {
        assert!(is_same_origin("https://h/a", "HTTPS://H:443/b"));
        assert!(!is_same_origin("https://h/a", "http://h/a"));
        assert!(!is_same_origin("https://h/a", "https://h.evil/a"));
        // A back slash ends the host, as browsers and the host's parser have it.
        assert!(is_same_origin("https://h/a", "https://h\\@evil/a"));
        assert!(!is_same_origin("https://h/a", "https://evil\\@h/a"));
        assert!(!is_same_origin("x", "x"));
    }
}
