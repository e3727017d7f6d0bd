//! StableHLO, MLIR and XLA's own text: programs for accelerators, which call
//! what the process registered. Python's callbacks are among it.

use nix_ai_model_scan_walk::{Head, Level, Part, Reader, Result, Rule, Scan, holds};

/// Callbacks.
pub static CALLBACK: Rule = Rule {
    id: "hlo/python-callback",
    level: Level::High,
    title: "Program for accelerators that calls back into Python",
    why: "The call takes a number of the program for the place of a Python object in memory, and calls it.",
    advice: "Do not run the program: exports of models have no callbacks.",
};

/// The rules of this module.
pub static RULES: &[&Rule] = &[&CALLBACK];

/// Begins of the names of such calls.
const CALLS: &[&str] = &[
    "xla_python_cpu_callback",
    "xla_python_gpu_callback",
    "xla_python_callback",
    "xla_ffi_python_",
    "xla_ffi_partitioned_python_",
    "xla_cpu_python_callback",
    "CallbackToPython",
];

const WINDOW: usize = 64 << 10;
const LAP: usize = 64;

/// Reads such programs.
pub struct Hlo;

impl Reader for Hlo {
    fn format(&self) -> &'static str {
        "program for accelerators"
    }

    fn recognises(&self, head: &Head) -> bool {
        let text = head.begin.trim_ascii_start();
        let is_text = [
            "module @",
            "module {",
            "module attributes",
            "HloModule",
            "#loc",
            "builtin.module",
            "\"builtin.module\"",
        ]
        .iter()
        .any(|begin| text.starts_with(begin.as_bytes()));
        head.is_named(&[".mlir", ".mlirbc", ".hlo", ".stablehlo", ".vhlo", ".hlo.pb"])
            || is_text
            || head.begin.windows(4).any(|window| window == b"ML\xefR")
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let mut at = 0_u64;
        let mut left: Vec<&str> = CALLS.to_vec();
        loop {
            scan.budget.step(WINDOW as u64 / 16)?;
            let bytes = part.view().bytes(at, WINDOW + LAP)?;
            // All of them have it.
            if holds(&bytes, &["ython"]) {
                left.retain(|call| {
                    let is_there = holds(&bytes, &[*call]);
                    if is_there {
                        scan.find(
                            part,
                            CALLBACK.found(format!("the program calls \"{call}\"")).at(at),
                        );
                    }
                    !is_there
                });
            }
            if bytes.len() < WINDOW + LAP {
                return Ok(());
            }
            at += WINDOW as u64;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Hlo;
    use crate::testing::{fails, found};

    #[test]
    fn callbacks_are_told_in_every_form() {
        let text = |call: &str| {
            format!("module @jit_f {{\n  %0 = stablehlo.custom_call @{call}(%a)\n}}\n")
        };
        assert!(fails(&found(&Hlo, "a.mlir", text("xla_python_cpu_callback").as_bytes())));
        assert!(fails(&found(&Hlo, "a", text("xla_ffi_python_cpu_callback").as_bytes())));
        let binary =
            [&b"ML\xefR\x0dStableHLO\0"[..], &[0; 70_000], b"xla_ffi_python_cpu_callback\0"]
                .concat();
        assert!(fails(&found(&Hlo, "a.bin", &binary)));
        assert_eq!(found(&Hlo, "a.mlir", text("Sharding").as_bytes()), []);
    }
}
