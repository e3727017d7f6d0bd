/// What calling a name does, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// With any arguments it makes a value, and does nothing else.
    Innocuous,
    /// It is as harmless as what it is given: the arguments decide.
    ByArguments(Combinator),
    /// Nothing is known of it.
    Unknown(Home),
    /// It lets an attacker do something.
    Dangerous(Family),
}

/// Names whose arguments decide. Each says what a call of it comes to, so that
/// a machine that follows values can judge the call by that; where it can't
/// follow them, the call reaches anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Combinator {
    /// `getattr(object, name[, default])` and its like: the attribute `name`,
    /// which may be dotted, of the first argument.
    Attribute,
    /// `operator.attrgetter(name, …)`: a function that takes an object and
    /// gives that attribute of it, a tuple where there are several names.
    AttributeGetter,
    /// `operator.getitem(container, key)`, `dict.get(container, key)`: the item
    /// of the first argument.
    Item,
    /// `operator.itemgetter(key, …)`: a function that takes a container and
    /// gives that item of it.
    ItemGetter,
    /// `operator.methodcaller(name, *args)`: a function that takes an object
    /// and calls its method `name` with the arguments that follow here.
    Method,
    /// `functools.partial(function, *args)`, `map(function, *lists)`,
    /// `functools.reduce(function, list)`, `copyreg.__newobj__(class, *args)`
    /// and their like: the first argument is called, now or later, with
    /// arguments that are among the others or within them.
    Call,
    /// `copyreg._reconstructor(class, base, state)`, `object.__new__(class)`:
    /// an instance of the class that is the first argument, made without its
    /// constructor: harmless where that is a class, whichever.
    Instance,
    /// `type(object)` and `type(name, bases, namespace)`: the first reaches the
    /// class of a value, the second makes a class, whose methods are among the
    /// arguments.
    Type,
    /// `cloudpickle._builtin_type(name)`, `dill._dill._load_type(name)`: a type
    /// of the module `types` by its name; `CodeType` is the dangerous one.
    TypeByName,
    /// `_codecs.encode(text, encoding[, errors])`: bytes of text; a machine
    /// folds it to see what the text was.
    Encode,
    /// `_codecs.decode(bytes, encoding[, errors])`, `str(bytes, encoding)`:
    /// text of bytes.
    Decode,
    /// Makes text or bytes of text or bytes: `str.join`, `operator.concat`,
    /// `str.format`, `bytes.fromhex`, `base64.b64decode` …; harmless as such,
    /// but what comes out may be a name that a later call is given.
    Text,
    /// Reads a pickle or another model out of the bytes that are its first
    /// argument, such as `torch.storage._load_from_bytes`: as harmless as these.
    Nested,
    /// Makes a code object, a function of one, or what such a function needs, as
    /// cloudpickle and dill do: as harmless as the code.
    Code,
    /// A class that is made of functions, as layers that call what they are
    /// given are: harmless where every function among the arguments is.
    Callback,
    /// A class whose constructor reaches that with what it is given; harmless
    /// where the class is only named, or an instance is made without its
    /// constructor, as `NEWOBJ` does.
    Constructor(Family),
}

/// Where an unknown name is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// Python's standard library, whose innocuous names are all known.
    StandardLibrary,
    /// A library that models are made with.
    Library,
    /// Anywhere else.
    Elsewhere,
}

/// What an attacker gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Family {
    /// Runs code that it is given.
    Execution,
    /// Makes functions or classes of code that it is given.
    Making,
    /// Starts processes.
    Process,
    /// Imports modules by name.
    Import,
    /// Reaches any attribute or item.
    Access,
    /// Reads pickles or their like from what it is given.
    Deserialiser,
    /// Opens connections.
    Network,
    /// Reads, writes or removes files.
    Files,
    /// Loads native libraries or touches memory.
    Native,
    /// Ends, blocks or disturbs the process.
    Disturbance,
}

/// The tiers that tables speak of, by the words that they use. A verdict's
/// place here, plus one, is its code in the compiled table.
pub(crate) const VERDICTS: &[(&str, Tier)] = &[
    ("innocuous", Tier::Innocuous),
    ("attribute", Tier::ByArguments(Combinator::Attribute)),
    ("attribute-getter", Tier::ByArguments(Combinator::AttributeGetter)),
    ("item", Tier::ByArguments(Combinator::Item)),
    ("item-getter", Tier::ByArguments(Combinator::ItemGetter)),
    ("method", Tier::ByArguments(Combinator::Method)),
    ("call", Tier::ByArguments(Combinator::Call)),
    ("instance", Tier::ByArguments(Combinator::Instance)),
    ("type", Tier::ByArguments(Combinator::Type)),
    ("type-by-name", Tier::ByArguments(Combinator::TypeByName)),
    ("encode", Tier::ByArguments(Combinator::Encode)),
    ("decode", Tier::ByArguments(Combinator::Decode)),
    ("text", Tier::ByArguments(Combinator::Text)),
    ("nested", Tier::ByArguments(Combinator::Nested)),
    ("code", Tier::ByArguments(Combinator::Code)),
    ("callback", Tier::ByArguments(Combinator::Callback)),
    ("constructor-execution", Tier::ByArguments(Combinator::Constructor(Family::Execution))),
    ("constructor-process", Tier::ByArguments(Combinator::Constructor(Family::Process))),
    ("constructor-import", Tier::ByArguments(Combinator::Constructor(Family::Import))),
    ("constructor-access", Tier::ByArguments(Combinator::Constructor(Family::Access))),
    ("constructor-deserialiser", Tier::ByArguments(Combinator::Constructor(Family::Deserialiser))),
    ("constructor-network", Tier::ByArguments(Combinator::Constructor(Family::Network))),
    ("constructor-files", Tier::ByArguments(Combinator::Constructor(Family::Files))),
    ("constructor-native", Tier::ByArguments(Combinator::Constructor(Family::Native))),
    ("constructor-disturbance", Tier::ByArguments(Combinator::Constructor(Family::Disturbance))),
    ("execution", Tier::Dangerous(Family::Execution)),
    ("making", Tier::Dangerous(Family::Making)),
    ("process", Tier::Dangerous(Family::Process)),
    ("import", Tier::Dangerous(Family::Import)),
    ("access", Tier::Dangerous(Family::Access)),
    ("deserialiser", Tier::Dangerous(Family::Deserialiser)),
    ("network", Tier::Dangerous(Family::Network)),
    ("files", Tier::Dangerous(Family::Files)),
    ("native", Tier::Dangerous(Family::Native)),
    ("disturbance", Tier::Dangerous(Family::Disturbance)),
    // Where names are from, whatever they do.
    ("standard-library", Tier::Unknown(Home::StandardLibrary)),
    ("library", Tier::Unknown(Home::Library)),
];
