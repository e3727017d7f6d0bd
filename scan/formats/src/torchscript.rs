//! TorchScript: the code of a compiled module, which torch's own interpreter
//! runs. It has no imports, but operators that touch files.

mod bytecode;
mod names;
#[cfg(test)]
mod tests;

pub use bytecode::Bytecode;

use nix_ai_model_scan_walk::{Found, Head, Level, Part, Reader, Result, Rule, Scan, cut, holds};

use names::{Name, Names};

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

/// Operators that do more than compute, by family and name.
const DANGEROUS: &[&str] = &[
    "aoti_torch.load",
    "aten.from_file",
    "aten.save",
    "image.read_file",
    "image.write_file",
    "prim.PythonOp",
    "prim.rpc_async",
    "prim.rpc_remote",
    "prim.rpc_sync",
    "rpc_async",
    "rpc_remote",
    "rpc_sync",
    "torch.aten.from_file",
    "torch.aten.save",
    "torch.from_file",
    "torch.load",
    "torch.save",
    "torchaudio.sox_effects_apply_effects_file",
    "torchaudio.sox_io_get_info",
    "torchaudio.sox_io_load_audio_file",
    "torchaudio.sox_io_save_audio_file",
    "torchtext._build_vocab_from_text_file",
    "torchtext._build_vocab_from_text_file_using_python_tokenizer",
    "torchtext._load_token_and_vectors_from_file",
    "torchtext._load_vocab_from_file",
    "torchtext._load_vocab_from_raw_text_file",
    "torchtext.load_sp_model",
    "torchtext.generate_sp_model",
    "video_reader.probe_video_from_file",
    "video_reader.read_video_from_file",
];

/// Classes of torch and its own libraries whose objects reach files or the
/// network.
const CLASSES: &[&str] = &[
    "c10d.FileStore",
    "c10d.TCPStore",
    "torchaudio.ffmpeg_StreamReader",
    "torchaudio.ffmpeg_StreamWriter",
    "torchvision.Video",
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

/// Whether an operator does more than compute, by its name as torch registers
/// it: `aten::save`.
pub fn is_dangerous(name: &str) -> bool {
    let Some((family, name)) = name.split_once("::") else { return false };
    let name = name.split('.').next().unwrap_or(name);
    DANGEROUS.iter().any(|known| known.split_once('.') == Some((family, name)))
}

/// The code of TorchScript modules.
pub struct TorchScript;

impl Reader for TorchScript {
    fn format(&self) -> &'static str {
        "TorchScript code"
    }

    fn recognises(&self, head: &Head) -> bool {
        head.is_named(&[".py"]) && !head.begin.is_empty()
            || head.is_text()
                && holds(&head.begin, &["__torch__", "__parameters__ = [", "op_version_set = "])
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        // Python's own libraries speak of the same words; torch reads members.
        let path = part.member().unwrap_or(part.file());
        let is_code = path.split(['/', '!']).any(|folder| folder == "code");
        if !is_code {
            return Ok(());
        }
        let mut names = Names::new(part.cursor());
        let (mut told, mut found) = (Vec::new(), Vec::new());
        while let Some(name) = names.next(scan)? {
            // Torch's language has no imports: this is Python.
            if name.is_import && !path.contains("code/__torch__") {
                return Ok(());
            }
            if found.len() < FOUND
                && let Some(new) = judged(&name, &mut told)
            {
                found.push(new.at(name.at));
            }
        }
        found.into_iter().for_each(|found| scan.find(part, found));
        Ok(())
    }
}

/// Findings of one piece of code.
const FOUND: usize = 64;

fn judged(name: &Name, told: &mut Vec<String>) -> Option<Found> {
    let text = name.text.as_str();
    let bare = text.strip_prefix("torch.ops.").or(text.strip_prefix("ops.")).unwrap_or(text);
    let is_dangerous = DANGEROUS.contains(&bare) && (name.is_called || bare.contains('.'))
        || name.is_called && text.starts_with('^')
        || text.split('.').any(|part| ALWAYS.contains(&part));
    if is_dangerous {
        return Some(OPERATOR.found(format!("the code uses \"{}\"", cut(text))));
    }
    // Torch's own code names each operator in full; a family under another name
    // hides which.
    let is_family =
        matches!(text, "ops" | "torch" | "torch.ops") || text != bare && !bare.contains('.');
    if is_family && !name.is_declared && !name.is_called {
        let told = format!("the code passes the operators \"{}\" on under another name", cut(text));
        return Some(OPERATOR.found(told));
    }
    let class = text.strip_prefix("__torch__.torch.classes.");
    if let Some(class) = class
        && CLASSES.iter().any(|bad| {
            class.strip_prefix(bad).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    {
        return Some(OPERATOR.found(format!("the code uses the class \"{}\"", cut(class))));
    }
    let family = match (class, text != bare) {
        (Some(class), _) => class,
        (None, true) => bare,
        (None, false) => return None,
    };
    let family = family.split('.').next().unwrap_or(family);
    if KNOWN.contains(&family) || told.iter().any(|known| known == family) || told.len() > 64 {
        return None;
    }
    told.push(family.to_owned());
    Some(CUSTOM.found(format!("\"{}\" is of a library of its own", cut(text))))
}
