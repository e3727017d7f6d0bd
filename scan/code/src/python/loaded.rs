//! Which files of Python loaders run together with a model: those that its
//! configuration names, and what they import from beside them.

use std::collections::HashSet;

use nix_ai_model_scan_json::{leaves, unified};
use nix_ai_model_scan_walk::{Folder, Scan};

use super::kind;
use super::walk::dotted;
use crate::syntax::{Kind, Lexer, Line};
use crate::text;

/// Bytes of one file that are looked through for imports.
const MOST: usize = 1 << 20;
/// Files that are followed.
const FILES: usize = 4096;
/// Configurations that name code.
const CONFIGURATIONS: &[&str] = &[
    "config.json",
    "tokenizer_config.json",
    "processor_config.json",
    "preprocessor_config.json",
    "video_preprocessor_config.json",
    "generation_config.json",
    "model_index.json",
    "modules.json",
    "adapter_config.json",
];

/// Whether a file of the scan comes into a loader's process with a model.
pub(crate) fn is_loaded(path: &str, scan: &mut Scan<'_>) -> bool {
    let folder = scan.folder.clone();
    let find = || Following::new(&folder).follow(scan);
    folder.marked("loaded with a model", find).contains(path)
}

struct Following<'f, 'a> {
    folder: &'f Folder<'a>,
    /// Modules that are native code, by their paths.
    native: Vec<&'f str>,
    found: HashSet<String>,
    left: Vec<String>,
}

impl<'f, 'a> Following<'f, 'a> {
    fn new(folder: &'f Folder<'a>) -> Self {
        let native = folder.paths().filter(|path| is_native(path)).take(FILES).collect();
        Self { folder, native, found: HashSet::new(), left: Vec::new() }
    }

    fn follow(mut self, scan: &mut Scan<'_>) -> HashSet<String> {
        let folder = self.folder;
        for path in folder.paths() {
            let (parent, name) = split(path);
            if kind::is_of_model(name, path) {
                // What a project's `hubconf.py` imports is the project.
                if !self.is_package(parent) && name != "hubconf.py" {
                    self.take(path.to_owned());
                }
            } else if CONFIGURATIONS.contains(&name) {
                self.named(path, parent, scan);
            } else if name == "MLmodel" {
                self.beside(parent);
            } else if path.ends_with("MAR-INF/MANIFEST.json") {
                self.handler(path, parent, scan);
            } else if path.ends_with(".dist-info/entry_points.txt") {
                self.entries(path, split(parent).0);
            } else if matches!(name, "setup.py" | "setup.cfg" | "pyproject.toml") {
                self.entries(path, parent);
                self.backend(path, parent);
            } else if matches!(name, "hyperparams.yaml" | "hparams.yaml") {
                self.interfaces(path, parent);
            } else if name == "meta.json" {
                self.pipeline(path, parent);
            }
        }
        while let Some(path) = self.left.pop() {
            self.imports(&path);
        }
        self.found
    }

    /// Whether a folder is a package, which may have modules of such names, too.
    fn is_package(&self, parent: &str) -> bool {
        let init = self.folder.open(&joined(parent, "__init__.py"));
        init.and_then(|init| init.size().ok()).is_some_and(|size| size > 0)
    }

    fn take(&mut self, path: String) {
        if self.found.len() < FILES && self.folder.has(&path) && self.found.insert(path.clone()) {
            self.left.extend(path.ends_with(".py").then_some(path));
        }
    }

    /// What a configuration names: modules before the name of a class, or of a
    /// pipeline.
    fn named(&mut self, path: &str, parent: &str, scan: &mut Scan<'_>) {
        let Some(view) = self.folder.open(path) else { return };
        let Ok(view) = unified(&view) else { return };
        let is_index = path.ends_with("model_index.json");
        let is_modules = path.ends_with("modules.json");
        let mut modules = Vec::new();
        // What is broken in it is told where it is judged itself.
        let _ = leaves(&*view, scan, &mut |path, scalar, _| {
            let Some(value) = scalar.text() else { return Ok(()) };
            let names_class = path.has("auto_map")
                || is_modules && path.key() == "type"
                || path.has("custom_pipelines") && path.key() == "impl";
            let module = value.rsplit("--").next().unwrap_or(value);
            // What MLX builds the model with in place of its own.
            if path.key() == "model_file" {
                modules.extend(value.strip_suffix(".py").map(str::to_owned));
            } else if path.key() == "parent_library" {
                modules.push(value.to_owned());
            } else if names_class && let Some((module, _)) = module.rsplit_once('.') {
                modules.push(module.to_owned());
            } else if names_class || is_index {
                modules.push(module.to_owned());
            }
            Ok(())
        });
        for module in modules.iter().take(FILES) {
            self.module(parent, module);
            // A component's own module lies in the component's folder.
            let within: Vec<String> = match is_index {
                true => self
                    .folder
                    .paths()
                    .filter(|path| is_module(path, module))
                    .map(str::to_owned)
                    .collect(),
                false => Vec::new(),
            };
            within.into_iter().for_each(|path| self.take(path));
        }
    }

    /// All code in the folders of a model that MLflow wrote: they are on the
    /// path of modules.
    fn beside(&mut self, parent: &str) {
        let code = joined(parent, "code/");
        let within: Vec<String> =
            self.folder.paths().filter(|path| path.starts_with(&code)).map(str::to_owned).collect();
        within.into_iter().for_each(|path| self.take(path));
    }

    /// Code beside what SpeechBrain builds a model of, which has its interface.
    fn interfaces(&mut self, path: &str, parent: &str) {
        let builds = |source: &str| {
            ["speechbrain", "!new:", "!apply:", "!name:"].iter().any(|word| source.contains(word))
        };
        if !self.source(path).is_some_and(|source| builds(&source)) {
            return;
        }
        let is_interface = |path: &&str| {
            let (folder, name) = split(path);
            let other = ["setup", "train", "test", "conf", "prepare", "app", "demo", "example"]
                .iter()
                .any(|begin| name.starts_with(begin));
            folder == parent && name.ends_with(".py") && !other
        };
        let within: Vec<String> =
            self.folder.paths().filter(is_interface).take(16).map(str::to_owned).collect();
        within.into_iter().for_each(|path| self.take(path));
    }

    /// A module of this dotted name in a folder, and those that it is in.
    fn module(&mut self, parent: &str, module: &str) {
        let path = joined(parent, &module.replace('.', "/"));
        self.take(format!("{path}.py"));
        self.take(format!("{path}/__init__.py"));
        let is_it =
            |native: &&str| native.strip_prefix(&*path).is_some_and(|rest| rest.starts_with('.'));
        let native: Vec<String> =
            self.native.iter().copied().filter(is_it).map(str::to_owned).collect();
        native.into_iter().for_each(|path| self.take(path));
    }

    /// The handler of an archive of TorchServe that was unpacked.
    fn handler(&mut self, path: &str, parent: &str, scan: &mut Scan<'_>) {
        let Some(view) = self.folder.open(path) else { return };
        let Ok(view) = unified(&view) else { return };
        let root = split(parent).0.to_owned();
        let mut handlers = Vec::new();
        let _ = leaves(&*view, scan, &mut |path, scalar, _| {
            if path.key() == "handler" {
                handlers.extend(scalar.text().map(str::to_owned));
            }
            Ok(())
        });
        for handler in handlers.iter().take(16) {
            let file = handler.split(':').next().unwrap_or(handler);
            self.take(joined(&root, file));
            self.module(&root, file);
        }
    }

    /// Functions of packages that engines call at their start.
    fn entries(&mut self, path: &str, parent: &str) {
        const GROUPS: &[&str] = &[
            "vllm.general_plugins",
            "vllm.platform_plugins",
            "vllm.io_processor_plugins",
            "vllm.stat_logger_plugins",
            "sglang.srt.plugins",
            "torch.backends",
            "mlflow.model_evaluator",
            "mlflow.request_header_provider",
            "mlflow.run_context_provider",
            "mlflow.app",
            "mlflow.deployments",
        ];
        let Some(source) = self.source(path) else { return };
        let groups = GROUPS.iter().filter_map(|group| Some(source.find(group)? + group.len()));
        let Some(begin) = groups.min() else { return };
        // `name = module:function`, in quotes or not, until the next section.
        let rest = source.get(begin + 2..).unwrap_or_default();
        let rest = &rest[..rest.find("\n[").unwrap_or(rest.len())];
        for entry in rest.split(['\n', ',']).take(64) {
            let Some((_, what)) = entry.split_once('=') else { continue };
            let what = what.trim_start_matches([' ', '"', '\'', '[']);
            let module = what.split([':', '[', '"', '\'']).next().unwrap_or_default().trim();
            self.module(parent, module);
            self.module(&joined(parent, "src"), module);
        }
    }

    /// The project's own code that builds it, which installers import.
    fn backend(&mut self, path: &str, parent: &str) {
        let Some(source) = self.source(path) else { return };
        let value = |key: &str| {
            let line = source.lines().find_map(|line| line.trim().strip_prefix(key))?;
            line.trim_start().strip_prefix('=').map(|value| value.trim().to_owned())
        };
        let (Some(module), Some(folders)) = (value("build-backend"), value("backend-path")) else {
            return;
        };
        let module =
            module.trim_matches(['"', '\'']).split(':').next().unwrap_or_default().to_owned();
        for folder in folders.split(['[', ']', ',', ' ']).take(16) {
            let folder = folder.trim_matches(['"', '\'', '.', '/']);
            let within = if folder.is_empty() { parent.to_owned() } else { joined(parent, folder) };
            self.module(&within, &module);
        }
    }

    /// The package of a pipeline of spaCy, whose `load` is called.
    fn pipeline(&mut self, path: &str, parent: &str) {
        if !self.source(path).is_some_and(|source| source.contains("\"spacy_version\"")) {
            return;
        }
        self.take(joined(parent, "__init__.py"));
        let is_inner = |path: &&str| {
            path.strip_suffix("/__init__.py").is_some_and(|folder| split(folder).0 == parent)
        };
        let within: Vec<String> =
            self.folder.paths().filter(is_inner).take(16).map(str::to_owned).collect();
        within.into_iter().for_each(|path| self.take(path));
    }

    fn source(&self, path: &str) -> Option<String> {
        Some(text::decode(self.folder.open(path)?.bytes(0, MOST).ok()?))
    }

    /// What a file imports from its own folder and those below.
    fn imports(&mut self, path: &str) {
        let (parent, _) = split(path);
        let Some(source) = self.source(path) else { return };
        let mut lexer = Lexer::new(&source);
        let mut line = Line::default();
        while lexer.line(&mut line) {
            let tokens = line.tokens.as_slice();
            let begin = tokens.iter().position(|token| token.is("from") || token.is("import"));
            let Some(mut at) = begin else { continue };
            at += 1;
            if tokens[at - 1].is("import") {
                while at < tokens.len() {
                    let module = dotted(tokens, &mut at);
                    self.module(parent, &module);
                    at += 1;
                }
                continue;
            }
            let module = dotted(tokens, &mut at);
            let module = module.strip_prefix('.').unwrap_or(&module);
            self.module(parent, module);
            let within = if module.is_empty() { String::new() } else { format!("{module}.") };
            let names = tokens.get(at..).unwrap_or_default().iter();
            for name in names.filter(|token| token.kind == Kind::Name && !token.is("import")) {
                self.module(parent, &format!("{within}{}", name.text));
            }
        }
    }
}

/// A path's folder, and its last name.
pub(super) fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

pub(super) fn joined(parent: &str, name: &str) -> String {
    if parent.is_empty() { name.to_owned() } else { format!("{parent}/{name}") }
}

fn is_native(path: &str) -> bool {
    [".so", ".pyd", ".pyc"].iter().any(|end| path.ends_with(end))
}

fn is_module(path: &str, module: &str) -> bool {
    split(path).1.strip_suffix(".py") == Some(module)
}
