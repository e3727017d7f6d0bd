//! What a registry asks for: the header `WWW-Authenticate`.

/// A way to log in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Challenge {
    /// With user and password.
    Basic,
    /// With a token from elsewhere.
    Bearer {
        /// The URL of the one who makes tokens.
        realm: String,
        /// Who the token is for.
        service: Option<String>,
        /// What the token is to allow.
        scope: Option<String>,
    },
}

impl Challenge {
    /// The first challenge of a header's value; none where it is no known one.
    pub(crate) fn parse(value: &str) -> Option<Self> {
        let (scheme, parameters) = value.trim().split_once(' ').unwrap_or((value.trim(), ""));
        if scheme.eq_ignore_ascii_case("basic") {
            return Some(Self::Basic);
        }
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        let (mut realm, mut service, mut scope) = (None, None, None);
        let mut rest = parameters;
        while let Some((name, value, after)) = parameter(rest) {
            match name.to_ascii_lowercase().as_str() {
                "realm" => realm = Some(value),
                "service" => service = Some(value),
                "scope" => scope = Some(value),
                _ => {}
            }
            rest = after;
        }
        Some(Self::Bearer { realm: realm?, service, scope })
    }
}

/// `name="value"` or `name=value`, and what is behind it.
fn parameter(text: &str) -> Option<(&str, String, &str)> {
    let (name, rest) = text.trim_start_matches([',', ' ', '\t']).split_once('=')?;
    let Some(quoted) = rest.strip_prefix('"') else {
        let end = rest.find(',').unwrap_or(rest.len());
        return Some((name.trim(), rest[..end].trim().to_owned(), &rest[end..]));
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((place, character)) = characters.next() {
        match character {
            '"' => return Some((name.trim(), value, &quoted[place + 1..])),
            '\\' => value.push(characters.next()?.1),
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn challenges_are_read() {
        let bearer = |realm: &str, service: Option<&str>, scope: Option<&str>| Challenge::Bearer {
            realm: realm.to_owned(),
            service: service.map(str::to_owned),
            scope: scope.map(str::to_owned),
        };
        for (value, challenge) in [
            ("Basic realm=\"x\"", Some(Challenge::Basic)),
            (
                "Bearer realm=\"https://auth.example/token\",service=\"r.example\",scope=\"a,b\"",
                Some(bearer("https://auth.example/token", Some("r.example"), Some("a,b"))),
            ),
            ("bearer service=s, realm=\"a\\\"b\"", Some(bearer("a\"b", Some("s"), None))),
            ("Bearer realm=\"unfinished", None),
            ("Bearer", None),
            ("Negotiate", None),
            ("", None),
        ] {
            assert_eq!(Challenge::parse(value), challenge, "{value}");
        }
    }

    proptest! {
        #[test]
        fn nothing_brings_it_down(value in "(Bearer )?[a-z=\", \\\\é]{0,40}") {
            let _ = Challenge::parse(&value);
        }
    }
}
