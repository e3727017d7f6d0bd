//! YAML by its events: tags, aliases and leaves. Nothing is built.

mod tag;

use std::collections::HashMap;

use nix_ai_model_scan_json::{Path, Step};
use nix_ai_model_scan_walk::{Fault, Head, Part, Reader, Result, Scan};
use saphyr_parser::{Event, Parser, Tag};

use crate::config::{self, Leaf};
use crate::{rules, text};
use tag::{computes, is_eval, judge};

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
        if is_yaml(head) {
            return true;
        }
        let begin = text::begin(head);
        if head.is_named(&[".md", ".markdown"]) {
            return front(&begin).is_some_and(|front| front.contains('!'));
        }
        // What only holds YAML among other text is no loader's.
        !begin.trim_start().starts_with(['{', '[', '"', '<', '(', '\''])
            && !head.is_named(&[
                ".py", ".rst", ".html", ".ipynb", ".js", ".c", ".h", ".cpp", ".rs", ".po",
                ".jsonl", ".csv", ".tsv", ".json", ".ts", ".java", ".go", ".rb", ".xml", ".tex",
                ".diff", ".patch",
            ])
            && begin.lines().any(builds)
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let mut source = text::read(part, MOST)?;
        scan.budget.step(source.text.len() as u64)?;
        let head = part.head()?;
        if head.is_named(&[".md", ".markdown"]) {
            source.is_cut = false;
            source.text = front(&source.text).unwrap_or_default().to_owned();
        }
        let mut walk = Walk {
            judge: config::Judge::new(part.clone()),
            path: Path::default(),
            state: Vec::new(),
            anchors: Vec::new(),
            held: HashMap::new(),
            texts: Vec::new(),
            is_told: false,
        };
        let broken = walk.events(&source.text, part, scan)?;
        let texts = std::mem::take(&mut walk.texts);
        config::parts(part, texts, scan);
        walk.judge.end(scan)?;
        // Other parsers may take what this one does not, where they are asked to.
        if broken && (is_yaml(&head) || head.is_named(&[".md", ".markdown"])) {
            markers(&source.text, part, scan);
        } else if broken {
            let lines = source.text.lines().filter(|line| builds(line));
            lines.take(200).for_each(|line| markers(line, part, scan));
        }
        if source.is_cut { skim(part, scan) } else { Ok(()) }
    }
}

/// Whether a part is YAML by its name or by its first line.
fn is_yaml(head: &Head) -> bool {
    head.is_named(&[".yaml", ".yml", ".yaml.j2"])
        || matches!(head.name.as_str(), "mlmodel" | ".condarc" | "condarc" | "mlproject")
        || head.begins_with(b"%YAML")
        || head.begins_with(b"%TAG")
}

/// The YAML that a page of Markdown begins with.
fn front(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("---")?.trim_start_matches([' ', '\r']).strip_prefix('\n')?;
    Some(rest.find("\n---").map_or(rest, |end| &rest[..end]))
}

/// Whether a line of a text gives a key, an item or all of it a tag that
/// builds an object of something: no sentence and no list of words does.
fn builds(line: &str) -> bool {
    let marks = ["!!python/", "!<tag:yaml.org,2002:python/", "!!javax.", "!ruby/object"];
    let Some((before, tag)) = marks.iter().find_map(|mark| line.split_once(mark)) else {
        return false;
    };
    let key = before.trim().trim_start_matches(['-', '?']).trim();
    let (word, anchor) = key.rsplit_once(':').unwrap_or((key, ""));
    let is_key = key.contains(':')
        && !word.contains(char::is_whitespace)
        && (anchor.trim().is_empty() || anchor.trim().starts_with('&'));
    is_key || key.is_empty() && has_argument(tag)
}

/// Whether what follows the name of a tag is a value.
fn has_argument(tag: &str) -> bool {
    tag.split_once(char::is_whitespace)
        .is_some_and(|(_, value)| value.trim_start().starts_with(['[', '{', '"', '\'', '#']))
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
    /// Short scalars that have anchors.
    held: HashMap<usize, String>,
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
                    let computes = tag.as_deref().is_some_and(is_eval) && computes(source, at);
                    self.tag(tag.as_deref().filter(|_| !computes), "", at, part, scan);
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
                    self.alias(anchor, scan)?;
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

    /// A scalar that stands in another place, too.
    fn alias(&mut self, anchor: usize, scan: &mut Scan<'_>) -> Result<()> {
        let is_key = matches!(self.state.last(), Some(Open { state: State::Key, .. }));
        let held = self.held.get(&anchor).cloned();
        if let (Some(text), false) = (&held, is_key) {
            self.judge.leaf(&self.path, &Leaf::Text(text), scan, &mut self.texts)?;
        }
        self.turn(held.as_deref().filter(|_| is_key));
        Ok(())
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
        if anchor > 0 && text.len() <= 300 && self.held.len() < 10_000 {
            self.held.insert(anchor, text.to_owned());
        }
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
