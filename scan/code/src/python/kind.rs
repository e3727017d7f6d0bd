use std::borrow::Cow;

use nix_ai_model_scan_walk::Head;

use super::walk::Findings;
use crate::text;

/// What a file of Python is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Code of a model, which loaders import where they trust its publisher.
    Model,
    /// `setup.py`, which installers run.
    Install,
    /// Code that builds or tests something.
    Setup,
    /// Anything else.
    Plain,
}

/// Files that loaders import by their name.
const BEGINS: &[&str] = &[
    "modeling_",
    "configuration_",
    "tokenization_",
    "processing_",
    "image_processing_",
    "feature_extraction_",
    "video_processing_",
    "audio_processing_",
    "modelling_",
    "modular_",
];
const NAMES: &[&str] = &[
    "handler.py",
    "inference.py",
    "model.py",
    "custom_generate.py",
    "modeling.py",
    "model_fn.py",
    "hubconf.py",
];
/// Classes that code of models is derived from.
const BASES: &[&str] = &[
    "PreTrainedModel",
    "PretrainedConfig",
    "PreTrainedConfig",
    "PreTrainedTokenizer",
    "PreTrainedTokenizerFast",
    "ProcessorMixin",
    "BaseImageProcessor",
    "FeatureExtractionMixin",
    "GenerationMixin",
    "DiffusionPipeline",
    "=EndpointHandler",
    "=TritonPythonModel",
    "=PreTrainedPipeline",
    // Interfaces of SpeechBrain.
    "Pretrained",
    "PythonModel",
    "ModelMixin",
    // Scripts of data sets, which loaders run.
    "GeneratorBasedBuilder",
    "ArrowBasedBuilder",
];

/// Whether a file's name is one of code that comes with a model.
pub(super) fn is_own(name: &str) -> bool {
    let name = name.to_lowercase();
    BEGINS.iter().any(|begin| name.starts_with(begin)) || name == "custom_st.py"
}

/// Whether a file's name and place are those of code that comes with a model.
pub(super) fn is_of_model(name: &str, path: &str) -> bool {
    let name = name.to_lowercase();
    BEGINS.iter().any(|begin| name.starts_with(begin)) && !name.ends_with("utils.py")
        || NAMES.contains(&name.as_str()) && is_near(path)
        || matches!(name.as_str(), "custom_st.py" | "custom_interface.py" | "ms_wrapper.py")
        || path.contains("custom_generate/")
}

impl Kind {
    pub(super) fn of(name: &str, path: &str, found: &Findings) -> Self {
        let name = name.to_lowercase();
        if name == "setup.py" {
            return Self::Install;
        }
        let setup = [
            "conf.py",
            "conftest.py",
            "noxfile.py",
            "versioneer.py",
            "fabfile.py",
            "tasks.py",
            "dodo.py",
        ];
        if setup.contains(&name.as_str())
            || name.starts_with("test_")
            || name.ends_with("_test.py")
            || path.split(['/', '\\']).any(|folder| matches!(folder, "tests" | "test" | "testing"))
        {
            return Self::Setup;
        }
        // TorchServe's handlers import it.
        if is_of_model(&name, path)
            || found.imports.contains("ts.torch_handler")
            || found.imports.contains("evaluate")
                && ["Metric", "Measurement", "Comparison"]
                    .iter()
                    .any(|base| found.bases.contains(*base))
            || BASES.iter().any(|base| found.bases.contains(*base))
        {
            Self::Model
        } else {
            Self::Plain
        }
    }
}

/// Whether a path is where loaders look for code: packages have such names, too.
fn is_near(path: &str) -> bool {
    let folders = path.matches(['/', '\\']).count();
    folders <= 1 || path.rsplit(['/', '\\']).nth(1) == Some("code")
}

/// Whether a part is Python: by its name, its first line, or how it reads.
pub(super) fn is_python(head: &Head) -> bool {
    if head.is_named(&[".py", ".pyw", ".pyi", ".py3"]) {
        return text::is_text(head) || head.begin.iter().take(64).all(|byte| *byte != 0);
    }
    if !text::is_text(head) {
        return false;
    }
    let begin = text::begin(head);
    if begin.starts_with("#!") {
        return begin.lines().next().is_some_and(|line| line.contains("python"));
    }
    // What these names hold is read as what they say.
    let said = [
        ".md",
        ".rst",
        ".txt",
        ".json",
        ".jsonl",
        ".yaml",
        ".yml",
        ".html",
        ".htm",
        ".csv",
        ".tsv",
        ".js",
        ".ts",
        ".ipynb",
        ".toml",
        ".cfg",
        ".ini",
        ".sh",
        ".c",
        ".h",
        ".cpp",
        ".cu",
        ".java",
        ".go",
        ".rs",
        ".xml",
        ".svg",
        ".log",
        ".po",
        ".pyx",
        ".pxd",
        ".pot",
        ".jinja",
        ".j2",
        ".pth",
        ".css",
        ".scala",
        ".kt",
        ".swift",
        ".mojo",
        ".ps1",
        ".bat",
        ".vbs",
        ".r",
        ".m",
        ".lua",
        ".tex",
        ".diff",
        ".patch",
        ".in",
        ".jinja2",
        "metadata",
        "record",
        "readme",
        "license",
        "dockerfile",
        "makefile",
        ".ex",
        ".d.ts",
        ".mjs",
        ".tsx",
        ".jsx",
        ".rb",
        ".scss",
        ".map",
        ".proto",
        ".pyi",
        ".tmpl",
        ".bnf",
        ".gram",
        ".conf",
        ".example",
        ".robot",
        ".feature",
        ".vue",
    ];
    !head.is_named(&said) && reads_as_python(&begin)
}

/// Whether statements that only Python has are among the first lines.
fn reads_as_python(begin: &str) -> bool {
    begin.lines().take(60).any(|line| {
        let line = line.trim_end();
        let words: Vec<&str> = line.split_whitespace().take(6).collect();
        match words.as_slice() {
            ["import", module] | ["import", module, "as", _] => {
                is_path(module.trim_end_matches(';'))
            }
            ["from", module, "import", ..] => is_path(module),
            ["def", ..] => line.ends_with(':') && line.contains('('),
            ["class", ..] => line.ends_with(':'),
            _ => ["exec(", "eval(", "__import__("].iter().any(|call| line.starts_with(call)),
        }
    })
}

fn is_path(path: &str) -> bool {
    !path.is_empty() && path.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | ','))
}

/// The text as Python reads it where its first lines name an encoding that
/// hides: UTF-7, whose signs may be written as letters.
pub(super) fn recoded(source: &str) -> Cow<'_, str> {
    let coding = source.lines().take(2).find_map(|line| {
        let line = line.trim_start();
        let rest = line.starts_with('#').then(|| line.split_once("coding"))??.1;
        let rest = rest.strip_prefix([':', '='])?;
        Some(rest.trim().to_ascii_lowercase().replace('_', "-"))
    });
    match coding {
        Some(coding) if coding.starts_with("utf-7") || coding.starts_with("utf7") => {
            Cow::Owned(seven(source))
        }
        Some(coding) if coding.starts_with("rot13") || coding.starts_with("rot-13") => {
            let rotate = |c: char| match c {
                'a'..='m' | 'A'..='M' => char::from(c as u8 + 13),
                'n'..='z' | 'N'..='Z' => char::from(c as u8 - 13),
                c => c,
            };
            Cow::Owned(source.chars().map(rotate).collect())
        }
        Some(coding)
            if coding.starts_with("unicode-escape") || coding.starts_with("raw-unicode-escape") =>
        {
            Cow::Owned(crate::syntax::unescape(source, true))
        }
        _ => Cow::Borrowed(source),
    }
}

/// UTF-7 in plain letters.
fn seven(source: &str) -> String {
    let mut made = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(place) = rest.find('+') {
        made.push_str(&rest[..place]);
        rest = &rest[place + 1..];
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '/' || c == '+'));
        let (digits, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after.strip_prefix('-').unwrap_or(after);
        if digits.is_empty() {
            made.push('+');
            continue;
        }
        let bytes = crate::syntax::base64(digits.as_bytes()).unwrap_or_default();
        let units = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
        made.extend(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
    }
    made.push_str(rest);
    made
}
