use proptest::prelude::*;

use super::ExecuTorch;
use crate::flatbuffer::making::{Field::*, buffer};
use crate::testing::{fails, found};

fn program(operator: &str, called: u32, argument: u32, segment: u64) -> Vec<u8> {
    let call = vec![Number(called), Numbers(vec![argument])];
    let chain = vec![None, None, Tables(vec![vec![Byte(1), Table(call)]])];
    let plan = vec![
        Text("forward".into()),
        None,
        Tables(vec![vec![None]]),
        Numbers(vec![0]),
        Numbers(vec![0]),
        Tables(vec![chain]),
        Tables(vec![vec![Text(operator.into())]]),
        Tables(vec![vec![Text("XnnpackBackend".into())]]),
    ];
    let segments = Tables(vec![vec![Long(segment), Long(8)]]);
    buffer(b"ET12", &[Number(0), Tables(vec![plan]), None, None, segments])
}

#[test]
fn what_exporters_write_does_not_fail() {
    assert!(!fails(&found(&ExecuTorch, "a.bin", &program("aten::add", 0, 0, 0))));
    assert!(!fails(&found(&ExecuTorch, "a.pte", &program("mine::op", 0, 0, 0))));
    assert!(found(&ExecuTorch, "a.pte", b"PK\x03\x04").is_empty());
}

#[test]
fn lies_are_told() {
    for bytes in [
        program("evil::exec_shell", 0, 0, 0),
        program("aten::add", 1, 0, 0),
        program("aten::add", 0, 1, 0),
        program("aten::add", 0, 0, 1 << 40),
        program("aten::add", 0, 0, u64::MAX),
        b"no program".to_vec(),
        b"".to_vec(),
    ] {
        assert!(fails(&found(&ExecuTorch, "a.pte", &bytes)));
    }
    let mut header = program("aten::add", 0, 0, 0);
    header[8..12].copy_from_slice(b"eh00");
    assert!(!fails(&found(&ExecuTorch, "a.pte", &header)));
    header[23] = 9;
    assert!(fails(&found(&ExecuTorch, "a.pte", &header)));
}

proptest! {
    #[test]
    fn any_change_of_a_file_does_no_harm(places in proptest::collection::vec((any::<u16>(), any::<u8>()), 1..4)) {
        let mut bytes = program("aten::add", 0, 0, 0);
        for (place, byte) in places {
            let place = usize::from(place) % bytes.len();
            bytes[place] = byte;
        }
        found(&ExecuTorch, "a.pte", &bytes);
    }
}
