use proptest::prelude::*;

use super::{CatBoost, LightGbm, XgboostBinary, XgboostJson, XgboostUbjson};
use crate::testing::{fails, found, found_by};

const UBJSON: &[u8] = include_bytes!("../../fixtures/boosting/xgboost.ubj");
const JSON: &str = include_str!("../../fixtures/boosting/xgboost.json");
const BINARY: &[u8] = include_bytes!("../../fixtures/boosting/xgboost.model");
const LIGHT: &str = include_str!("../../fixtures/boosting/lightgbm.txt");
const CAT: &[u8] = include_bytes!("../../fixtures/boosting/catboost.cbm");

#[test]
fn what_the_libraries_write_is_clean() {
    assert_eq!(found(&XgboostUbjson, "m.ubj", UBJSON), []);
    assert_eq!(found(&XgboostJson, "m.json", JSON.as_bytes()), []);
    assert_eq!(found(&XgboostBinary, "m.model", BINARY), []);
    assert_eq!(found(&LightGbm, "m.txt", LIGHT.as_bytes()), []);
    assert_eq!(found(&CatBoost, "m.cbm", CAT), []);
}

fn replaced(bytes: &[u8], what: &[u8], with: &[u8]) -> Vec<u8> {
    let place = bytes.windows(what.len()).position(|window| window == what);
    let place = place.unwrap_or_else(|| panic!("{what:?} is not there"));
    [&bytes[..place], with, &bytes[place + what.len()..]].concat()
}

#[test]
fn headers_that_lie_are_told() {
    let json = JSON.replace(r#""num_feature":"3""#, r#""num_feature":"-7""#);
    assert!(fails(&found(&XgboostJson, "m.json", json.as_bytes())));
    let json = JSON.replacen(r#""num_nodes":""#, r#""num_nodes":"9"#, 1);
    assert!(fails(&found(&XgboostJson, "m.json", json.as_bytes())));
    let trees = [b"gbtree".as_slice(), &1_u32.to_le_bytes()].concat();
    let lie = [b"gbtree".as_slice(), &0x7fff_ffff_u32.to_le_bytes()].concat();
    let place = BINARY.windows(6).position(|window| window == b"gbtree").unwrap_or(0) + 6;
    let real = [b"gbtree", &BINARY[place..place + 4]].concat();
    assert_ne!(real, lie, "{trees:?}");
    assert!(fails(&found(&XgboostBinary, "m.model", &replaced(BINARY, &real, &lie))));
    let text = LIGHT.replacen("num_leaves=", "num_leaves=90000", 1);
    assert!(fails(&found(&LightGbm, "m.txt", text.as_bytes())));
    let cat = [b"CBM1\xff\xff\xff\x7f", &CAT[8..]].concat();
    assert!(fails(&found(&CatBoost, "m.cbm", &cat)));
}

#[test]
fn trees_that_lead_back_are_told() {
    let at = JSON.find("\"left_children\":[").unwrap_or(0) + 17;
    let json = format!("{}0{}", &JSON[..at], &JSON[at + 1..]);
    assert!(fails(&found(&XgboostJson, "m.json", json.as_bytes())));
    let text = LIGHT.replacen("left_child=", "left_child=0 ", 1);
    assert!(fails(&found(&LightGbm, "m.txt", text.as_bytes())));
}

#[test]
fn code_in_text_is_told() {
    let code = "__import__('os').system('echo inert')";
    let json = JSON.replacen("\"attributes\":{", &format!("\"attributes\":{{\"a\":\"{code}\","), 1);
    let json = json.replace(",}", "}");
    assert!(fails(&found(&XgboostJson, "m.json", json.as_bytes())));
    let text = LIGHT.replacen("feature_names=", &format!("feature_names={code} "), 1);
    assert!(fails(&found(&LightGbm, "m.txt", text.as_bytes())));
}

#[test]
fn cut_files_are_not_judged() {
    assert!(fails(&found(&XgboostUbjson, "m.ubj", &UBJSON[..UBJSON.len() / 2])));
    assert!(fails(&found(&XgboostJson, "m.json", &JSON.as_bytes()[..JSON.len() / 2])));
    assert!(fails(&found(&CatBoost, "m.cbm", &CAT[..CAT.len() / 2])));
}

proptest! {
    #[test]
    fn changed_files_are_read_without_panic(
        which in 0..5_usize,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
    ) {
        let file = [UBJSON, JSON.as_bytes(), BINARY, LIGHT.as_bytes(), CAT][which];
        let mut bytes = file.to_vec();
        for (place, value) in changes {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        found_by(
            &[&CatBoost, &LightGbm, &XgboostBinary, &XgboostJson, &XgboostUbjson],
            "model",
            &bytes,
        );
    }
}
