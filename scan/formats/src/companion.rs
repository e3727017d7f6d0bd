//! Files that descriptions in JSON name for their loaders to open: weights of
//! TensorFlow.js, libraries and models of onnxruntime-genai, libraries of MLC,
//! and what zarr unpickles.

#[cfg(test)]
mod tests;

use nix_ai_model_scan_json::{Path, begin, leaves, unified};
use nix_ai_model_scan_walk::{Found, Head, Level, Part, Reader, Result, Rule, Scan, holds, quoted};

use crate::foreign::outside;
use crate::onnx::EXTERNAL;
use crate::{java, tensorflow};

/// A path out of the model.
pub static OUTSIDE: Rule = Rule {
    id: "companion/outside-path",
    level: Level::High,
    title: "Description that names a file outside the model",
    why: "The loader opens what is named: a file of the machine takes part in the model, or an address learns who loads it.",
    advice: "Do not load the model: tools write names of files beside the description.",
};

/// Native libraries.
pub static LIBRARY: Rule = Rule {
    id: "companion/native-library",
    level: Level::Medium,
    title: "Description that names a native library",
    why: "The loader loads the library, which runs with all rights of the process.",
    advice: "Take the library from where it is published, never from beside the model.",
};

/// Pickles as chunks.
pub static PICKLED: Rule = Rule {
    id: "companion/pickle-codec",
    level: Level::Medium,
    title: "Array whose chunks are unpickled",
    why: "The description names pickle as codec, so that reading the array unpickles each chunk.",
    advice: "Read the chunks only if the scan has judged each, and ask the publisher for another codec.",
};

/// The rules of this module.
pub static RULES: &[&Rule] = &[&LIBRARY, &OUTSIDE, &PICKLED];

/// What tells a description that is read here.
const SIGNS: &[&str] = &[
    "\"weightsManifest\"",
    "\"custom_ops_library\"",
    "\"model_lib\"",
    "\"model_lib_path\"",
    "\"session_options\"",
    "\"provider_options\"",
    "\"externalData\"",
    "\"external_data\"",
    "\"numcodecs.pickle\"",
    "\"pickle\"",
    "\"@class\"",
    "\"$type\"",
];

/// Keys whose values are libraries.
const LIBRARIES: &[&str] = &[
    "backend_path",
    "custom_op_library",
    "custom_ops_library",
    "ep_library_path",
    "library_path",
    "model_lib",
    "model_lib_path",
    "trt_extra_plugin_lib_paths",
];

/// Reads descriptions.
pub struct Companion;

impl Reader for Companion {
    fn format(&self) -> &'static str {
        "description of a model's files"
    }

    fn recognises(&self, head: &Head) -> bool {
        let begin = begin(&head.begin);
        let is_known = matches!(
            &*head.name,
            "genai_config.json" | "mlc-chat-config.json" | ".zarray" | "zarr.json"
        );
        begin.trim_ascii_start().first() == Some(&b'{') && (is_known || holds(&begin, SIGNS))
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let text = unified(part.view())?;
        let is_zarr = matches!(part.name(), ".zarray" | "zarr.json" | ".zmetadata");
        let (mut pickles, mut packs) = (false, false);
        leaves(&*text, scan, &mut |path, scalar, scan| {
            let Some(value) = scalar.text() else { return Ok(()) };
            if is_zarr {
                pickles |= matches!(path.key(), "id" | "name")
                    && matches!(value, "pickle" | "numcodecs.pickle");
                packs |= path.has("compressor")
                    || path.key() == "name"
                        && !matches!(value, "bytes" | "numcodecs.pickle" | "regular" | "default");
            } else if let Some(found) = judge(path, value) {
                scan.find(part, found);
            }
            Ok(())
        })?;
        if pickles {
            let told = match packs {
                true => "the chunks are pickles that are packed: no scan sees into them",
                false => "the chunks are pickles",
            };
            let level = if packs { Level::High } else { Level::Medium };
            scan.find(part, PICKLED.found(told).level(level));
        }
        Ok(())
    }
}

fn judge(path: &Path, value: &str) -> Option<Found> {
    let key = path.key();
    // Jackson and its like make an object of the class.
    if key == "@class" && java::is_gadget(value) {
        let told = format!("an object of the class {} is made", quoted(value));
        return Some(java::GADGET.found(told));
    }
    // So do Json.NET's and its like.
    if key == "$type" && is_gadget_of_net(value) {
        let told = format!("an object of the class {} is made", quoted(value));
        return Some(java::GADGET.found(told));
    }
    if key == "op" && path.has("modelTopology") {
        return tensorflow::operators::judge(value);
    }
    let why = outside(value);
    let lower = value.to_ascii_lowercase();
    let told = |why: &str| format!("the {} is {}, which {why}", quoted(key), quoted(value));
    if LIBRARIES.contains(&key) {
        let is_library = [".so", ".dll", ".dylib"].iter().any(|end| lower.ends_with(end));
        return match why {
            Some(why) => Some(OUTSIDE.found(told(why))),
            // An engine's own libraries are asked for by their names alone.
            None if is_library && key.starts_with("custom_op") && value.contains(['/', '\\']) => {
                Some(LIBRARY.found(told("is loaded from beside the model")).level(Level::High))
            }
            None if is_library && key != "backend_path" => Some(LIBRARY.found(told("is loaded"))),
            None => None,
        };
    }
    let why = why?;
    if (path.has("externalData") || path.has("external_data")) && key == "value" {
        return Some(
            EXTERNAL.found(format!("A tensor is in the file {}, which {why}", quoted(value))),
        );
    }
    let is_weights = path.has("weightsManifest") && key == "paths";
    let is_file = path.at(0) == "model" && (key == "filename" || key.ends_with("_filename"));
    (is_weights || is_file).then(|| OUTSIDE.found(told(why)))
}

/// Classes of .NET that run code, start programs or open files as soon as they
/// are made of a description.
fn is_gadget_of_net(class: &str) -> bool {
    const CLASSES: &[&str] = &[
        "System.Windows.Data.ObjectDataProvider",
        "System.Windows.ResourceDictionary",
        "System.Diagnostics.Process",
        "System.Configuration.Install.AssemblyInstaller",
        "System.Security.Principal.WindowsIdentity",
        "System.Security.Principal.WindowsPrincipal",
        "System.Security.Claims.ClaimsIdentity",
        "System.Management.Automation.PSObject",
        "System.Activities.Presentation.WorkflowDesigner",
        "System.IO.FileInfo",
        "System.Data.DataSet",
        "System.Web.UI.LosFormatter",
        "Microsoft.VisualStudio.Text.Formatting.TextFormattingRunProperties",
        "System.Runtime.Remoting.",
    ];
    CLASSES.iter().any(|known| class.starts_with(known))
}
