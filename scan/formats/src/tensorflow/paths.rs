//! Which paths the operators get that every model has: constants that lie
//! outside the model, followed to those operators.

use std::collections::{HashMap, HashSet};

use nix_ai_model_scan_walk::{Found, Level, quoted};

use super::{operators, rules};
use crate::foreign::{is_secret, outside};

/// Nodes that are held.
const HELD: usize = 2_000;
/// Nodes that a path is followed through.
const HOPS: usize = 16;

/// Operators that pass strings on.
const PASSING: &[&str] = &[
    "Identity",
    "IdentityN",
    "MergeV2Checkpoints",
    "Pack",
    "PlaceholderWithDefault",
    "Reshape",
    "Select",
    "SelectV2",
    "ShardedFilename",
    "ShardedFilespec",
    "StringFormat",
    "StringJoin",
    "Where",
];

/// Nodes of one graph or function that paths go through.
#[derive(Default)]
pub struct Paths {
    constants: HashMap<String, String>,
    passing: HashMap<String, Vec<String>>,
    /// Operators that take a path, whether they write there, and the input.
    takers: Vec<(String, bool, String)>,
}

/// The inputs of an operator that are paths, and whether it writes there.
fn takes(operator: &str) -> impl Iterator<Item = (bool, usize)> {
    let of = |list: &'static [(&str, usize)]| {
        list.iter().filter(move |(known, _)| *known == operator).map(|(_, place)| *place)
    };
    let reads = of(operators::READ_BY_PATH).map(|place| (false, place));
    reads.chain(of(operators::WRITE_BY_PATH).map(|place| (true, place)))
}

/// The node that an input names.
pub fn node(input: &str) -> &str {
    let input = input.strip_prefix('^').unwrap_or(input);
    input.split_once(':').map_or(input, |(node, _)| node)
}

impl Paths {
    /// A string constant.
    pub fn constant(&mut self, name: &str, text: &str) {
        if self.constants.len() < HELD && text.len() < 4096 && outside(text).is_some() {
            self.constants.insert(name.to_owned(), text.to_owned());
        }
    }

    /// A node with its inputs.
    pub fn node(&mut self, name: &str, operator: &str, inputs: &[String]) {
        if PASSING.contains(&operator) && self.passing.len() < HELD {
            let inputs = inputs.iter().map(|input| node(input).to_owned()).collect();
            self.passing.insert(name.to_owned(), inputs);
        }
        for (writes, place) in takes(operator) {
            if let Some(input) = inputs.get(place)
                && self.takers.len() < HELD
            {
                self.takers.push((operator.to_owned(), writes, node(input).to_owned()));
            }
        }
    }

    /// Whether inputs of such a node matter.
    pub fn follows(operator: &str) -> bool {
        PASSING.contains(&operator) || takes(operator).next().is_some()
    }

    /// What is found once all nodes are known. Tensors of `assets` get the path
    /// of a file of the model in place of their own.
    pub fn judge(self, assets: &HashSet<String>) -> Vec<Found> {
        if self.constants.is_empty() {
            return Vec::new();
        }
        let judged = self.takers.iter().filter_map(|(operator, writes, input)| {
            let path = self.follow(input, assets)?;
            let why = outside(path)?;
            // Paths of the machine that trained the model stay in what it read.
            let meant = *writes || is_secret(path) || path.contains("../..");
            let level = if meant { rules::PATH.level } else { Level::Medium };
            let message = format!(
                "The operator {} {} the path {}, which {why}",
                quoted(operator),
                if *writes { "writes to" } else { "reads" },
                quoted(path)
            );
            Some(rules::PATH.found(message).level(level))
        });
        judged.take(32).collect()
    }

    fn follow(&self, first: &str, assets: &HashSet<String>) -> Option<&str> {
        let (mut now, mut seen) = (vec![first], HashSet::new());
        for _ in 0..HOPS {
            let mut next = Vec::new();
            for name in now {
                if assets.contains(name) || !seen.insert(name) || seen.len() > 256 {
                    continue;
                }
                if let Some(path) = self.constants.get(name) {
                    return Some(path);
                }
                next.extend(self.passing.get(name).into_iter().flatten().map(String::as_str));
            }
            now = next;
        }
        None
    }
}
