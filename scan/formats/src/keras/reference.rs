use nix_ai_model_scan_walk::{Found, Level, cut};

use super::rules;
use crate::names::{Named, named};

/// Packages whose modules are Keras, under the names that it had.
const KERAS: &[&str] =
    &["keras", "keras_core", "keras_cv", "keras_hub", "keras_nlp", "keras_rs", "tf_keras"];

/// Functions of Keras and TensorFlow that do more than compute, and the
/// modules that came with them: what an attacker reaches by each is another
/// file, address, process or piece of code.
const HARMFUL: &[&str] = &[
    // Fetch or unpack
    "get_file",
    "extract_archive",
    "_extract_archive",
    "load_data",
    "urlretrieve",
    // Load code or lift the barriers against it
    "enable_unsafe_deserialization",
    "func_load",
    "load_model",
    "model_from_json",
    "model_from_yaml",
    "model_from_config",
    "deserialize_keras_object",
    "load_weights",
    "load_weights_only",
    "_load_model_from_fileobj",
    "_load_model_from_dir",
    "_model_from_config",
    "load_own_variables",
    "load_op_library",
    "load_library",
    "load_pluggable_device_library",
    "register_filesystem_plugin",
    "py_func",
    "py_function",
    "numpy_function",
    "PyFunc",
    "EagerPyFunc",
    "PyFuncStateless",
    "LoadLibrary",
    "SafeModeScope",
    "CustomObjectScope",
    "custom_object_scope",
    "register_keras_serializable",
    "set_safe_mode",
    "from_saved_model",
    "load_saved_model",
    "load_h5_weights",
    "load_subset_weights_from_hdf5_group",
    "load_weights_from_hdf5_group",
    "load_model_from_hdf5",
    "from_preset",
    "load_from_preset",
    "TFSMLayer",
    "TorchModuleWrapper",
    // Read and write files
    "save_model",
    "save_weights",
    "save_weights_only",
    "save_img",
    "load_img",
    "plot_model",
    "image_dataset_from_directory",
    "text_dataset_from_directory",
    "audio_dataset_from_directory",
    "export_model",
    "export_onnx",
    "export_saved_model",
    "save_to_preset",
    "upload_preset",
    "read_file",
    "write_file",
    "ReadFile",
    "WriteFile",
    "MatchingFiles",
    "matching_files",
    "write_graph",
    "read_tensor",
    "decode_raw_file",
    "path_to_string",
    "KerasFileEditor",
    "remove",
    "rmtree",
    "makedirs",
    "File",
    "GFile",
    "Open",
    "open",
    "copy",
    "rename",
    "load_vocabulary",
    "disk",
    "DiskIOStore",
    "H5IOStore",
    "Restore",
    "RestoreV2",
    "Save",
    "SaveV2",
    "SaveSlices",
    "MergeV2Checkpoints",
    // Python itself
    "eval",
    "exec",
    "compile",
    "system",
    "popen",
    "__import__",
    "import_module",
    "getattr",
    "LazyLoader",
    "LazyModule",
    "pip_import",
    "print_msg",
    "run_command",
];

/// Packages of Keras that hold nothing but what computes.
const COMPUTING: &[&str] = &[
    "activations",
    "applications",
    "backend",
    "constraints",
    "dtype_policies",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "ops",
    "optimizers",
    "quantizers",
    "random",
    "regularizers",
    "tree",
    "models",
    "mixed_precision",
    "engine",
];

/// Symbols of TensorFlow, by their first names, that read or write.
const TENSORFLOW: &[&str] = &[
    "io.",
    "saved_model.",
    "lite.",
    "data.",
    "summary.",
    "distribute.",
    "raw_ops.Print",
    "train.load",
    "train.Checkpoint",
    "config.",
    "debugging.",
    "profiler.",
    "tpu.",
    "experimental.dtensor",
    "keras.utils.",
    "keras.models.",
    "keras.datasets.",
    "keras.preprocessing.",
    "compat.v1.gfile",
    "compat.v1.py_func",
    "autograph.",
    "sysconfig.",
    "__internal__.",
];

/// Symbols of those that compute all the same.
const TENSORFLOW_COMPUTES: &[&str] = &[
    "io.decode_",
    "io.encode_",
    "io.parse_",
    "io.serialize_",
    "debugging.assert",
    "debugging.check",
    "debugging.is_",
    "keras.utils.normalize",
    "keras.utils.to_categorical",
    "__internal__.ops.",
];

/// What is to be said of a name in a module, if anything.
pub(super) fn judged(module: &str, name: &str, is_function: bool) -> Option<Found> {
    let last = name.rsplit(['.', '>']).next().unwrap_or(name);
    let quoted = format!("\"{}\" of \"{}\"", cut(name), cut(module));
    let harmful =
        || rules::REFERENCE.found(format!("{quoted} is named, which does more than compute"));
    if is_of_keras(module) {
        if HARMFUL.contains(&last) {
            return Some(harmful());
        }
        return keras(module, name).then(|| {
            rules::UNKNOWN.found(format!("{quoted} is named, which is no layer or operation"))
        });
    }
    let is_of_tensorflow = is_of("tensorflow", module);
    match named(module, name) {
        Named::Harmless => None,
        Named::Dangerous => Some(harmful()),
        // Keras writes names of its own functions as those of "builtins".
        Named::Suspect if module == "builtins" && (is_function || name == "function") => None,
        Named::Suspect => Some(
            rules::REFERENCE
                .found(format!(
                    "{quoted} is named, which calls what it is given or is of Python itself"
                ))
                .level(Level::High),
        ),
        Named::OfLibrary if is_of_tensorflow && HARMFUL.contains(&last) => Some(harmful()),
        Named::OfLibrary if is_of_tensorflow && !module.contains(".io") => None,
        _ => Some(rules::UNKNOWN.found(format!("{quoted} is named"))),
    }
}

/// What is to be said of a name without a module, which is looked up among
/// those that are registered.
pub(super) fn judged_alone(name: &str) -> Option<Found> {
    let last = name.rsplit(['.', '>']).next().unwrap_or(name);
    if HARMFUL.contains(&last) && !matches!(last, "TFSMLayer" | "TorchModuleWrapper") {
        return Some(rules::REFERENCE.found(format!("\"{}\" is named", cut(name))));
    }
    name.contains('>')
        .then(|| rules::CUSTOM.found(format!("the custom object \"{}\" is named", cut(name))))
}

/// What is to be said of a symbol that a layer looks up in TensorFlow.
pub(super) fn judged_tensorflow(symbol: &str) -> Option<Found> {
    let path = symbol.strip_prefix("tf.").unwrap_or(symbol);
    let path = path.strip_prefix("compat.v1.").or(path.strip_prefix("compat.v2.")).unwrap_or(path);
    let begins = |names: &[&str]| names.iter().any(|name| path.starts_with(name));
    let last = path.rsplit('.').next().unwrap_or(path);
    let harmful = HARMFUL.contains(&last) || begins(TENSORFLOW) && !begins(TENSORFLOW_COMPUTES);
    harmful.then(|| {
        let told = format!("a layer calls \"{}\" of TensorFlow", cut(symbol));
        rules::REFERENCE.found(told)
    })
}

fn is_of(package: &str, module: &str) -> bool {
    module.strip_prefix(package).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn is_of_keras(module: &str) -> bool {
    KERAS.iter().any(|package| is_of(package, module))
        || ["tensorflow.keras", "tensorflow.python.keras", "tensorflow.contrib.keras"]
            .iter()
            .any(|package| is_of(package, module))
}

/// Whether a name of Keras is neither a class nor of what computes.
fn keras(module: &str, name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    let is_class = last.starts_with(|first: char| first.is_ascii_uppercase());
    let computes =
        || module.split('.').chain(name.split('.')).any(|part| COMPUTING.contains(&part));
    !is_class && !computes()
}
