//! Configurations: what they name that a loader imports, calls or opens.

mod agent;
mod cluster;
mod dataset;
mod embedded;
pub(crate) mod environment;
mod expression;
mod imported;
mod instance;
mod ordinary;
mod outside;
mod package;
mod project;
mod switch;
mod target;
mod together;
mod tool;
mod words;
mod workflow;

use nix_ai_model_scan_json::{Path, Step};
use nix_ai_model_scan_names::{Home, Tier};
use nix_ai_model_scan_walk::view::Memory;
use nix_ai_model_scan_walk::{Fault, Level, Part, Result, Scan, cut};

use crate::{notebook, rules};
use outside::leaves_folder;
pub(crate) use target::{danger, strong};

/// A leaf.
pub(crate) enum Leaf<'s> {
    Text(&'s str),
    True,
}

/// Bytes of the code of one notebook that are kept.
const CODE: usize = 4 << 20;
/// Bytes of a text from which on it may be the begin of a longer one.
const LONG: usize = (1 << 20) - 4;

/// Judges the leaves of a configuration in turn.
pub(crate) struct Judge<'a> {
    part: Part<'a>,
    name: String,
    /// Code of a notebook's cells.
    code: String,
    /// Pages that a notebook's cells made.
    pages: String,
    /// Whether a template or code was longer than what is read of it.
    is_cut: bool,
    instances: instance::Instances,
    words: words::Words,
    workflow: workflow::Workflow,
}

impl<'a> Judge<'a> {
    pub(crate) fn new(part: Part<'a>) -> Self {
        let name = part.name().to_lowercase();
        Self {
            part,
            name,
            code: String::new(),
            pages: String::new(),
            is_cut: false,
            instances: instance::Instances::default(),
            words: words::Words::default(),
            workflow: workflow::Workflow::default(),
        }
    }

    /// Judges one leaf; templates that it holds come to `texts`.
    pub(crate) fn leaf(
        &mut self,
        path: &Path,
        leaf: &Leaf<'_>,
        scan: &mut Scan<'_>,
        texts: &mut Vec<(String, String)>,
    ) -> Result<()> {
        let part = &self.part;
        let text = match leaf {
            Leaf::Text(text) => *text,
            Leaf::True if path.key() == "trust_remote_code" => {
                let message = "The configuration asks to trust the code that comes with it";
                scan.find(part, rules::TRUSTS.found(message));
                self.instances.leaf(path, "true");
                return Ok(());
            }
            Leaf::True => {
                switch::on(path, part, scan);
                self.instances.leaf(path, "true");
                return Ok(());
            }
        };
        if crate::instruction::smuggles(text) {
            let message = "Signs that nobody sees spell a text for programs that read it";
            scan.find(part, rules::HIDDEN_INSTRUCTION.found(message));
        }
        if !self.name.ends_with(".ipynb") {
            match embedded::take(&self.name, path, text, texts) {
                Some(is_cut) => self.is_cut |= is_cut,
                None => return Ok(()),
            }
        }
        if self.name.ends_with(".ipynb") {
            self.cell(path, text);
            return Ok(());
        }
        match self.name.as_str() {
            "model_index.json" if path.at(0) == "_class_name" && path.item() == Some(0) => {
                self.pipeline(text, scan)
            }
            "model_index.json" if path.key() == "custom_pipeline" => self.pipeline(text, scan),
            "modules.json" if path.key() == "type" => {
                self.module(text, "sentence_transformers", scan)
            }
            "model_index.json" if path.item() == Some(0) && path.steps.len() == 2 => {
                self.component(path, text, scan)
            }
            "adapter_config.json" if path.key() == "parent_library" => {
                self.module(text, "transformers", scan)
            }
            "package.json" if path.at(0) == "scripts" => {
                package::script(path.key(), text, part, scan)
            }
            "package.json" if path.at(0).ends_with("ependencies") => {
                project::locked(text, part, scan)
            }
            "package-lock.json" | "npm-shrinkwrap.json" if path.key() == "resolved" => {
                project::locked(text, part, scan)
            }
            "mlmodel" => self.flavor(path, text, scan),
            _ => {}
        }
        self.reference(path, text, scan);
        if !imported::judge(&self.name, path, text, part, scan) {
            target::judge(path, text, part, scan);
        }
        switch::text(path, text, part, scan);
        if !is_rows(&self.name) {
            dataset::judge(path, text, part, scan);
        }
        if !expression::judge(path, text, part, scan) {
            tool::judge(&self.name, path, text, part, scan)?;
        }
        if self.name.ends_with(".yml") || self.name.ends_with(".yaml") {
            self.workflow.leaf(path, text);
        }
        if let Some((command, is_agent)) = self.words.leaf(path, text) {
            tool::words(&self.name, &command, is_agent, part, scan);
        }
        self.instances.leaf(path, text);
        Ok(())
    }

    /// References to code and files that many configurations have.
    fn reference(&self, path: &Path, text: &str, scan: &mut Scan<'_>) {
        let part = &self.part;
        let key = path.key();
        if path.has("auto_map") || path.has("custom_pipelines") && key == "impl" {
            let found = if text.contains("--") || text.contains("://") {
                other_repository(text)
            } else if text.contains(['/', '\\']) || text.contains("..") {
                rules::ADDRESS
                    .found(format!("\"{}\" leads out of the folder", cut(text)))
                    .level(Level::High)
            } else {
                rules::AUTO_MAP.found(format!(
                    "\"{}\" is code that is imported where the publisher is trusted",
                    cut(text)
                ))
            };
            scan.find(part, found);
        }
        let generates = matches!(self.name.as_str(), "generation_config.json" | "config.json");
        if generates && key == "custom_generate" && text.contains('/') {
            scan.find(part, other_repository(text));
        }
        if matches!(
            key,
            "attn_implementation" | "_attn_implementation" | "_attn_implementation_internal"
        ) && text.contains('/')
        {
            scan.find(part, other_repository(text));
        }
        let is_module = self.name == "modules.json" && key == "path";
        if (path.has("weight_map") || is_module) && leaves_folder(text) {
            let message = format!("\"{}\" leads out of the folder", cut(text));
            scan.find(part, rules::ADDRESS.found(message).level(Level::High));
        }
        let writes = ["output", "save", "log", "dest", "export", "dump"];
        if text.len() < 200
            && writes.iter().any(|word| key.contains(word))
            && crate::shell::is_startup(text)
            && !text.contains([' ', ':'])
        {
            let message = format!("\"{}\" of \"{key}\" is run later by itself", cut(text));
            scan.find(part, rules::ADDRESS.found(message).level(Level::High));
        }
        outside::judge(key, text, part, scan);
    }

    /// A module that a loader imports by its name.
    fn module(&self, text: &str, usual: &str, scan: &mut Scan<'_>) {
        if text == usual
            || text.strip_prefix(usual).is_some_and(|rest| rest.starts_with('.'))
                && danger(text).is_none()
        {
            return;
        }
        let level = match danger(text) {
            Some(level) => level,
            // Its `load` is called.
            None if matches!(nix_ai_model_scan_names::tier(text, "load"), Tier::Dangerous(_)) => {
                Level::High
            }
            None if is_standard(text) => Level::High,
            None => Level::Medium,
        };
        let message = format!("\"{}\" is imported when the model is loaded", cut(text));
        scan.find(&self.part, rules::MODULE.found(message).level(level));
    }

    /// What MLflow imports and opens to load a model.
    fn flavor(&self, path: &Path, text: &str, scan: &mut Scan<'_>) {
        let part = &self.part;
        match path.key() {
            "loader_module" => {
                let root = text.split('.').next().unwrap_or_default();
                let level = match danger(text) {
                    None if root == "mlflow" => return,
                    Some(level) => level,
                    None if is_standard(text) || text.starts_with("code.") => Level::Critical,
                    None if target::is_known(text) => Level::Low,
                    // The model's own, which is judged where it is.
                    None => Level::Medium,
                };
                let message = format!("\"{}\" is imported when the model is loaded", cut(text));
                scan.find(part, rules::MODULE.found(message).level(level));
            }
            "model_path" | "data" | "code" | "model_code_path" | "path" | "model_data"
                if leaves_folder(text) && !text.contains("://") =>
            {
                let message = format!("\"{}\" leads out of the folder", cut(text));
                scan.find(part, rules::ADDRESS.found(message).level(Level::High));
            }
            _ => {}
        }
    }

    /// The library of a component of a pipeline.
    fn component(&self, path: &Path, text: &str, scan: &mut Scan<'_>) {
        const KNOWN: &[&str] = &[
            "diffusers",
            "transformers",
            "flax",
            "onnxruntime",
            "optimum",
            "sentence_transformers",
            "peft",
            "k_diffusion",
            "stable_diffusion",
            "deepfloyd_if",
            "unidiffuser",
        ];
        if path.key().starts_with('_') {
            let message = format!("\"{}\" is the pipeline's own code", cut(text));
            return scan.find(&self.part, rules::AUTO_MAP.found(message));
        }
        let root = text.split('.').next().unwrap_or_default();
        if KNOWN.contains(&root) {
            return;
        }
        let level = match danger(text) {
            Some(level) => level,
            None if is_standard(text) => Level::High,
            None => Level::Low,
        };
        let message = format!("\"{}\" is imported for \"{}\"", cut(text), cut(path.key()));
        scan.find(&self.part, rules::MODULE.found(message).level(level));
    }

    /// The code of a pipeline of one's own: a module, or another repository.
    fn pipeline(&self, text: &str, scan: &mut Scan<'_>) {
        let told = if text.contains(['/', ':']) || text.contains("--") {
            other_repository(text)
        } else {
            rules::AUTO_MAP.found(format!("\"{}\" is the pipeline's own code", cut(text)))
        };
        scan.find(&self.part, told);
    }

    /// A line of a notebook.
    fn cell(&mut self, path: &Path, text: &str) {
        let is_page = matches!(
            path.key(),
            "text/html" | "image/svg+xml" | "application/javascript" | "text/markdown"
        );
        if is_page && path.has("outputs") {
            if self.pages.len() + text.len() <= CODE {
                self.pages.push_str(text);
            }
            return;
        }
        if path.key() != "source" && path.key() != "input" || !path.has("cells") {
            return;
        }
        if self.code.len() + text.len() > CODE || text.len() >= LONG {
            self.is_cut = true;
            return;
        }
        // Each cell is a text of its own, or a list of lines.
        if !matches!(path.steps.last(), Some(Step::Item(place)) if *place > 0) {
            self.code.push_str(notebook::BETWEEN);
        }
        self.code.push_str(text);
    }

    pub(crate) fn end(mut self, scan: &mut Scan<'_>) -> Result<()> {
        if let Some((command, is_agent)) = self.words.end() {
            tool::words(&self.name, &command, is_agent, &self.part, scan);
        }
        self.instances.end(&self.part, scan)?;
        together::judge(&self.instances, &self.part, scan);
        self.workflow.end(&self.part, scan);
        crate::page::attack(&self.pages, &self.part, scan);
        if !self.code.is_empty() {
            notebook::judge(&self.code, &self.part, scan)?;
        }
        if self.is_cut { Err(Fault::Limit("bytes of text")) } else { Ok(()) }
    }
}

/// Has the templates of a configuration read.
pub(crate) fn parts<'a>(part: &Part<'a>, texts: Vec<(String, String)>, scan: &mut Scan<'a>) {
    for (name, text) in texts {
        scan.part(&part.excerpt(&name, std::rc::Rc::new(Memory::new(text))));
    }
}

/// Whether a file holds rows of data or other files, by its name in small
/// letters.
fn is_rows(name: &str) -> bool {
    [".jsonl", ".ndjson", ".map"].iter().any(|end| name.ends_with(end))
}

/// Whether a dotted name is of Python's standard library.
pub(crate) fn is_standard(path: &str) -> bool {
    let (module, name) = path.rsplit_once('.').unwrap_or((path, ""));
    matches!(nix_ai_model_scan_names::tier(module, name), Tier::Unknown(Home::StandardLibrary))
        || matches!(
            path.split('.').next(),
            Some(
                "os" | "subprocess"
                    | "builtins"
                    | "sys"
                    | "shutil"
                    | "socket"
                    | "importlib"
                    | "runpy"
                    | "pty"
                    | "ctypes"
                    | "webbrowser"
                    | "antigravity"
                    | "this"
            )
        )
}

/// Code of another repository, worse where nobody knows its owner.
fn other_repository(text: &str) -> nix_ai_model_scan_walk::Found {
    let message = format!("\"{}\" is code of another repository", cut(text));
    let found = rules::OTHER_REPOSITORY.found(message);
    if crate::publisher::is_known(text) { found.level(Level::Medium) } else { found }
}
