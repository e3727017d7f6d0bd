use nix_ai_model_scan_walk::{Cursor, Fault, Result, Scan};

use super::file::{File, number};
use super::heap::bytes_of;

/// Levels of a tree.
const DEPTH: usize = 64;

struct Shape {
    kind: u8,
    record: u64,
    /// Bytes of the number of records of a child.
    count_bytes: u8,
    /// Bytes of the number of all records below a child, by the child's level.
    all_bytes: Vec<u8>,
}

/// What is done with a record: the cursor stands at its begin, and the tree's
/// kind and the record's size are told.
pub(super) type Take<'t> = dyn FnMut(&mut Cursor<'_>, u8, u64) -> Result<()> + 't;

/// Goes through the records of a tree of version 2.
pub(super) fn records(
    file: &File<'_>,
    address: u64,
    scan: &mut Scan<'_>,
    take: &mut Take<'_>,
) -> Result<()> {
    let mut cursor = file.block(address, b"BTHD")?;
    let at = cursor.position();
    cursor.skip(1);
    let kind = cursor.u8()?;
    let node = u64::from(cursor.u32()?);
    let record = u64::from(cursor.u16()?);
    let depth = usize::from(cursor.u16()?);
    cursor.skip(2);
    let root = file.address(&mut cursor)?;
    let count = u64::from(cursor.u16()?);
    let Some(root) = root else { return Ok(()) };
    if record == 0 || node < 10 + record || depth > DEPTH {
        return Err(Fault::broken(at, "has a tree of impossible measures"));
    }
    let shape = shape(file, kind, node, record, depth);
    // The nodes that are still to be read: address, records, level.
    let mut nodes = vec![(root, count, depth)];
    let mut left = file.size / 8 + 16;
    while let Some((address, count, level)) = nodes.pop() {
        // No more nodes and records than the file has room for.
        left = left
            .checked_sub(count.saturating_add(1))
            .ok_or(Fault::broken(at, "has a tree that is a ring"))?;
        scan.budget.step(8 * (1 + count))?;
        let signature = if level == 0 { b"BTLF" } else { b"BTIN" };
        let mut cursor = file.block(address, signature)?;
        cursor.skip(2);
        for _ in 0..count {
            let begin = cursor.position();
            take(&mut cursor, shape.kind, shape.record)?;
            cursor.go_to(begin + shape.record);
        }
        for _ in 0..if level == 0 { 0 } else { count + 1 } {
            let child = file.address(&mut cursor)?;
            let count = number(&mut cursor, shape.count_bytes)?;
            cursor.skip(shape.all_bytes.get(level - 1).copied().unwrap_or(0).into());
            if let Some(child) = child {
                nodes.push((child, count, level - 1));
            }
        }
    }
    Ok(())
}

fn shape(file: &File<'_>, kind: u8, node: u64, record: u64, depth: usize) -> Shape {
    let most = (node - 10) / record;
    let count_bytes = bytes_of(most);
    let mut all = most;
    let mut all_bytes = vec![0];
    for _ in 1..depth {
        let pointer = u64::from(file.address_size)
            + u64::from(count_bytes)
            + u64::from(*all_bytes.last().unwrap_or(&0));
        let most = node.saturating_sub(10 + pointer) / (record + pointer);
        all = (most + 1).saturating_mul(all).saturating_add(most);
        all_bytes.push(bytes_of(all));
    }
    Shape { kind, record, count_bytes, all_bytes }
}
