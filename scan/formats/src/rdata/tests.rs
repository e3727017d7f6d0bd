use nix_ai_model_scan_walk::Level;
use proptest::prelude::*;

use super::Rdata;
use crate::testing::{fails, found};

const CLOSURES: &[u8] = include_bytes!("../../fixtures/rdata/closures.rds");
const ASCII: &[u8] = include_bytes!("../../fixtures/rdata/values-ascii.rds");

fn numbers(numbers: &[i32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

fn text(text: &str) -> Vec<u8> {
    [numbers(&[0x40009, i32::try_from(text.len()).unwrap_or(0)]), text.into()].concat()
}

fn symbol(name: &str) -> Vec<u8> {
    [numbers(&[1]), text(name)].concat()
}

/// A call of the function with one text.
fn call(head: Vec<u8>, argument: &str) -> Vec<u8> {
    [numbers(&[6]), head, numbers(&[2, 16, 1]), text(argument), numbers(&[254])].concat()
}

fn file(object: &[u8]) -> Vec<u8> {
    [b"X\n".to_vec(), numbers(&[2, 0x0004_0202, 0x0002_0300]), object.to_vec()].concat()
}

#[test]
fn promises_outside_of_environments_run_code() {
    let promise = [numbers(&[5 | 0x400, 253, 252]), call(symbol("cat"), "inert")].concat();
    let listed = [numbers(&[19, 1]), promise.clone()].concat();
    for object in [promise, listed] {
        let found = found(&Rdata, "a.rds", &file(&object));
        assert!(found.contains(&("rdata/promise".to_owned(), Level::Critical)), "{found:?}");
    }
}

#[test]
fn calls_that_reach_the_system_are_told() {
    let of_base = [numbers(&[6]), symbol("::"), numbers(&[2]), symbol("base"), numbers(&[2])];
    let of_base = [of_base.concat(), symbol("system"), numbers(&[254])].concat();
    for object in [
        call(symbol("system"), "echo inert"),
        call(of_base, "echo inert"),
        call(symbol("do.call"), "system"),
        call(symbol("parse"), "x <- system('echo inert')"),
    ] {
        assert!(fails(&found(&Rdata, "a.rds", &file(&object))));
    }
    assert_eq!(found(&Rdata, "a.rds", &file(&call(symbol("print"), "system"))), []);
}

#[test]
fn what_r_writes_passes() {
    assert!(!fails(&found(&Rdata, "a.rds", CLOSURES)), "{:?}", found(&Rdata, "a.rds", CLOSURES));
    assert_eq!(found(&Rdata, "a.rds", ASCII), []);
    assert!(fails(&found(&Rdata, "a.rds", &CLOSURES[..CLOSURES.len() - 9])));
}

/// A call of the function with these arguments.
fn called(name: &str, arguments: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = [numbers(&[6]), symbol(name)].concat();
    arguments.iter().for_each(|argument| bytes.extend([numbers(&[2]), argument.clone()].concat()));
    [bytes, numbers(&[254])].concat()
}

fn literal(value: &str) -> Vec<u8> {
    [numbers(&[16, 1]), text(value)].concat()
}

/// A function of the global environment without arguments.
fn closure(body: &[u8]) -> Vec<u8> {
    [numbers(&[0x403, 253, 254]), body.to_vec()].concat()
}

/// A workspace with one object of this name.
fn workspace(name: &str, object: &[u8]) -> Vec<u8> {
    let head = [b"RDX2\nX\n".to_vec(), numbers(&[2, 0x0004_0202, 0x0002_0300])].concat();
    [head, numbers(&[0x402]), symbol(name), object.to_vec(), numbers(&[254])].concat()
}

#[test]
fn functions_that_hide_what_they_run_are_told() {
    let hidden = || called("rawToChar", &[called("as.raw", &[])]);
    let evaluates = |of: Vec<u8>| called("eval", &[called("parse", &[of])]);
    let computed = [numbers(&[6]), called("get", &[symbol("n")]), numbers(&[254])].concat();
    for body in [
        evaluates(hidden()),
        called("{", &[called("<-", &[symbol("t"), hidden()]), evaluates(symbol("t"))]),
        called("do.call", &[hidden()]),
        called("{", &[hidden(), computed]),
        called("get", &[called("paste0", &[literal("sys"), literal("tem")])]),
        called("source", &[literal("https://a.example/a.R")]),
        evaluates(called("url", &[literal("http://a.example/a.R")])),
        called("cat", &[literal("echo inert"), literal("~/.Rprofile")]),
        called("readLines", &[literal("~/.ssh/id_rsa")]),
        called("unlink", &[literal("~")]),
        called("{", &[literal("base::system('echo inert')"), evaluates(symbol("t"))]),
        called("lapply", &[symbol("x"), symbol("system")]),
        called("<-", &[symbol("f"), symbol("system2")]),
    ] {
        assert!(fails(&found(&Rdata, "a.rds", &file(&closure(&body)))), "{body:?}");
    }
    for body in [
        evaluates(called("paste0", &[literal("model$"), symbol("x")])),
        called("source", &[literal("helper.R")]),
        called("<-", &[symbol("system"), literal("system")]),
        called("cat", &[literal("see https://a.example")]),
        called("get", &[called("paste0", &[literal("predict."), symbol("kind")])]),
    ] {
        assert!(!fails(&found(&Rdata, "a.rds", &file(&closure(&body)))), "{body:?}");
    }
}

#[test]
fn what_r_runs_of_a_workspace_is_plainly_harmless_or_told() {
    let harmless = closure(&called("cat", &[literal("hello")]));
    let to_file = closure(&called("cat", &[literal("hello"), symbol("file")]));
    let other = closure(&called("load", &[literal("a")]));
    for name in [".First", ".Last"] {
        assert!(!fails(&found(&Rdata, ".RData", &workspace(name, &harmless))));
        assert!(fails(&found(&Rdata, ".RData", &workspace(name, &to_file))));
        assert!(fails(&found(&Rdata, "a.rda", &workspace(name, &other))));
    }
    assert_eq!(found(&Rdata, ".RData", &workspace("predict", &other)), []);
}

proptest! {
    #[test]
    fn changed_files_are_read_without_panic(
        is_ascii: bool,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
    ) {
        let mut bytes = if is_ascii { ASCII } else { CLOSURES }.to_vec();
        for (place, value) in changes {
            let place = place.index(bytes.len() - 14) + 14;
            bytes[place] = value;
        }
        found(&Rdata, "a.rds", &bytes);
    }
}
