use nix_ai_model_scan_names::Tier;
use nix_ai_model_scan_walk::{cut, quoted};

use crate::machine::{At, Machine, Shape};
use crate::text;
use crate::trial::{self, Guess};
use crate::value::{Kind, Value};

/// Bytes after which no more of a value is told.
const SHOWN: usize = 200;
/// Values within values that are looked at.
const DEPTH: u8 = 4;
/// Values of one call that are looked at.
const LOOKED: usize = 128;

/// How values that hold others are written.
struct Written {
    open: &'static str,
    close: &'static str,
    /// After every other value, and after the others.
    between: [&'static str; 2],
}

const CALL: Written = Written { open: "(", close: ")", between: [", ", ", "] };

/// What makes arguments suspicious, to follow "is given".
pub(super) struct Suspicion(pub String);

impl Machine<'_> {
    /// A value as it is told.
    pub(super) fn shown(&mut self, value: Value, at: At<'_>) -> String {
        let mut shown = String::new();
        self.show(value, at, DEPTH, &mut shown);
        cut(&shown)
    }

    /// Arguments as they follow a function's name.
    pub(super) fn call_shown(&mut self, arguments: Value, at: At<'_>) -> String {
        let mut shown = String::new();
        match self.items_of(arguments) {
            Some((items, all)) => self.show_all(&items, all, &CALL, at, DEPTH, &mut shown),
            None => shown.push_str("(…)"),
        }
        cut(&shown)
    }

    fn show(&mut self, value: Value, at: At<'_>, depth: u8, shown: &mut String) {
        if shown.len() > SHOWN {
            return;
        }
        match value.kind() {
            Kind::None => shown.push_str("None"),
            Kind::Data => shown.push_str("data"),
            Kind::Big => shown.push_str("a huge number"),
            Kind::EmptyTuple => shown.push_str("()"),
            Kind::Int(number) => shown.push_str(&number.to_string()),
            Kind::Lost => shown.push('…'),
            Kind::Text(_) | Kind::Made(_) => match self.read(value, at) {
                Some(content) if is_binary(&content) => {
                    shown.push_str(&format!("{} bytes", content.len()));
                }
                Some(content) => shown.push_str(&quoted(&text::lossy(&content))),
                None => shown.push('…'),
            },
            Kind::Name(number) | Kind::Instance(number) => {
                let path = self.names.get(number).map(|name| name.path()).unwrap_or_default();
                shown.push_str(&path);
                if matches!(value.kind(), Kind::Instance(_)) {
                    shown.push_str("(…)");
                }
            }
            Kind::Node(_) => self.show_node(value, at, depth, shown),
        }
    }

    fn show_node(&mut self, value: Value, at: At<'_>, depth: u8, shown: &mut String) {
        let Some(depth) = depth.checked_sub(1) else {
            shown.push('…');
            return;
        };
        let Some(node) = self.arena.get(value) else { return };
        let (shape, held, more) = (node.shape, node.items.to_vec(), node.more);
        let written = match shape {
            Shape::Tuple => CALL,
            Shape::List => Written { open: "[", close: "]", ..CALL },
            Shape::Set => Written { open: "{", close: "}", ..CALL },
            Shape::Dict => Written { open: "{", close: "}", between: [": ", ", "] },
            Shape::Made => Written { open: "", close: "", ..CALL },
            Shape::Partial => Written { open: "partial(", ..CALL },
            Shape::Attributes => Written { open: "attrgetter(", ..CALL },
            Shape::Items => Written { open: "itemgetter(", ..CALL },
            Shape::Method => Written { open: "methodcaller(", ..CALL },
            Shape::Encoded => Written { open: "bytes(", ..CALL },
        };
        match shape {
            Shape::Made => {
                let callee = held.first().copied().unwrap_or(Value::LOST);
                self.show(callee, at, depth, shown);
                shown.push_str("(…)");
            }
            Shape::List | Shape::Dict | Shape::Set => {
                let (items, all) = self.items_of(value).unwrap_or_default();
                self.show_all(&items, all, &written, at, depth, shown);
            }
            _ => self.show_all(&held, !more, &written, at, depth, shown),
        }
    }

    fn show_all(
        &mut self,
        items: &[Value],
        all: bool,
        written: &Written,
        at: At<'_>,
        depth: u8,
        shown: &mut String,
    ) {
        shown.push_str(written.open);
        for (place, item) in items.iter().enumerate() {
            if shown.len() > SHOWN {
                break;
            }
            if let Some(before) = place.checked_sub(1) {
                shown.push_str(written.between[before % 2]);
            }
            self.show(*item, at, depth, shown);
        }
        if !all {
            shown.push_str(", …");
        }
        shown.push_str(written.close);
    }

    /// Has bytes read that look like what loaders load: who gets them may do so.
    pub(super) fn nest_loadable(&mut self, value: Value, at: At<'_>) {
        let Some(nested) = self.nested_of(value) else { return };
        let is_loadable = nested.head(self.view).is_some_and(|head| is_loadable(&head));
        if is_loadable && self.nest(value).is_none() {
            self.hidden_call("it gets more files in texts than are read", at);
        }
    }

    /// What is suspicious about arguments of an unknown function.
    /// A function, other than a class, has no use for many texts.
    pub(super) fn suspicion(
        &mut self,
        arguments: Value,
        is_function: bool,
        at: At<'_>,
    ) -> Option<Suspicion> {
        let mut open = vec![(arguments, DEPTH)];
        let mut looked = 0;
        while let Some((value, depth)) = open.pop() {
            looked += 1;
            if looked > LOOKED {
                break;
            }
            match value.kind() {
                Kind::Name(number) if is_function => {
                    let name = self.names.get(number)?;
                    if matches!(name.tier, Tier::Dangerous(_) | Tier::ByArguments(_)) {
                        return Some(Suspicion(format!("the function \"{}\"", name.path())));
                    }
                }
                Kind::Text(_) | Kind::Made(_) => {
                    if let Some(content) = self.read(value, at)
                        && let Some(what) = suspect(&text::lossy(&content), is_function)
                    {
                        return Some(Suspicion(what.to_owned()));
                    }
                    self.nest_loadable(value, at);
                }
                Kind::Node(_) => {
                    if let Some(depth) = depth.checked_sub(1) {
                        let items = self.arena.get(value).map_or(&[][..], |node| node.items);
                        open.extend(items.iter().map(|item| (*item, depth)));
                    }
                }
                _ => {}
            }
        }
        None
    }
}

/// Whether bytes are nothing that is read: a quarter of them are no characters.
fn is_binary(content: &[u8]) -> bool {
    let text = String::from_utf8_lossy(content);
    let strange = |c: &char| *c == char::REPLACEMENT_CHARACTER || c.is_control();
    let strange = text.chars().filter(strange).filter(|c| !c.is_whitespace()).count();
    strange > content.len() / 4
}

/// Whether bytes begin like a pickle, or like what a pickle is packed in.
fn is_loadable(head: &[u8]) -> bool {
    match head {
        [0x80, 0..=5, ..] => trial::guess(head, None) == Guess::Yes,
        _ => PACKED.iter().any(|magic| head.starts_with(magic)),
    }
}

/// How zip archives and the files of gzip, bzip2, xz, zstd, LZ4 and zlib begin.
const PACKED: &[&[u8]] = &[
    b"PK\x03\x04",
    b"\x1f\x8b\x08",
    b"BZh",
    b"\xfd7zXZ\0",
    b"\x28\xb5\x2f\xfd",
    b"\x04\x22\x4d\x18",
    b"\x78\x01",
    b"\x78\x5e",
    b"\x78\x9c",
    b"\x78\xda",
];

/// What a text looks like, where a function or a class has no use for it.
fn suspect(text: &str, is_function: bool) -> Option<&'static str> {
    if is_function {
        return suspicious(text);
    }
    let lower = text.to_lowercase();
    EVALUATED.iter().any(|pattern| lower.contains(pattern)).then_some("what looks like code")
}

/// What a text looks like, where it is nothing that data is made of.
pub(super) fn suspicious(text: &str) -> Option<&'static str> {
    let lower = text.to_lowercase();
    let has = |patterns: &[&str]| patterns.iter().any(|pattern| lower.contains(pattern));
    let starts = |patterns: &[&str]| patterns.iter().any(|pattern| lower.starts_with(pattern));
    if has(CODE) || lower.starts_with("import ") {
        return Some("what looks like code");
    }
    if has(COMMANDS) || starts(PROGRAMS) {
        return Some("what looks like a command");
    }
    if has(&["http://", "https://", "ftp://", "file://", "ldap://"]) || is_address(&lower) {
        return Some("the address of another place");
    }
    if has(&["../", "..\\"]) || starts(PATHS) || is_drive(&lower) {
        return Some("a path that leaves the model");
    }
    None
}

fn is_drive(text: &str) -> bool {
    matches!(text.as_bytes(), [b'a'..=b'z', b':', b'\\' | b'/', ..])
}

/// Whether a text begins with the scheme of an address: `mysql://`, `s3://`.
fn is_address(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, rest)| {
        let is_scheme = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'.');
        (2..=20).contains(&scheme.len()) && scheme.bytes().all(is_scheme) && !rest.is_empty()
    })
}

/// What an expression does that is more than mathematics.
static EVALUATED: &[&str] = &[
    "__import__",
    "os.system",
    "os.popen",
    "subprocess.",
    "eval(",
    "exec(",
    "__builtins__",
    "__globals__",
    "__subclasses__",
    "__class__",
    "importlib.",
    "pty.spawn",
];

static CODE: &[&str] = &[
    "__import__",
    "\nimport ",
    ";import ",
    "; import ",
    "exec(",
    "eval(",
    "compile(",
    "os.system",
    "os.popen",
    "subprocess",
    "socket.",
    "lambda:",
    "lambda _",
    "__builtins__",
    "__globals__",
    "__subclasses__",
    "open(",
    "print(",
];

static COMMANDS: &[&str] = &[
    "/bin/",
    "/dev/tcp/",
    "$(",
    "&& ",
    "| sh",
    "|sh",
    "| bash",
    "|bash",
    "rm -rf",
    "powershell",
    "cmd.exe",
    "cmd /c",
    "calc.exe",
    "base64 -d",
    "> /",
];

static PROGRAMS: &[&str] = &[
    "bash ", "cat ", "chmod ", "cp ", "curl ", "echo ", "id;", "kill ", "ls ", "mkdir ", "mv ",
    "nc ", "ncat ", "perl ", "ping ", "python ", "python3 ", "rm ", "sh ", "sleep ", "touch ",
    "uname", "wget ", "whoami",
];

static PATHS: &[&str] = &[
    "/etc/",
    "/home/",
    "/proc/",
    "/root/",
    "/tmp/",
    "/usr/",
    "/var/",
    "/dev/",
    "/sys/",
    "/opt/",
    "/srv/",
    "/run/",
    "/boot/",
    "/lib/",
    "/sbin/",
    "/users/",
    "/library/",
    "~/",
    "\\\\",
];
