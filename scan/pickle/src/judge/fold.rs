use nix_ai_model_scan_names::{Combinator, Tier};

use super::{How, endless};
use crate::machine::{At, Machine, Shape};
use crate::text;
use crate::value::{Kind, Value};

/// Calls of one `functools.reduce` or `map` that are followed.
const ROUNDS: usize = 32;

/// Functions whose result is followed, by what they give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fold {
    Attribute,
    Attributes,
    Item,
    Items,
    Method,
    Partial,
    Reduce,
    Map,
    Module,
    Variables,
    Globals,
    NewObject,
    Reconstruct,
    Retype,
    TypeOf,
    TypeByName,
    Code,
    Nested,
    /// What compressed bytes unfold to, which is read as a file of its own.
    Unpacked,
    /// Nothing but what it is given, which is held.
    Held,
    Join,
    Decode,
    Same,
    Add,
    Format,
    Lower,
    Upper,
    Strip,
    Replace,
    Character,
}

/// The function of this module, by today's names and by what is known of it.
pub(crate) fn fold(module: &str, name: &str, tier: Tier) -> Option<Fold> {
    let is = |(modules, names, _): &&Row| modules.contains(&module) && names.contains(&name);
    let by_name = FOLDS.iter().find(is).map(|(_, _, fold)| *fold);
    by_name.or_else(|| match tier {
        Tier::ByArguments(combinator) => by_arguments(combinator),
        _ => None,
    })
}

fn by_arguments(combinator: Combinator) -> Option<Fold> {
    match combinator {
        Combinator::Attribute => Some(Fold::Attribute),
        Combinator::AttributeGetter => Some(Fold::Attributes),
        Combinator::Item => Some(Fold::Item),
        Combinator::ItemGetter => Some(Fold::Items),
        Combinator::Method => Some(Fold::Method),
        Combinator::Instance => Some(Fold::Reconstruct),
        Combinator::Type => Some(Fold::TypeOf),
        Combinator::TypeByName => Some(Fold::TypeByName),
        Combinator::Code => Some(Fold::Code),
        Combinator::Nested => Some(Fold::Nested),
        _ => None,
    }
}

type Row = (&'static [&'static str], &'static [&'static str], Fold);

const BUILTINS: &[&str] = &["builtins", "__builtin__"];
const OPERATOR: &[&str] = &["operator", "_operator"];
const FUNCTOOLS: &[&str] = &["functools", "_functools"];

static FOLDS: &[Row] = &[
    (
        BUILTINS,
        &["getattr", "object.__getattribute__", "type.__getattribute__", "str.__getattribute__"],
        Fold::Attribute,
    ),
    (OPERATOR, &["attrgetter"], Fold::Attributes),
    (OPERATOR, &["getitem", "__getitem__"], Fold::Item),
    (
        BUILTINS,
        &["dict.__getitem__", "dict.get", "list.__getitem__", "tuple.__getitem__", "dict.pop"],
        Fold::Item,
    ),
    (OPERATOR, &["itemgetter"], Fold::Items),
    (OPERATOR, &["methodcaller"], Fold::Method),
    (FUNCTOOLS, &["partial", "partialmethod"], Fold::Partial),
    (FUNCTOOLS, &["reduce"], Fold::Reduce),
    (BUILTINS, &["map", "filter"], Fold::Map),
    (
        &["itertools"],
        &["starmap", "accumulate", "takewhile", "dropwhile", "filterfalse"],
        Fold::Map,
    ),
    (BUILTINS, &["__import__"], Fold::Module),
    (
        &["importlib", "importlib._bootstrap"],
        &["import_module", "__import__", "_gcd_import"],
        Fold::Module,
    ),
    (BUILTINS, &["vars"], Fold::Variables),
    (BUILTINS, &["globals", "locals"], Fold::Globals),
    (&["copyreg"], &["__newobj__", "__newobj_ex__"], Fold::NewObject),
    (&["copyreg"], &["_reconstructor"], Fold::Reconstruct),
    (
        &["torch._tensor", "torch.tensor"],
        &["_rebuild_from_type", "_rebuild_from_type_v2"],
        Fold::Retype,
    ),
    (&["numpy"], &["dtype"], Fold::Held),
    (BUILTINS, endless::BUILTINS, Fold::Held),
    (&["itertools"], endless::ITERTOOLS, Fold::Held),
    (&["io", "_io"], &["BytesIO"], Fold::Held),
    (&["zlib", "gzip", "bz2", "lzma"], &["decompress"], Fold::Unpacked),
    (BUILTINS, &["str.join", "bytes.join"], Fold::Join),
    (BUILTINS, &["str.encode", "bytes.decode", "bytearray.decode"], Fold::Decode),
    (&["codecs", "_codecs"], &["encode", "decode"], Fold::Decode),
    (BUILTINS, &["str", "bytes", "bytearray"], Fold::Same),
    (OPERATOR, &["add", "concat", "iadd", "iconcat", "__add__", "__concat__"], Fold::Add),
    (BUILTINS, &["str.__add__", "bytes.__add__"], Fold::Add),
    (OPERATOR, &["mod", "imod", "__mod__"], Fold::Format),
    (BUILTINS, &["str.__mod__"], Fold::Format),
    (BUILTINS, &["str.lower", "str.casefold", "bytes.lower"], Fold::Lower),
    (BUILTINS, &["str.upper", "bytes.upper"], Fold::Upper),
    (BUILTINS, &["str.strip", "str.lstrip", "str.rstrip"], Fold::Strip),
    (BUILTINS, &["str.replace", "bytes.replace"], Fold::Replace),
    (BUILTINS, &["chr"], Fold::Character),
];

impl Machine<'_> {
    /// What the call of such a function gives, or `None` where it is as little
    /// followed as any.
    pub(super) fn folded(
        &mut self,
        fold: Fold,
        number: u32,
        arguments: Value,
        at: At<'_>,
        depth: u8,
    ) -> Option<Value> {
        let (items, all) = self.items_of(arguments)?;
        if !all && !matches!(fold, Fold::Partial) {
            return None;
        }
        let item = |place: usize| items.get(place).copied();
        let made = match fold {
            Fold::Attribute => self.attribute(item(0)?, item(1)?, at),
            Fold::Attributes => {
                self.judge_getter(number, &items, arguments, at);
                self.arena.add(Shape::Attributes, &items, false)
            }
            Fold::Item => self.item(item(0)?, item(1)?, at),
            Fold::Items => {
                self.judge_getter(number, &items, arguments, at);
                self.arena.add(Shape::Items, &items, false)
            }
            Fold::Method => {
                self.judge_getter(number, items.get(..1)?, arguments, at);
                self.arena.add(Shape::Method, &items, false)
            }
            Fold::TypeOf if items.len() == 1 => self.type_of(item(0)?, at),
            Fold::TypeByName => {
                let name = text::lossy(&self.read(item(0)?, at)?);
                let module = match &*name {
                    // What it is called with is judged.
                    "CodeType" => self.names.get(number)?.module.to_string(),
                    name if name.contains("Type") => "types".to_owned(),
                    _ => "builtins".to_owned(),
                };
                self.named(&module, &name, at)
            }
            Fold::Nested => {
                self.nest(item(0)?)?;
                self.judge_nested(number, arguments, at);
                Value::instance(number)
            }
            Fold::Unpacked => {
                self.nest(item(0)?)?;
                Value::instance(number)
            }
            Fold::Code => self.made_of_code(number, &items, at),
            Fold::Partial => {
                let (function, bound) = items.split_first()?;
                let bound = match bound {
                    [] => Value::EMPTY_TUPLE,
                    bound => self.arena.add(Shape::Tuple, bound, !all),
                };
                self.arena.add(Shape::Partial, &[*function, bound], false)
            }
            Fold::Reduce => return self.reduced(&items, at, depth),
            Fold::Map => self.mapped(number, &items, at, depth)?,
            Fold::Module => {
                let module = self.read(item(0)?, at)?;
                self.named(&text::lossy(&module), "", at)
            }
            Fold::Variables => self.attribute_named(item(0)?, "__dict__", at),
            Fold::Globals => self.named("builtins", "__dict__", at),
            Fold::NewObject => {
                let (class, rest) = items.split_first()?;
                let rest = match rest {
                    [inner, named] if self.is_dict(*named) => *inner,
                    _ => self.tuple(rest),
                };
                self.call_at(*class, rest, How::Class, at, depth)
            }
            Fold::Reconstruct => match item(0)?.kind() {
                Kind::Name(class) => Value::instance(class),
                _ => return None,
            },
            // The first is called with the third.
            Fold::Retype => self.call_at(item(0)?, item(2)?, How::Function, at, depth),
            Fold::Held => self.held(number, &items),
            Fold::Decode if self.is_long_latin(&items, at) => {
                self.arena.add(Shape::Encoded, &items[..1], false)
            }
            _ => {
                let made = self.spelt(fold, &items, at)?;
                self.texts.make(made)
            }
        };
        Some(made)
    }

    /// What a call made, with its arguments.
    fn held(&mut self, number: u32, items: &[Value]) -> Value {
        let arguments = self.tuple(items);
        let held = [Value::name(number), arguments, Value::NONE];
        self.arena.add(Shape::Made, &held, false)
    }

    /// Whether a text that is too long to be held becomes bytes, a character
    /// each.
    fn is_long_latin(&mut self, items: &[Value], at: At<'_>) -> bool {
        let [text, codec, ..] = items else { return false };
        matches!(text.kind(), Kind::Text(_))
            && self.read(*codec, at).is_some_and(|codec| LATIN.contains(&&*plain_codec(&codec)))
            && self.read(*text, at).is_none()
    }

    fn is_dict(&self, value: Value) -> bool {
        self.arena.get(value).is_some_and(|node| node.shape == Shape::Dict)
    }

    /// What `functools.reduce` gives.
    fn reduced(&mut self, items: &[Value], at: At<'_>, depth: u8) -> Option<Value> {
        let [function, over, first @ ..] = items else { return None };
        let (over, all) = match self.items_of(*over) {
            Some((over, all)) if all && over.len() <= ROUNDS => (over, true),
            _ => (Vec::new(), false),
        };
        if !all {
            self.call_later(*function, at, depth);
            return Some(Value::LOST);
        }
        let mut values = first.iter().take(1).chain(&over).copied();
        let mut made = values.next().unwrap_or(Value::LOST);
        for value in values {
            let arguments = self.tuple(&[made, value]);
            made = self.call_at(*function, arguments, How::Function, at, depth);
        }
        Some(made)
    }

    /// What `map` gives, as if it were gone through at once.
    fn mapped(&mut self, number: u32, items: &[Value], at: At<'_>, depth: u8) -> Option<Value> {
        let [first, second, ..] = items else {
            self.call_later(*items.first()?, at, depth);
            return Some(self.held(number, items));
        };
        // `accumulate` has them the other way round.
        let (function, over) = match self.items_of(*first) {
            Some((over, all)) => (*second, Some((over, all))),
            None => (*first, self.items_of(*second)),
        };
        let is_star = self.names.get(number).is_some_and(|name| &*name.name == "starmap");
        let Some((over, true)) = over else {
            self.call_later(function, at, depth);
            self.call_later(*second, at, depth);
            return Some(self.held(number, items));
        };
        let mut made = Vec::new();
        for item in over.iter().take(ROUNDS) {
            let arguments = if is_star { *item } else { self.tuple(&[*item]) };
            made.push(self.call_at(function, arguments, How::Function, at, depth));
        }
        if over.len() > ROUNDS {
            self.call_later(function, at, depth);
        }
        let tuple = self.tuple(&made);
        Some(self.arena.add(Shape::List, &[tuple], false))
    }

    /// A string that is put together.
    fn spelt(&mut self, fold: Fold, items: &[Value], at: At<'_>) -> Option<Vec<u8>> {
        if fold == Fold::Character {
            let Kind::Int(code) = items.first()?.kind() else { return None };
            let made = char::from_u32(u32::try_from(code).ok()?)?;
            return Some(made.to_string().into_bytes());
        }
        let first = self.read(*items.first()?, at)?;
        let text = || text::lossy(&first);
        Some(match fold {
            Fold::Join => {
                let (parts, true) = self.items_of(*items.get(1)?)? else { return None };
                let parts: Option<Vec<Vec<u8>>> =
                    parts.into_iter().map(|part| self.read(part, at)).collect();
                parts?.join(&*first)
            }
            Fold::Decode => {
                let codec = items.get(1).map(|codec| self.read(*codec, at));
                recoded(first, &codec.map_or(Some(b"utf-8".to_vec()), |codec| codec)?)?
            }
            Fold::Same => first,
            Fold::Add => [first, self.read(*items.get(1)?, at)?].concat(),
            Fold::Format => {
                let values = match self.items_of(*items.get(1)?) {
                    Some((values, true)) => values,
                    _ => vec![*items.get(1)?],
                };
                let values: Option<Vec<Vec<u8>>> =
                    values.into_iter().map(|value| self.read(value, at)).collect();
                formatted(&text(), &values?)?
            }
            Fold::Lower => text().to_lowercase().into_bytes(),
            Fold::Upper => text().to_uppercase().into_bytes(),
            Fold::Strip if items.len() == 1 => first.trim_ascii().to_vec(),
            Fold::Replace => {
                let (from, to) = (self.read(*items.get(1)?, at)?, self.read(*items.get(2)?, at)?);
                text().replace(&text::lossy(&from), &text::lossy(&to)).into_bytes()
            }
            _ => return None,
        })
    }
}

/// Names of the codec that makes a byte of a character.
const LATIN: [&str; 4] = ["latin1", "iso88591", "l1", "88591"];

/// A codec's name as Python looks for it.
fn plain_codec(codec: &[u8]) -> String {
    text::lossy(codec).to_lowercase().replace(['-', '_'], "")
}

/// Bytes by one of the codecs that change little.
fn recoded(bytes: Vec<u8>, codec: &[u8]) -> Option<Vec<u8>> {
    match &*plain_codec(codec) {
        // Protocols up to 2 write bytes so.
        codec if LATIN.contains(&codec) => Some(text::narrow(&bytes).unwrap_or(bytes)),
        "utf8" | "ascii" | "cp1252" | "usascii" | "raw" => Some(bytes),
        "rot13" => Some(bytes.into_iter().map(rotated).collect()),
        "hex" | "hexcodec" => {
            let digits = text::lossy(&bytes);
            let pairs = (0..digits.len() / 2).map(|pair| digits.get(2 * pair..2 * pair + 2));
            pairs.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect()
        }
        _ => None,
    }
}

fn rotated(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' => (byte - b'a' + 13) % 26 + b'a',
        b'A'..=b'Z' => (byte - b'A' + 13) % 26 + b'A',
        other => other,
    }
}

/// `format % values`, where all of it is `%s`.
fn formatted(format: &str, values: &[Vec<u8>]) -> Option<Vec<u8>> {
    let parts: Vec<&str> = format.split("%s").collect();
    if parts.len() != values.len() + 1 || parts.iter().any(|part| part.contains('%')) {
        return None;
    }
    let mut made = Vec::new();
    for (place, part) in parts.iter().enumerate() {
        made.extend_from_slice(part.as_bytes());
        made.extend_from_slice(values.get(place).map_or(&[], |value| value));
    }
    Some(made)
}
