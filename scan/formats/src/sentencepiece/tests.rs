use proptest::prelude::*;

use super::SentencePiece;
use crate::protobuf::making::Message;
use crate::testing::{fails, found};

fn piece(text: &str) -> Message {
    let mut piece = Message::new().bytes(1, text);
    piece.0.extend([0x15, 0, 0, 0, 0]);
    piece
}

fn model(table: &[u8]) -> Vec<u8> {
    let normalizer = Message::new().bytes(1, "nmt_nfkc").bytes(2, table);
    let pieces = Message::new().message(1, piece("<unk>").number(3, 2)).message(1, piece("a"));
    pieces.message(2, Message::new().number(4, 2)).message(3, normalizer).0
}

/// A tree of the letter `a`, which becomes the text at 0.
fn table(change: impl FnOnce(&mut Vec<u32>)) -> Vec<u8> {
    let mut units = vec![0_u32; 512];
    units[0] = 256 << 10;
    let child = 256 ^ usize::from(b'a');
    units[child] = u32::from(b'a') | 1 << 8 | 256 << 10;
    change(&mut units);
    let tree: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    [&(tree.len() as u32).to_le_bytes(), &tree[..], b"b\0"].concat()
}

#[test]
fn tables_keep_within_themselves() {
    assert_eq!(found(&SentencePiece, "tokenizer.model", &model(&table(|_| {}))), []);
    assert_eq!(found(&SentencePiece, "tokenizer.model", &model(b"")), []);
    let huge = [&0xffff_ff00_u32.to_le_bytes()[..], &[255; 64]].concat();
    let out = table(|units| units[0] = 0x1f_ffff << 10);
    let text = table(|units| units[256 ^ usize::from(b'a') ^ 256] = 1 << 31 | 99);
    for bad in [huge, out, text, vec![1]] {
        assert!(fails(&found(&SentencePiece, "tokenizer.model", &model(&bad))));
    }
}

#[test]
fn what_is_cut_is_not_judged() {
    let whole = model(&table(|_| {}));
    assert!(fails(&found(&SentencePiece, "a.spm", &whole[..whole.len() - 9])));
    assert_eq!(found(&SentencePiece, "a.txt", b"\n\nSome text\n"), []);
}

proptest! {
    #[test]
    fn any_change_does_no_harm(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..9)) {
        let mut bytes = model(&table(|_| {}));
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        found(&SentencePiece, "a.model", &bytes);
    }
}
