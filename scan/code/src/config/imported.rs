//! Names that sentence-transformers and its like import and call while they
//! load a model, under keys that other libraries use for plain words.

use nix_ai_model_scan_walk::{Level, Part, Scan};

use super::target::{self, danger};
use super::{Path, is_standard};

/// Judges a leaf that may be such a name; tells whether it was told of.
pub(super) fn judge(
    name: &str,
    path: &Path,
    text: &str,
    part: &Part<'_>,
    scan: &mut Scan<'_>,
) -> bool {
    let key = path.key();
    let activates = key.contains("activation") || matches!(key, "hidden_act" | "act_fn");
    let of_model = match name {
        "config.json" => activates,
        "wordembedding_config.json" | "bow_config.json" | "whitespacetokenizer_config.json" => {
            key == "tokenizer_class"
        }
        "router_config.json" => path.has("types"),
        _ => false,
    };
    if !of_model && !activates || !target::names_code(text) {
        return false;
    }
    let dotted = text.replace(':', ".");
    let root = dotted.split('.').next().unwrap_or_default();
    let level = match danger(&dotted) {
        Some(level) => level.max(Level::High),
        None if is_library(root) => return false,
        None if of_model || is_standard(&dotted) && !computes(root) => Level::High,
        None => return false,
    };
    target::tell(key, text, level, part, scan);
    true
}

/// Packages whose functions are what such keys name.
fn is_library(root: &str) -> bool {
    matches!(
        root,
        "torch"
            | "nn"
            | "F"
            | "transformers"
            | "sentence_transformers"
            | "tf"
            | "tensorflow"
            | "keras"
            | "tf_keras"
            | "jax"
            | "flax"
            | "timm"
            | "diffusers"
            | "mlx"
            | "pylate"
    )
}

/// Modules that only compute.
fn computes(root: &str) -> bool {
    matches!(root, "math" | "cmath" | "operator" | "functools" | "statistics" | "itertools")
}
