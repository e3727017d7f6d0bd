//! What the functions do that code of models has little reason to call.

mod table;

pub(super) use table::BUILTINS;
use table::exact;
pub(in crate::python) use table::is_notebook;

/// What calling a function does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// Runs code that it is given.
    Execute,
    /// Runs a command or a program.
    Process,
    /// Turns bytes into code.
    Bytecode,
    /// Unpickles, or builds what a text names.
    Unpickle,
    /// Opens a connection of any kind.
    Connect,
    /// Asks a server for something.
    Fetch,
    /// Sends something to a server.
    Send,
    /// Loads native code.
    Native,
    /// Makes memory executable, or writes to another process.
    Memory,
    /// Removes files.
    Remove,
    /// Opens or writes a file: its arguments say which.
    Open,
    /// Installs packages.
    Install,
    /// Puts a connection in the place of the standard streams.
    Redirect,
    /// Imports a module by name.
    Import,
    /// Finds every class that is loaded.
    Walk,
    /// Ends or blocks the process.
    Disturb,
    /// Asks for the number of a name, which tells the name to its server.
    Resolve,
    /// Runs code of another repository, or of a file that is no module.
    Foreign,
    /// Writes where something is started later.
    Persist,
    /// Puts something in the place of a function of Python.
    Replace,
    /// Runs code or programs in a way that only attacks have a use for.
    Gadget,
    /// Is handed a command that attacks.
    Handed,
    /// Hands out whatever a module that runs programs has.
    Proxy,
}

/// Modules whose names count wherever another module holds them, as in
/// `shutil.os.system`.
const ANYWHERE: &[&str] = &[
    "os",
    "subprocess",
    "builtins",
    "socket",
    "pty",
    "posix",
    "nt",
    "shutil",
    "ctypes",
    "marshal",
    "importlib",
    "runpy",
    "commands",
];

/// The effect of a dotted name.
pub(super) fn effect(name: &str) -> Option<Effect> {
    if let Some(effect) = exact(name) {
        return Some(effect);
    }
    let memory = ["VirtualAlloc", "VirtualAllocEx", "WriteProcessMemory", "CreateRemoteThread"];
    if name.rsplit('.').next().is_some_and(|last| memory.contains(&last)) {
        return Some(Effect::Memory);
    }
    let foreign =
        name.starts_with("ctypes.") || name.contains("CDLL()") || name.contains("dlopen()");
    if let (true, Some((_, function))) = (foreign, name.rsplit_once('.')) {
        match function {
            "system" | "popen" | "execve" | "execl" | "execv" | "WinExec" | "ShellExecuteA"
            | "ShellExecuteW" | "CreateProcessA" | "CreateProcessW" => {
                return Some(Effect::Process);
            }
            "mprotect" | "VirtualProtect" => return Some(Effect::Memory),
            _ if function.starts_with("PyRun_") || function.starts_with("PyEval_") => {
                return Some(Effect::Gadget);
            }
            _ => {}
        }
    }
    // The innermost module that is known.
    let mut from = name.len();
    while let Some(dot) = name[..from].rfind('.') {
        let rest = &name[dot + 1..];
        if ANYWHERE
            .iter()
            .any(|module| rest.strip_prefix(module).is_some_and(|after| after.starts_with('.')))
        {
            return exact(rest);
        }
        // `random._os` is `os`.
        let plain = rest.trim_start_matches('_');
        if plain.starts_with("os.") {
            return exact(plain);
        }
        from = dot;
    }
    None
}
