//! YAML by its events: tags, aliases and leaves. Nothing is built.

use nix_ai_model_scan_json::{Path, Step};
use nix_ai_model_scan_walk::{Fault, Head, Level, Part, Reader, Result, Scan, cut};
use saphyr_parser::{Event, Parser, Tag};

use crate::config::{self, Leaf};
use crate::{rules, text};

/// Bytes of a text that are read.
const MOST: usize = 4 << 20;
/// Nodes that the aliases of a text may unfold to.
const UNFOLDED: u64 = 10_000_000;

/// Reads YAML.
pub(crate) struct Yaml;

impl Reader for Yaml {
    fn format(&self) -> &'static str {
        "YAML text"
    }

    fn recognises(&self, head: &Head) -> bool {
        if !text::is_text(head) {
            return false;
        }
        head.is_named(&[".yaml", ".yml", ".yaml.j2"])
            || head.name == "mlmodel"
            || head.begins_with(b"%YAML")
            || head.begins_with(b"%TAG")
            || head.begins_with(b"!!")
            || !head.is_named(&[
                ".py", ".md", ".rst", ".txt", ".html", ".ipynb", ".js", ".c", ".h", ".cpp", ".rs",
                ".po",
            ]) && head.holds(&["!!python/", "tag:yaml.org,2002:python/"])
            || head.is_named(&[".txt"]) && text::begin(head).lines().any(builds)
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let source = text::read(part, MOST)?;
        scan.budget.step(source.text.len() as u64)?;
        let mut walk = Walk {
            judge: config::Judge::new(part.clone()),
            path: Path::default(),
            state: Vec::new(),
            anchors: Vec::new(),
            texts: Vec::new(),
            is_told: false,
        };
        let broken = walk.events(&source.text, part, scan)?;
        let texts = std::mem::take(&mut walk.texts);
        config::parts(part, texts, scan);
        if broken {
            markers(&source.text, part, scan);
        }
        if source.is_cut { skim(part, scan) } else { Ok(()) }
    }
}

/// Whether a line of a text gives a key, an item or all of it a tag that
/// builds an object: no sentence does.
fn builds(line: &str) -> bool {
    let (before, tag) = line.split_once("!!python/").unwrap_or((line, ""));
    let key = before.trim().trim_start_matches('-').trim();
    let is_key = key.strip_suffix(':').is_some_and(|key| !key.contains(char::is_whitespace));
    tag.starts_with("object") && (key.is_empty() || is_key)
}

/// What a mapping or sequence that is open waits for.
enum State {
    Key,
    Value,
    Item,
}

struct Open {
    state: State,
    anchor: usize,
    /// Nodes within, aliases unfolded.
    nodes: u64,
    /// Whether it counts as a step of the path.
    is_step: bool,
}

struct Walk<'a> {
    judge: config::Judge<'a>,
    path: Path,
    state: Vec<Open>,
    /// Nodes of what has each anchor.
    anchors: Vec<u64>,
    texts: Vec<(String, String)>,
    is_told: bool,
}

/// Depth of mappings and sequences that is followed.
const DEEPEST: usize = 512;

impl Walk<'_> {
    /// Follows the events; whether the text broke off.
    fn events(&mut self, source: &str, part: &Part<'_>, scan: &mut Scan<'_>) -> Result<bool> {
        // Tags of one document hold in the next ones, as PyYAML has it not;
        // what differs is caught by their names.
        let mut parser = Parser::new_from_str(source).keep_tags(true);
        while let Some(event) = parser.next_event() {
            let Ok((event, span)) = event else { return Ok(true) };
            let at = span.start.index() as u64;
            match event {
                Event::Scalar(text, _, anchor, tag) => {
                    self.tag(tag.as_deref(), &text, at, part, scan);
                    self.scalar(&text, anchor, scan)?;
                }
                Event::SequenceStart(anchor, tag) => {
                    self.tag(tag.as_deref(), "", at, part, scan);
                    self.open(State::Item, anchor)?;
                }
                Event::MappingStart(anchor, tag) => {
                    self.tag(tag.as_deref(), "", at, part, scan);
                    self.open(State::Key, anchor)?;
                }
                Event::SequenceEnd | Event::MappingEnd => self.close(part, scan),
                Event::Alias(anchor) => {
                    let nodes = self.anchors.get(anchor).copied().unwrap_or(1);
                    self.count(nodes, part, scan);
                    self.turn(None);
                }
                _ => {}
            }
        }
        Ok(false)
    }

    fn open(&mut self, state: State, anchor: usize) -> Result<()> {
        if self.state.len() >= DEEPEST {
            return Err(Fault::Limit("nested nodes"));
        }
        let is_key = matches!(self.state.last(), Some(Open { state: State::Key, .. }));
        let step =
            if matches!(state, State::Item) { Step::Item(0) } else { Step::Key(String::new()) };
        if !is_key {
            self.path.steps.push(step);
        }
        self.state.push(Open { state, anchor, nodes: 1, is_step: !is_key });
        Ok(())
    }

    fn close(&mut self, part: &Part<'_>, scan: &mut Scan<'_>) {
        let Some(open) = self.state.pop() else { return };
        if open.is_step {
            self.path.steps.pop();
        }
        self.anchor(open.anchor, open.nodes);
        self.count(open.nodes, part, scan);
        self.turn(None);
    }

    fn anchor(&mut self, anchor: usize, nodes: u64) {
        if anchor > 0 && anchor < 1 << 20 {
            if self.anchors.len() <= anchor {
                self.anchors.resize(anchor + 1, 1);
            }
            self.anchors[anchor] = nodes;
        }
    }

    /// Adds nodes to the innermost open one.
    fn count(&mut self, nodes: u64, part: &Part<'_>, scan: &mut Scan<'_>) {
        let Some(open) = self.state.last_mut() else { return };
        open.nodes = open.nodes.saturating_add(nodes);
        if open.nodes > UNFOLDED && !self.is_told {
            self.is_told = true;
            let message = format!("The aliases unfold to more than {UNFOLDED} nodes");
            scan.find(part, rules::YAML_ALIAS.found(message));
        }
    }

    fn scalar(&mut self, text: &str, anchor: usize, scan: &mut Scan<'_>) -> Result<()> {
        self.anchor(anchor, 1);
        if let Some(open) = self.state.last_mut() {
            open.nodes = open.nodes.saturating_add(1);
        }
        if matches!(self.state.last(), Some(Open { state: State::Key, .. })) {
            self.turn(Some(text));
            return Ok(());
        }
        let leaf = if matches!(text, "true" | "True" | "yes" | "on" | "TRUE") {
            Leaf::True
        } else {
            Leaf::Text(text)
        };
        self.judge.leaf(&self.path, &leaf, scan, &mut self.texts)?;
        self.turn(None);
        Ok(())
    }

    /// Goes on to the next key, value or item.
    fn turn(&mut self, key: Option<&str>) {
        let Some(open) = self.state.last_mut() else { return };
        match open.state {
            State::Key => {
                open.state = State::Value;
                if open.is_step {
                    self.path.set_key(key.unwrap_or_default());
                }
            }
            State::Value => open.state = State::Key,
            State::Item => {
                if let (true, Some(Step::Item(place))) = (open.is_step, self.path.steps.last_mut())
                {
                    *place += 1;
                }
            }
        }
    }

    fn tag(&self, tag: Option<&Tag>, text: &str, at: u64, part: &Part<'_>, scan: &mut Scan<'_>) {
        if let Some(tag) = tag {
            judge(&format!("{}{}", tag.handle, tag.suffix), text, at, part, scan);
        }
    }
}

/// Judges a tag, however it is spelled.
fn judge(tag: &str, text: &str, at: u64, part: &Part<'_>, scan: &mut Scan<'_>) {
    let tag = percent(tag);
    let name = tag.trim_start_matches('!').trim_start_matches("tag:yaml.org,2002:");
    let level = if let Some(rest) = name.strip_prefix("python/") {
        match python(rest, text) {
            Some(level) => level,
            None => return,
        }
    } else if name.starts_with("ruby/")
        || name.starts_with("ruby:")
        || name.starts_with("java")
        || name.starts_with("com.sun.")
        || name.starts_with("org.springframework")
        || name.starts_with("org.apache.")
        || name.starts_with("php/")
        || name.starts_with("js/function")
        || name.starts_with("perl/")
    {
        Level::High
    } else {
        return;
    };
    let message = format!("The tag \"{}\" has a loader build an object", cut(&tag));
    scan.find(part, rules::YAML_TAG.found(message).at(at).level(level));
}

/// The tags of PyYAML.
fn python(rest: &str, text: &str) -> Option<Level> {
    let (kind, name) = rest.split_once(':').unwrap_or((rest, text));
    let name = if name.is_empty() { text } else { name };
    match kind {
        "none" | "bool" | "str" | "unicode" | "bytes" | "int" | "long" | "float" | "complex"
        | "list" | "tuple" | "dict" => None,
        "object/apply" | "object/new" => {
            Some(if known(name) { Level::Medium } else { Level::Critical })
        }
        // A class or function is found, not called; sites name theirs so.
        "name" => Some(match config::danger(name) {
            Some(level) => level,
            None if name.starts_with("material.")
                || name.starts_with("materialx.")
                || name.starts_with("pymdownx.") =>
            {
                Level::Note
            }
            None => Level::Medium,
        }),
        "module" => Some(Level::High),
        "object" => Some(match config::danger(name) {
            Some(level) => level,
            None => Level::Medium,
        }),
        _ => Some(Level::High),
    }
}

/// Constructors of plain values that configurations are seen to use.
fn known(name: &str) -> bool {
    matches!(
        name,
        "collections.OrderedDict"
            | "collections.defaultdict"
            | "numpy.core.multiarray.scalar"
            | "numpy._core.multiarray.scalar"
            | "numpy.dtype"
            | "numpy.core.multiarray._reconstruct"
            | "numpy._core.multiarray._reconstruct"
            | "datetime.datetime"
            | "datetime.date"
            | "pathlib.PosixPath"
            | "pathlib._local.PosixPath"
            | "pathlib.WindowsPath"
            | "builtins.set"
            | "builtins.tuple"
            | "builtins.frozenset"
            | "builtins.slice"
            | "uuid.UUID"
            | "decimal.Decimal"
            | "pathlib.Path"
            | "datetime.timedelta"
            | "pymdownx.slugs.slugify"
    )
}

/// A tag without `%xx`.
fn percent(tag: &str) -> String {
    let mut made = Vec::new();
    let mut bytes = tag.as_bytes().iter().copied();
    while let Some(byte) = bytes.next() {
        let rest: Vec<u8> = bytes.clone().take(2).collect();
        let digits =
            rest.get(..2).filter(|_| byte == b'%').and_then(|two| std::str::from_utf8(two).ok());
        match digits.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(plain) => {
                made.push(plain);
                bytes.nth(1);
            }
            None => made.push(byte),
        }
    }
    String::from_utf8_lossy(&made).into_owned()
}

/// Looks for tags in what is beyond the bytes that are parsed.
fn skim(part: &Part<'_>, scan: &mut Scan<'_>) -> Result<()> {
    const STEP: usize = 1 << 20;
    const OVERLAP: u64 = 256;
    let mut at = MOST as u64 - OVERLAP;
    loop {
        let bytes = part.view().bytes(at, STEP)?;
        scan.budget.step(bytes.len() as u64)?;
        markers(&String::from_utf8_lossy(&bytes), part, scan);
        if bytes.len() < STEP {
            return Ok(());
        }
        at += STEP as u64 - OVERLAP;
    }
}

/// Looks for tags in a text that could not be parsed: another parser may.
fn markers(source: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    let mut rest = source;
    for _ in 0..200 {
        let Some(place) = ["!!python/", "2002:python/", "!!ruby/", "!!java"]
            .iter()
            .filter_map(|mark| rest.find(mark))
            .min()
        else {
            return;
        };
        let at = (source.len() - rest.len() + place) as u64;
        let from = &rest[place..];
        let end =
            from.find(|c: char| c.is_whitespace() || "[]{},>".contains(c)).unwrap_or(from.len());
        judge(&from[..end].replace("2002:", ""), "", at, part, scan);
        rest = &from[end.max(1).min(from.len())..];
    }
}
