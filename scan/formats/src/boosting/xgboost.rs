use nix_ai_model_scan_walk::{Found, Head, Part, Reader, Result, Scan, cut, holds};

use super::tree::Children;
use super::{LOOP, MEASURE};
use crate::script;
use nix_ai_model_scan_json::{self as json, Fold, Place, Scalar};

/// Most trees, features, classes or nodes that a model may have: what a signed
/// number of 32 bits says, and far more than any model has.
const MOST: u64 = 1 << 30;

/// Keys whose numbers are sizes.
const SIZES: &[&str] = &[
    "num_class",
    "num_deleted",
    "num_feature",
    "num_nodes",
    "num_parallel_tree",
    "num_target",
    "num_trees",
    "size_leaf_vector",
];

/// Models of XGBoost as JSON.
pub struct XgboostJson;

impl Reader for XgboostJson {
    fn format(&self) -> &'static str {
        "XGBoost model"
    }

    fn recognises(&self, head: &Head) -> bool {
        json::is_object(&head.begin).is_some_and(|begin| {
            holds(&begin, &["\"learner\"", "\"gradient_booster\"", "\"learner_model_param\""])
        })
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let mut judge = Judge::default();
        let text = json::unified(part.view())?;
        let read = json::fold(&*text, &mut judge, scan);
        judge.found.into_iter().for_each(|found| scan.find(part, found));
        read
    }
}

#[derive(Default)]
struct Judge {
    found: Vec<Found>,
}

/// What a list or object says: how many items it has, and those of its lists.
#[derive(Default)]
struct Facts {
    items: u64,
    lists: Vec<(String, u64)>,
    nodes: Option<u64>,
    /// Numbers of a list, while it may be one of children.
    numbers: Children,
    /// The children of a tree, of both sides.
    children: Children,
}

/// Lists of a tree that have an item for each node.
const OF_NODES: &[&str] = &["left_children", "parents", "right_children", "split_conditions"];

impl Fold for Judge {
    type Facts = Facts;

    fn scalar(&mut self, into: &mut Facts, place: Place<'_>, value: Scalar<'_>) {
        into.items += 1;
        let number = match value {
            Scalar::Number(number) => number,
            Scalar::Text(text) => {
                if let Some(found) = text_found(text.as_str()) {
                    self.add(found);
                }
                text.as_str()
            }
            Scalar::Word(_) => return,
        };
        if let Place::Item(_) = place {
            into.numbers.add(number.trim());
        }
        let key = place.key();
        if SIZES.contains(&key) {
            if key == "num_nodes" {
                into.nodes = number.parse().ok();
            }
            if let Some(found) = size_found(key, number) {
                self.add(found);
            }
        }
    }

    fn inner(&mut self, into: &mut Facts, place: Place<'_>, inner: Facts) {
        into.items += 1;
        if place.key() == "tree_param" {
            into.nodes = inner.nodes;
        }
        if matches!(place.key(), "left_children" | "right_children") {
            into.children.take_over(inner.numbers);
        }
        if OF_NODES.contains(&place.key()) && into.lists.len() < 16 {
            into.lists.push((place.key().to_owned(), inner.items));
        }
    }

    fn end(&mut self, facts: &mut Facts, is_object: bool) {
        let Some(nodes) = facts.nodes.filter(|_| is_object && !facts.lists.is_empty()) else {
            return;
        };
        if let Some((list, items)) = facts.lists.iter().find(|(_, items)| *items < nodes) {
            let told = format!("a tree of {nodes} nodes has {items} \"{list}\"");
            self.add(MEASURE.found(told));
        }
        if let Some(lie) = facts.children.lie(nodes) {
            self.add(LOOP.found(format!("a tree of {nodes} nodes {lie}")));
        }
    }
}

impl Judge {
    fn add(&mut self, found: Found) {
        if self.found.len() < 100 {
            self.found.push(found);
        }
    }
}

pub(super) fn text_found(text: &str) -> Option<Found> {
    let sign = script::sign(text)?;
    Some(script::CODE.found(format!("\"{sign}\" is in \"{}\"", cut(text))))
}

pub(super) fn size_found(key: &str, number: &str) -> Option<Found> {
    let value: f64 = number.trim().parse().ok()?;
    let is_size = (0.0..=MOST as f64).contains(&value);
    // What only has a size since version 2.1 is -1 where it is not set.
    (!is_size && value != -1.0)
        .then(|| MEASURE.found(format!("\"{}\" is {}", cut(key), cut(number))))
}

/// Models of XGBoost in the binary form that versions before 3 read.
pub struct XgboostBinary;

/// Bytes of the parameters at the begin.
const PARAMETERS: usize = 136;

impl XgboostBinary {
    /// Where the parameters begin.
    fn begin(head: &Head) -> Option<usize> {
        let begin = if head.begins_with(b"CONFIG-offset:") {
            22
        } else if head.begins_with(b"binf") {
            4
        } else {
            0
        };
        let name = head.begin.get(begin + PARAMETERS..)?;
        let (size, name) = name.split_at_checked(8)?;
        let is_short = size.iter().skip(1).all(|byte| *byte == 0);
        let objectives: &[&[u8]] =
            &[b"reg:", b"binary:", b"multi:", b"rank:", b"count:", b"survival:"];
        let known = objectives.iter().any(|objective| name.starts_with(objective));
        // The signature of the old form, and no text: a header that lies.
        let lies = begin == 4 && !head.is_text();
        // Behind a signature, whatever comes is judged.
        (lies || known && (is_short || begin > 0)).then_some(begin)
    }
}

impl Reader for XgboostBinary {
    fn format(&self) -> &'static str {
        "XGBoost model"
    }

    fn recognises(&self, head: &Head) -> bool {
        Self::begin(head).is_some()
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let Some(begin) = Self::begin(&part.head()?) else { return Ok(()) };
        let mut cursor = part.cursor();
        cursor.go_to(begin as u64 + 4);
        let size = part.view().size()?;
        let (features, classes) = (u64::from(cursor.u32()?), cursor.u32()?.cast_signed());
        if features > MOST || !(0..=1 << 20).contains(&classes) {
            let told = format!("{features} features and {classes} classes are promised");
            scan.find(part, MEASURE.found(told).at(begin as u64 + 4));
        }
        cursor.go_to((begin + PARAMETERS) as u64);
        for what in ["objective", "booster"] {
            let (at, length) = (cursor.position(), cursor.u64()?);
            if length > 1024 || length > size.saturating_sub(at) {
                let told = format!("the name of the {what} has {length} bytes");
                scan.find(part, MEASURE.found(told).at(at));
                return Ok(());
            }
            let name = cursor.take_bytes(usize::try_from(length).unwrap_or(0))?;
            let is_trees = what == "booster" && (name == b"gbtree" || name == b"dart");
            if is_trees {
                let (at, trees) = (cursor.position(), cursor.u32()?.cast_signed());
                // A tree takes its parameters alone 148 bytes.
                if trees < 0 || u64::from(trees.unsigned_abs()).saturating_mul(148) > size {
                    let told = format!("{trees} trees are promised in {size} bytes");
                    scan.find(part, MEASURE.found(told).at(at));
                }
            }
        }
        Ok(())
    }
}
