//! What the modules beside a model's code hold, for the code that imports them.

use std::collections::HashMap;

use nix_ai_model_scan_walk::Folder;

use super::fact::Place;
use super::loaded::{joined, split};
use super::walk::{Walk, dotted};
use crate::syntax::{Kind, Lexer, Line, Shape, Value};
use crate::text;

/// Modules that import modules that are followed.
const DEEPEST: usize = 3;
/// Modules of one file that are read.
const MOST: usize = 32;
/// Bytes of one module that are read.
const LONGEST: usize = 1 << 20;

/// The names of modules, by what the code calls the module: `.layout`.
pub(super) type Outside = HashMap<String, HashMap<String, Value>>;

/// What the file at this path imports from beside it.
pub(super) fn of(path: &str, source: &str, folder: &Folder<'_>) -> Outside {
    modules(path, source, folder, DEEPEST)
}

fn modules(path: &str, source: &str, folder: &Folder<'_>, depth: usize) -> Outside {
    let mut all = Outside::new();
    let Some(depth) = depth.checked_sub(1) else { return all };
    let (parent, _) = split(path);
    for name in imported(source) {
        let inner = name.trim_start_matches('.').replace('.', "/");
        let file = format!("{}.py", joined(parent, &inner));
        if all.len() >= MOST || all.contains_key(&name) || file == path {
            continue;
        }
        let Some(view) = folder.open(&file) else { continue };
        let Ok(bytes) = view.bytes(0, LONGEST) else { continue };
        let source = text::decode(bytes);
        let outside = modules(&file, &source, folder, depth);
        let held = Walk::names(&source, Place::Import, &outside);
        let known = held.into_iter().filter(|(_, value)| !matches!(value.shape, Shape::Unknown));
        all.insert(name, known.collect());
    }
    all
}

/// The modules that a text imports, as it names them.
fn imported(source: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut lexer = Lexer::new(source);
    let mut line = Line::default();
    while lexer.line(&mut line) {
        let tokens = line.tokens.as_slice();
        let Some(at) = tokens.iter().position(|token| token.is("from") || token.is("import"))
        else {
            continue;
        };
        let mut at = at + 1;
        if tokens[at - 1].is("import") {
            all.push(dotted(tokens, &mut at));
            continue;
        }
        let module = dotted(tokens, &mut at);
        if module == "." {
            let names = tokens.get(at..).unwrap_or_default().iter();
            let names = names.filter(|token| token.kind == Kind::Name && !token.is("import"));
            all.extend(names.map(|token| format!(".{}", token.text)));
        } else {
            all.push(module);
        }
    }
    all.retain(|name| !name.is_empty() && !name.starts_with(".."));
    all
}
