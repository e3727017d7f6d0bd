use nix_ai_model_scan_walk::Level;

use super::Skops;
use crate::testing::{fails, found};

fn node(module: &str, class: &str, loader: &str, more: &str) -> String {
    format!(r#"{{"__class__":"{class}","__module__":"{module}","__loader__":"{loader}"{more}}}"#)
}

fn judged(schema: &str) -> Vec<(String, Level)> {
    found(&Skops, "schema.json", schema.as_bytes())
}

#[test]
fn names_and_loaders_are_judged() {
    let word = node("builtins", "str", "JsonNode", r#","content":"\"__class__\"""#);
    let words = node("builtins", "tuple", "TupleNode", &format!(r#","content":[{word}]"#));
    let other = node("a.b", "X", "ObjectNode", "");
    for bad in [
        node("os", "system", "FunctionNode", ""),
        node(
            "builtins",
            "function",
            "FunctionNode",
            r#","content":{"module_path":"os","function":"system"}"#,
        ),
        node("builtins", "eval", "TypeNode", ""),
        node("subprocess", "Popen", "ConstructorFromReduceNode", ""),
        node("operator", "call", "OperatorFuncNode", ""),
        node("operator", "methodcaller", "OperatorFuncNode", ""),
        node("operator", "attrgetter", "OperatorFuncNode", &format!(r#","attrs":{words}"#)),
        node(
            "sklearn.svm",
            "SVC",
            "MethodNode",
            &format!(r#","content":{{"func":"f","obj":{other}}}"#),
        ),
        node("my.module", "Thing", "ListNode", ""),
        node("builtins", "dict", "OtherNode", ""),
        r#"{"__class__":"list","__class__":"X","__module__":"builtins","__loader__":"ListNode"}"#
            .to_owned(),
    ] {
        assert!(fails(&judged(&bad)), "{bad}");
        // However deep it is.
        let outer = node("builtins", "list", "ListNode", &format!(r#","content":[[{bad}]]"#));
        assert!(fails(&judged(&outer)), "{outer}");
    }
}

#[test]
fn what_skops_writes_passes() {
    let types = node("builtins", "str", "TypeNode", "");
    let value = node("builtins", "str", "JsonNode", r#","content":"1","is_json":true"#);
    let state = node(
        "builtins",
        "dict",
        "DictNode",
        &format!(r#","content":{{"a":{value}}},"key_types":[{types}]"#),
    );
    let model = node(
        "sklearn.linear_model._logistic",
        "LogisticRegression",
        "ObjectNode",
        &format!(r#","content":{state}"#),
    );
    assert_eq!(judged(&model), []);
    let ufunc = node("numpy", "log1p", "FunctionNode", "");
    assert!(!fails(&judged(&ufunc)));
    // Schemas of other things are none of this.
    assert_eq!(judged(r#"{"$schema": "x", "type": "object"}"#), []);
    assert_eq!(judged(r#"{"type": "#), []);
    assert!(fails(&judged(&format!("{}, ", &model[..model.len() - 1]))));
}
