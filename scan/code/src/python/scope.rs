use std::collections::HashMap;
use std::rc::Rc;

use super::fact::Place;
use crate::syntax::{Marks, Value};

/// A block whose names are its own: the module, a class, a function.
struct Scope<'s> {
    names: HashMap<&'s str, Value>,
    /// Columns of the line that began it.
    indent: usize,
    place: Place,
    /// The outermost function or class.
    unit: Option<Rc<str>>,
    /// The function that it is, whose answers are collected.
    function: Option<&'s str>,
    answer: Value,
}

/// The blocks that the line being read is in.
pub(super) struct Scopes<'s> {
    stack: Vec<Scope<'s>>,
    /// Names that the whole module binds, for functions that run later.
    later: HashMap<&'s str, Value>,
    /// The columns of `if __name__ == "__main__":`, while it lasts.
    main: Option<usize>,
}

/// Blocks within blocks that are kept apart.
const DEEPEST: usize = 100;
/// Names of one block that are kept.
const MOST: usize = 20_000;

impl<'s> Scopes<'s> {
    pub(super) fn new(place: Place, later: HashMap<&'s str, Value>) -> Self {
        let module = Scope {
            names: HashMap::new(),
            indent: 0,
            place,
            unit: None,
            function: None,
            answer: Value::default(),
        };
        Self { stack: vec![module], later, main: None }
    }

    /// Ends the blocks that a line of this indentation is no part of.
    pub(super) fn dedent(&mut self, indent: usize) {
        while self.stack.len() > 1 && self.stack.last().is_some_and(|scope| indent <= scope.indent)
        {
            self.end();
        }
        if self.main.is_some_and(|main| indent <= main) {
            self.main = None;
        }
    }

    fn end(&mut self) {
        let Some(scope) = self.stack.pop() else { return };
        if let Some(name) = scope.function {
            let answer = scope.answer;
            let marks = answer.marks.without(Marks::PARTIAL);
            let shape = crate::syntax::Shape::Function(name.into(), answer.into());
            self.bind(name, Some(Value { shape, marks }));
        }
    }

    pub(super) fn begin_main(&mut self, indent: usize) {
        self.main = Some(indent);
    }

    /// Begins a function or class at this indentation.
    pub(super) fn begin(&mut self, name: &'s str, is_function: bool, indent: usize) {
        if self.stack.len() >= DEEPEST {
            return;
        }
        let unit = self.unit().unwrap_or_else(|| name.into());
        let place = if is_function { Place::Function } else { self.place() };
        self.stack.push(Scope {
            names: HashMap::new(),
            indent,
            place,
            unit: Some(unit),
            function: is_function.then_some(name),
            answer: Value::default(),
        });
    }

    /// The block that began last runs when what it is in does.
    pub(super) fn run_now(&mut self) {
        if let [.., outer, inner] = self.stack.as_mut_slice() {
            inner.place = outer.place;
        }
    }

    /// Takes note of what the function answers.
    pub(super) fn answer(&mut self, value: Value) {
        let Some(scope) = self.stack.iter_mut().rev().find(|scope| scope.function.is_some()) else {
            return;
        };
        let marks = scope.answer.marks | value.marks;
        let unknown = matches!(value.shape, crate::syntax::Shape::Unknown);
        scope.answer = if unknown { scope.answer.clone() } else { value }.with(marks);
    }

    pub(super) fn place(&self) -> Place {
        match self.stack.last() {
            Some(scope) if scope.place == Place::Import && self.main.is_some() => Place::Main,
            Some(scope) => scope.place,
            None => Place::Import,
        }
    }

    pub(super) fn unit(&self) -> Option<Rc<str>> {
        self.stack.last().and_then(|scope| scope.unit.clone())
    }

    pub(super) fn find(&self, name: &str) -> Option<&Value> {
        self.stack
            .iter()
            .rev()
            .find_map(|scope| scope.names.get(name))
            .or_else(|| self.later.get(name))
    }

    /// Binds a name in the innermost block.
    pub(super) fn bind(&mut self, name: &'s str, value: Option<Value>) -> Option<Value> {
        let names = &mut self.stack.last_mut()?.names;
        match value {
            Some(value) if names.len() < MOST || names.contains_key(name) => {
                names.insert(name, value)
            }
            Some(_) => None,
            None => names.remove(name),
        }
    }

    /// The names of the module, once all is read.
    pub(super) fn into_names(mut self) -> HashMap<&'s str, Value> {
        self.dedent(0);
        self.stack.into_iter().next().map(|scope| scope.names).unwrap_or_default()
    }
}
