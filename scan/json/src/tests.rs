use nix_ai_model_scan_walk::{Budget, Head, Part, Reader, Result, Scan, scan};
use nix_ai_model_sdk::testing::ScriptedFiles;
use proptest::prelude::*;

use super::{Fold, Path, Place, Scalar, Step, begin, fold, is_object, leaves, unified};

/// Writes down what it is told.
#[derive(Default)]
struct Spoken(String);

impl Fold for Spoken {
    type Facts = String;

    fn scalar(&mut self, into: &mut String, place: Place<'_>, value: Scalar<'_>) {
        let value = match value {
            Scalar::Text(text) => format!("{:?}", text.as_str()),
            Scalar::Number(number) => number.to_owned(),
            Scalar::Word(_) => "word".to_owned(),
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

/// Gives up with the way to each leaf.
struct Walked;

impl Reader for Walked {
    fn format(&self) -> &'static str {
        "walked"
    }

    fn recognises(&self, _: &Head) -> bool {
        true
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let mut told = String::new();
        let text = unified(part.view())?;
        leaves(&*text, scan, &mut |path: &Path, scalar, _| {
            for step in &path.steps {
                match step {
                    Step::Key(key) => told.push_str(&format!("{key}.")),
                    Step::Item(place) => told.push_str(&format!("{place}.")),
                }
            }
            match scalar {
                Scalar::Text(text) => told.push_str(&format!("={:?};", text.as_str())),
                Scalar::Number(word) | Scalar::Word(word) => told.push_str(&format!("={word};")),
            }
            Ok(())
        })?;
        Err(nix_ai_model_scan_walk::Fault::Unsupported(told))
    }
}

fn walked(bytes: &[u8]) -> String {
    let files = ScriptedFiles::new().file("a.json", bytes);
    let report = scan(&files, &[&Walked], Budget::default());
    let told: String = report.findings.into_iter().map(|finding| finding.message).collect();
    let told = told.strip_prefix("the walked uses ").unwrap_or(&told);
    told.strip_suffix(", which is not read here").unwrap_or(told).to_owned()
}

#[test]
fn leaves_are_walked_as_lenient_parsers_take_them() {
    for (text, wanted) in [
        (r#"{"a": [1, "x", {"b": true}], "c": null}"#, r#"a.0.=1;a.1.="x";a.2.b.=true;c.=null;"#),
        // Comments, with quotes in them and where a colon is looked for.
        ("{// don't \"\n\"a\": /* \"b\": */ 1, # {\n \"c\" /**/ : 2}", "a.=1;c.=2;"),
        ("{//\r\"a\": 1, //\u{2014} \"\u{2028}\"b\": 2}", "a.=1;b.=2;"),
        ("{/***/\"a\": 1, /*/ \"b\": 2 */ \"c\": 3}", "a.=1;c.=3;"),
        // JSON5: keys without quotes, single ones, numbers of its own.
        (
            r#"{$a_1: 'x"y', 'b': +Infinity, c: NaN, d: .5,}"#,
            "$a_1.=\"x\\\"y\";b.=+Infinity;c.=NaN;d.=.5;",
        ),
        ("[1,,2,]", "0.=1;2.=2;"),
        // JSON lines, and texts with marks that were joined.
        ("{\"a\": 1}\n{\"a\": 2}\n\u{feff}{\"b\": 3}", "a.=1;a.=2;b.=3;"),
        // What is cut, and what no parser takes.
        (r#"{"a": "x", "b": "cu"#, r#"a.="x";b.="cu";"#),
        (r#"{"a": "x", "b": "\u0041\u4""#, "a.=\"x\";b.=\"A\\u{4}\";"),
        (r#"{"a": 1, ; "b": 2}"#, "a.=1;"),
        (r#"{"a": {"b": 1}}}}], "c"]"#, r#"a.b.=1;="c";"#),
        (r#"{"a": "\ud83d\ude00\ud83d\u0041\ud83d"}"#, "a.=\"😀\u{fffd}A\u{fffd}\";"),
    ] {
        assert_eq!(walked(text.as_bytes()), wanted, "{text}");
    }
}

#[test]
fn leaves_are_walked_in_every_encoding() {
    let text = r#"{"é": ["😀"]}"#;
    let units = || text.encode_utf16();
    let all: Vec<Vec<u8>> = vec![
        units().flat_map(u16::to_be_bytes).collect(),
        units().flat_map(u16::to_le_bytes).collect(),
        text.chars().flat_map(|sign| (sign as u32).to_be_bytes()).collect(),
        text.chars().flat_map(|sign| (sign as u32).to_le_bytes()).collect(),
    ];
    let marks: [&[u8]; 4] = [b"\xfe\xff", b"\xff\xfe", b"\0\0\xfe\xff", b"\xff\xfe\0\0"];
    for (bytes, mark) in all.iter().zip(marks) {
        for bytes in [bytes.clone(), [mark, bytes].concat()] {
            assert_eq!(walked(&bytes), "é.0.=\"😀\";");
            assert_eq!(&*begin(&bytes), text.as_bytes());
        }
    }
}

#[test]
fn depth_is_passed_over_and_come_back_from() {
    let deep = |levels: usize| {
        let (open, close) = ("[".repeat(levels), "]".repeat(levels));
        walked(format!("{{\"a\": {open}\"x\"{close}, \"b\": 1}}").as_bytes())
    };
    assert!(deep(2000).ends_with(";b.=1;"));
    // Parsers that call themselves for each level end by it.
    assert_eq!(deep(100_000), "the walked holds more nested values than are read");
    // A long key is cut, between characters.
    let long = format!("{{\"x{}\": 1}}", "é".repeat(1000));
    assert_eq!(walked(long.as_bytes()), format!("x{}.=1;", "é".repeat(127)));
}

#[test]
fn escapes_are_read_across_what_is_buffered() {
    for pad in 4070..4110 {
        let text = format!("{{\"{}\": \"\\ud83d\\ude00\"}}", " ".repeat(pad));
        let noted = text.replace('}', "/* x */}");
        assert!(walked(noted.as_bytes()).ends_with("=\"😀\";"), "{pad}");
        assert!(told(text.as_bytes()).contains("=\"😀\";"), "{pad}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        told(&bytes);
        walked(&bytes);
    }

    #[test]
    fn any_signs_are_read_without_panic(text in r#"[\[\]{}"',:\\ua-f0-9 .eE+$#/*\n-]{0,80}"#) {
        told(text.as_bytes());
        walked(text.as_bytes());
    }
}
