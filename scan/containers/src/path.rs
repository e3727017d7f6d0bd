//! Names of members, as the paths that unpacking makes of them.

/// What is wrong with a path: to follow "it".
pub fn escape(path: &str) -> Option<&'static str> {
    let is_separator = |c| c == '/' || c == '\\';
    if path.starts_with(is_separator) {
        return Some("is absolute");
    }
    if let [drive, b':', separator, ..] = path.as_bytes()
        && drive.is_ascii_alphabetic()
        && is_separator(char::from(*separator))
    {
        return Some("names a drive");
    }
    // A folder of that name does not help: `a/../../b` leaves, and `a/../b`
    // does where `a` is a link.
    path.split(is_separator).any(|name| name == "..").then_some("climbs by \"..\"")
}

/// What is wrong with a link in the folder of the member `from` to `target`:
/// to follow "it".
pub fn link_escape(from: &str, target: &str) -> Option<&'static str> {
    let depth = from.split('/').filter(|name| !matches!(*name, "" | ".")).count().saturating_sub(1);
    // A name before a `..` may be a link itself, so that it does not count.
    let up = target.split(['/', '\\']).filter(|name| *name == "..").count();
    match escape(target) {
        Some("climbs by \"..\"") if up <= depth => None,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_leave_are_told_from_those_that_stay() {
        for path in ["/etc/passwd", "\\x", "C:\\x", "c:/x", "..", "../x", "a/../../x", "a\\..\\x"] {
            assert!(escape(path).is_some(), "{path}");
        }
        for path in ["a", "a/b", "./a", "a..b", "...", "a/..b", "C:", "a:b", "", "a/"] {
            assert_eq!(escape(path), None, "{path}");
        }
    }

    #[test]
    fn links_may_climb_as_far_as_they_lie_deep() {
        assert_eq!(link_escape("a/b/link", "../c"), None);
        assert_eq!(link_escape("./a/b/link", "../../c"), None);
        assert_eq!(link_escape("a/link", "b/../c"), None);
        for (from, target) in
            [("link", "../c"), ("a/link", "../../c"), ("a/link", "b/../../../c"), ("a", "/etc")]
        {
            assert!(link_escape(from, target).is_some(), "{from} {target}");
        }
    }
}
