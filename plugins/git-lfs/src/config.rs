//! `.lfsconfig`: the LFS server that a repository names, in git's own syntax
//! of configuration.

/// What the repository says about its LFS server; none where it says nothing.
/// As for the real client, `lfs.url` goes before `remote.origin.lfsurl`.
pub fn lfs_url(text: &str) -> Option<String> {
    let values = values(text);
    let last = |name: &str| {
        values
            .iter()
            .rev()
            .find(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value)
    };
    last("lfs.url").or_else(|| last("remote.origin.lfsurl")).cloned()
}

/// Full names (`section.subsection.key`; section and key in lower case) and
/// their values, in order. What is malformed is passed over.
fn values(text: &str) -> Vec<(String, String)> {
    let mut values = Vec::new();
    let mut section = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        rest = rest.trim_start();
        if let Some(header) = rest.strip_prefix('[') {
            let end = header.find([']', '\n']).unwrap_or(header.len());
            section = named(&header[..end]);
            rest = header[end..].strip_prefix(']').unwrap_or(&header[end..]);
            continue;
        }
        let end = rest.find(['=', '\n', '#', ';']).unwrap_or(rest.len());
        let key = rest[..end].trim().to_ascii_lowercase();
        rest = &rest[end..];
        if let Some(after) = rest.strip_prefix('=') {
            let (value, after) = value(after);
            values.push((format!("{section}.{key}"), value));
            rest = after;
        } else {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
        }
    }
    values
}

/// `section "subsection"` as it stands in full names.
fn named(header: &str) -> String {
    match header.split_once('"') {
        None => header.trim().to_ascii_lowercase(),
        Some((section, subsection)) => {
            let subsection = subsection.trim_end().trim_end_matches('"').replace('\\', "");
            format!("{}.{subsection}", section.trim().to_ascii_lowercase())
        }
    }
}

/// A value up to the end of its line, and what follows. Quotes keep white space
/// and comment signs, a back slash keeps quotes and goes on after a line's end.
fn value(text: &str) -> (String, &str) {
    let mut value = String::new();
    // Bytes that are kept whatever white space they end with.
    let mut kept = 0;
    let mut quoted = false;
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '\n' => return (ended(value, kept), &text[at..]),
            '#' | ';' if !quoted => {
                let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
                return (ended(value, kept), &text[end..]);
            }
            '"' => {
                quoted = !quoted;
                kept = value.len();
            }
            '\\' => match characters.next() {
                Some((_, 'n')) => value.push('\n'),
                Some((_, 't')) => value.push('\t'),
                Some((_, '\n')) | None => {}
                Some((_, literal)) => value.push(literal),
            },
            space if space.is_whitespace() && value.is_empty() && !quoted => {}
            other => value.push(other),
        }
    }
    (ended(value, kept), "")
}

fn ended(mut value: String, kept: usize) -> String {
    let end = value.trim_end().len().max(kept);
    value.truncate(end);
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_server_is_found() {
        for text in [
            "[lfs]\n\turl = https://h/x\n",
            "[lfs] url=https://h/x",
            "# [lfs]\n[core]\nbare\n[LFS]\r\n  URL = \"https://h/x\" ; said twice\r\n",
            "[lfs]\nurl = https://old/\nurl = https://h/x # new\n",
            "[lfs]\nurl = https://h/\\\nx\n",
            "[remote \"origin\"]\nlfsurl = https://h/x\n",
            "[remote \"origin\"]\nlfsurl = https://no\n[lfs]\nurl = https://h/x",
        ] {
            assert_eq!(lfs_url(text).as_deref(), Some("https://h/x"), "{text}");
        }
    }

    #[test]
    fn other_sections_say_nothing_of_it() {
        for text in [
            "",
            "url = https://h/x",
            "[lfs]\nfetchexclude = *\n",
            "[lfs]\nurl =\n",
            "[lfs \"https://h/x\"]\nurl = https://h/x\n",
            "[remote \"fork\"]\nlfsurl = https://h/x\n",
            "[lfs]\n; url = https://h/x\n",
        ] {
            assert_eq!(lfs_url(text), None, "{text}");
        }
    }

    #[test]
    fn quotes_keep_what_else_ends_a_value() {
        assert_eq!(lfs_url("[lfs]\nurl = \"a # b \" \n").as_deref(), Some("a # b "));
        assert_eq!(lfs_url("[lfs]\nurl = a\\\"b\n").as_deref(), Some("a\"b"));
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "(\\[lfs\\]|url|=|[\\PC]|[\"\\\\#;\n \\[\\]]){0,40}") {
            let _ = lfs_url(&text);
        }
    }
}
