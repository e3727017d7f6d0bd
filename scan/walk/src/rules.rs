//! Rules of the walk itself: what could not be judged.

use crate::{Level, Rule};

/// The host did not hand over the bytes.
pub static UNREADABLE: Rule = Rule {
    id: "scan/unreadable",
    level: Level::Unjudged,
    title: "File cannot be read",
    why: "What cannot be read cannot be judged, and a loader may find it readable later.",
    advice: "Check the file's permissions and that nothing changes it during the scan, and scan again.",
};

/// The part breaks the rules of its format.
pub static BROKEN: Rule = Rule {
    id: "scan/broken",
    level: Level::Unjudged,
    title: "File is broken",
    why: "A loader may accept what a strict reader does not, and run what follows the break.",
    advice: "Fetch the file anew. Do not load it if it is published like this.",
};

/// The part uses something that is not read.
pub static UNSUPPORTED: Rule = Rule {
    id: "scan/unsupported",
    level: Level::Unjudged,
    title: "Content that is not read",
    why: "Encryption or an unknown encoding hides what a loader that knows it would run.",
    advice: "Ask the publisher for the model in a plain form, or allow this file by its digest if you know what it holds.",
};

/// The part holds more than is read.
pub static LIMIT: Rule = Rule {
    id: "scan/limit",
    level: Level::Unjudged,
    title: "Limit reached",
    why: "The rest was not read. Archives that unfold without end, counts that no file holds, and files made to tire a scanner end here.",
    advice: "Ask the publisher for the model in a plainer form, or allow this file by its digest if you know what it holds. An archive can be unpacked and its members scanned.",
};

/// More was found than is told.
pub static MORE: Rule = Rule {
    id: "scan/more",
    level: Level::Note,
    title: "Further findings",
    why: "Only the first findings of a file are told.",
    advice: "Judge the file by what is told.",
};

/// All of them.
pub static ALL: &[&Rule] = &[&UNREADABLE, &BROKEN, &UNSUPPORTED, &LIMIT, &MORE];
