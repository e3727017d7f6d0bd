use std::sync::Mutex;

use nix_ai_model_scan_walk::{Head, Level, Part, Reader, Result, Rule, Scan};

use super::Sqlite;
use super::record::{Column, columns};
use crate::testing::{found, found_by};

static VALUE: Rule = Rule { id: "test/value", level: Level::High, title: "", why: "", advice: "" };

/// Tells of the values that were handed over, and keeps the last.
#[derive(Default)]
struct Witness(Mutex<Vec<u8>>);

impl Reader for Witness {
    fn format(&self) -> &'static str {
        "value"
    }

    fn recognises(&self, head: &Head) -> bool {
        head.is_excerpt
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        *self.0.lock().unwrap_or_else(|held| held.into_inner()) = part.view().bytes(0, 1 << 20)?;
        scan.find(part, VALUE.found("a value"));
        Ok(())
    }
}

/// A database of one table page, with a record of a number and this value,
/// whose bytes go on in further pages.
fn database(value: &[u8], is_text: bool) -> Vec<u8> {
    const PAGE: usize = 512;
    let mut first = b"SQLite format 3\0\x02\0\x01\x01\0\x40\x20\x20".to_vec();
    first.resize(PAGE, 0);
    let kind = 12 + 2 * value.len() as u32 + u32::from(is_text);
    let mut payload =
        vec![5, 1, 0x80 | (kind >> 14) as u8, 0x80 | (kind >> 7) as u8, kind as u8 & 0x7f];
    payload.push(7);
    payload.extend(value);
    let size = payload.len();
    let (most, least) = (PAGE - 35, (PAGE - 12) * 32 / 255 - 23);
    let fitting = if size <= most { size } else { least + (size - least) % (PAGE - 4) };
    let local = if fitting <= most { fitting } else { least };
    let mut cell = vec![0x80 | (size >> 14) as u8, 0x80 | (size >> 7) as u8, size as u8 & 0x7f, 1];
    cell.extend(&payload[..local]);
    if local < size {
        cell.extend(3_u32.to_be_bytes());
    }
    let at = PAGE - cell.len();
    let mut second = vec![0x0d, 0, 0, 0, 1, 0, 0, 0, (at >> 8) as u8, at as u8];
    second.resize(at, 0);
    second.extend(cell);
    let mut bytes = [first, second].concat();
    let chunks: Vec<_> = payload[local..].chunks(PAGE - 4).collect();
    for (number, chunk) in chunks.iter().enumerate() {
        let next = if number + 1 < chunks.len() { number as u32 + 4 } else { 0 };
        bytes.extend(next.to_be_bytes());
        bytes.extend(*chunk);
        bytes.resize(bytes.len().next_multiple_of(PAGE), 0);
    }
    bytes
}

fn handed(value: &[u8], is_text: bool) -> Option<Vec<u8>> {
    let witness = Witness::default();
    let told = found_by(&[&Sqlite, &witness], "a.db", &database(value, is_text));
    let value = witness.0.into_inner().unwrap_or_default();
    (told == [("test/value".to_owned(), Level::High)]).then_some(value)
}

#[test]
fn pickles_are_handed_over_whole_and_other_values_are_not() {
    let short = b"\x80\x04N.".to_vec();
    let long: Vec<u8> = b"\x80\x04".iter().copied().chain((0..5000).map(|n| n as u8)).collect();
    assert_eq!(handed(&short, false), Some(short));
    assert_eq!(handed(&long, false), Some(long));
    assert_eq!(handed(b"cos\nsystem\n.", false).as_deref(), Some(&b"cos\nsystem\n."[..]));
    assert_eq!(handed(b"gASVTi4=", true).as_deref(), Some(&b"\x80\x04\x95N."[..]));
    for value in [&b"plain"[..], b"\x89PNG\r\n", b"Code of Conduct", b"(a, b)"] {
        assert_eq!(handed(value, false), None);
        assert_eq!(handed(value, true), None);
    }
}

#[test]
fn columns_have_their_places() {
    let record = [4, 1, 18, 15, 9, b'a', b'b', b'c', b'd'];
    let bytes = Column { begin: 5, length: 3, is_text: false };
    let text = Column { begin: 8, length: 1, is_text: true };
    assert_eq!(columns(&record, 9), [bytes, text]);
    assert_eq!(columns(&record, 8), [bytes]);
}

proptest::proptest! {
    #[test]
    fn any_pages_are_read_without_panic(bytes: Vec<u8>, at in 0_usize..3000, byte: u8) {
        let mut evil = database(&bytes, false);
        if let Some(place) = evil.get_mut(at) {
            *place = byte;
        }
        found(&Sqlite, "a.db", &evil);
        let mut any = evil[..512].to_vec();
        any.extend([0x0d, 0, 0, 0, 9, 0, 0, 0]);
        any.extend(&bytes);
        found(&Sqlite, "a.db", &any);
    }
}

#[test]
fn texts_that_make_a_program_do_something_are_told() {
    let told = |text: &str| {
        crate::testing::fails(&found(&Sqlite, "a.db", &database(text.as_bytes(), true)))
    };
    let store = |trusts: bool| {
        format!(
            r#"{{"embedding_function":{{"name":"x","config":{{"model_name":"a/b","kwargs":{{"trust_remote_code":{trusts}}}}}}}}}"#
        )
    };
    assert!(told(&store(true)));
    assert!(told("CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT load_extension('./x'); END"));
    assert!(told("create view v as select writefile('x', a) from b"));
    for good in [
        &store(false),
        r#"{"trust_remote_code":true}"#,
        "CREATE VIEW v AS SELECT a, max(b) FROM c GROUP BY a",
        "CREATE TABLE load_extension (a)",
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN INSERT INTO edit (b) VALUES (1); END",
    ] {
        assert!(!told(good), "{good}");
    }
}
