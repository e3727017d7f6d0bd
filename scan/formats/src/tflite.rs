//! TensorFlow Lite: graphs of operators over tensors over buffers, each by its
//! number. Buffers are not read.

mod operator;
mod rules;
mod tensor;
#[cfg(test)]
mod tests;

pub use rules::ALL as RULES;

use std::collections::HashSet;
use std::rc::Rc;

use nix_ai_model_scan_walk::view::Range;
use nix_ai_model_scan_walk::{Fault, Head, Part, Reader, Result, Scan};

use crate::flatbuffer::{self, Flat, Table, Vector};
use crate::foreign::{is_file, is_pointer};
use operator::Operators;
use tensor::Buffer;

/// Tables that are read: those of a graph, and those of graphs that share them.
const TABLES: u64 = 1_000_000;
/// Buffers whose begin is looked at.
const LOOKED: usize = 1 << 16;
/// Buffers that begin like files and are handed over.
const FILES: usize = 64;

/// Reads TensorFlow Lite models.
pub struct TfLite;

impl Reader for TfLite {
    fn format(&self) -> &'static str {
        "TensorFlow Lite model"
    }

    fn recognises(&self, head: &Head) -> bool {
        let named = head.is_named(&[".tflite"]) && !is_pointer(&head.begin);
        named || flatbuffer::is(head, b"TFL3")
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let view = flatbuffer::settled(part)?;
        let flat = Flat::new(&*view)?;
        if flat.u32(4)? != u32::from_le_bytes(*b"TFL3") {
            return Err(Fault::broken(4, "does not have its identifier"));
        }
        let root = flat.root()?;
        let version = flat.number(root, 0, 0)?;
        if version != 3 {
            return Err(Fault::Unsupported(format!("version {version} of its schema")));
        }
        let mut model =
            Model { flat, part, scan, tables: 0, told: HashSet::new(), edges: Vec::new() };
        model.read(root)
    }
}

/// The model being read.
struct Model<'m, 'a> {
    flat: Flat<'m>,
    part: &'m Part<'a>,
    scan: &'m mut Scan<'a>,
    tables: u64,
    /// Dangerous operators that were told.
    told: HashSet<String>,
    /// Which graph calls which.
    edges: Vec<(u32, u32)>,
}

impl Model<'_, '_> {
    fn read(&mut self, root: Table) -> Result<()> {
        let buffers = self.buffers(root)?;
        let operators = Operators::read(self, root)?;
        let graphs = self.flat.vector(root, 2, 4)?;
        for (index, pointer) in (0..).zip(graphs.places(4)) {
            let graph = self.table(pointer)?;
            self.graph(graph, index, graphs.length, &buffers, &operators)?;
        }
        self.metadata(root, buffers.len())?;
        self.cycles(graphs.length);
        Ok(())
    }

    /// A table of many.
    fn table(&mut self, pointer: u64) -> Result<Table> {
        self.tables += 1;
        if self.tables > TABLES {
            return Err(Fault::Limit("tables"));
        }
        self.flat.table(pointer)
    }

    fn lie(&mut self, message: String) {
        self.scan.find(self.part, rules::INDEX.found(message));
    }

    /// The buffers' lengths; those that begin like files are handed over.
    fn buffers(&mut self, root: Table) -> Result<Vec<Buffer>> {
        let list = self.flat.vector(root, 4, 4)?;
        let (mut buffers, mut files) = (Vec::new(), 0);
        for pointer in list.places(4) {
            let table = self.table(pointer)?;
            let mut data = self.flat.vector(table, 0, 1)?;
            let (offset, size) = (self.flat.long(table, 1)?, self.flat.long(table, 2)?);
            // A buffer behind the tables, for models of more than 2 GiB.
            if offset > 1 {
                if offset.checked_add(size).is_none_or(|end| end > self.flat.size()) {
                    self.lie(format!("A buffer of {size} bytes at {offset} lies outside the file"));
                }
                data = Vector { begin: offset, length: u32::try_from(size).unwrap_or(u32::MAX) };
            }
            buffers.push(Buffer { length: if offset > 1 { size } else { data.length.into() } });
            if data.length > 64
                && files < FILES
                && buffers.len() < LOOKED
                && is_file(&self.flat.bytes(data, 1024)?)
            {
                files += 1;
                let message = format!("The buffer at byte {} begins like a file", data.begin);
                self.scan.find(self.part, rules::HIDDEN.found(message).at(data.begin));
                let view = Range::new(self.part.view().clone(), data.begin, data.length.into());
                let name = format!("buffer at {}", data.begin);
                self.scan.part(&self.part.excerpt(&name, Rc::new(view)));
            }
        }
        Ok(buffers)
    }

    fn graph(
        &mut self,
        graph: Table,
        index: u32,
        graphs: u32,
        buffers: &[Buffer],
        operators: &Operators,
    ) -> Result<()> {
        let tensors = self.flat.vector(graph, 0, 4)?;
        for pointer in tensors.places(4) {
            let tensor = self.table(pointer)?;
            self.tensor(tensor, buffers)?;
        }
        for number in [1, 2] {
            let list = self.flat.vector(graph, number, 4)?;
            self.indices(list, tensors.length, "The graph")?;
        }
        for pointer in self.flat.vector(graph, 3, 4)?.places(4) {
            let operator = self.table(pointer)?;
            self.operator(operator, tensors.length, operators)?;
            self.calls(operator, index, graphs)?;
        }
        Ok(())
    }

    /// Numbers of tensors; one of minus one is none.
    fn indices(&mut self, list: Vector, count: u32, what: &str) -> Result<()> {
        self.tables += u64::from(list.length);
        for place in list.places(4) {
            let index = self.flat.u32(place)?;
            if index >= count && index != u32::MAX {
                self.lie(format!("{what} uses the tensor {}, of {count}", index.cast_signed()));
            }
        }
        Ok(())
    }

    fn metadata(&mut self, root: Table, buffers: usize) -> Result<()> {
        for pointer in self.flat.vector(root, 6, 4)?.places(4) {
            let table = self.table(pointer)?;
            let buffer = self.flat.number(table, 1, 0)?;
            if buffer as usize >= buffers {
                self.lie(format!("Metadata use the buffer {buffer}, of {buffers}"));
            }
        }
        Ok(())
    }

    /// Graphs that call one another in a circle.
    fn cycles(&mut self, graphs: u32) {
        let mut incoming = vec![0_u32; graphs as usize];
        let valid = |graph: u32| graph < graphs;
        self.edges.retain(|(from, to)| valid(*from) && valid(*to));
        self.edges.sort_unstable();
        self.edges.dedup();
        for (_, to) in &self.edges {
            incoming[*to as usize] += 1;
        }
        let mut ready: Vec<u32> =
            (0..graphs).filter(|graph| incoming[*graph as usize] == 0).collect();
        let mut done = 0;
        while let Some(graph) = ready.pop() {
            done += 1;
            let first = self.edges.partition_point(|(from, _)| *from < graph);
            for (_, to) in self.edges[first..].iter().take_while(|(from, _)| *from == graph) {
                incoming[*to as usize] -= 1;
                if incoming[*to as usize] == 0 {
                    ready.push(*to);
                }
            }
        }
        if done < graphs {
            self.lie(format!("{} graphs call one another in a circle", graphs - done));
        }
    }
}
