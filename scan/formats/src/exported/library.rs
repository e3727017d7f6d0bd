use nix_ai_model_scan_walk::{Head, Part, Reader, Result, Scan, holds};

use super::LIBRARY;

/// What a library that AOTInductor compiled lets its loader call.
const ENTRY: &str = "AOTInductorModelContainerCreate";
/// Functions of the system that no model needs.
const SYSTEM: &[&str] = &[
    "system",
    "popen",
    "execve",
    "execv",
    "execvp",
    "execl",
    "execlp",
    "execle",
    "execvpe",
    "fexecve",
    "posix_spawn",
    "posix_spawnp",
    "fork",
    "vfork",
    "socket",
    "connect",
    "ptrace",
    "memfd_create",
    "dlopen",
    "getaddrinfo",
    "gethostbyname",
];
/// Bytes that are looked at together, and by which they overlap.
const WINDOW: usize = 1 << 20;
const LAP: usize = 64;
/// Bytes of a library that are looked at; constants may follow its code.
const READ: u64 = 512 << 20;

/// Reads libraries that AOTInductor compiled.
pub struct Compiled;

impl Reader for Compiled {
    fn format(&self) -> &'static str {
        "compiled model"
    }

    fn recognises(&self, head: &Head) -> bool {
        head.begins_with(b"\x7fELF") && head.is_named(&[".so"])
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let path = part.member().unwrap_or(part.file());
        if !path.split(['/', '!']).any(|folder| folder == "aotinductor") {
            return Ok(());
        }
        let (mut at, mut is_model, mut imports) = (0, false, Vec::new());
        while at < READ {
            scan.budget.step(WINDOW as u64 / 16)?;
            let bytes = part.view().bytes(at, WINDOW + LAP)?;
            is_model |= holds(&bytes, &[ENTRY]);
            let names = bytes.split(|byte| *byte == 0);
            let known = names
                .filter_map(|name| SYSTEM.iter().find(|known| known.as_bytes() == name).copied());
            imports.extend(known);
            if bytes.len() < WINDOW + LAP {
                break;
            }
            at += WINDOW as u64;
        }
        if !is_model {
            let message = format!("the library has no function \"{ENTRY}\": it is no model");
            scan.find(part, LIBRARY.found(message));
        }
        imports.sort_unstable();
        imports.dedup();
        if !imports.is_empty() {
            let message = format!("the library calls \"{}\"", imports.join("\", \""));
            scan.find(part, LIBRARY.found(message));
        }
        Ok(())
    }
}
