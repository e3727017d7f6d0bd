use proptest::prelude::*;

use super::{Paddle, PaddleJson};
use crate::protobuf::making::Message;
use crate::testing::{fails, found};

fn program(operator: &str, attribute: &str) -> Vec<u8> {
    let attribute = Message::new().bytes(1, "file_path").number(2, 2).bytes(5, attribute);
    let operator = Message::new().bytes(3, operator).message(4, attribute);
    let variable = Message::new().bytes(1, "x");
    let block =
        Message::new().number(1, 0).number(2, u64::MAX).message(3, variable).message(4, operator);
    Message::new().message(1, block).message(4, Message::new().number(1, 2_000_000)).0
}

#[test]
fn programs_are_judged_by_their_operators() {
    for (operator, attribute, bad) in [
        ("matmul_v2", "", false),
        ("save_combine", "params", false),
        ("py_func", "", true),
        ("listen_and_serv", "", true),
        ("load", "/etc/passwd", true),
        ("read_file", "x", true),
        ("scale", "import os; os.system('echo inert')", true),
    ] {
        let bytes = program(operator, attribute);
        assert_eq!(fails(&found(&Paddle, "inference.pdmodel", &bytes)), bad, "{operator}");
        assert_eq!(fails(&found(&Paddle, "x.bin", &bytes)), bad, "{operator}");
    }
    assert!(fails(&found(&Paddle, "a.pdmodel", b"\x0a\xff\xff\xff\x0f")));
}

#[test]
fn programs_as_json_are_judged_alike() {
    let program = |operator: &str| {
        format!(
            r##"{{"base_code":{{"magic":"pir","trainable":false,"version":2}},"program":{{"regions":[{{"#":"region_0","blocks":[{{"ops":[{{"#":"{operator}"}}]}}]}}]}}}}"##
        )
    };
    for (operator, bad) in [
        ("1.matmul", false),
        ("1.py_func", true),
        ("1.\\u0070y_func_", true),
        ("pd_op.read_file", false),
    ] {
        assert_eq!(
            fails(&found(&PaddleJson, "inference.json", program(operator).as_bytes())),
            bad,
            "{operator}"
        );
    }
}

proptest! {
    #[test]
    fn any_bytes_do_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        found(&Paddle, "a.pdmodel", &bytes);
        found(&PaddleJson, "a.json", &[&b"{\"base_code\":\"pir\""[..], &bytes].concat());
    }
}
