//! PaddlePaddle: programs of operators, as a message (`.pdmodel`) and, since
//! version 3, as JSON. Parameters are numbers, or pickles that others judge.

mod json;
mod rules;
#[cfg(test)]
mod tests;

pub use json::PaddleJson;
pub use rules::ALL as RULES;

use std::collections::HashSet;

use nix_ai_model_scan_walk::{Found, Head, Level, Part, Reader, Result, Scan, quoted};

use crate::foreign::{code, is_pointer, outside};
use crate::protobuf::{Sniffed, Span, Value, Wire, sniff};
use crate::suspect::is_suspect;

/// Run Python.
const PYTHON: &[&str] = &["py_func", "py_layer", "pylayer", "py_reader", "create_py_reader"];
/// Reach the network.
const NETWORK: &[&str] = &[
    "c_gen_nccl_id",
    "checkpoint_notify",
    "distributed_lookup_table",
    "fetch_barrier",
    "gen_nccl_id",
    "heter_listen_and_serv",
    "listen_and_serv",
    "prefetch",
    "pull_sparse",
    "recv_save",
    "send",
    "send_and_recv",
    "send_barrier",
];
/// Read and write files that an attribute names.
const FILES: &[&str] =
    &["load", "load_combine", "read_file", "save", "save_combine", "sparse_tensor_load"];

/// What is found of an operator by its name.
fn judge(operator: &str) -> Option<Found> {
    let told = format!("The operator {}", quoted(operator));
    if PYTHON.contains(&operator) {
        return Some(rules::PYTHON.found(format!("{told} calls Python code")));
    }
    if NETWORK.contains(&operator) {
        return Some(rules::NETWORK.found(format!("{told} reaches the network")));
    }
    if FILES.contains(&operator) {
        let found = rules::FILE.found(format!("{told} reads or writes a file"));
        let level = if operator == "read_file" { Level::High } else { Level::Medium };
        return Some(found.level(level));
    }
    is_suspect(operator)
        .then(|| rules::CUSTOM.found(format!("{told} is none of PaddlePaddle and named like code")))
}

/// Reads programs.
pub struct Paddle;

impl Reader for Paddle {
    fn format(&self) -> &'static str {
        "PaddlePaddle program"
    }

    fn recognises(&self, head: &Head) -> bool {
        let fields = sniff(&head.begin, head.size);
        let named = head.is_named(&[".pdmodel"]) || head.name == "__model__";
        if named {
            return !is_pointer(&head.begin) && !head.begin.starts_with(b"{");
        }
        // A block, which begins with its number and that of the one around it.
        matches!(fields.as_deref(), Some([(1, Sniffed::Bytes(block)), ..])
            if matches!(sniff(block, None).as_deref(),
                Some([(1, Sniffed::Number(0)), (2, Sniffed::Number(u64::MAX | 0xffff_ffff)), (3 | 4, Sniffed::Bytes(_)), ..])))
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let wire = Wire::new(part)?;
        let mut left = wire.whole();
        let mut program = Program { wire, part, scan, told: HashSet::new() };
        while let Some(field) = program.wire.next(&mut left)? {
            if let (1, Value::Bytes(block)) = (field.number, field.value) {
                program.block(block)?;
            }
        }
        Ok(())
    }
}

struct Program<'m, 'a> {
    wire: Wire<'m>,
    part: &'m Part<'a>,
    scan: &'m mut Scan<'a>,
    told: HashSet<String>,
}

impl Program<'_, '_> {
    fn block(&mut self, mut left: Span) -> Result<()> {
        while let Some(field) = self.wire.next(&mut left)? {
            if let (4, Value::Bytes(operator)) = (field.number, field.value) {
                self.operator(operator)?;
            }
        }
        Ok(())
    }

    fn operator(&mut self, operator: Span) -> Result<()> {
        self.scan.budget.step(1)?;
        let (mut left, mut name) = (operator, String::new());
        while let Some(field) = self.wire.next(&mut left)? {
            if let (3, Value::Bytes(span)) = (field.number, field.value) {
                name = self.wire.name(span)?;
            }
        }
        if let Some(found) = judge(&name)
            && self.told.len() < 4096
            && self.told.insert(name.clone())
        {
            self.scan.find(self.part, found.at(operator.begin));
        }
        let mut left = operator;
        while let Some(field) = self.wire.next(&mut left)? {
            if let (4, Value::Bytes(attribute)) = (field.number, field.value) {
                self.attribute(attribute, FILES.contains(&&*name))?;
            }
        }
        Ok(())
    }

    /// An attribute: its strings are looked at.
    fn attribute(&mut self, mut left: Span, of_file: bool) -> Result<()> {
        let mut name = String::new();
        while let Some(field) = self.wire.next(&mut left)? {
            if let (1, Value::Bytes(span)) = (field.number, field.value) {
                name = self.wire.name(span)?;
            }
            // Where the operator was made: lines of the program that did it.
            let (5 | 8, Value::Bytes(span)) = (field.number, field.value) else { continue };
            if name == "op_callstack" {
                continue;
            }
            let text = self.wire.text(span)?;
            let found = if let Some(what) = code(&text) {
                rules::CODE.found(format!("An attribute holds {what}: {}", quoted(&text)))
            } else if let Some(why) = outside(&text).filter(|_| of_file) {
                rules::FILE
                    .found(format!("An operator opens the file {}, which {why}", quoted(&text)))
            } else {
                continue;
            };
            self.scan.find(self.part, found.at(span.begin));
        }
        Ok(())
    }
}
