//! The user's netrc: names and passwords by host.

use std::collections::HashMap;

use nix_ai_model_core::secret::Secret;

/// A login, as `user:password`.
type Login = Secret;

/// What a netrc file says. Where it names a host twice, the first one counts.
#[derive(Debug, Default)]
pub(crate) struct Netrc {
    machines: HashMap<String, Login>,
    default: Option<Login>,
}

impl Netrc {
    /// Reads the text of a file. What it does not know it passes over, as
    /// other readers do; macros end at an empty line.
    pub(crate) fn parse(text: &Secret) -> Self {
        let mut netrc = Self::default();
        let mut entry: Option<Entry> = None;
        let mut tokens = Tokens { rest: text.expose(), at_start: true };
        while let Some(token) = tokens.next() {
            match token.as_str() {
                "machine" => {
                    netrc.add(entry.take());
                    let host = tokens.next().map(|host| host.to_ascii_lowercase());
                    entry = host.map(|host| Entry { host: Some(host), ..Entry::default() });
                }
                "default" => {
                    netrc.add(entry.take());
                    entry = Some(Entry::default());
                }
                "login" => set(entry.as_mut().map(|entry| &mut entry.user), tokens.next()),
                "password" => set(entry.as_mut().map(|entry| &mut entry.password), tokens.next()),
                "account" => drop(tokens.next()),
                "macdef" => tokens.skip_macro(),
                _ => {}
            }
        }
        netrc.add(entry);
        netrc
    }

    fn add(&mut self, entry: Option<Entry>) {
        let Some(Entry { host, user, password: Some(password) }) = entry else { return };
        let login = Secret::new(&format!("{}:{password}", user.unwrap_or_default()));
        match host {
            Some(host) => drop(self.machines.entry(host).or_insert(login)),
            None => drop(self.default.get_or_insert(login)),
        }
    }

    /// The login for a host that the file names.
    pub(crate) fn login(&self, host: &str) -> Option<&Login> {
        self.machines.get(host)
    }

    /// The login for hosts that the file does not name.
    pub(crate) fn default_login(&self) -> Option<&Login> {
        self.default.as_ref()
    }
}

#[derive(Default)]
struct Entry {
    host: Option<String>,
    user: Option<String>,
    password: Option<String>,
}

fn set(field: Option<&mut Option<String>>, value: Option<String>) {
    if let Some(field) = field {
        *field = value;
    }
}

struct Tokens<'a> {
    rest: &'a str,
    /// Nothing was read yet.
    at_start: bool,
}

impl Tokens<'_> {
    /// The next token: up to white space, or between quotes with `\` before
    /// what is literal. A line that begins with `#` is a comment.
    fn next(&mut self) -> Option<String> {
        loop {
            let token = self.rest.trim_start();
            let space = &self.rest[..self.rest.len() - token.len()];
            let first_of_line = self.at_start || space.contains('\n');
            self.rest = token;
            self.at_start = false;
            if !first_of_line || !token.starts_with('#') {
                break;
            }
            self.rest = token.find('\n').map_or("", |end| &token[end..]);
        }
        if let Some(quoted) = self.rest.strip_prefix('"') {
            return Some(self.quoted(quoted.len()));
        }
        let end = self.rest.find(char::is_whitespace).unwrap_or(self.rest.len());
        let (token, rest) = self.rest.split_at(end);
        self.rest = rest;
        (!token.is_empty()).then(|| token.to_owned())
    }

    fn quoted(&mut self, length: usize) -> String {
        let text = &self.rest[self.rest.len() - length..];
        let mut token = String::new();
        let mut characters = text.char_indices();
        while let Some((at, character)) = characters.next() {
            match character {
                '"' => {
                    self.rest = &text[at + 1..];
                    return token;
                }
                '\\' => token.extend(characters.next().map(|(_, literal)| literal)),
                other => token.push(other),
            }
        }
        self.rest = "";
        token
    }

    fn skip_macro(&mut self) {
        let end = ["\n\n", "\n\r\n"].iter().filter_map(|gap| self.rest.find(gap)).min();
        self.rest = end.map_or("", |end| &self.rest[end..]);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use proptest::prelude::*;

    fn login(text: &str, host: &str) -> Option<String> {
        let netrc = Netrc::parse(&Secret::new(text));
        netrc.login(host).map(|login| login.expose().to_owned())
    }

    #[test]
    fn entries_are_found_by_host() {
        let text = "machine Hub.example login me password s3cret\n\
                    # machine commented.example login a password b\n\
                    machine two.example\n  login x\n  account y\n  password #z\n\
                    machine hub.example login other password later\n";
        assert_eq!(login(text, "hub.example").unwrap(), "me:s3cret");
        assert_eq!(login(text, "two.example").unwrap(), "x:#z");
        assert_eq!(login(text, "commented.example"), None);
    }

    #[test]
    fn quotes_macros_and_default() {
        let text = "machine a.example password \"p \\\"w\\\" #1\" login \"u v\"\n\
                    macdef init\nmachine no.example login n password n\n\n\
                    machine b.example login b password b\ndefault login d password d";
        assert_eq!(login(text, "a.example").unwrap(), "u v:p \"w\" #1");
        assert_eq!(login(text, "no.example"), None);
        assert_eq!(login(text, "b.example").unwrap(), "b:b");
        let netrc = Netrc::parse(&Secret::new(text));
        assert_eq!(netrc.default_login().unwrap().expose(), "d:d");
    }

    #[test]
    fn half_entries_are_none() {
        for text in ["", "machine", "machine a", "machine a login x", "password y", "login"] {
            assert_eq!(login(text, "a"), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "(machine|login|password|default|macdef|[\\PC]|[\"\\\\# \n]){0,30}") {
            let _ = Netrc::parse(&Secret::new(&text));
        }
    }
}
