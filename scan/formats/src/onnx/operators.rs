//! What operators of which domain do.

use nix_ai_model_scan_walk::{Found, Level, quoted};

use super::rules;
use crate::suspect::is_suspect;

/// Domains whose operators the runtimes bring: they compute, and nothing else.
const COMPUTE: &[&str] = &[
    "",
    "ai.onnx",
    "ai.onnx.ml",
    "ai.onnx.preview",
    "ai.onnx.preview.training",
    "ai.onnx.training",
    "com.microsoft",
    "com.microsoft.dml",
    "com.microsoft.experimental",
    "com.microsoft.nchwc",
    "com.ms.internal.nhwc",
];

/// The domains of onnxruntime-extensions: tokenizers and the like, Python, and
/// clients of services.
const EXTENSIONS: &[&str] = &["ai.onnx.contrib", "com.microsoft.extensions"];

/// Operators that call Python by name, whatever domain they claim.
pub const PYTHON: &[&str] =
    &["PyOp", "PythonOp", "PythonOpGrad", "PyFunc", "EagerPyFunc", "PyCustomOp"];

/// What is found of one operator; `None` where it computes. An operator that
/// the model defines itself by a function is no question of libraries.
pub fn judge(domain: &str, kind: &str, is_defined: bool) -> Option<Found> {
    let told = format!("The operator {} of the domain {}", quoted(kind), quoted(domain));
    let lower = kind.to_ascii_lowercase();
    if PYTHON.contains(&kind)
        || lower.contains("python")
        || !domain.is_empty() && lower.contains("pyop")
    {
        return Some(rules::PYTHON.found(format!("{told} calls Python code")));
    }
    if is_defined {
        return None;
    }
    // No operator of the runtimes is named like this.
    let suspect = is_suspect(kind) || domain.split(['.', '_']).any(is_suspect);
    if COMPUTE.contains(&domain) && !suspect {
        return None;
    }
    if EXTENSIONS.contains(&domain) {
        if kind.starts_with("Azure") || kind.starts_with("OpenAI") {
            return Some(rules::NETWORK.found(format!("{told} calls a service on the network")));
        }
        let message =
            format!("{told} is of onnxruntime-extensions, whose operators run native code");
        return Some(rules::CUSTOM.found(message).level(Level::Low));
    }
    let level = if suspect { Level::High } else { rules::CUSTOM.level };
    Some(rules::CUSTOM.found(format!("{told} needs a native library")).level(level))
}
