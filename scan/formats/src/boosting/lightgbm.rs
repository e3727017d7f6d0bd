use nix_ai_model_scan_walk::{Found, Head, Part, Reader, Result, Scan, cut};

use super::tree::Children;
use super::xgboost::text_found;
use super::{LOOP, MEASURE, PATH};
use crate::text::lines;

/// Lists of a tree that have an item for each leaf.
const OF_LEAVES: &[&str] = &["leaf_count", "leaf_value", "leaf_weight"];
/// Keys whose numbers are sizes.
const SIZES: &[&str] =
    &["max_feature_idx", "num_cat", "num_class", "num_leaves", "num_tree_per_iteration"];

/// Models of LightGBM, which are text.
pub struct LightGbm;

impl Reader for LightGbm {
    fn format(&self) -> &'static str {
        "LightGBM model"
    }

    fn recognises(&self, head: &Head) -> bool {
        ["tree\nversion=", "tree\r\nversion=", "tree\nnum_class="]
            .iter()
            .any(|begin| head.begins_with(begin.as_bytes()))
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let size = part.view().size()?;
        let mut tree = Tree::default();
        lines(part, scan, |line| judged(line.trim_end(), &mut tree, line.ends_with('\n'), size))
    }
}

/// What was said of the tree that is read.
#[derive(Default)]
struct Tree {
    leaves: Option<u64>,
    children: Children,
    leaves_led_to: Children,
    sides: u8,
}

impl Tree {
    /// The children of one side: nodes from 0 on, and leaves as -1 and below.
    fn side(&mut self, value: &str) -> Option<Found> {
        for number in value.split_ascii_whitespace() {
            match number.parse::<i64>() {
                Ok(node @ 0..) => self.children.push(node),
                // Leaves have no root among them.
                Ok(leaf) => self.leaves_led_to.push(leaf.saturating_neg()),
                Err(_) => self.children.add(number),
            }
        }
        self.sides += 1;
        let leaves = self.leaves.filter(|leaves| self.sides == 2 && *leaves > 1)?;
        let lie = self.children.lie(leaves - 1).or_else(|| self.leaves_led_to.lie(leaves + 1));
        lie.map(|lie| LOOP.found(format!("a tree of {leaves} leaves {lie}")))
    }
}

fn judged(line: &str, tree: &mut Tree, is_whole: bool, size: u64) -> Vec<Found> {
    let numbers = |text: &str| text.starts_with(|sign: char| sign.is_ascii_digit() || sign == '-');
    let mut found = Vec::new();
    let Some((key, value)) = line.split_once('=') else {
        found.extend(parameter(line));
        found.extend(text_found(line));
        return found;
    };
    if !numbers(value) {
        found.extend(text_found(line));
    }
    if SIZES.contains(&key) {
        let number: Option<i64> = value.trim().parse().ok();
        let is_size = number.is_some_and(|number| {
            (0..=1 << 30).contains(&number) && number.unsigned_abs() <= size.saturating_mul(8)
        });
        if !is_size {
            found.push(MEASURE.found(format!("\"{key}\" is {}", cut(value))));
        }
        if key == "num_leaves" {
            let leaves = number.and_then(|number| u64::try_from(number).ok());
            *tree = Tree { leaves, ..Tree::default() };
        }
    }
    if matches!(key, "left_child" | "right_child") && is_whole && tree.sides < 2 {
        found.extend(tree.side(value));
    }
    if let Some(leaves) = tree.leaves.filter(|_| OF_LEAVES.contains(&key) && is_whole) {
        let items = value.split_ascii_whitespace().count() as u64;
        if items > 0 && items < leaves {
            found.push(MEASURE.found(format!("a tree of {leaves} leaves has {items} \"{key}\"")));
        }
    }
    found
}

/// What a parameter of the training says: `[data: train.csv]`.
fn parameter(line: &str) -> Option<Found> {
    let (key, value) = line.strip_prefix('[')?.strip_suffix(']')?.split_once(": ")?;
    let names_file = key.ends_with("filename")
        || matches!(key, "data" | "valid" | "input_model" | "output_model" | "output_result");
    let is_path = names_file && !matches!(value, "" | "LightGBM_model.txt");
    is_path.then(|| PATH.found(format!("the parameter \"{}\" is \"{}\"", cut(key), cut(value))))
}
