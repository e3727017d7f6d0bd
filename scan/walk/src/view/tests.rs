#![allow(clippy::unwrap_used, reason = "tests")]
use std::io::{Read as _, Seek as _, SeekFrom};
use std::rc::Rc;

use nix_ai_model_sdk::testing::ScriptedFiles;
use nix_ai_model_sdk::{Entry, Files as _};
use proptest::prelude::*;

use super::*;
use crate::Cursor;

/// Bytes in which every place looks different.
fn sample(length: usize) -> Vec<u8> {
    (0..length).map(|place| (place.wrapping_mul(2_654_435_761) >> 7) as u8).collect()
}

/// A decompressor that hands out held bytes a few at a time.
struct Few(Vec<u8>, usize);

impl Expand for Few {
    fn expand(&mut self, buffer: &mut [u8]) -> crate::Result<usize> {
        let made = buffer.len().min(self.0.len() - self.1).min(10_007);
        buffer[..made].copy_from_slice(&self.0[self.1..self.1 + made]);
        self.1 += made;
        Ok(made)
    }
}

fn stream(bytes: Vec<u8>) -> Stream<'static> {
    Stream::new(move || Ok(Box::new(Few(bytes.clone(), 0))))
}

#[test]
fn a_file_that_shrinks_during_the_scan_is_unreadable() {
    let files = ScriptedFiles::new().file("a", "short");
    let promised = Entry { id: 0, path: "a".to_owned(), size: 200_000 };
    let view = FileView::new(&files, &promised);
    assert_eq!(view.bytes(0, 5).unwrap(), b"short");
    for (offset, length) in [(0, 6), (3, 100_000)] {
        assert!(matches!(view.bytes(offset, length), Err(Fault::Unreadable(_))), "{offset}");
    }
}

#[test]
fn a_range_ends_where_its_whole_does() {
    let whole: Rc<dyn View> = Rc::new(Memory::new(*b"0123456789"));
    let range = Range::new(whole.clone(), 7, 100);
    assert_eq!(range.size().unwrap(), 3);
    assert_eq!(range.bytes(1, 100).unwrap(), b"89");
    assert_eq!(Range::new(whole.clone(), u64::MAX, u64::MAX).bytes(1, 9).unwrap(), b"");
    assert_eq!(Range::new(whole, 2, 3).bytes(1, 100).unwrap(), b"34");
}

#[test]
fn fewer_bytes_than_an_array_are_a_truncation() {
    let view = Memory::new(*b"abc");
    assert_eq!(view.array::<3>(0).unwrap(), *b"abc");
    assert_eq!(view.array::<3>(1), Err(Fault::Truncated(3)));
}

proptest! {
    #[test]
    fn all_views_tell_the_same(
        length in 0_usize..1_200_000,
        reads in prop::collection::vec((0_u64..1_300_000, 0_usize..300_000), 1..12),
    ) {
        let bytes = sample(length);
        let files = ScriptedFiles::new().file("a", bytes.clone());
        let entry = files.list().remove(0);
        let views: [Box<dyn View + '_>; 3] = [
            Box::new(FileView::new(&files, &entry)),
            Box::new(Range::new(Rc::new(stream(bytes.clone())), 0, length as u64)),
            Box::new(stream(bytes.clone())),
        ];
        for (offset, wanted) in reads {
            let begin = (offset as usize).min(length);
            let expected = &bytes[begin..(begin + wanted).min(length)];
            for view in &views {
                prop_assert_eq!(&view.bytes(offset, wanted).unwrap()[..], expected);
            }
        }
        for view in &views {
            prop_assert_eq!(view.size().unwrap(), length as u64);
        }
    }

    #[test]
    fn a_cursor_goes_where_it_is_sent(
        length in 1_usize..300_000,
        moves in prop::collection::vec((0_u64..400_000, 0_usize..100_000), 1..12),
    ) {
        let bytes = sample(length);
        let view = Memory::new(bytes.clone());
        let mut cursor = Cursor::new(&view);
        for (place, wanted) in moves {
            cursor.seek(SeekFrom::Start(place)).unwrap();
            let mut read = Vec::new();
            std::io::Read::by_ref(&mut cursor).take(wanted as u64).read_to_end(&mut read).unwrap();
            let begin = (place as usize).min(length);
            prop_assert_eq!(&read[..], &bytes[begin..(begin + wanted).min(length)]);
            prop_assert_eq!(cursor.position(), place + read.len() as u64);
        }
    }
}
