//! What a function, or code that stands for itself, does: judged where all of
//! it was read, since R's code is made of many small calls.

use nix_ai_model_scan_walk::{Found, Level, quoted};

use super::CALL;
use super::names::{self, *};

/// Texts that code holds, as facts beside what it calls.
const ADDRESS: u32 = 1 << 16;
const STARTUP: u32 = 1 << 17;
const SECRET: u32 = 1 << 18;
const WIDE: u32 = 1 << 19;
const CODE: u32 = 1 << 20;
const NAMED: u32 = 1 << 21;
const COMPUTED: u32 = 1 << 22;

/// Files that are run or obeyed by whoever starts R, a shell or a session.
const STARTUPS: &[&str] = &[
    ".Rprofile",
    "Rprofile.site",
    ".Renviron",
    ".bashrc",
    ".bash_profile",
    ".bash_login",
    ".profile",
    ".zshrc",
    ".zprofile",
    ".zshenv",
    "/crontab",
    "/cron.",
    "/etc/",
    ".ssh/",
    ".config/autostart",
    "LaunchAgents",
    "/systemd/",
    "\\Startup\\",
    "/Startup/",
    ".gitconfig",
];

/// Files that hold what a machine keeps to itself.
const SECRETS: &[&str] = &[
    ".ssh/",
    "id_rsa",
    "id_ed25519",
    ".aws/",
    ".netrc",
    ".pgpass",
    ".git-credentials",
    ".kube/config",
    ".docker/config",
    "/etc/shadow",
    "/etc/passwd",
    ".Renviron",
];

/// Bytes of texts that are joined.
const JOINED: usize = 64;

/// What was seen of code.
#[derive(Default)]
pub(super) struct Code {
    /// The name by which R calls it on its own.
    automatic: Option<&'static str>,
    facts: u32,
    /// What it calls that is not known to be harmless.
    other: Option<String>,
    /// Whether the call that comes next makes a function that is called.
    makes: bool,
    /// Texts that are joined, and how many they are.
    joined: Option<(String, u32)>,
}

impl Code {
    pub(super) fn named(automatic: Option<&'static str>) -> Self {
        Self { automatic, ..Self::default() }
    }

    /// A function is called by its name, as the name of another if `is_name`.
    pub(super) fn call(&mut self, name: &str, is_name: bool) {
        let kind = names::kind(name);
        self.facts |= u32::from(kind);
        let makes = std::mem::take(&mut self.makes) && kind & NAMING != 0;
        self.facts |= if makes && !name.starts_with("::") { COMPUTED } else { 0 };
        self.facts |= if is_name && kind & DECODES != 0 { NAMED } else { 0 };
        self.joined = (kind & JOINS != 0).then(|| (String::new(), 0));
        if kind & HARMLESS == 0 {
            self.is_other(name);
        }
    }

    /// A function is called that is computed.
    pub(super) fn computed(&mut self) {
        self.makes = true;
        self.is_other("a function that is computed");
    }

    pub(super) fn symbol(&mut self, name: &str) {
        if names::kind(name) & REACHING != 0 {
            self.is_other(name);
        }
        if matches!(name, "LD_PRELOAD" | "R_PROFILE_USER" | "R_PROFILE") {
            self.facts |= STARTUP;
        }
    }

    fn is_other(&mut self, name: &str) {
        if self.automatic.is_some() && self.other.is_none() {
            self.other = Some(if name.is_empty() { "another function" } else { name }.to_owned());
        }
    }

    /// A text; the function that it names together with those before.
    pub(super) fn text(&mut self, text: &str) -> Option<Found> {
        let is_at =
            |begin: &&str| text.get(..begin.len()).is_some_and(|of| of.eq_ignore_ascii_case(begin));
        let holds =
            |names: &[&str]| text.len() < 512 && names.iter().any(|name| text.contains(name));
        let facts = [
            (ADDRESS, ["http://", "https://", "ftp://", "ftps://"].iter().any(is_at)),
            (STARTUP, holds(STARTUPS) || text == "LD_PRELOAD"),
            (SECRET, holds(SECRETS)),
            (WIDE, matches!(text, "~" | "~/" | "~/*" | "/*" | "/home" | "C:/" | "C:\\")),
            (CODE, text.contains('(') && names::calls(text).is_some()),
        ];
        self.facts |= facts.iter().filter(|(_, is)| *is).fold(0, |all, (fact, _)| all | fact);
        let (joined, count) = self.joined.as_mut()?;
        if joined.len() + text.len() > JOINED {
            self.joined = None;
            return None;
        }
        joined.push_str(text);
        *count += u32::from(!text.is_empty());
        let is_strong = *count > 1 && names::kind(joined) & STRONG != 0;
        is_strong.then(|| CALL.found(format!("\"{joined}\" is named by pieces of its name")))
    }

    /// What is found of all of it.
    pub(super) fn judged(&self) -> Vec<Found> {
        let all = |facts: u32| self.facts & facts == facts;
        let any = |facts: u16| self.facts & u32::from(facts) != 0;
        let [parses, decodes] = [PARSES, DECODES].map(u32::from);
        let mut told = Vec::new();
        if all(parses | decodes) && any(EVALUATES) {
            told.push("code is made of text that does not read as such, and run");
        } else if all(NAMED) || all(COMPUTED | decodes) {
            told.push("a function is called by a name that does not read as such");
        }
        if all(ADDRESS) && any(SOURCES) || all(ADDRESS | parses) && any(EVALUATES) && any(FETCHES) {
            told.push("code is fetched from an address, and run");
        }
        if all(STARTUP) && any(WRITES) {
            told.push("a file is written that is run or obeyed later on");
        }
        if all(SECRET) && any(FETCHES) {
            told.push("a file is read that holds secrets");
        }
        if all(WIDE) && any(REMOVES) {
            told.push("whole folders are removed that are not the model's");
        }
        if all(CODE | parses) {
            told.push("code is made of text that reaches the system");
        }
        let mut found: Vec<Found> = told.into_iter().map(|told| CALL.found(told)).collect();
        if let Some(name) = self.automatic {
            let calls = |other: &String| format!(", and calls {}", quoted(other));
            let what = self.other.as_ref().map_or_else(String::new, calls);
            let level = if self.other.is_some() { Level::High } else { Level::Medium };
            let told = format!("R itself runs \"{name}\" of a workspace{what}");
            found.push(CALL.found(told).level(level));
        }
        found
    }
}
