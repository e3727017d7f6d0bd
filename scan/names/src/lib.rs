//! What is known of the Python names that models speak of: in tiers, each name
//! argued for, never by what is installed and never by a module alone.

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

/// Names whose arguments decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Combinator {
    /// `getattr(object, name)` and its like: reaches another name.
    Attribute,
    /// `functools.partial(function, …)` and its like: makes a call of its own.
    Call,
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

/// What is known of `name` in `module`. Names may be dotted: `system`,
/// `Path.write_text`. Renames of Python 2 are the caller's.
pub fn tier(module: &str, name: &str) -> Tier {
    let _ = (module, name);
    Tier::Unknown(Home::Elsewhere)
}
