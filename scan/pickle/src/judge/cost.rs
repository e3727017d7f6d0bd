//! Functions that a few bytes make spend much memory or time.

/// How a function spends what it is given.
pub(super) enum Cost {
    /// As many elements as a number says, or as several numbers do.
    Elements,
    /// As much as its second argument, or its only one, says.
    Power,
    /// Its first argument as often as its second one says.
    Repeated,
    /// All that an iterator gives.
    Consumed,
    /// All that is within what it is given, as often as that is referred to.
    Walked,
    /// All of each iterator, before anything is given.
    Pooled,
    /// As wide as a format says.
    Format,
    /// As long as a pattern goes back and forth.
    Pattern,
}

pub(super) type Row = (&'static [&'static str], &'static [&'static str], Cost);

/// Which functions spend much.
pub(super) static COSTS: &[Row] = &[
    (
        &["builtins", "__builtin__"],
        &["bytes", "bytearray", "str.zfill", "str.ljust"],
        Cost::Elements,
    ),
    (
        &["numpy"],
        &["zeros", "ones", "empty", "full", "arange", "linspace", "eye", "identity", "ndarray"],
        Cost::Elements,
    ),
    (
        &["numpy.core.multiarray", "numpy._core.multiarray", "numpy.core.numeric"],
        &["_reconstruct", "zeros", "empty", "ndarray", "ones", "arange"],
        Cost::Elements,
    ),
    (
        &["torch", "torch._C", "torch._C._VariableFunctions"],
        &[
            "zeros",
            "ones",
            "empty",
            "full",
            "rand",
            "randn",
            "arange",
            "eye",
            "linspace",
            "randint",
            "randperm",
            "FloatTensor",
            "Tensor",
            "set_num_threads",
            "set_num_interop_threads",
        ],
        Cost::Elements,
    ),
    (&["builtins", "__builtin__"], &["pow", "int.__pow__", "int.__lshift__"], Cost::Power),
    (
        &["operator", "_operator"],
        &["pow", "__pow__", "lshift", "__lshift__", "ipow", "ilshift"],
        Cost::Power,
    ),
    (&["math"], &["factorial", "perm", "comb", "gamma"], Cost::Power),
    (
        &["operator", "_operator"],
        &["mul", "__mul__", "imul", "__imul__", "repeat", "irepeat"],
        Cost::Repeated,
    ),
    (
        &["builtins", "__builtin__"],
        &["str.__mul__", "bytes.__mul__", "list.__mul__", "tuple.__mul__", "str.__rmul__"],
        Cost::Repeated,
    ),
    (
        &["builtins", "__builtin__"],
        &[
            "list",
            "tuple",
            "set",
            "frozenset",
            "sorted",
            "sum",
            "max",
            "min",
            "all",
            "any",
            "dict",
            "dict.fromkeys",
            "dict.update",
            "bytes",
            "bytes.join",
            "bytearray",
            "bytearray.extend",
            "list.extend",
            "list.__init__",
            "list.__iadd__",
            "set.update",
            "set.union",
            "str.join",
        ],
        Cost::Consumed,
    ),
    (
        &["collections", "_collections"],
        &[
            "deque",
            "deque.extend",
            "deque.extendleft",
            "Counter",
            "Counter.update",
            "OrderedDict",
            "OrderedDict.fromkeys",
        ],
        Cost::Consumed,
    ),
    (
        &["builtins", "__builtin__"],
        &[
            "repr",
            "str",
            "unicode",
            "ascii",
            "format",
            "str.format",
            "str.__mod__",
            "hash",
            "set",
            "frozenset",
            "dict.fromkeys",
            "list.__repr__",
            "list.__eq__",
            "tuple.__repr__",
            "tuple.__hash__",
            "tuple.__eq__",
            "dict.__repr__",
            "dict.__eq__",
            "object.__repr__",
            "object.__str__",
        ],
        Cost::Walked,
    ),
    (&["operator", "_operator"], &["eq", "ne", "lt", "le", "gt", "ge", "mod"], Cost::Walked),
    (&["collections", "_collections"], &["Counter", "OrderedDict.fromkeys"], Cost::Walked),
    (&["pprint"], &["pformat", "pprint", "saferepr"], Cost::Walked),
    (&["json", "json.encoder"], &["dumps", "JSONEncoder.encode"], Cost::Walked),
    (&["numpy"], &["array", "asarray", "array_repr", "array_str"], Cost::Walked),
    (&["torch"], &["tensor", "as_tensor", "Tensor", "FloatTensor"], Cost::Walked),
    (
        &["pandas", "pandas.core.series", "pandas.core.frame"],
        &["Series", "DataFrame"],
        Cost::Walked,
    ),
    (&["array"], &["array", "array.extend"], Cost::Consumed),
    (&["numpy"], &["fromiter", "array", "asarray", "sum", "prod"], Cost::Consumed),
    (&["math"], &["fsum", "prod", "dist", "sumprod"], Cost::Consumed),
    (
        &["operator", "_operator"],
        &["contains", "countOf", "indexOf", "iadd", "iconcat", "__contains__"],
        Cost::Consumed,
    ),
    (&["functools", "_functools"], &["reduce"], Cost::Consumed),
    (&["heapq", "_heapq"], &["nlargest", "nsmallest"], Cost::Consumed),
    (&["statistics"], &["mean", "fmean", "median", "mode", "multimode", "stdev"], Cost::Consumed),
    (&["pandas", "pandas.core.series"], &["Series"], Cost::Consumed),
    // They take all of what they are given as they are made.
    (
        &["itertools"],
        &["product", "permutations", "combinations", "combinations_with_replacement"],
        Cost::Pooled,
    ),
    (&["operator", "_operator"], &["mod", "__mod__", "imod"], Cost::Format),
    (&["builtins", "__builtin__"], &["str.__mod__", "str.format", "format"], Cost::Format),
    (
        &["re"],
        &["match", "search", "fullmatch", "findall", "finditer", "split", "sub", "subn"],
        Cost::Pattern,
    ),
];
