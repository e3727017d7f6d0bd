//! Calls that are no plain `REDUCE` of a name.

use super::assembler::{Op, Pickle};

/// A trick, its name, and the pickle without `STOP`.
pub type Trick = (&'static str, fn() -> Pickle);

/// Every trick.
pub static TRICKS: &[Trick] = &[
    ("inst", || command(Pickle::new(0).ops(&[Op::Mark])).inst("posix", "system")),
    ("obj", || {
        command(Pickle::new(1).ops(&[Op::Mark]).global("posix", "system")).ops(&[Op::Object])
    }),
    ("obj-popen", || {
        let words = |pickle: Pickle| pickle.text("echo").text("inert");
        let pickle = Pickle::new(1).ops(&[Op::Mark]).global("subprocess", "Popen");
        pickle.list(words).ops(&[Op::Object])
    }),
    ("newobj", || {
        let words = |pickle: Pickle| pickle.list(|pickle| pickle.text("echo").text("inert"));
        Pickle::new(2).global("subprocess", "Popen").tuple(words).ops(&[Op::NewObject])
    }),
    ("newobj-ex", || {
        let words = |pickle: Pickle| pickle.list(|pickle| pickle.text("echo").text("inert"));
        let pickle = Pickle::new(4).stack_global("subprocess", "Popen").tuple(words);
        pickle.dict(|pickle| pickle.text("shell").ops(&[Op::NewTrue])).ops(&[Op::NewObjectEx])
    }),
    ("newobj-ex-then-init", || {
        let pickle = Pickle::new(4).stack_global("subprocess", "Popen.__init__");
        let pickle = pickle.ops(&[Op::Mark]).stack_global("subprocess", "Popen");
        let pickle = pickle.ops(&[Op::EmptyTuple, Op::NewObject]);
        let pickle = pickle.list(|pickle| pickle.text("echo").text("inert"));
        pickle.ops(&[Op::Tuple, Op::Reduce])
    }),
    ("setstate-of-a-class", || {
        let pickle = Pickle::new(2).global("collections", "Counter").put(0);
        let state = |pickle: Pickle| {
            pickle
                .ops(&[Op::None])
                .dict(|pickle| pickle.text("__setstate__").global("posix", "system"))
        };
        let pickle = pickle.tuple(state).ops(&[Op::Build]).ops(&[Op::EmptyTuple, Op::NewObject]);
        command(pickle).ops(&[Op::Build])
    }),
    ("setstate-of-an-instance", || {
        let pickle =
            instance().dict(|pickle| pickle.text("__setstate__").global("posix", "system"));
        command(pickle.ops(&[Op::Build])).ops(&[Op::Build])
    }),
    ("append-of-an-instance", || {
        let pickle = instance().dict(|pickle| pickle.text("append").global("posix", "system"));
        command(pickle.ops(&[Op::Build])).ops(&[Op::Append])
    }),
    ("extend-of-an-instance", || {
        let pickle = instance().dict(|pickle| pickle.text("extend").global("subprocess", "Popen"));
        let pickle = pickle.ops(&[Op::Build, Op::Mark]).text("echo").text("inert");
        pickle.ops(&[Op::Appends])
    }),
    ("add-of-an-instance", || {
        let pickle = instance_4().dict(|pickle| pickle.text("add").stack_global("posix", "system"));
        command(pickle.ops(&[Op::Build, Op::Mark])).ops(&[Op::AddItems])
    }),
    ("setitem-of-sys-modules", || {
        let pickle = Pickle::new(2).global("sys", "modules").text("json");
        pickle.global("posix", "system").ops(&[Op::SetItem])
    }),
    ("setitems-of-sys-modules", || {
        let pickle = Pickle::new(4).stack_global("sys", "modules").ops(&[Op::Mark]);
        pickle.text("sys").stack_global("os", "path").ops(&[Op::SetItems])
    }),
    ("setitem-of-environ", || {
        let pickle = Pickle::new(2).global("os", "environ").text("LD_PRELOAD");
        pickle.text("/nonexistent/inert.so").ops(&[Op::SetItem])
    }),
    ("setitem-of-builtins", || {
        let pickle = Pickle::new(4).stack_global("builtins", "__dict__").text("print");
        pickle.stack_global("posix", "system").ops(&[Op::SetItem])
    }),
    ("append-to-sys-path", || {
        let pickle = Pickle::new(2).global("sys", "path");
        pickle.text("/nonexistent/inert").ops(&[Op::Append])
    }),
    ("append-to-meta-path", || {
        let pickle = Pickle::new(4).stack_global("sys", "meta_path").ops(&[Op::Mark]);
        pickle.stack_global("posix", "system").ops(&[Op::Appends])
    }),
    ("build-of-a-module", || {
        let pickle = Pickle::new(2).global("torch", "nn").ops(&[Op::Pop]);
        let pickle = pickle.call("importlib", "import_module", |pickle| pickle.text("json"));
        pickle.dict(|pickle| pickle.text("loads").global("posix", "system")).ops(&[Op::Build])
    }),
    ("build-of-a-function", || {
        let pickle = Pickle::new(2).global("json", "loads");
        let state = |pickle: Pickle| {
            pickle.ops(&[Op::None]).dict(|pickle| {
                pickle.text("__code__").call("marshal", "loads", |pickle| pickle.bytes(b"N"))
            })
        };
        pickle.tuple(state).ops(&[Op::Build])
    }),
    ("map-and-list", || through("builtins", "list", "builtins", "map")),
    ("map-and-tuple", || through("builtins", "tuple", "builtins", "map")),
    ("map-and-bytes", || through("builtins", "bytes", "builtins", "map")),
    ("map-and-set", || through("builtins", "frozenset", "builtins", "map")),
    ("map-and-deque", || through("collections", "deque", "builtins", "map")),
    ("filter-and-list", || through("builtins", "list", "builtins", "filter")),
    ("itertools-map", || through("builtins", "list", "itertools", "starmap")),
    ("itertools-accumulate", || through("builtins", "list", "itertools", "takewhile")),
    ("itertools-dropwhile", || through("builtins", "set", "itertools", "dropwhile")),
    ("itertools-groupby", || through("builtins", "dict", "itertools", "filterfalse")),
    ("max-with-key", || {
        let pickle = Pickle::new(4).stack_global("functools", "partial");
        let pickle = pickle.ops(&[Op::Pop]).stack_global("builtins", "max");
        let pickle =
            pickle.tuple(|pickle| pickle.text("echo inert").text("echo")).ops(&[Op::EmptyTuple]);
        let pickle = pickle.ops(&[Op::Pop]);
        let keys = |pickle: Pickle| pickle.text("key").stack_global("posix", "system");
        pickle.dict(keys).ops(&[Op::NewObjectEx])
    }),
    ("defaultdict-factory", || {
        let pickle = Pickle::new(2)
            .call("collections", "defaultdict", |pickle| pickle.global("builtins", "breakpoint"));
        let pickle = pickle.put(1).ops(&[Op::Pop]);
        let item = |pickle: Pickle| pickle.get(1).text("missing");
        pickle.call("operator", "getitem", item)
    }),
    ("iter-with-a-sentinel", || {
        let pickle = Pickle::new(2).global("builtins", "list").ops(&[Op::Mark]);
        let pickle = pickle.call("builtins", "iter", |pickle| {
            pickle.global("builtins", "breakpoint").ops(&[Op::None])
        });
        pickle.ops(&[Op::Tuple, Op::Reduce])
    }),
    ("partial-called", || {
        let call = |pickle: Pickle| command(pickle.global("posix", "system"));
        Pickle::new(2).call("functools", "partial", call).ops(&[Op::EmptyTuple, Op::Reduce])
    }),
    ("partialmethod", || {
        let call = |pickle: Pickle| command(pickle.global("posix", "system"));
        Pickle::new(2).call("functools", "partialmethod", call)
    }),
    ("methodcaller", || {
        let call = |pickle: Pickle| command(pickle.text("system"));
        let pickle = Pickle::new(2).call("operator", "methodcaller", call).ops(&[Op::Mark]);
        let pickle = pickle.call("builtins", "__import__", |pickle| pickle.text("os"));
        pickle.ops(&[Op::Tuple, Op::Reduce])
    }),
    ("apply", || {
        Pickle::new(0)
            .call("__builtin__", "apply", |pickle| pickle.global("posix", "system").tuple(command))
    }),
    ("operator-call", || {
        Pickle::new(4)
            .call("operator", "call", |pickle| command(pickle.stack_global("posix", "system")))
    }),
    ("dunder-call", || {
        Pickle::new(4).call("builtins", "type.__call__", |pickle| {
            let pickle = pickle.stack_global("subprocess", "Popen");
            pickle.list(|pickle| pickle.text("echo").text("inert"))
        })
    }),
    ("persistent-id-of-a-call", || {
        Pickle::new(2).call("posix", "system", command).ops(&[Op::PersistentId])
    }),
    ("persistent-id-of-a-storage", || {
        let id = |pickle: Pickle| {
            let pickle = pickle.text("storage").call("posix", "system", command);
            pickle.text("0").text("cpu").int(1)
        };
        Pickle::new(2).tuple(id).ops(&[Op::PersistentId])
    }),
    ("rebuild-of-a-dangerous-type", || {
        Pickle::new(2).call("torch._utils", "_rebuild_from_type_v2", |pickle| {
            let pickle = pickle.global("posix", "system").global("builtins", "str");
            pickle.tuple(command).dict(|pickle| pickle)
        })
    }),
    ("copyreg-reconstructor", || {
        Pickle::new(2).call("copyreg", "_reconstructor", |pickle| {
            pickle.global("subprocess", "Popen").global("builtins", "object").ops(&[Op::None])
        })
    }),
    ("copyreg-newobj", || {
        Pickle::new(2).call("copyreg", "__newobj__", |pickle| {
            let pickle = pickle.global("subprocess", "Popen");
            pickle.list(|pickle| pickle.text("echo").text("inert"))
        })
    }),
    ("keyed-defaults", || {
        Pickle::new(2).call("weakref", "finalize", |pickle| {
            command(pickle.global("collections", "OrderedDict").global("posix", "system"))
        })
    }),
    ("atexit", || {
        Pickle::new(2)
            .call("atexit", "register", |pickle| command(pickle.global("posix", "system")))
    }),
    ("thread", || {
        Pickle::new(2).call("_thread", "start_new_thread", |pickle| {
            pickle.global("posix", "system").tuple(command)
        })
    }),
    ("numpy-vectorize", || {
        let pickle =
            Pickle::new(2).call("numpy", "vectorize", |pickle| pickle.global("posix", "system"));
        pickle.tuple(command).ops(&[Op::Reduce])
    }),
    ("numpy-apply-along-axis", || {
        Pickle::new(2).call("numpy", "apply_along_axis", |pickle| {
            pickle.global("posix", "system").int(0).list(command)
        })
    }),
    ("numpy-fromfunction", || {
        Pickle::new(2).call("numpy", "fromfunction", |pickle| {
            pickle.global("posix", "system").tuple(|pickle| pickle.int(1))
        })
    }),
    ("sklearn-function-transformer", || {
        let pickle = Pickle::new(2).global("sklearn.preprocessing", "FunctionTransformer");
        let pickle = pickle.ops(&[Op::EmptyTuple, Op::NewObject]);
        pickle.dict(|pickle| pickle.text("func").global("posix", "system")).ops(&[Op::Build])
    }),
    ("attrgetter-alone", || {
        Pickle::new(2).call("operator", "attrgetter", |pickle| pickle.text("system"))
    }),
    ("attrgetter-of-globals", || {
        Pickle::new(2).call("operator", "attrgetter", |pickle| pickle.text("__init__.__globals__"))
    }),
    ("methodcaller-alone", || {
        let call = |pickle: Pickle| command(pickle.text("system"));
        Pickle::new(2).call("operator", "methodcaller", call)
    }),
    ("method-type", || {
        Pickle::new(2)
            .call("types", "MethodType", |pickle| command(pickle.global("posix", "system")))
    }),
    ("imported-only", || Pickle::new(2).global("posix", "system")),
    ("imported-and-kept", || {
        Pickle::new(4).dict(|pickle| pickle.text("activation").stack_global("builtins", "exec"))
    }),
];

fn command(pickle: Pickle) -> Pickle {
    pickle.text("echo inert")
}

/// An instance that takes attributes.
fn instance() -> Pickle {
    let pickle = Pickle::new(2).global("argparse", "Namespace");
    pickle.ops(&[Op::EmptyTuple, Op::NewObject])
}

fn instance_4() -> Pickle {
    let pickle = Pickle::new(4).stack_global("argparse", "Namespace");
    pickle.ops(&[Op::EmptyTuple, Op::NewObject])
}

/// Something that goes through all items of something that calls.
fn through(module: &str, name: &str, lazy_module: &str, lazy: &str) -> Pickle {
    Pickle::new(4).call(module, name, |pickle| {
        pickle
            .call(lazy_module, lazy, |pickle| pickle.stack_global("posix", "system").list(command))
    })
}
