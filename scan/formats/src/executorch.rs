//! ExecuTorch programs: a flat buffer of plans, behind it segments of data. The
//! data are not read.

mod rules;
#[cfg(test)]
mod tests;

pub use rules::ALL as RULES;

use nix_ai_model_scan_walk::{Fault, Head, Level, Part, Reader, Result, Scan, quoted};

use crate::flatbuffer::{self, Flat, Table, Vector};
use crate::foreign::is_pointer;
use crate::suspect::is_suspect;

/// Tables and numbers that are read.
const ITEMS: u64 = 2_000_000;
/// Namespaces of operators that the runtime and its exporters bring.
const NAMESPACES: &[&str] = &[
    "aten",
    "cadence",
    "cortex_m",
    "dim_order_ops",
    "edge",
    "et_vk",
    "executorch_prim",
    "llama",
    "prim",
    "prims",
    "quantized",
    "quantized_decomposed",
    "torch_ao",
    "torchao",
];

/// Reads ExecuTorch programs.
pub struct ExecuTorch;

impl Reader for ExecuTorch {
    fn format(&self) -> &'static str {
        "ExecuTorch program"
    }

    fn recognises(&self, head: &Head) -> bool {
        let version =
            |at| head.begin.get(at..at + 2).is_some_and(|two| two.iter().all(u8::is_ascii_digit));
        let marked = head.has_at(4, b"ET") && version(6);
        // Archives with the same ending are judged as what they are.
        let other = head.begins_with(b"PK") || is_pointer(&head.begin);
        marked || head.is_named(&[".pte"]) && !other
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let view = flatbuffer::settled(part)?;
        let flat = Flat::new(&*view)?;
        let identifier = flat.u32(4)?.to_le_bytes();
        if !identifier.starts_with(b"ET") {
            return Err(Fault::broken(4, "does not have its identifier"));
        }
        let mut program = Program { flat, part, scan, items: 0 };
        let base = program.header()?;
        let root = flat.root()?;
        program.segments(root, base)?;
        for pointer in flat.vector(root, 1, 4)?.places(4) {
            let plan = program.table(pointer)?;
            program.plan(plan)?;
        }
        Ok(())
    }
}

struct Program<'m, 'a> {
    flat: Flat<'m>,
    part: &'m Part<'a>,
    scan: &'m mut Scan<'a>,
    items: u64,
}

impl Program<'_, '_> {
    fn lie(&mut self, message: String) {
        self.scan.find(self.part, rules::INDEX.found(message));
    }

    fn count(&mut self, items: u64) -> Result<()> {
        self.items += items;
        if self.items > ITEMS { Err(Fault::Limit("tables")) } else { Ok(()) }
    }

    fn table(&mut self, pointer: u64) -> Result<Table> {
        self.count(1)?;
        self.flat.table(pointer)
    }

    fn long(&self, place: u64) -> Result<u64> {
        Ok(u64::from(self.flat.u32(place)?) | u64::from(self.flat.u32(place + 4)?) << 32)
    }

    /// The header between the identifier and the tables; where segments begin.
    fn header(&mut self) -> Result<u64> {
        if self.flat.u32(8)? != u32::from_le_bytes(*b"eh00") {
            return Ok(0);
        }
        let (program, base) = (self.long(16)?, self.long(24)?);
        let size = self.flat.size();
        if program > size || base > size || base != 0 && base < program {
            let message = format!(
                "The program is said to have {program} bytes and data from {base} on, of {size}"
            );
            self.lie(message);
        }
        Ok(base)
    }

    fn segments(&mut self, root: Table, base: u64) -> Result<()> {
        for pointer in self.flat.vector(root, 4, 4)?.places(4) {
            let segment = self.table(pointer)?;
            let (offset, size) = (self.flat.long(segment, 0)?, self.flat.long(segment, 1)?);
            let end = base.checked_add(offset).and_then(|begin| begin.checked_add(size));
            if end.is_none_or(|end| end > self.flat.size()) {
                self.lie(format!("A segment of {size} bytes at {offset} lies outside the file"));
            }
        }
        Ok(())
    }

    fn plan(&mut self, plan: Table) -> Result<()> {
        let values = self.flat.vector(plan, 2, 4)?.length;
        let operators = self.flat.vector(plan, 6, 4)?;
        for number in [3, 4] {
            let list = self.flat.vector(plan, number, 4)?;
            self.indices(list, values)?;
        }
        for pointer in operators.places(4) {
            self.count(16)?;
            let operator = self.table(pointer)?;
            self.operator(operator)?;
        }
        for pointer in self.flat.vector(plan, 7, 4)?.places(4) {
            let delegate = self.table(pointer)?;
            let name = self.flat.text(delegate, 0)?;
            let message = format!("The backend {} runs what was compiled for it", quoted(&name));
            self.scan.find(self.part, rules::BACKEND.found(message));
        }
        for pointer in self.flat.vector(plan, 5, 4)?.places(4) {
            let chain = self.table(pointer)?;
            self.chain(chain, values, operators.length)?;
        }
        Ok(())
    }

    fn operator(&mut self, operator: Table) -> Result<()> {
        let name = self.flat.text(operator, 0)?;
        let space = name.split_once("::").map_or("", |(space, _)| space);
        if NAMESPACES.contains(&space) {
            return Ok(());
        }
        let level = if is_suspect(&name) { Level::High } else { rules::CUSTOM.level };
        let message = format!("The operator {} is not one of ExecuTorch", quoted(&name));
        self.scan.find(self.part, rules::CUSTOM.found(message).level(level));
        Ok(())
    }

    fn chain(&mut self, chain: Table, values: u32, operators: u32) -> Result<()> {
        for pointer in self.flat.vector(chain, 2, 4)?.places(4) {
            let instruction = self.table(pointer)?;
            let kind = self.flat.byte(instruction, 0)?;
            let Some(call) = self.flat.inner(instruction, 1)? else { continue };
            if kind == 1 {
                let operator = self.flat.number(call, 0, 0)?;
                if operator >= operators {
                    self.lie(format!(
                        "An instruction calls the operator {operator}, of {operators}"
                    ));
                }
            }
            // Calls of operators and of backends have their arguments alike.
            if matches!(kind, 1 | 2) {
                let list = self.flat.vector(call, 1, 4)?;
                self.indices(list, values)?;
            }
        }
        Ok(())
    }

    fn indices(&mut self, list: Vector, count: u32) -> Result<()> {
        self.count(list.length.into())?;
        for place in list.places(4) {
            let index = self.flat.u32(place)?;
            if index >= count {
                self.lie(format!("The value {} is used, of {count}", index.cast_signed()));
            }
        }
        Ok(())
    }
}
