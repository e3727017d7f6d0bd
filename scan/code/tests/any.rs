//! Whatever the bytes are, the readers end without a panic.

mod told;

use proptest::prelude::*;

const NAMES: &[&str] = &[
    "x.py",
    "chat_template.jinja",
    "x.json",
    "x.yaml",
    "x.sh",
    "x.pyc",
    "x.pth",
    "x",
    "x.exe",
    "x.ipynb",
    ".git/config",
    "x.html",
];

/// Pieces that the languages are made of.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "import os\n",
        "os",
        ".system",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "'",
        "\"",
        "\"\"\"",
        "f'{",
        "b'",
        "\\",
        "\n",
        "\r",
        "    ",
        ":",
        ";",
        ",",
        "=",
        "+",
        "%",
        "*",
        "**",
        "if ",
        "else ",
        "for x in ",
        "lambda ",
        "class A",
        "def f",
        "exec",
        "eval",
        "__class__",
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "#}",
        "|attr",
        "~",
        "'a'",
        "1",
        "-1",
        "::",
        "[::-1]",
        "chr(",
        "!!python/object/apply:",
        "&a ",
        "*a",
        "- ",
        "? ",
        "%TAG ! x\n",
        "---\n",
        "<<: ",
        "\u{feff}",
        "\u{202e}",
        "é",
        "🦀",
        "\\x5f",
        "\\u12",
        "\\777",
        "-----BEGIN RSA PRIVATE KEY-----",
        "-----END ",
        "ghp_",
        "AKIA",
        "base64.b64decode(",
        ".join(",
        ".format(",
        "return ",
        "yield ",
        "with ",
        "as ",
        "@",
        "async ",
        "match ",
        ":=",
        "#",
        "coding: utf-7\n",
        "+AGk-",
        "\u{1d4f8}",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_bytes_end(bytes in prop::collection::vec(any::<u8>(), 0..2000), name in prop::sample::select(NAMES)) {
        told::of(name, bytes);
    }

    #[test]
    fn any_pieces_end(text in pieces(), name in prop::sample::select(NAMES)) {
        told::of(name, text);
    }

    #[test]
    fn programs_end_however_they_are_cut(bytes in prop::collection::vec(any::<u8>(), 0..200), magic in prop::sample::select(vec![&b"MZ"[..], b"\x7fELF\x02\x01", b"\xca\xfe\xba\xbe", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x4c\0\0\0\x01\x14\x02\0", b"\xcb\x0d\r\n"])) {
        told::of("x", [magic, &bytes].concat());
    }
}
