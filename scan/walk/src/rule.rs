use crate::Level;

/// Something that scanners look for. The rule reference is made of these.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its stable identifier: the format or topic, `/`, and what is wrong, in
    /// lower case with `-`: `pickle/dangerous-call`.
    pub id: &'static str,
    /// How bad it is, where a finding does not say otherwise.
    pub level: Level,
    /// What is found, as a title.
    pub title: &'static str,
    /// Why it matters, in one or two sentences.
    pub why: &'static str,
    /// What to do about it, in one or two sentences.
    pub advice: &'static str,
}

impl Rule {
    /// A finding by this rule: what was found, as one sentence without a full
    /// stop.
    pub fn found(&'static self, message: impl Into<String>) -> Found {
        Found { rule: self, level: self.level, offset: None, message: message.into() }
    }
}

/// One thing found in a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub(crate) rule: &'static Rule,
    pub(crate) level: Level,
    pub(crate) offset: Option<u64>,
    pub(crate) message: String,
}

impl Found {
    /// Says where in the part, in bytes.
    #[must_use]
    pub fn at(mut self, offset: u64) -> Self {
        self.offset = Some(offset);
        self
    }

    /// Says how bad it is, where that depends.
    #[must_use]
    pub fn level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }
}
