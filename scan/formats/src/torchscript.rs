//! TorchScript: the code of a compiled module, which torch's own interpreter
//! runs. It has no imports, but operators that touch files.

#[cfg(test)]
mod tests;

use nix_ai_model_scan_walk::{Found, Head, Level, Part, Reader, Result, Rule, Scan, cut};

use crate::text::lines;

/// An operator that does more than compute.
pub static OPERATOR: Rule = Rule {
    id: "torchscript/dangerous-operator",
    level: Level::High,
    title: "TorchScript that does more than compute",
    why: "The operator reads or writes files, reaches the network, loads libraries or calls Python.",
    advice: "Do not load the module unless you know why it does that.",
};

/// An operator that a library brings.
pub static CUSTOM: Rule = Rule {
    id: "torchscript/custom-operator",
    level: Level::Low,
    title: "TorchScript that needs a library's operators or classes",
    why: "The native library that brings them must be loaded first.",
    advice: "Take the library from where it is published, never from beside the model.",
};

/// The rules of this module.
pub static RULES: &[&Rule] = &[&CUSTOM, &OPERATOR];

/// Operators, as the code writes them before the parenthesis.
const DANGEROUS: &[&str] = &[
    "aten.from_file",
    "aten.save",
    "aoti_torch.load",
    "image.read_file",
    "image.write_file",
    "prim.PythonOp",
    "prim.rpc_async",
    "prim.rpc_remote",
    "prim.rpc_sync",
    "torch.from_file",
    "torch.save",
    "torch.load",
    "torchaudio.sox_effects_apply_effects_file",
    "torchaudio.sox_io_load_audio_file",
    "torchaudio.sox_io_save_audio_file",
];

/// Words that say the same wherever they stand.
const ALWAYS: &[&str] = &["load_library", "PythonOp", "load_inline", "CUDAExtension"];

/// Families of operators and classes that torch and its own libraries bring.
const KNOWN: &[&str] = &[
    "aten",
    "prim",
    "prims",
    "quantized",
    "quantized_decomposed",
    "torchvision",
    "torchaudio",
    "torchtext",
    "image",
    "prepacked",
    "xnnpack",
    "mkldnn",
    "mkldnn_prepacked",
    "metal_prepack",
    "vulkan_prepack",
    "sparse",
    "rnn",
    "profiler",
    "_quantized",
    "static_runtime",
    "tensorexpr",
    "inductor",
    "_caffe2",
    "nnapi",
    "llama",
    "fb",
    "torch_scatter",
    "torch_sparse",
    "torch_cluster",
    "torch_spline_conv",
    "onednn",
    "cuda",
    "cudnn",
    "video",
    "io",
    "c10d",
    "mps",
];

/// The code of TorchScript modules.
pub struct TorchScript;

impl Reader for TorchScript {
    fn format(&self) -> &'static str {
        "TorchScript code"
    }

    fn recognises(&self, head: &Head) -> bool {
        head.is_text() && head.holds(&["__torch__", "__parameters__ = [", "op_version_set = "])
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        // Python's own libraries speak of the same words; torch reads members.
        let path = part.member().unwrap_or(part.file());
        let is_code = path.split(['/', '!']).any(|folder| folder == "code");
        if !is_code {
            return Ok(());
        }
        let mut told = Vec::new();
        lines(part, scan, |line| judged(line, &mut told))
    }
}

fn judged(line: &str, told: &mut Vec<String>) -> Vec<Found> {
    let is_of_name = |sign: char| sign.is_alphanumeric() || matches!(sign, '_' | '.' | '^');
    let mut all = Vec::new();
    let begin = line.as_ptr() as usize;
    for name in line.split(|sign| !is_of_name(sign)) {
        let end = name.as_ptr() as usize - begin + name.len();
        let is_called = line.get(end..).is_some_and(|rest| rest.trim_start().starts_with('('));
        if let Some(found) = operator(name, is_called, told) {
            all.push(found);
        }
    }
    all
}

fn operator(name: &str, is_called: bool, told: &mut Vec<String>) -> Option<Found> {
    let bare = name.strip_prefix("torch.ops.").or(name.strip_prefix("ops.")).unwrap_or(name);
    let is_dangerous = is_called && (DANGEROUS.contains(&bare) || name.starts_with('^'))
        || name.split('.').any(|part| ALWAYS.contains(&part));
    if is_dangerous {
        return Some(OPERATOR.found(format!("the code calls \"{}\"", cut(name))));
    }
    let classes = name.strip_prefix("__torch__.torch.classes.");
    let family = match (classes, name != bare && is_called) {
        (Some(class), _) => class,
        (None, true) => bare,
        (None, false) => return None,
    };
    let family = family.split('.').next().unwrap_or(family);
    if KNOWN.contains(&family) || told.iter().any(|known| known == family) || told.len() > 64 {
        return None;
    }
    told.push(family.to_owned());
    Some(CUSTOM.found(format!("\"{}\" is of a library of its own", cut(name))))
}
