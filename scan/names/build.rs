//! Compiles the tables below `tables/` into a tree of names, as static bytes:
//! nothing is read, sorted or hashed when a scan starts.
#![allow(clippy::disallowed_methods, reason = "a build script")]
#![allow(dead_code, reason = "the tiers are shared with the crate")]

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[path = "src/tier.rs"]
mod tier;

use tier::{Tier, VERDICTS};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    match build() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            println!("cargo::error={failed}");
            ExitCode::FAILURE
        }
    }
}

fn build() -> Result<()> {
    let tables = Path::new(env!("CARGO_MANIFEST_DIR")).join("tables");
    println!("cargo::rerun-if-changed={}", tables.display());
    let mut root = Node::default();
    for table in texts(&tables)?.into_iter().chain(texts(&tables.join("found"))?) {
        let text = fs::read_to_string(&table)?;
        let found = table.parent() != Some(&tables);
        read(&mut root, &text, found).map_err(|wrong| format!("{}: {wrong}", table.display()))?;
    }
    let (names, nodes) = compile(&root)?;
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    fs::write(out.join("names.bin"), names)?;
    fs::write(out.join("nodes.bin"), nodes)?;
    Ok(())
}

/// A folder's tables, in a fixed order.
fn texts(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut tables = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "txt") {
            tables.push(path);
        }
    }
    tables.sort();
    Ok(tables)
}

/// One segment of a dotted path.
#[derive(Default)]
struct Node {
    /// The verdict's code on the name itself.
    exact: Option<u8>,
    /// The verdict's code on what lies below it.
    below: Option<u8>,
    /// The code of where it and what lies below it is from.
    home: Option<u8>,
    /// Whether what is said here is said by hand.
    by_hand: bool,
    children: BTreeMap<String, Node>,
}

/// Reads a table: `[verdict]` opens a section, `module …: name …` says it of
/// each name in each module, indented lines go on, `*` is all of the module,
/// `#` begins a comment. What was `found` never says otherwise than what is
/// written by hand.
fn read(root: &mut Node, text: &str, found: bool) -> Result<()> {
    let mut code = None;
    let mut modules: Vec<&str> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default();
        let wrong = |what: &str| format!("line {}: {what}", number + 1);
        if let Some(word) = line.trim().strip_prefix('[') {
            let word = word.strip_suffix(']').ok_or_else(|| wrong("no ]"))?;
            code = VERDICTS.iter().position(|(verdict, _)| *verdict == word);
            code.ok_or_else(|| wrong("no such verdict"))?;
            modules.clear();
            continue;
        }
        let mut names = line;
        if let Some((before, after)) = line.split_once(':') {
            modules = before.split_whitespace().collect();
            names = after;
        } else if !line.starts_with(' ') && !line.trim().is_empty() {
            return Err(wrong("neither `module: names` nor indented").into());
        }
        for name in names.split_whitespace() {
            let code = u8::try_from(code.ok_or_else(|| wrong("before any section"))? + 1)?;
            for module in &modules {
                enter(root, module, name, code, found).map_err(|what| wrong(&what))?;
            }
        }
    }
    Ok(())
}

fn enter(
    root: &mut Node,
    module: &str,
    name: &str,
    code: u8,
    found: bool,
) -> std::result::Result<(), String> {
    let mut node = root;
    let mut said = false;
    for segment in module.split('.').chain(name.split('.').filter(|name| *name != "*")) {
        node = node.children.entry(segment.to_owned()).or_default();
        said |= node.by_hand && node.below.is_some();
    }
    if found && (said || node.by_hand) {
        return Ok(());
    }
    let tier = VERDICTS[usize::from(code) - 1].1;
    if matches!(tier, Tier::Unknown(_)) {
        node.home = Some(code);
        return Ok(());
    }
    let dangerous = matches!(tier, Tier::Dangerous(_));
    if name == "*" && !dangerous {
        return Err(format!("{module}.*: only danger and homes hold for all of a module"));
    }
    if let Some(other) = node.exact.filter(|other| *other != code) {
        // Many a name opens a file to read a pickle: the first danger said stays.
        let other = VERDICTS[usize::from(other) - 1];
        return match other.1 {
            Tier::Dangerous(_) if dangerous => Ok(()),
            _ => Err(format!("{module}.{name} is said to be {} elsewhere", other.0)),
        };
    }
    node.exact = Some(code);
    node.by_hand = !found;
    if dangerous {
        node.below = Some(code);
    }
    Ok(())
}

/// The tree as bytes: nodes of 12 bytes, level by level, siblings together and
/// sorted; `src/tree.rs` reads them.
fn compile(root: &Node) -> Result<(Vec<u8>, Vec<u8>)> {
    let mut names: Vec<u8> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut nodes: Vec<u8> = Vec::new();
    let mut queue = VecDeque::from([("", root)]);
    let mut next = 1_usize;
    while let Some((segment, node)) = queue.pop_front() {
        let place = *places.entry(segment).or_insert_with(|| {
            names.extend_from_slice(segment.as_bytes());
            names.len() - segment.len()
        });
        nodes.extend_from_slice(&u32::try_from(place)?.to_le_bytes()[..3]);
        nodes.push(u8::try_from(segment.len())?);
        nodes.extend_from_slice(&u32::try_from(next)?.to_le_bytes()[..3]);
        nodes.push(node.exact.unwrap_or(0));
        nodes.extend_from_slice(&u16::try_from(node.children.len())?.to_le_bytes());
        nodes.push(node.below.unwrap_or(0));
        nodes.push(node.home.unwrap_or(0));
        next += node.children.len();
        for (child, node) in &node.children {
            queue.push_back((child, node));
        }
    }
    if next >= 1 << 24 || names.len() >= 1 << 24 {
        return Err("the tables are too large for 24 bits".into());
    }
    Ok((names, nodes))
}
