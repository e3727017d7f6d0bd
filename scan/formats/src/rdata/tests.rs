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
