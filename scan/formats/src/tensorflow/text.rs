//! The same graphs as text, `.pbtxt`: read as tokens, in blocks of braces.

use nix_ai_model_scan_walk::{Fault, Head, Level, Part, Reader, Result, Scan, quoted};

use super::{operators, rules};
use crate::caffe;
use crate::foreign::{code, is_secret, outside};
use crate::prototext::{Token, Tokens};

/// Blocks within blocks that are read.
const DEPTH: usize = 256;
/// Strings of a node that are held.
const STRINGS: usize = 64;

/// Reads graphs as text.
pub struct TextGraph;

impl Reader for TextGraph {
    fn format(&self) -> &'static str {
        "TensorFlow graph in text form"
    }

    fn recognises(&self, head: &Head) -> bool {
        let named = head.is_named(&[".pbtxt", ".prototxt", ".pb.txt"]);
        let graph = ["saved_model_schema_version", "meta_graphs", "graph_def", "node_def"];
        // Code and its documents speak of graphs.
        let speaks = head.is_named(&[".py", ".pyi", ".md", ".rst", ".ipynb", ".proto"]);
        head.is_text()
            && !speaks
            && (named
                || head.holds(&graph) && head.holds(&["{"])
                || head.holds(&["node {"]) && head.holds(&["op: \""]))
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let mut tokens = Tokens::new(part.cursor());
        let mut blocks = vec![Block::default()];
        let mut key = String::new();
        loop {
            scan.budget.step(1)?;
            match tokens.next()? {
                Token::End => break,
                Token::Open => {
                    if blocks.len() >= DEPTH {
                        return Err(Fault::Limit("blocks within blocks"));
                    }
                    blocks.push(Block::default());
                }
                Token::Close => close(&mut blocks, part, scan),
                Token::Word(word) => {
                    if word == "python_param" {
                        let message = "A layer of Caffe is a Python class that the network names";
                        scan.find(part, caffe::PYTHON.found(message));
                    }
                    key = word;
                }
                Token::Text(text) => {
                    let Some(block) = blocks.last_mut() else { continue };
                    if key == "op" {
                        block.operator = text;
                    } else if block.strings.len() < STRINGS {
                        block.strings.push((key.clone(), text));
                    }
                }
            }
        }
        while blocks.len() > 1 {
            close(&mut blocks, part, scan);
        }
        close(&mut blocks, part, scan);
        Ok(())
    }
}

/// What a block of braces holds, blocks within it included until a node ends.
#[derive(Default)]
struct Block {
    operator: String,
    strings: Vec<(String, String)>,
}

fn close(blocks: &mut Vec<Block>, part: &Part<'_>, scan: &mut Scan<'_>) {
    let Some(mut block) = blocks.pop() else { return };
    for (_, text) in &block.strings {
        if let Some(what) = code(text) {
            let message = format!("A string holds {what}: {}", quoted(text));
            scan.find(part, rules::CODE.found(message));
        }
    }
    if block.operator == "Const" {
        let secret = |text: &&String| is_secret(text) && outside(text).is_some();
        for text in block.strings.iter().map(|(_, text)| text).filter(secret) {
            let message = format!("A constant is the path {}", quoted(text));
            scan.find(part, rules::PATH.found(message));
        }
    }
    if block.operator.is_empty() {
        // Attributes belong to the node that they are in.
        if let Some(outer) = blocks.last_mut() {
            let room = STRINGS.saturating_sub(outer.strings.len());
            outer.strings.extend(block.strings.drain(..).take(room));
        } else {
            blocks.push(block);
        }
        return;
    }
    if let Some(found) = operators::judge(&block.operator) {
        // Estimators keep the graph that trained as text, for people to read.
        let trains = part.name() == "graph.pbtxt" && operators::is_input(&block.operator);
        scan.find(part, if trains { found.level(Level::Medium) } else { found });
    }
    for (key, text) in &block.strings {
        if let Some(found) = operators::judge_string(&block.operator, key, text) {
            scan.find(part, found);
        }
    }
    if blocks.is_empty() {
        blocks.push(Block::default());
    }
}
