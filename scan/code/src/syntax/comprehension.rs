use super::expression::{DEEPEST, Evaluator};
use super::meaning::Meaning;
use super::value::{Marks, Shape, Value};

impl<'s> Evaluator<'_, 's> {
    /// `… for name in values if …`, after its element from `begin` on. The
    /// element is evaluated once for each value where the values are known.
    pub(super) fn comprehension(
        &mut self,
        begin: usize,
        element: &Value,
        meaning: &mut dyn Meaning<'s>,
    ) -> Value {
        let mut marks = element.marks;
        let mut name = None;
        let mut values = None;
        let mut loops = 0;
        let mut bound = Vec::new();
        while self.takes("async") || self.at("for") || self.at("if") {
            if self.takes("if") {
                self.expression(meaning, 2);
                continue;
            }
            if !self.takes("for") {
                continue;
            }
            loops += 1;
            let from = self.next;
            while self.next < self.tokens.len() && !self.at("in") {
                self.next += 1;
            }
            name = (self.next == from + 1).then(|| self.tokens[from].text);
            self.takes("in");
            let iterated = self.expression(meaning, 2);
            marks |= iterated.marks;
            values = each(&iterated);
            // What comes behind is told by the first of its values.
            if let (Some(name), Some(first)) = (name, values.as_ref().and_then(|all| all.first())) {
                let before = meaning.bind(name, Some(first.clone()));
                bound.push((name, before));
            }
        }
        let end = self.next;
        if self.depth >= DEEPEST {
            values = None;
        } else if loops > 1 {
            values = values.map(|all| all.into_iter().take(1).collect());
        }
        let made = match (name, values) {
            (Some(name), Some(values)) => self.replay(begin, name, &values, meaning),
            _ => None,
        };
        for (name, before) in bound.into_iter().rev() {
            meaning.bind(name, before);
        }
        self.next = end;
        made.unwrap_or_else(|| Value::unknown(marks)).with(marks)
    }

    fn replay(
        &mut self,
        begin: usize,
        name: &'s str,
        values: &[Value],
        meaning: &mut dyn Meaning<'s>,
    ) -> Option<Value> {
        let tokens = (self.next - begin).saturating_mul(values.len());
        if !meaning.replay(tokens) {
            return None;
        }
        let mut made = Vec::new();
        let mut held = None;
        for (place, value) in values.iter().enumerate() {
            let before = meaning.bind(name, Some(value.clone()));
            if place == 0 {
                held = before;
            }
            self.next = begin;
            made.push(self.expression(meaning, 0));
        }
        meaning.bind(name, held);
        meaning.replayed();
        Some(Value::list(made))
    }
}

/// The elements that a loop over a value sees.
fn each(value: &Value) -> Option<Vec<Value>> {
    const MOST: usize = 4096;
    let all: Vec<Value> = match &value.shape {
        Shape::List(list) => list.to_vec(),
        Shape::Text(text) => {
            text.chars().map(|c| Value::text(c.encode_utf8(&mut [0; 4]))).collect()
        }
        Shape::Bytes(bytes) => bytes.iter().map(|byte| Value::number(i64::from(*byte))).collect(),
        _ => return None,
    };
    (all.len() <= MOST && !value.marks.has(Marks::PARTIAL)).then_some(all)
}
