//! Text that a file brought, as findings judge it.

/// Why a path that a model names reaches something outside the model's folder;
/// `None` where it stays within.
pub fn outside(path: &str) -> Option<&'static str> {
    let bytes = path.as_bytes();
    if path.contains('\0') {
        return Some("holds a NUL byte");
    }
    if scheme(path).is_some() {
        return Some("is a URL");
    }
    if matches!(bytes, [b'/' | b'\\', ..]) {
        return Some("is absolute");
    }
    if matches!(bytes, [drive, b':', ..] if drive.is_ascii_alphabetic()) {
        return Some("names a drive");
    }
    if bytes.first() == Some(&b'~') {
        return Some("begins in a home folder");
    }
    if path.split(['/', '\\']).any(|name| name.trim_end_matches([' ', '\0']) == "..") {
        return Some("climbs out of the folder");
    }
    if path.contains("${") || path.starts_with('$') || path.starts_with('%') {
        return Some("names an environment variable");
    }
    None
}

/// Parts of paths to what a machine keeps to itself.
const SECRETS: &[&str] = &[
    "/etc/",
    "/proc/",
    "/sys/",
    "/dev/",
    "/var/run/",
    "/var/spool/",
    "/run/secrets",
    "/root/.",
    "/.ssh",
    "/.aws",
    "/.azure",
    "/.kube",
    "/.docker",
    "/.gnupg",
    "/.netrc",
    "/.env",
    "/.git",
    "/.bash",
    "/.zsh",
    "/.profile",
    "/.config/",
    "/.huggingface",
    "/.cache/huggingface/token",
    "/.pypirc",
    "/.npmrc",
    "/.pgpass",
    "/id_rsa",
    "/id_ed25519",
    "/credentials",
    "/passwd",
    "/shadow",
    "/windows/",
    "/appdata/",
];

/// Whether a path leads to what a machine keeps to itself, or acts by. Other
/// paths from a root are often those of the machine that made a file.
pub fn is_secret(path: &str) -> bool {
    let path = path.replace('\\', "/").to_lowercase();
    let path = path.strip_prefix("file://").unwrap_or(&path);
    let path = format!("/{path}/");
    let is_known = SECRETS.iter().any(|secret| path.contains(secret));
    path.starts_with("/~") || is_known && !path.starts_with("//dev/shm/")
}

/// Why the name of a tensor is none: tools make files of tensors by their names.
/// Names that begin with a slash are common where graphs are exported, so that
/// they are the caller's to judge.
pub fn misnamed(name: &str) -> Option<&'static str> {
    if name.contains('\0') {
        return Some("holds a NUL byte");
    }
    if name.contains(['\r', '\n']) {
        return Some("holds a line break");
    }
    if name.split(['/', '\\']).any(|part| part == "..") {
        return Some("climbs out of a folder");
    }
    let drive =
        matches!(name.as_bytes(), [drive, b':', b'\\' | b'/', ..] if drive.is_ascii_alphabetic());
    if drive || name.starts_with('\\') {
        return Some("is a path from a root");
    }
    code(name)
}

/// The scheme that text begins with: `file` of `file://…`.
pub fn scheme(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once(':')?;
    let named = scheme.len() > 1
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    (named && rest.starts_with("//")).then_some(scheme)
}

/// What has no business in a model's metadata, by what it would do where
/// something runs it.
const CODE: &[(&str, &str)] = &[
    ("__import__(", "Python code"),
    ("__builtins__", "Python code"),
    ("__subclasses__", "Python code"),
    ("__globals__", "Python code"),
    ("b64decode(", "Python code"),
    ("ctypes.CDLL", "Python code"),
    ("ctypes.cdll", "Python code"),
    ("eval('", "Python code"),
    ("eval(\"", "Python code"),
    ("eval(base64", "Python code"),
    ("eval(compile(", "Python code"),
    ("exec('", "Python code"),
    ("exec(\"", "Python code"),
    ("exec(base64", "Python code"),
    ("exec(compile(", "Python code"),
    ("getattr(os,", "Python code"),
    ("import os;", "Python code"),
    ("import socket,", "Python code"),
    ("import subprocess", "Python code"),
    ("importlib.import_module(", "Python code"),
    ("marshal.loads(", "Python code"),
    ("os.execv", "Python code"),
    ("os.popen(", "Python code"),
    ("os.spawn", "Python code"),
    ("os.system", "Python code"),
    ("pickle.loads(", "Python code"),
    ("pty.spawn(", "Python code"),
    ("socket.socket(", "Python code"),
    ("subprocess.Popen", "Python code"),
    ("subprocess.call", "Python code"),
    ("subprocess.check_", "Python code"),
    ("subprocess.run", "Python code"),
    ("/dev/tcp/", "a shell command"),
    ("/bin/sh -c", "a shell command"),
    ("/bin/sh -i", "a shell command"),
    ("/bin/bash -c", "a shell command"),
    ("bash -i >&", "a shell command"),
    ("nc -e /", "a shell command"),
    ("powershell -e", "a shell command"),
    ("cmd.exe /c", "a shell command"),
];

/// What executable content a text holds that is no place for it; `None` for
/// all else.
pub fn code(text: &str) -> Option<&'static str> {
    if text.len() < 6 {
        return None;
    }
    if text.starts_with("#!/") {
        return Some("a script");
    }
    if let Some((_, what)) = CODE.iter().find(|(sign, _)| holds(text, sign)) {
        return Some(what);
    }
    let fetches = ["curl ", "wget "].iter().any(|fetch| text.contains(fetch));
    let runs = ["| sh", "|sh", "| bash", "|bash", "| python"].iter().any(|run| text.contains(run));
    if fetches && runs || wipes(text) {
        return Some("a shell command");
    }
    // A pickle of protocol 3 or later, in base64.
    let pickled = ["gASV", "gAWV", "gAOj", "gANj"].iter().any(|begin| text.starts_with(begin));
    let encoded = text.len() >= 24
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'\n'));
    (pickled && encoded).then_some("a pickle in base64")
}

/// Whether a command removes what a system or its users have. Folders for a
/// while are removed where models are trained.
fn wipes(text: &str) -> bool {
    const KEPT: &[&str] =
        &["*", "bin", "boot", "dev", "etc", "home", "lib", "opt", "root", "sys", "usr", "var"];
    ["rm -rf /", "rm -fr /", "rm -r -f /", "rm -rf --no-preserve-root /"].iter().any(|sign| {
        text.match_indices(sign).any(|(place, sign)| {
            let path = text[place + sign.len()..].split([' ', '\n', ';', '&', '"', '\'', ')']);
            let names = path.map(|path| path.trim_end_matches('/')).next().unwrap_or_default();
            let mut names = names.split('/');
            let first = names.next().unwrap_or_default();
            // A folder of somebody's, deep within, is theirs to remove.
            first.is_empty() || KEPT.contains(&first) && names.count() < 3
        })
    })
}

/// Whether a text holds a sign, where that begins a word if it begins with a
/// letter: `retrieval(` is no `eval(`.
fn holds(text: &str, sign: &str) -> bool {
    let named = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let begins = sign.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
    text.match_indices(sign).any(|(place, _)| {
        !begins || !place.checked_sub(1).is_some_and(|before| named(text.as_bytes()[before]))
    })
}

/// What executable content the text of a metadata field holds, where a page
/// that shows it would run it; or as [`code`].
pub fn metadata(text: &str) -> Option<&'static str> {
    const WEB: &[&str] = &["<script", "javascript:", "onerror=", "<iframe"];
    let web = WEB.iter().any(|sign| text.contains(sign));
    code(text).or(web.then_some("a script for browsers"))
}

/// Whether the bytes begin like a file that another reader judges: an
/// executable, an archive, a pickle, a script. Magic numbers of four bytes and
/// more, which numbers hardly make by chance.
pub fn is_file(bytes: &[u8]) -> bool {
    const MAGIC: &[&[u8]] = &[
        b"\x7fELF",
        b"PK\x03\x04",
        b"#!/",
        b"\x1f\x8b\x08\x00",
        b"\x1f\x8b\x08\x08",
        b"BZh91AY",
        b"\xfd7zXZ\0",
        b"7z\xbc\xaf\x27\x1c",
        b"Rar!\x1a\x07",
        b"\x89HDF\r\n",
        b"\x93NUMPY",
        b"GGUF",
        b"\xcf\xfa\xed\xfe",
        b"\xfe\xed\xfa\xcf",
        b"<?php",
        b"<script",
    ];
    let portable = bytes.starts_with(b"MZ")
        && bytes.get(0x3c..0x40).is_some_and(|place| {
            let place = u32::from_le_bytes([place[0], place[1], place[2], place[3]]) as usize;
            bytes.get(place..).is_some_and(|rest| rest.starts_with(b"PE\0\0"))
        });
    // A frame of a pickle: protocol 4 or 5, whose first frame is not absurd.
    let pickle = matches!(bytes, [0x80, 4 | 5, 0x95, _, _, _, _, 0, 0, 0, 0, ..])
        || matches!(bytes, [0x80, 2..=5, b'c', letter, ..] if letter.is_ascii_alphabetic());
    portable || pickle || MAGIC.iter().any(|magic| bytes.starts_with(magic))
}

/// Whether a part is no model but the note that Git leaves where the model is
/// stored elsewhere.
pub fn is_pointer(begin: &[u8]) -> bool {
    begin.starts_with(b"version https://git-lfs.github.com/spec/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_leave_are_told_from_those_that_stay() {
        for path in ["weights.bin", "a/b.bin", "./a", "a..b", "..a/b", "data:x", "model.onnx.data"]
        {
            assert_eq!(outside(path), None, "{path}");
        }
        for path in [
            "/etc/passwd",
            "../x",
            "a/../../x",
            "a\\..\\x",
            "C:x",
            "\\\\host\\x",
            "~/x",
            "a\0b",
            "http://x/y",
            "s3://x",
            "$HOME/x",
            "%TEMP%\\x",
            "a/.. /x",
        ] {
            assert!(outside(path).is_some(), "{path}");
        }
    }

    #[test]
    fn names_that_are_paths_are_told() {
        for name in ["model.layers.0.weight", "/conv/Conv_output_0", "a..b", "c:0", "a\u{1b}b"] {
            assert_eq!(misnamed(name), None, "{name}");
        }
        for name in ["../x", "a/../b", "a\\..\\b", "a\0", "a\nb", "C:\\x", "\\\\host\\x"] {
            assert!(misnamed(name).is_some(), "{name}");
        }
    }

    #[test]
    fn code_is_told_from_prose() {
        for text in [
            "A model for evaluation (eval) of systems",
            "import of os maps",
            "curl up",
            "retrieval('a')",
            "a b && rm -rf /content/tmp",
            "rm -rf /tmp/x",
        ] {
            assert_eq!(code(text), None, "{text}");
        }
        for text in [
            "__import__('os').system('echo inert')",
            "#!/bin/sh\necho inert",
            "x; rm -rf / --no-preserve-root",
            "x && rm -rf /*",
            "rm -rf /home; x",
            "rm -rf /etc/",
            "curl http://x | sh",
            "gASVIAAAAAAAAACMBXBvc2l4lIwGc3lzdGVtlJOUjAplY2hvIGluZXJ0lIWUUpQu",
        ] {
            assert!(code(text).is_some(), "{text}");
        }
    }
}
