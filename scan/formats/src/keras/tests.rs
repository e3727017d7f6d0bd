use nix_ai_model_scan_walk::Level;
use proptest::prelude::*;

use super::{Config, Metadata, SavedObjects, Yaml};
use crate::testing::{fails, found, found_by};

fn of_layer(layer: &str) -> Vec<(String, Level)> {
    let text = format!(
        r#"{{"module":"keras","class_name":"Sequential","config":{{"layers":[{layer}]}},"registered_name":null}}"#
    );
    found(&Config, "config.json", text.as_bytes())
}

fn lambda(function: &str) -> String {
    format!(
        r#"{{"module":"keras.layers","class_name":"Lambda","config":{{"name":"l","function":{function}}}}}"#
    )
}

fn function(module: &str, name: &str) -> String {
    format!(
        r#"{{"module":"{module}","class_name":"function","config":"{name}","registered_name":"{name}"}}"#
    )
}

#[test]
fn code_is_found_wherever_a_layer_carries_it() {
    for layer in [
        r#"{"class_name":"Lambda","config":{"function":["4wEAAAAAAAAAAAAAAAIAAAADAAAA",null,null],"function_type":"lambda"}}"#,
        r#"{"config":{"function_type":"lambda","function":"4wEAAAA"},"class_name":"Lambda"}"#,
        r#"{"class_name":"My>Lambda","config":{"function":{"class_name":"__tuple__","items":["4wEAAAAAAAAAAAAAAAIAAAADAAAA",null]}}}"#,
        r#"{"class_name":"Lambda","config":{"output_shape":"4wEA","output_shape_type":"lambda"}}"#,
        &lambda(r#"{"class_name":"__lambda__","config":{"code":"4wEA","defaults":null}}"#),
        &format!(
            r#"{{"class_name":"TimeDistributed","config":{{"layer":{}}}}}"#,
            lambda(r#"{"config":{"code":"4wEA"},"class_name":"__lambda__"}"#)
        ),
    ] {
        let found = of_layer(layer);
        assert!(found.contains(&("keras/serialized-code".to_owned(), Level::Critical)), "{layer}");
    }
}

#[test]
fn names_are_judged_by_what_they_reach() {
    for (module, name) in [
        ("os", "system"),
        ("builtins", "eval"),
        ("subprocess", "Popen"),
        ("keras.utils", "get_file"),
        ("keras", "utils.get_file"),
        ("keras.src.utils.file_utils", "get_file"),
        ("keras.config", "enable_unsafe_deserialization"),
        ("keras.saving", "load_model"),
        ("tensorflow.keras.models", "load_model"),
        ("runpy", "run_path"),
    ] {
        assert!(fails(&of_layer(&lambda(&function(module, name)))), "{module} {name}");
        let class = format!(r#"{{"module":"{module}","class_name":"{name}","config":{{}}}}"#);
        assert!(fails(&of_layer(&class)), "{module} {name}");
        let registered = format!(
            r#"{{"module":"{module}","class_name":"X","config":{{}},"registered_name":"{name}"}}"#
        );
        assert!(fails(&of_layer(&registered)), "{module} {name}");
    }
}

#[test]
fn a_wide_margin_hides_nothing() {
    let layer = r#"{"class_name":"Lambda","config":{"function_type":"lambda","function":"4wEA"}}"#;
    let text = format!("{}{layer}", " ".repeat(9000));
    assert!(fails(&found(&Config, "model_config", text.as_bytes())));
}

#[test]
fn what_keras_itself_writes_passes() {
    for layer in [
        r#"{"module":"keras.layers","class_name":"Dense","config":{"activation":{"module":"builtins","class_name":"function","config":"relu","registered_name":"function"}},"registered_name":null}"#,
        r#"{"module":"keras.src.ops.numpy","class_name":"Add","config":{"name":"add"},"registered_name":"Add"}"#,
        r#"{"class_name":"Dense","config":{"kernel_initializer":{"class_name":"GlorotUniform","config":{"seed":null}}}}"#,
        r#"{"class_name":"TFOpLambda","config":{"name":"tf.math.add","function":"math.add"}}"#,
        r#"{"module":null,"class_name":"Mine","config":{},"registered_name":"my>Mine"}"#,
        &lambda(&function("builtins", "my_function")),
        r#"{"class_name":"StringLookup","config":{"vocabulary":["a","/b"]}}"#,
        r#"{"class_name":"KerasLayer","config":{"handle":"https://tfhub.dev/google/a/1"}}"#,
    ] {
        assert!(!fails(&of_layer(layer)), "{layer} {:?}", of_layer(layer));
    }
    assert_eq!(found(&Config, "config.json", br#"{"model_type": "bert", "auto_map": {}}"#), []);
    assert_eq!(found(&Config, "a.json", b"{\"class\": "), []);
}

#[test]
fn layers_that_load_or_read_are_told() {
    for layer in [
        r#"{"class_name":"TFSMLayer","config":{"filepath":"./x"}}"#,
        r#"{"class_name":"TorchModuleWrapper","config":{"module":"UEsDB"}}"#,
        r#"{"class_name":"StringLookup","config":{"vocabulary":"/etc/hosts"}}"#,
        r#"{"class_name":"TextVectorization","config":{"vocabulary":"http://a.example/v"}}"#,
        r#"{"class_name":"IntegerLookup","config":{"vocabulary":"../v"}}"#,
        r#"{"class_name":"TFOpLambda","config":{"function":"io.write_file"}}"#,
        r#"{"class_name":"TFOpLambda","config":{"function":"tf.compat.v1.py_func"}}"#,
        r#"{"class_name":"Dense","class_name":"Lambda","config":{}}"#,
        r#"{"class_name":"KerasLayer","config":{"handle":"http://a.example/model"}}"#,
    ] {
        assert!(fails(&of_layer(layer)), "{layer}");
    }
}

#[test]
fn metadata_of_saved_models_holds_configurations() {
    let json = br#"{"class_name":"Lambda","config":{"function_type":"lambda","function":"4wEA"}}"#;
    let field = |number: u8, bytes: &[u8]| {
        let length = bytes.len();
        let length = [u8::try_from(length & 0x7f).unwrap_or(0) | 0x80, (length >> 7) as u8];
        [&[number << 3 | 2], length.as_slice(), bytes].concat()
    };
    let bytes = field(1, &[field(4, b"_tf_keras_layer"), field(5, json)].concat());
    assert!(fails(&found_by(&[&Metadata, &Config], "keras_metadata.pb", &bytes)));
    assert!(fails(&found(&Metadata, "keras_metadata.pb", &bytes[..20])));
    let object = field(4, &[field(1, b"_tf_keras_layer"), field(3, json)].concat());
    let graph = field(2, &field(7, &field(1, &object)));
    let bytes = [&[0x08, 0x01], graph.as_slice()].concat();
    assert!(fails(&found_by(&[&SavedObjects, &Config], "saved_model.pb", &bytes)));
}

#[test]
fn configurations_in_yaml_are_read() {
    let text = "class_name: Sequential\nconfig:\n- class_name: Lambda\n  config: {function: x, function_type: lambda}\n";
    assert!(fails(&found(&Yaml, "model.yaml", text.as_bytes())));
    let text = "class_name: Sequential\nconfig:\n- class_name: Dense\n  config: {units: 3}\n";
    assert_eq!(found(&Yaml, "model.yaml", text.as_bytes()), []);
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        found_by(&[&Metadata, &Config], "keras_metadata.pb", &bytes);
        found(&Config, "config.json", &[b"{\"class_name\":", bytes.as_slice()].concat());
    }
}
