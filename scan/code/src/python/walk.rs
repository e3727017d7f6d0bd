use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::fact::{Fact, Place};
use super::outside::Outside;
use super::scope::Scopes;
use crate::syntax::{Argument, Evaluator, Kind, Lexer, Line, Marks, Token, Value, wide};

/// Facts of one text that are kept.
const MOST: usize = 10_000;

/// Texts of code within a text that are read.
const INNER: usize = 256;

/// What reading a text of Python comes to.
#[derive(Default)]
pub(super) struct Findings {
    pub(super) facts: Vec<Fact>,
    /// Functions and classes that are called while the module is imported, and
    /// by each other.
    pub(super) called: HashSet<(Option<Rc<str>>, Rc<str>)>,
    /// Classes that the classes are derived from.
    pub(super) bases: HashSet<String>,
    /// Constant code that is run: the text, its marks, the place, and where.
    pub(super) inner: Vec<(Rc<str>, Fact)>,
    /// Modules that are imported, the first name of each.
    pub(super) imports: HashSet<String>,
    /// Whether brackets or lines were too many to follow.
    pub(super) is_cut: bool,
    /// Functions and classes, or the module, where paths of secrets are used.
    pub(super) touched: HashSet<Option<Rc<str>>>,
    /// Functions and classes, or the module, that encrypt.
    pub(super) encrypting: HashSet<Option<Rc<str>>>,
    /// Classes that are commands of installers.
    pub(super) commands: HashSet<Rc<str>>,
    /// Functions that are run later, although they are called.
    pub(super) deferred: HashSet<Rc<str>>,
    /// Whether a value is compared to `__main__`, and so on.
    pub(super) statements: usize,
}

/// Walks over the statements of a text.
pub(super) struct Walk<'s> {
    /// What the modules hold that are imported from beside the text.
    pub(super) outside: &'s Outside,
    pub(super) scopes: Scopes<'s>,
    pub(super) found: Findings,
    /// Modules of which every name was imported.
    pub(super) stars: Vec<String>,
    /// Tokens that may still be read more than once.
    pub(super) replays: usize,
    /// How many replays are under way: nothing is told meanwhile.
    pub(super) replaying: usize,
    /// Whether facts are wanted: not in the first of two passes.
    pub(super) is_telling: bool,
    pub(super) allowance: usize,
    /// Whether a type is read.
    pub(super) annotating: bool,
    /// Classes of classes.
    pub(super) metaclasses: HashSet<Rc<str>>,
    /// Whether what decorates the function that follows runs it later.
    pub(super) deferring: bool,
    /// What functions and classes of the text are called with.
    pub(super) handed: HashMap<(Rc<str>, usize), Value>,
    /// Modules and functions that objects hold.
    pub(super) fields: HashMap<String, Value>,
    /// What `match` looks at.
    pub(super) matched: Value,
    /// What was told, so that it is told once.
    told: HashMap<(usize, Rc<str>), usize>,
}

/// Tokens that comprehensions may have read anew, together.
const REPLAYS: usize = 400_000;

impl<'s> Walk<'s> {
    /// Reads a text whose top level runs at `place`.
    pub(super) fn read(text: &'s str, place: Place, outside: &'s Outside) -> Findings {
        let mut first = Self::new(Scopes::new(place, HashMap::new()), false, outside);
        first.all(text);
        let mut second = Self::new(Scopes::new(place, first.scopes.into_names()), true, outside);
        second.stars = first.stars;
        second.handed = first.handed;
        second.fields = first.fields;
        second.all(text);
        second.found
    }

    /// The names that a text binds.
    pub(super) fn names(
        text: &'s str,
        place: Place,
        outside: &'s Outside,
    ) -> HashMap<String, Value> {
        let mut walk = Self::new(Scopes::new(place, HashMap::new()), false, outside);
        walk.all(text);
        let names = walk.scopes.into_names().into_iter();
        names.map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn new(scopes: Scopes<'s>, is_telling: bool, outside: &'s Outside) -> Self {
        Self {
            outside,
            scopes,
            found: Findings::default(),
            stars: Vec::new(),
            replays: REPLAYS,
            replaying: 0,
            is_telling,
            allowance: 64 << 20,
            annotating: false,
            metaclasses: HashSet::new(),
            deferring: false,
            handed: HashMap::new(),
            fields: HashMap::new(),
            matched: Value::default(),
            told: HashMap::new(),
        }
    }

    fn all(&mut self, text: &'s str) {
        let mut lexer = Lexer::new(text);
        let mut line = Line::default();
        let mut held = 0;
        while lexer.line(&mut line) {
            // What follows a `;` has the indentation of its line.
            self.scopes.dedent(line.indent);
            self.found.is_cut |= line.is_cut;
            self.found.statements += 1;
            held = held.max(line.tokens.len());
            self.statement(&line.tokens, line.indent);
        }
    }

    pub(super) fn tell(&mut self, fact: Fact) {
        if !self.is_telling {
            return;
        }
        let key = (fact.at, fact.name.clone());
        let told = self.told.get(&key).copied();
        let facts = &mut self.found.facts;
        match told {
            // What is read once more may be known better.
            Some(place) => {
                let before = facts.get_mut(place);
                if let Some(before) =
                    before.filter(|one| one.subject.as_ref().is_none_or(|told| told.is_empty()))
                {
                    *before = fact;
                }
            }
            None if facts.len() < MOST => {
                self.told.insert(key, facts.len());
                facts.push(fact);
            }
            None => self.found.is_cut = true,
        }
    }

    /// A statement, and what follows its colon on the same line.
    fn statement(&mut self, tokens: &[Token<'s>], indent: usize) {
        let mut rest = tokens;
        // Each turn takes one statement of `if a: b`.
        while let Some(first) = rest.first() {
            let used = match (first.kind, first.text) {
                (Kind::Name, "async") => 1,
                (Kind::Name, "import") => self.import(rest),
                (Kind::Name, "from") if rest.iter().any(|token| token.is("import")) => {
                    self.import_from(rest)
                }
                (Kind::Name, "def") => self.definition(rest, indent),
                (Kind::Name, "class")
                    if rest.get(1).is_some_and(|name| name.kind == Kind::Name) =>
                {
                    self.class(rest, indent)
                }
                (Kind::Name, "global" | "nonlocal") => rest.len(),
                (Kind::Name, "if" | "elif" | "while") => self.condition(rest, indent),
                (Kind::Name, "else" | "try" | "finally") => {
                    1 + usize::from(rest.get(1).is_some_and(|colon| colon.is(":")))
                }
                (Kind::Name, "for") => self.iteration(rest),
                (Kind::Name, "match") if rest.last().is_some_and(|last| last.is(":")) => {
                    let (value, used) = self.evaluate(&rest[1..]);
                    self.matched = value;
                    1 + used
                }
                (Kind::Name, "case") if self.matched.as_name().is_some() => self.case(rest),
                (Kind::Name, "with" | "except" | "case") => self.bound(rest),
                (Kind::Name, "return" | "yield") => {
                    let mut evaluator = Evaluator::new(&rest[1..]);
                    let value = evaluator.expressions(self);
                    self.found.is_cut |= evaluator.is_too_deep;
                    self.scopes.answer(value);
                    1 + evaluator.place()
                }
                (Kind::Name, "exec")
                    if rest
                        .get(1)
                        .is_some_and(|next| next.kind == Kind::Text || next.kind == Kind::Name) =>
                {
                    self.old_exec(rest)
                }
                (
                    Kind::Name,
                    "raise" | "assert" | "del" | "print" | "pass" | "break" | "continue",
                ) if !rest
                    .get(1)
                    .is_some_and(|next| next.is("(") || next.is("=") || next.is(".")) =>
                {
                    1
                }
                (Kind::Sign, "@") => self.decorator(rest),
                (Kind::Sign, "!" | ":" | "," | ")" | "]" | "}" | "=") => 1,
                _ => {
                    self.gather(rest);
                    self.assignment(rest)
                }
            };
            rest = rest.get(used.max(1)..).unwrap_or_default();
        }
    }

    /// Takes note of constant code that is run.
    pub(super) fn take_code(&mut self, code: Rc<str>, fact: Fact) {
        if !self.is_telling {
            return;
        }
        if self.found.inner.len() < INNER {
            self.found.inner.push((code, fact));
        } else {
            self.found.is_cut = true;
        }
    }

    pub(super) fn evaluate(&mut self, tokens: &[Token<'s>]) -> (Value, usize) {
        let mut evaluator = Evaluator::new(tokens);
        let value = evaluator.expressions(self);
        self.found.is_cut |= evaluator.is_too_deep;
        (value, evaluator.place())
    }

    /// `import a.b as c, d`
    fn import(&mut self, tokens: &[Token<'s>]) -> usize {
        let mut at = 1;
        while at < tokens.len() {
            let begin = at;
            let path = dotted(tokens, &mut at);
            let first = path.split('.').next().unwrap_or_default().to_owned();
            if tokens.get(at).is_some_and(|token| token.is("as")) {
                if let Some(name) = tokens.get(at + 1) {
                    self.scopes.bind(name.text, Some(Value::name(&path)));
                }
                at += 2;
            } else if let Some(name) = tokens.get(begin) {
                self.scopes.bind(name.text, Some(Value::name(&first)));
            }
            self.imports(&path, first);
            if !tokens.get(at).is_some_and(|token| token.is(",")) {
                return at;
            }
            at += 1;
        }
        at
    }

    fn imports(&mut self, path: &str, first: String) {
        // TorchServe's own modules are no handlers.
        if path.starts_with("ts.torch_handler") {
            self.found.imports.insert("ts.torch_handler".to_owned());
        }
        self.found.imports.insert(first);
    }

    /// `from a.b import c as d, (e)`
    fn import_from(&mut self, tokens: &[Token<'s>]) -> usize {
        let mut at = 1;
        let module = dotted(tokens, &mut at);
        self.imports(&module, module.split('.').next().unwrap_or_default().to_owned());
        at += 1;
        while let Some(token) = tokens.get(at) {
            if token.is("*") {
                self.stars.push(module.clone());
            } else if token.kind == Kind::Name {
                if module == "ray" && token.is("serve") {
                    self.found.imports.insert("ray.serve".to_owned());
                }
                let held = self.outside.get(&module).and_then(|names| names.get(token.text));
                let value = held
                    .cloned()
                    .unwrap_or_else(|| Value::name(&format!("{module}.{}", wide(token.text))));
                // To take it is to use it.
                self.mention(&value, token.at, true);
                let renamed = tokens.get(at + 1).is_some_and(|next| next.is("as"));
                if renamed {
                    at += 2;
                }
                if let Some(name) = tokens.get(at) {
                    self.scopes.bind(name.text, Some(value));
                }
            }
            at += 1;
        }
        at
    }

    /// One expression; how many tokens it took.
    pub(super) fn one(&mut self, tokens: &[Token<'s>]) -> usize {
        let mut evaluator = Evaluator::new(tokens);
        evaluator.expression(self, 0);
        self.found.is_cut |= evaluator.is_too_deep;
        evaluator.place()
    }

    fn condition(&mut self, tokens: &[Token<'s>], indent: usize) -> usize {
        let end = tokens.iter().position(|token| token.is(":")).unwrap_or(tokens.len());
        let has = |text: &str| {
            tokens[..end].iter().any(|token| token.text.trim_matches(['"', '\'']) == text)
        };
        if has("__name__") && has("__main__") {
            self.scopes.begin_main(indent);
        }
        1 + self.one(&tokens[1..])
    }

    /// `exec "code" in names`, as Python 2 has it.
    fn old_exec(&mut self, tokens: &[Token<'s>]) -> usize {
        let (value, used) = self.evaluate(&tokens[1..]);
        let argument = Argument { value, ..Default::default() };
        self.call_name("builtins.exec", Marks::default(), &[argument], tokens[0].at);
        1 + used
    }
}

/// A dotted name from `at` on, relative ones included.
pub(super) fn dotted(tokens: &[Token<'_>], at: &mut usize) -> String {
    let mut path = String::new();
    while let Some(token) = tokens.get(*at) {
        let is_part = token.is(".") || token.is("...") || token.kind == Kind::Name;
        if !is_part || token.is("import") || token.is("as") || path.len() > 200 {
            break;
        }
        path.push_str(&wide(token.text));
        *at += 1;
    }
    path
}
