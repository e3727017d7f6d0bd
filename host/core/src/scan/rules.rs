//! What the host itself finds, before and beside the scanners.

use super::{Finding, Level};

/// Whom findings of the host's own come from.
pub const HOST: &str = "nix-ai-model";
/// The path of a finding that is about all that was scanned.
pub const ALL_FILES: &str = ".";

/// Something that the host looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Its stable identifier.
    pub id: &'static str,
    /// How bad it is.
    pub level: Level,
    /// What is found, as a title.
    pub title: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// What to do about it.
    pub advice: &'static str,
}

impl Rule {
    /// A finding by this rule: the file's path, and what was found as one
    /// sentence without a full stop, its foreign texts escaped.
    pub fn found(&self, path: impl Into<String>, message: impl Into<String>) -> Finding {
        Finding {
            scanner: HOST.to_owned(),
            rule: self.id.to_owned(),
            level: self.level,
            path: path.into(),
            offset: None,
            member: None,
            message: message.into(),
            advice: Some(self.advice.to_owned()),
        }
    }
}

/// A scanner did not come to its end.
pub static STOPPED: Rule = Rule {
    id: "scan/stopped",
    level: Level::Unjudged,
    title: "A scanner was stopped",
    why: "A scanner crashed, broke a limit or contradicted itself at this file. A file can be made for that.",
    advice: "Do not load the file before you know why. If it is harmless, report the scanner's fault and allow the file by its digest.",
};

/// The host could not read a file or folder.
pub static UNREADABLE: Rule = Rule {
    id: "file/unreadable",
    level: Level::Unjudged,
    title: "File cannot be read",
    why: "What cannot be read cannot be judged, and a loader may find it readable later.",
    advice: "Check its permissions, and scan again.",
};

/// A file is not what it was when the scan began.
pub static CHANGED: Rule = Rule {
    id: "file/changed",
    level: Level::Unjudged,
    title: "File changed during the scan",
    why: "What was judged is not what is there now.",
    advice: "Scan again when nothing writes to the folder.",
};

/// A link leads out of what is scanned.
pub static LINK_OUTSIDE: Rule = Rule {
    id: "file/link-outside",
    level: Level::High,
    title: "Link out of the folder",
    why: "A loader that follows it reads, or writes to, files of the machine that the model is on.",
    advice: "Remove the link, or put the file that it leads to in its place and scan again.",
};

/// A link leads nowhere.
pub static LINK_DANGLING: Rule = Rule {
    id: "file/link-dangling",
    level: Level::Unjudged,
    title: "Link to nothing",
    why: "What it leads to is not here to be judged, and may be where the model is loaded.",
    advice: "Fetch what is missing, or remove the link.",
};

/// A pipe, a socket or a device.
pub static SPECIAL: Rule = Rule {
    id: "file/special",
    level: Level::High,
    title: "Pipe, socket or device",
    why: "A model is made of files and folders. Whoever opens this waits for, or acts on, something else.",
    advice: "Remove it.",
};

/// More than a scan goes through.
pub static LIMIT: Rule = Rule {
    id: "file/limit",
    level: Level::Unjudged,
    title: "Too much to scan",
    why: "What is beyond the limits of a scan was not looked at.",
    advice: "Scan its parts one by one.",
};

/// A name with characters that are not seen, or that reorder what is.
pub static HIDDEN_NAME: Rule = Rule {
    id: "file/hidden-name",
    level: Level::Medium,
    title: "Name with hidden characters",
    why: "Control characters and marks that reorder text make a name look like another.",
    advice: "Look at the escaped name, and rename the file.",
};

/// A name that is not UTF-8.
pub static FOREIGN_NAME: Rule = Rule {
    id: "file/foreign-name",
    level: Level::Low,
    title: "Name that is not UTF-8",
    why: "Programs disagree about which file such a name means.",
    advice: "Rename the file.",
};

/// Names that differ in case alone.
pub static SAME_NAME: Rule = Rule {
    id: "file/same-name",
    level: Level::Note,
    title: "Names that differ in case alone",
    why: "On a file system that takes no notice of case, one of the files replaces the other.",
    advice: "Rename one of them.",
};

/// All of them.
pub static ALL: &[&Rule] = &[
    &STOPPED,
    &UNREADABLE,
    &CHANGED,
    &LINK_OUTSIDE,
    &LINK_DANGLING,
    &SPECIAL,
    &LIMIT,
    &HIDDEN_NAME,
    &FOREIGN_NAME,
    &SAME_NAME,
];
