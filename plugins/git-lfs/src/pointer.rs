//! LFS pointers: small texts that stand in git for large files.

/// A pointer is shorter than so many bytes.
pub const LONGEST: usize = 1024;

/// What the first line may name: the specification, and what it was before.
const VERSIONS: [&str; 3] = [
    "https://git-lfs.github.com/spec/v1",
    "https://hawser.github.com/spec/v1",
    "http://git-media.io/v/2",
];

/// A large file, as a pointer names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointer {
    /// SHA-256 in lower-case hexadecimal.
    pub oid: String,
    /// Size in bytes.
    pub size: u64,
}

/// What a file in git is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// The file itself.
    Plain,
    /// A pointer.
    Pointer(Pointer),
    /// A pointer to what the author's own program has changed, by its name.
    Extended(String),
}

impl Content {
    /// Reads a file of git. What does not keep to the grammar is no pointer,
    /// and is none for the real client.
    pub fn of(bytes: &[u8]) -> Self {
        if bytes.len() >= LONGEST {
            return Self::Plain;
        }
        std::str::from_utf8(bytes).ok().and_then(read).unwrap_or(Self::Plain)
    }
}

/// `key value` on each line: the version first, the other keys in their order,
/// none of them twice. As the real client does, white space around the whole,
/// empty lines and line ends of another system are passed over.
fn read(text: &str) -> Option<Content> {
    let lines = text.trim().lines().filter(|line| !line.is_empty());
    let mut lines = lines.map(|line| line.split_once(' '));
    let ("version", version) = lines.next()?? else { return None };
    if !VERSIONS.contains(&version) {
        return None;
    }
    let (mut extension, mut oid, mut size) = (None, None, None);
    let mut last = "";
    for line in lines {
        let (key, value) = line?;
        if key <= last {
            return None;
        }
        last = key;
        match key {
            "oid" => oid = Some(sha256(value)?),
            "size" => size = Some(u64::try_from(value.parse::<i64>().ok()?).ok()?),
            _ => {
                let name = key.strip_prefix("ext-")?.split_once('-')?.1;
                sha256(value)?;
                extension.get_or_insert_with(|| name.to_owned());
            }
        }
    }
    let pointer = Pointer { oid: oid?, size: size? };
    Some(extension.map_or(Content::Pointer(pointer), Content::Extended))
}

fn sha256(value: &str) -> Option<String> {
    let hex = value.strip_prefix("sha256:")?;
    let digits = hex.len() == 64 && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    digits.then(|| hex.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OID: &str = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393";

    fn text(version: &str) -> String {
        format!("version {version}\noid sha256:{OID}\nsize 12345\n")
    }

    #[test]
    fn pointers_of_every_age_are_read() {
        let expected = Content::Pointer(Pointer { oid: OID.to_owned(), size: 12_345 });
        for version in VERSIONS {
            assert_eq!(Content::of(text(version).as_bytes()), expected);
        }
    }

    #[test]
    fn white_space_is_passed_over() {
        // Each was given to `git lfs pointer --check`.
        let good = text(VERSIONS[0]);
        for text in [
            good.trim().to_owned(),
            format!("\n {good}\n"),
            good.replace('\n', "\r\n"),
            good.replace('\n', "\n\n"),
            good.replace("size 12345", "size +12345"),
        ] {
            assert!(matches!(Content::of(text.as_bytes()), Content::Pointer(_)), "{text:?}");
        }
    }

    #[test]
    fn an_extension_is_named() {
        let extended = text(VERSIONS[0]).replace("oid", &format!("ext-0-foo sha256:{OID}\noid"));
        assert_eq!(Content::of(extended.as_bytes()), Content::Extended("foo".to_owned()));
    }

    #[test]
    fn what_does_not_keep_to_the_grammar_is_plain() {
        let good = text(VERSIONS[0]);
        for (from, to) in [
            ("version ", ""),
            ("spec/v1", "spec/v2"),
            ("sha256:4d", "sha256:4D"),
            ("sha256:4d", "sha256:"),
            ("sha256:", "md5:"),
            ("size 12345", "size -1"),
            ("size 12345", "size "),
            ("size 12345", "size 99999999999999999999"),
            ("size 12345\n", ""),
            ("size 12345\n", "size 12345\nzzz 1\n"),
            ("size 12345\n", "size 12345\nsize 12345\n"),
            ("\noid", "\nabc x\noid"),
        ] {
            let text = good.replace(from, to);
            assert_eq!(Content::of(text.as_bytes()), Content::Plain, "{text}");
        }
        assert_eq!(Content::of(b""), Content::Plain);
        assert_eq!(Content::of(b"\xff\xfe"), Content::Plain);
        assert_eq!(Content::of((good + &" ".repeat(LONGEST)).as_bytes()), Content::Plain);
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "(version |oid |size |ext-|sha256:|[\\PC]|[\n 0-9a-f]){0,40}") {
            let _ = Content::of(text.as_bytes());
            let _ = Content::of(format!("version {}\n{text}", VERSIONS[0]).as_bytes());
        }

        #[test]
        fn every_size_is_read(size in 0_u64..1 << 63) {
            let text = text(VERSIONS[0]).replace("12345", &size.to_string());
            let expected = Content::Pointer(Pointer { oid: OID.to_owned(), size });
            prop_assert_eq!(Content::of(text.as_bytes()), expected);
        }
    }
}
