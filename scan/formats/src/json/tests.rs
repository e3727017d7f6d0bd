use nix_ai_model_scan_walk::{Budget, Head, Part, Reader, Result, Scan, scan};
use nix_ai_model_sdk::testing::ScriptedFiles;
use proptest::prelude::*;

use super::{Fold, Place, Scalar, fold, is_object, unified};

/// Writes down what it is told.
#[derive(Default)]
struct Spoken(String);

impl Fold for Spoken {
    type Facts = String;

    fn scalar(&mut self, into: &mut String, place: Place<'_>, value: Scalar<'_>) {
        let value = match value {
            Scalar::Text(text) => format!("{:?}", text.as_str()),
            Scalar::Number(number) => number.to_owned(),
            Scalar::Word => "word".to_owned(),
        };
        into.push_str(&format!("{}={value};", place.key()));
    }

    fn inner(&mut self, into: &mut String, place: Place<'_>, inner: String) {
        into.push_str(&format!("{}=({inner});", place.key()));
    }

    fn end(&mut self, facts: &mut String, _: bool) {
        self.0.clone_from(facts);
    }
}

/// Folds all that it is given, and says so by giving up.
struct Told;

impl Reader for Told {
    fn format(&self) -> &'static str {
        "told"
    }

    fn recognises(&self, _: &Head) -> bool {
        true
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let mut spoken = Spoken::default();
        let text = unified(part.view())?;
        fold(&*text, &mut spoken, scan)?;
        Err(nix_ai_model_scan_walk::Fault::Unsupported(spoken.0))
    }
}

fn told(bytes: &[u8]) -> String {
    let files = ScriptedFiles::new().file("a.json", bytes);
    let report = scan(&files, &[&Told], Budget::default());
    report.findings.into_iter().map(|finding| finding.message).collect()
}

#[test]
fn values_are_told_in_order_and_twice_where_they_are() {
    let all =
        told(br#" {"a": 1, "a": "x\u00e9\ud83d\ude00\n", "b": [true, null, -1.5e3, {"c": []}], }"#);
    let wanted = "a=1;a=\"xé😀\\n\";b=(=word;=word;=-1.5e3;=(c=(););)";
    assert!(all.contains(wanted), "{all}");
}

#[test]
fn python_takes_other_encodings_and_so_does_this() {
    let text = r#"{"a": "é😀"}"#;
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let mut little = vec![0xff, 0xfe];
    little.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    let wide: Vec<u8> = text.chars().flat_map(|sign| (sign as u32).to_le_bytes()).collect();
    let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
    for bytes in [text.as_bytes(), &big, &little, &wide, &marked] {
        assert!(is_object(bytes).is_some());
        assert!(told(bytes).contains("a=\"é😀\";"), "{}", told(bytes));
    }
}

#[test]
fn depth_has_a_bound() {
    assert!(told(&vec![b'['; 200_000]).contains("more values within values"));
    let ended = [vec![b'['; 5_000], vec![b']'; 5_000]].concat();
    assert!(!told(&ended).contains("more values"));
}

#[test]
fn what_is_no_json_is_said_to_be_broken() {
    for bytes in
        ["{", "{\"a\"", "{\"a\":}", "{a:1}", "[1 2]", "{\"a\": nul}", "\"", "{\"\\u12\":1}"]
    {
        assert!(told(bytes.as_bytes()).contains("the told "), "{bytes}");
    }
    // It is not JSON by its begin either.
    assert!(is_object(b"[1]").is_none() && is_object(b"").is_none());
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        told(&bytes);
    }

    #[test]
    fn any_signs_are_read_without_panic(text in r#"[\[\]{}",:\\ua-f0-9 .eE+-]{0,80}"#) {
        told(text.as_bytes());
    }
}
