//! What is taken note of where something is called or handed on.

use std::rc::Rc;

use super::attribute::grown;
use super::effect::{Effect, effect, is_notebook};
use super::fact::{Fact, Place};
use super::special::starts_programs;
use super::walk::Walk;
use crate::shell::{self, Harm};
use crate::syntax::{Argument, Marks, Shape, Value};

impl<'s> Walk<'s> {
    /// Takes note of a call of a function or class of the text.
    pub(super) fn take_call(&mut self, name: &str) {
        let unit = match (self.scopes.unit(), self.scopes.place()) {
            (None, Place::Import) => None,
            (None, _) => return,
            (unit, _) => unit,
        };
        if self.is_telling {
            self.found.called.insert((unit, name.into()));
        }
    }

    /// Takes note of a function of the text that is run by another one: a thread,
    /// a timer, a pool.
    pub(super) fn take_started(&mut self, callee: &Value, arguments: &[Argument<'s>]) {
        const STARTS: &[&str] = &[
            "Thread",
            "Process",
            "Timer",
            "submit",
            "start_new_thread",
            "run_in_executor",
            "apply_async",
            "call_soon",
            "call_later",
            "to_thread",
            "after",
        ];
        let Some(name) = callee.as_name() else { return };
        if !STARTS.contains(&name.rsplit('.').next().unwrap_or(name)) {
            return;
        }
        for one in arguments {
            match &one.value.shape {
                Shape::Function(function, _) => self.take_call(&function.clone()),
                Shape::Name(name) if name.starts_with('?') => self.take_call(&name[1..]),
                _ => {}
            }
        }
    }

    /// Takes note of secrets, and of commands that attack, that a function is
    /// handed.
    pub(super) fn take_handed(&mut self, callee: &Value, arguments: &[Argument<'s>], at: usize) {
        if !self.is_telling {
            return;
        }
        let kept = callee.marks.has(Marks::KEPT)
            || arguments.iter().any(|one| {
                let path = one.value.as_text().filter(|path| path.len() < 200);
                one.value.marks.has(Marks::KEPT)
                    || path.is_some_and(|path| {
                        !path.contains(' ')
                            && (shell::is_secret(path) || shell::is_secret_folder(path))
                    })
            });
        if kept {
            self.found.touched.insert(self.scopes.unit());
        }
        let told = arguments.iter().find_map(|one| {
            let text = one.value.as_text().filter(|text| !text.trim().contains('\n'))?;
            shell::harm(text).filter(|harm| *harm != Harm::Secret)
        });
        if let Some(harm) = told {
            let name = callee.as_name().unwrap_or("a function").to_owned();
            if effect(&name).is_none() {
                let mut fact = self.fact(Effect::Handed, &name, callee.marks, arguments, at);
                fact.harm = Some(harm);
                self.tell(fact);
            }
        }
    }

    /// Takes note of a string that is handed on and reads as an attack.
    pub(super) fn code_in_string(&mut self, name: &str, arguments: &[Argument<'s>], at: usize) {
        let holds = |text: &str| text.contains("__import__(") || text.contains("__subclasses__");
        let text = arguments.iter().filter_map(|one| one.value.as_text()).find(|text| holds(text));
        let Some(text) = text else { return };
        let code: Rc<str> =
            text.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '_').into();
        let fact = self.fact(Effect::Import, name, Marks::default(), &[], at);
        self.take_code(code, fact);
    }

    /// Takes note of calls that are odd by what they are given.
    pub(super) fn take_odd_call(
        &mut self,
        name: &str,
        callee: Marks,
        arguments: &[Argument<'s>],
        at: usize,
    ) {
        let number = arguments.first().and_then(|first| first.value.as_number());
        if number.is_some_and(|number| number >= 1 << 34)
            && matches!(name, "builtins.bytearray" | "builtins.bytes")
        {
            let fact = self.fact(Effect::Disturb, name, callee, &[], at);
            self.tell(fact);
        }
        if name == "builtins.setattr"
            && let [of, field, ..] = arguments
            && let (Some(of), Some(field)) = (of.value.as_name(), field.value.as_constant())
        {
            let path = format!("{of}.{field}");
            if super::assign::is_guard(&path) {
                self.replaces(&path, at);
            }
        }
        // `%%bash` and its like, written as a call, of what is decoded.
        if let Some((of, "run_line_magic" | "run_cell_magic" | "magic")) = name.rsplit_once('.')
            && is_notebook(of)
            && let Some(last) = arguments.len().checked_sub(1)
            && arguments[last].value.marks.has(Marks::DECODED | Marks::DOWNLOADED)
        {
            let fact = self.fact(Effect::Execute, name, callee, &arguments[last..], at);
            self.tell(fact);
        }
        if matches!(name, "os.environ.update" | "os.environ.setdefault" | "os.putenv") {
            self.take_environment(arguments, at);
        }
        if name == "logging.config.dictConfig"
            && let Some(called) = arguments.iter().find_map(|one| named_effect(&one.value, 8))
        {
            let fact = self.fact(Effect::Process, &called, Marks::ASKED, &[], at);
            self.tell(fact);
        }
    }

    /// Takes note of a function with an effect that is handed on or imported.
    pub(super) fn mention(&mut self, value: &Value, at: usize, is_import: bool) {
        let Some(name) = value.as_name() else { return };
        if is_import || self.annotating || name.ends_with(')') {
            return;
        }
        let Some(does) = effect(name) else { return };
        // What is only asked for by an unknown name may be a constant.
        if name.ends_with('…') {
            return;
        }
        let matters = matches!(
            does,
            Effect::Execute | Effect::Process | Effect::Bytecode | Effect::Memory | Effect::Install
        );
        // `__import__` and `open` are handed on for good reasons.
        if matters && !name.starts_with("types.") {
            let name = name.to_owned();
            let mut fact = self.fact(does, &name, value.marks, &[], at);
            fact.is_called = false;
            self.tell(fact);
        }
    }

    pub(super) fn fact(
        &self,
        effect: Effect,
        name: &str,
        callee: Marks,
        arguments: &[Argument<'s>],
        at: usize,
    ) -> Fact {
        let named = |wanted: &[&str]| {
            arguments
                .iter()
                .find(|one| one.name.is_some_and(|name| wanted.contains(&name)))
                .map(|one| &one.value)
        };
        let positional: Vec<&Value> =
            arguments.iter().filter(|one| one.name.is_none()).map(|one| &one.value).collect();
        let first = positional
            .first()
            .copied()
            .or_else(|| named(&["args", "cmd", "command", "url", "file", "source", "object"]));
        let path = name.starts_with("pathlib.");
        let second = positional.get(1).copied();
        // A module is named before its file.
        let told = match effect {
            Effect::Foreign if name == "sys.path.insert" => second,
            Effect::Foreign if name.ends_with("pipeline") => named(&["model"]).or(first),
            Effect::Foreign if name.ends_with("PackageImporter") => first,
            Effect::Foreign if name.ends_with("zipimporter") => first,
            Effect::Foreign if name.contains("oader") || name.contains("spec_from_file") => {
                second.or_else(|| named(&["path", "location"]))
            }
            Effect::Foreign if name.contains("load_source") => second,
            Effect::Foreign if name.ends_with("dynamic_module") => second,
            Effect::Foreign => {
                first.or_else(|| named(&["model", "repo_or_dir", "pretrained_model_name_or_path"]))
            }
            _ => first,
        };
        let words = told.map(command);
        let mode = if path { first } else { second };
        let mode = mode.or_else(|| named(&["mode"])).and_then(Value::as_text);
        let writes = name.ends_with("write_text")
            || name.ends_with("write_bytes")
            || name.starts_with("shutil.")
            || mode.is_some_and(|mode| mode.len() < 5 && mode.contains(['w', 'a', 'x', '+']));
        let mut marks = arguments.iter().fold(Marks::default(), |all, one| all | one.value.marks);
        // Of code and commands, names and options are no part.
        if matches!(effect, Effect::Execute | Effect::Process | Effect::Bytecode | Effect::Unpickle)
        {
            marks = first.map(|first| first.marks).unwrap_or_default();
        }
        // Headers hold the keys that a service asks for.
        if let Some(headers) = named(&["headers", "auth", "env", "token"]) {
            let rest = arguments
                .iter()
                .filter(|one| !matches!(one.name, Some("headers" | "auth" | "env" | "token")));
            marks = rest.fold(Marks::default(), |all, one| all | one.value.marks)
                | headers.marks.without(Marks::SECRET | Marks::ENVIRONMENT | Marks::HOST);
        }
        let redirects =
            positional.get(1).and_then(|to| to.as_number()).is_none_or(|to| (0..=2).contains(&to));
        let effect = if effect == Effect::Redirect && !redirects { Effect::Import } else { effect };
        let weights_only = named(&["weights_only"])
            .is_some_and(|value| value.as_name().is_none_or(|name| name != "?False"));
        let safe_yaml = name.starts_with("yaml.")
            && arguments.iter().any(|one| {
                one.value
                    .as_name()
                    .is_some_and(|name| name.contains("Safe") || name.contains("Base"))
            });
        let unpickles_safely = effect == Effect::Unpickle && (weights_only || safe_yaml);
        let startup = |marks: Marks| marks.has(Marks::STARTUP);
        // What is copied is not what is written.
        let target = if name.starts_with("shutil.") { second } else { first };
        let harm = match effect {
            Effect::Open if path && writes && startup(callee) => Some(Harm::Persist),
            Effect::Open if path && !writes && callee.has(Marks::SECRET) => Some(Harm::Secret),
            Effect::Open
                if writes
                    && (target.is_some_and(|target| startup(target.marks))
                        || second.and_then(Value::as_text).is_some_and(shell::is_startup)) =>
            {
                Some(Harm::Persist)
            }
            Effect::Persist
                if startup(marks)
                    || second.and_then(Value::as_text).is_some_and(starts_programs) =>
            {
                Some(Harm::Persist)
            }
            _ => words.as_deref().and_then(|words| self.harm(effect, name, words, writes)),
        };
        Fact {
            effect: if unpickles_safely { Effect::Import } else { effect },
            at,
            place: self.scopes.place(),
            is_indirect: false,
            unit: self.scopes.unit(),
            name: name.trim_start_matches('?').into(),
            callee,
            marks,
            subject: words.map(|words| Rc::from(words.as_str())),
            is_called: true,
            harm,
            is_shell: by_shell(name)
                || named(&["shell"]).is_some_and(|value| value.as_name() == Some("?True")),
            writes,
        }
    }

    pub(super) fn harm(
        &self,
        effect: Effect,
        name: &str,
        words: &str,
        writes: bool,
    ) -> Option<Harm> {
        match effect {
            Effect::Process => shell::harm(words),
            Effect::Open if writes && shell::is_startup(words) => Some(Harm::Persist),
            Effect::Open if name != "os.open" && shell::is_secret(words) => Some(Harm::Secret),
            Effect::Remove => {
                let path = words.trim_end_matches('/');
                let folder = path.strip_prefix("~/").unwrap_or_default().to_ascii_lowercase();
                let of_user = [
                    "desktop",
                    "documents",
                    "music",
                    "pictures",
                    "videos",
                    ".ssh",
                    ".gnupg",
                    ".config",
                ];
                if of_user.contains(&folder.as_str()) {
                    return Some(Harm::Destroy);
                }
                matches!(
                    path,
                    "" | "~"
                        | "/home"
                        | "/etc"
                        | "/usr"
                        | "/var"
                        | "C:\\"
                        | "c:\\"
                        | "C:"
                        | "/root"
                )
                .then_some(Harm::Destroy)
            }
            Effect::Fetch | Effect::Send | Effect::Connect if shell::is_odd_host(words) => {
                Some(Harm::Leak)
            }
            _ => None,
        }
    }
}

/// Whether a function gives its command to a shell.
fn by_shell(name: &str) -> bool {
    ["os.system", "os.popen", "getoutput", "getstatusoutput", "create_subprocess_shell"]
        .iter()
        .any(|end| name.ends_with(end))
}

/// The name of something that runs programs or code, somewhere in a table.
fn named_effect(value: &Value, depth: usize) -> Option<String> {
    match &value.shape {
        Shape::Text(text) => {
            let does = effect(text);
            matches!(does, Some(Effect::Process | Effect::Execute)).then(|| text.to_string())
        }
        Shape::List(all) | Shape::Table(all) => {
            let depth = depth.checked_sub(1)?;
            all.iter().take(1000).find_map(|one| named_effect(one, depth))
        }
        _ => None,
    }
}

/// One word of a command; the program that runs is one of Python.
fn word(value: &Value) -> Option<&str> {
    if value.as_name() == Some("sys.executable") { Some("python") } else { value.as_text() }
}

/// The words of a command: a string, or a list of them.
fn command(value: &Value) -> String {
    match value.elements() {
        Some(words) => {
            let words: Vec<&str> =
                words.iter().take(64).map(|one| word(one).unwrap_or("…")).collect();
            words.join(" ")
        }
        None => match (word(value), value.as_bytes()) {
            (Some(text), _) => text.to_owned(),
            (None, Some(_)) => "<bytes>".to_owned(),
            (None, None) => String::new(),
        },
    }
}

/// What a function with an effect answers.
pub(super) fn answer(effect: Effect, name: &str, first: &Value, marks: Marks) -> Value {
    let kept = marks
        & (Marks::HUB
            | Marks::DECODED
            | Marks::DOWNLOADED
            | Marks::ENVIRONMENT
            | Marks::SECRET
            | Marks::FILE);
    match effect {
        Effect::Execute if name == "builtins.compile" => first.clone().with(kept | Marks::COMPILED),
        Effect::Fetch | Effect::Send => grown(name, "()").with(Marks::DOWNLOADED),
        Effect::Open => {
            let path = first.as_text().unwrap_or_default();
            let secret = if shell::is_secret(path) { Marks::SECRET } else { Marks::default() };
            grown(name, "()").with(kept | secret | Marks::FILE)
        }
        Effect::Bytecode => {
            // Bytes that the text itself holds are hidden code.
            let held = first.as_bytes().is_some_and(|bytes| !bytes.is_empty());
            let hidden = if held { Marks::DECODED } else { Marks::default() };
            Value::unknown(kept | hidden | Marks::COMPILED)
        }
        _ => grown(name, "()").with(kept),
    }
}
