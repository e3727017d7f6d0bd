/// Nodes that are held of a tree; of a greater one, none is judged.
const HELD: usize = 1 << 20;

/// The numbers of nodes that nodes of a tree lead to.
#[derive(Debug, Default)]
pub(super) struct Children {
    nodes: Vec<i32>,
    is_over: bool,
}

impl Children {
    /// One more, as it is written.
    pub(super) fn add(&mut self, number: &str) {
        if self.is_over {
            return;
        }
        // What is no whole number is in a list of something else.
        match number.parse::<i64>() {
            Ok(number) => self.push(number),
            Err(_) => self.is_over = true,
        }
    }

    /// One more; below zero, where there is none.
    pub(super) fn push(&mut self, number: i64) {
        if self.is_over || self.nodes.len() >= HELD {
            self.is_over = true;
            self.nodes = Vec::new();
        } else {
            self.nodes.push(i32::try_from(number).unwrap_or(i32::MAX));
        }
    }

    /// Those of the other side as well.
    pub(super) fn take_over(&mut self, others: Self) {
        self.is_over |= others.is_over;
        if self.nodes.is_empty() {
            self.nodes = others.nodes;
        } else {
            self.nodes.extend(others.nodes);
        }
    }

    /// What makes these no tree of so many nodes, the first of which is the
    /// root: where each node has one parent at most and the root none, nothing
    /// leads back.
    pub(super) fn lie(&self, nodes: u64) -> Option<String> {
        if self.is_over {
            return None;
        }
        let nodes = usize::try_from(nodes).ok().filter(|nodes| *nodes <= HELD)?;
        let mut has_parent = vec![false; nodes];
        for child in &self.nodes {
            let Ok(child) = usize::try_from(*child) else { continue };
            match has_parent.get_mut(child) {
                None => return Some(format!("has a child of the number {child}")),
                Some(_) if child == 0 => return Some("leads back to its root".to_owned()),
                Some(true) => return Some(format!("leads to the node {child} twice")),
                Some(parent) => *parent = true,
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::Children;

    fn lies(numbers: &[i64], nodes: u64) -> bool {
        let mut children = Children::default();
        numbers.iter().for_each(|number| children.push(*number));
        children.lie(nodes).is_some()
    }

    #[test]
    fn trees_have_one_way_to_each_node() {
        assert!(!lies(&[1, -1, -1, 2, -1, -1], 3));
        assert!(!lies(&[], 1));
        for bad in [&[1, 0, -1][..], &[1, 1, -1], &[3, -1, -1], &[1 << 40, -1, -1], &[1, -1, 2, 2]]
        {
            assert!(lies(bad, 3), "{bad:?}");
        }
    }
}
