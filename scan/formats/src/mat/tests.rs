use proptest::prelude::*;

use super::Mat;
use crate::testing::{fails, found};

fn file(elements: &[u8]) -> Vec<u8> {
    let mut bytes = b"MATLAB 5.0 MAT-file Platform: posix".to_vec();
    bytes.resize(124, b' ');
    bytes.extend(b"\x00\x01IM");
    bytes.extend(elements);
    bytes
}

fn array(class: u8) -> Vec<u8> {
    let flags = [6, 0, 0, 0, 8, 0, 0, 0, class, 0, 0, 0, 0, 0, 0, 0];
    [&[14, 0, 0, 0, 16, 0, 0, 0], flags.as_slice()].concat()
}

#[test]
fn objects_among_arrays_are_told() {
    assert_eq!(found(&Mat, "a.mat", &file(&[array(6), array(4)].concat())), []);
    let told = found(&Mat, "a.mat", &file(&[array(6), array(17), array(16)].concat()));
    assert!(told.len() == 2 && !fails(&told));
    assert!(fails(&found(&Mat, "a.mat", &file(&array(6)[..20]))));
}

proptest! {
    #[test]
    fn any_elements_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        found(&Mat, "a.mat", &file(&bytes));
    }
}
