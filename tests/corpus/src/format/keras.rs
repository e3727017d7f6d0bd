//! Models of Keras: what its configuration names is made when it is loaded.

use serde_json::{Value, json};

use super::hdf5::hdf5;
use crate::Sample;
use crate::container::zip::{Member, Zip};
use crate::pickle::harmful;

const FAMILY: &str = "keras configuration";

/// All of them.
pub fn samples() -> Vec<Sample> {
    let mut samples = Vec::new();
    for (what, layer) in layers() {
        let config = sequential(layer).to_string();
        let zip = archive(&config);
        samples.push(Sample::malicious("keras", FAMILY, what, "model.keras", zip.build()));
        let attributes = [("model_config", &*config), ("keras_version", "3.0.0")];
        samples.push(Sample::malicious("keras h5", FAMILY, what, "model.h5", hdf5(&attributes)));
    }
    samples.extend(archives());
    samples.extend(places());
    samples.extend(benign());
    samples
}

fn lambda() -> Value {
    json!({"class_name": "__lambda__", "config": {"code": "Tg==\n", "defaults": null, "closure": null}})
}

fn layer(module: &str, class: &str, config: Value) -> Value {
    json!({"module": module, "class_name": class, "config": config, "registered_name": null})
}

fn function(module: &str, name: &str) -> Value {
    json!({"module": module, "class_name": "function", "config": name, "registered_name": name})
}

/// Layers that run, read or fetch something.
fn layers() -> Vec<(&'static str, Value)> {
    let dense = |key: &str, value: Value| {
        layer("keras.layers", "Dense", json!({"name": "d", "units": 1, key: value}))
    };
    let popen = || layer("subprocess", "Popen", json!({"args": ["echo", "inert"]}));
    let lambda_layer =
        || layer("keras.layers", "Lambda", json!({"name": "l", "function": lambda()}));
    vec![
        ("lambda", lambda_layer()),
        (
            "lambda-old",
            json!({"class_name": "Lambda", "config": {"name": "l", "trainable": true,
                "function": ["Tg==\n", null, null], "function_type": "lambda",
                "module": "__main__", "output_shape": null, "arguments": {}}}),
        ),
        (
            "lambda-mask",
            layer(
                "keras.layers",
                "Lambda",
                json!({"name": "l", "function": function("builtins", "exec"), "mask": lambda()}),
            ),
        ),
        (
            "lambda-registered",
            json!({"module": null, "class_name": "Lambda", "registered_name": "Lambda",
            "config": {"function": lambda()}}),
        ),
        (
            "lambda-src",
            layer("keras.src.layers.core.lambda_layer", "Lambda", json!({"function": lambda()})),
        ),
        ("lambda-tf", layer("tensorflow.keras.layers", "Lambda", json!({"function": lambda()}))),
        ("lambda-in-activation", dense("activation", lambda())),
        ("lambda-in-initializer", dense("kernel_initializer", lambda())),
        ("function-os", dense("activation", function("os", "system"))),
        ("function-posix", dense("activation", function("posix", "system"))),
        ("function-builtins", dense("activation", function("builtins", "eval"))),
        ("function-pickle", dense("activation", function("pickle", "loads"))),
        ("function-get-file", dense("activation", function("keras.utils", "get_file"))),
        (
            "function-unsafe",
            dense("activation", function("keras.config", "enable_unsafe_deserialization")),
        ),
        (
            "function-unsafe-src",
            dense(
                "activation",
                function("keras.src.saving.serialization_lib", "enable_unsafe_deserialization"),
            ),
        ),
        ("function-dotted", dense("activation", function("keras.utils", "file_utils.os.system"))),
        ("class-popen", popen()),
        ("class-popen-in-activation", dense("activation", popen())),
        ("class-run", layer("runpy", "run_path", json!({"path_name": "/nonexistent/inert.py"}))),
        ("class-import", layer("importlib", "import_module", json!({"name": "inert"}))),
        ("class-ctypes", layer("ctypes", "CDLL", json!({"name": "/nonexistent/inert.so"}))),
        (
            "class-of-keras-source",
            layer(
                "keras.src.utils.file_utils",
                "get_file",
                json!({"origin": "http://inert.invalid/x"}),
            ),
        ),
        (
            "time-distributed",
            layer("keras.layers", "TimeDistributed", json!({"name": "t", "layer": lambda_layer()})),
        ),
        (
            "bidirectional",
            layer(
                "keras.layers",
                "Bidirectional",
                json!({"name": "b", "layer": popen(), "backward_layer": null}),
            ),
        ),
        (
            "functional-within",
            layer(
                "keras.src.models.functional",
                "Functional",
                json!({"name": "f", "layers": [lambda_layer()],
                "input_layers": [], "output_layers": []}),
            ),
        ),
        (
            "torch-wrapper",
            layer(
                "keras.layers",
                "TorchModuleWrapper",
                json!({"name": "t", "module":
                {"class_name": "__bytes__", "config": {"value": "gAJjcG9zaXgKc3lzdGVtCi4="}}}),
            ),
        ),
        (
            "saved-model-layer",
            layer(
                "keras.layers",
                "TFSMLayer",
                json!({"name": "t", "filepath": "/nonexistent/inert"}),
            ),
        ),
        (
            "vocabulary-path",
            layer(
                "keras.layers",
                "StringLookup",
                json!({"name": "s", "vocabulary": "/nonexistent/inert"}),
            ),
        ),
        (
            "vocabulary-url",
            layer(
                "keras.layers",
                "TextVectorization",
                json!({"name": "s", "vocabulary": "http://inert.invalid/x"}),
            ),
        ),
        (
            "vocabulary-index",
            layer(
                "keras.layers",
                "IntegerLookup",
                json!({"name": "s", "vocabulary": "file:///nonexistent/inert"}),
            ),
        ),
    ]
}

fn sequential(layer: Value) -> Value {
    let input = json!({"module": "keras.layers", "class_name": "InputLayer", "registered_name": null,
        "config": {"batch_shape": [null, 4], "dtype": "float32", "sparse": false, "name": "i"}});
    json!({"module": "keras", "class_name": "Sequential", "registered_name": "Sequential",
        "config": {"name": "sequential", "trainable": true, "dtype": "float32", "layers": [input, layer]},
        "build_config": {"input_shape": [null, 4]}})
}

fn harmless() -> Value {
    layer(
        "keras.layers",
        "Dense",
        json!({"name": "dense", "units": 1, "activation": "relu",
        "kernel_initializer": layer("keras.initializers", "GlorotUniform", json!({"seed": null}))}),
    )
}

fn archive(config: &str) -> Zip {
    Zip::of([
        Member::stored(
            "metadata.json",
            br#"{"keras_version": "3.6.0", "date_saved": "2024-11-01@00:00:00"}"#,
        ),
        Member::deflated("config.json", config.as_bytes()),
        Member::stored("model.weights.h5", &hdf5(&[("version", "1")])),
    ])
}

/// Archives of Keras in which two readers read two configurations.
fn archives() -> Vec<Sample> {
    let good = sequential(harmless()).to_string();
    let (_, lambda) = layers().swap_remove(0);
    let bad = sequential(lambda).to_string();
    let escaped = bad.replace("Lambda", "\\u004cambda").replace("__lambda__", "__\\u006cambda__");
    let twice = bad.replacen(
        r#""class_name":"Lambda""#,
        r#""class_name":"Dense","class_name":"Lambda""#,
        1,
    );
    let first = bad.replacen(
        r#""class_name":"Lambda""#,
        r#""class_name":"Lambda","class_name":"Dense""#,
        1,
    );
    let with = |member: Member| {
        let mut zip = archive(&good);
        zip.members.push(member);
        zip
    };
    let cases = [
        ("escaped", archive(&escaped)),
        ("key-twice", archive(&twice)),
        ("key-twice-other-way", archive(&first)),
        ("byte-order-mark", archive(&format!("\u{feff}{bad}"))),
        ("spaced", archive(&format!("{}{bad}", " \n".repeat(9000)))),
        ("config-twice", with(Member::deflated("config.json", bad.as_bytes()))),
        (
            "config-by-name",
            with(
                Member::stored("x", bad.as_bytes())
                    .central(|header| header.name = "config.json".into()),
            ),
        ),
        ("pickle-within", with(Member::stored("assets/vocabulary.pkl", &harmful()))),
        ("path-up", with(Member::stored("assets/../../inert.txt", b"inert"))),
        ("object-array", with(Member::stored("model.weights.npz", &object_arrays()))),
    ];
    let sample = |(what, zip): (&str, Zip)| {
        Sample::malicious(
            "keras",
            "keras archive",
            &format!("archive-{what}"),
            "model.keras",
            zip.build(),
        )
    };
    let mut samples: Vec<_> = cases.into_iter().map(sample).collect();
    for name in ["model.zip", "model.bin", "model.h5", "model"] {
        let what = format!("named-{name}");
        samples.push(Sample::malicious(
            "keras",
            "lying file name",
            &what,
            name,
            archive(&bad).build(),
        ));
    }
    samples
}

fn object_arrays() -> Vec<u8> {
    let header = "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }";
    let mut array = b"\x93NUMPY\x01\0".to_vec();
    array.extend((header.len() as u16 + 1).to_le_bytes());
    array.extend(header.as_bytes());
    array.push(b'\n');
    array.extend(harmful());
    Zip::of([Member::stored("a.npy", &array)]).build()
}

/// Elsewhere than in a layer of the configuration.
fn places() -> Vec<Sample> {
    let (_, lambda_layer) = layers().swap_remove(0);
    let bad = sequential(lambda_layer).to_string();
    let mut compiled = sequential(harmless());
    compiled["compile_config"] =
        json!({"optimizer": "adam", "loss": lambda(), "metrics": [function("os", "system")]});
    let compiled = compiled.to_string();
    let good = sequential(harmless()).to_string();
    let training = json!({"loss": function("os", "system"), "metrics": []}).to_string();
    let h5 = hdf5(&[("model_config", &good), ("training_config", &training)]);
    let json_file =
        |what, text: &str| Sample::malicious("keras json", FAMILY, what, "model.json", text);
    vec![
        Sample::malicious(
            "keras",
            FAMILY,
            "compile-config",
            "model.keras",
            archive(&compiled).build(),
        ),
        Sample::malicious("keras h5", FAMILY, "training-config", "model.h5", h5),
        json_file("lambda", &bad),
        json_file("compiled", &compiled),
        Sample::malicious(
            "keras h5",
            "lying file name",
            "named-bin",
            "weights.bin",
            hdf5(&[("model_config", &bad)]),
        ),
        Sample::malicious(
            "keras h5",
            "lying file name",
            "behind-junk",
            "model.h5",
            [vec![0; 512], hdf5(&[("model_config", &bad)])].concat(),
        ),
    ]
}

fn benign() -> Vec<Sample> {
    let good = sequential(harmless()).to_string();
    let family = "honest keras";
    vec![
        Sample::benign("keras", family, "dense", "model.keras", archive(&good).build()),
        Sample::benign("keras h5", family, "dense", "model.h5", hdf5(&[("model_config", &good)])),
        Sample::benign("keras json", family, "dense", "model.json", good),
    ]
}
