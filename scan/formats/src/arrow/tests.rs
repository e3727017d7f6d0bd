use nix_ai_model_scan_walk::Level;

use super::{Arrow, Parquet};
use crate::testing::{fails, found, handed_over};

/// A schema of one field whose extension's name and metadata these are, as a
/// message: tables that are laid out by hand.
fn message(name: &[u8], metadata: &[u8]) -> Vec<u8> {
    let mut flat = Flat::default();
    let root = flat.pointer();
    let root_table = flat.table(root, &[6, 4, 8, 0], 8);
    flat.bytes[root_table + 4] = 1;
    flat.bytes[root_table + 6] = 4;
    let schema = flat.table(root_table + 8, &[0, 4], 4);
    let field = flat.vector(schema + 4, 1);
    let field = flat.table(field, &[0, 0, 0, 0, 0, 0, 4], 4);
    let pairs = flat.vector(field + 4, 2);
    for (number, [key, value]) in
        [[&b"ARROW:extension:name"[..], name], [b"ARROW:extension:metadata", metadata]]
            .into_iter()
            .enumerate()
    {
        let pair = flat.table(pairs + 4 * number, &[4, 8], 8);
        flat.text(pair + 4, key);
        flat.text(pair + 8, value);
    }
    let mut bytes = vec![0xff; 4];
    while !flat.bytes.len().is_multiple_of(8) {
        flat.bytes.push(0);
    }
    bytes.extend((flat.bytes.len() as u32).to_le_bytes());
    bytes.extend(flat.bytes);
    bytes
}

#[derive(Default)]
struct Flat {
    bytes: Vec<u8>,
}

impl Flat {
    fn pointer(&mut self) -> usize {
        self.bytes.extend([0; 4]);
        self.bytes.len() - 4
    }

    fn point(&mut self, from: usize, to: usize) {
        self.bytes[from..from + 4].copy_from_slice(&((to - from) as u32).to_le_bytes());
    }

    fn table(&mut self, from: usize, fields: &[u16], length: usize) -> usize {
        let list = self.bytes.len();
        self.bytes.extend((4 + 2 * fields.len() as u16).to_le_bytes());
        self.bytes.extend((4 + length as u16).to_le_bytes());
        fields.iter().for_each(|field| self.bytes.extend(field.to_le_bytes()));
        let table = self.bytes.len();
        self.bytes.extend(((table - list) as u32).to_le_bytes());
        self.bytes.extend(vec![0; length]);
        self.point(from, table);
        table
    }

    fn vector(&mut self, from: usize, length: usize) -> usize {
        let to = self.bytes.len();
        self.point(from, to);
        self.bytes.extend((length as u32).to_le_bytes());
        self.bytes.extend(vec![0; 4 * length]);
        to + 4
    }

    fn text(&mut self, from: usize, text: &[u8]) {
        let to = self.bytes.len();
        self.point(from, to);
        self.bytes.extend((text.len() as u32).to_le_bytes());
        self.bytes.extend(text);
        self.bytes.push(0);
    }
}

const PICKLED: (&str, Level) = ("arrow/pickled-extension", Level::High);

fn told(bytes: &[u8]) -> Vec<(String, Level)> {
    found(&Arrow, "a.arrow", bytes)
}

#[test]
fn pickled_types_are_told_and_others_are_not() {
    let evil = message(b"arrow.py_extension_type", b"\x80\x02cos\nsystem\n.");
    assert_eq!(told(&evil), [(PICKLED.0.to_owned(), PICKLED.1)]);
    assert_eq!(told(&message(b"arrow.uuid", b"")), []);
    // The old form of streams has no mark.
    assert!(fails(&told(&evil[4..])));
    let mut file = b"ARROW1\0\0".to_vec();
    file.extend(&evil);
    file.extend(b"\0\0\0\0ARROW1");
    assert!(fails(&told(&file)));
}

#[test]
fn the_schema_within_parquet_is_read() {
    let encode = |bytes: &[u8]| {
        const DIGITS: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut text = Vec::new();
        for three in bytes.chunks(3) {
            let mut four = [0; 4];
            four[1..=three.len()].copy_from_slice(three);
            let number = u32::from_be_bytes(four);
            for digit in 0..=three.len() {
                text.push(DIGITS[(number >> (18 - 6 * digit)) as usize & 63]);
            }
        }
        text
    };
    let file = |name: &[u8]| {
        let schema = encode(&message(name, b""));
        let mut footer = vec![0x59, 0x1c, 0x18, 12];
        footer.extend(b"ARROW:schema");
        footer.extend([0x18, schema.len() as u8 | 0x80, (schema.len() >> 7) as u8]);
        footer.extend(schema);
        footer.extend([0, 0]);
        let mut file = b"PAR1".to_vec();
        file.extend(&footer);
        file.extend((footer.len() as u32).to_le_bytes());
        file.extend(b"PAR1");
        file
    };
    let told = |name: &[u8]| found(&Parquet, "a.parquet", &file(name));
    assert_eq!(told(b"arrow.py_extension_type"), [(PICKLED.0.to_owned(), PICKLED.1)]);
    assert_eq!(told(b"arrow.uuid"), []);
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(bytes: Vec<u8>, at in 0_usize..200, byte: u8) {
        found(&Arrow, "a", &bytes);
        let mut evil = message(b"arrow.py_extension_type", b"x");
        if let Some(place) = evil.get_mut(at) {
            *place = byte;
        }
        found(&Arrow, "a", &evil);
        let mut parquet = b"PAR1".to_vec();
        parquet.extend(&bytes);
        parquet.extend((bytes.len() as u32).to_le_bytes());
        parquet.extend(b"PAR1");
        found(&Parquet, "a", &parquet);
    }
}

#[test]
fn values_that_are_pickles_are_handed_over() {
    let table =
        |value: &[u8]| [message(b"a", b""), vec![0; 64], value.to_vec(), vec![0; 64]].concat();
    let value = b"\x80\x04\x95\x04\0\0\0\0\0\0\0N\x85\x94.";
    let mut packed = lz4_flex::frame::FrameEncoder::new(Vec::new());
    assert!(std::io::Write::write_all(&mut packed, value).is_ok());
    let packed = packed.finish().unwrap_or_default();
    let packed = [&15_u64.to_le_bytes()[..], &packed].concat();
    let aligned = |value: &[u8]| {
        let begin = table(&[]).len() - 64;
        [vec![0; begin.next_multiple_of(8) - begin], value.to_vec()].concat()
    };
    assert_eq!(handed_over(&Arrow, "a.arrow", &table(value)), 1);
    // A block that does not become shorter is as it was, and found twice.
    assert!(handed_over(&Arrow, "a.feather", &table(&aligned(&packed))) > 0);
    assert_eq!(
        handed_over(&Arrow, "a.arrow", &table(b"\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\xff")),
        0
    );
}
