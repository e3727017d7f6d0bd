//! The table by which characters are put in the place of others: the size of a
//! tree, the tree as Darts writes it, and the texts that its leaves point to,
//! each up to a zero byte.

/// What is wrong with a table; `None` where it keeps within itself.
pub(super) fn lie(table: &[u8]) -> Option<String> {
    if table.is_empty() {
        return None;
    }
    let Some((size, rest)) = table.split_first_chunk::<4>() else {
        return Some("is cut".to_owned());
    };
    let size = u32::from_le_bytes(*size) as usize;
    let Some((tree, texts)) = rest.split_at_checked(size).filter(|_| size.is_multiple_of(4)) else {
        return Some(format!("is said to have a tree of {size} bytes, and has {}", rest.len()));
    };
    let units: Vec<u32> =
        tree.as_chunks::<4>().0.iter().map(|unit| u32::from_le_bytes(*unit)).collect();
    if units.is_empty() {
        return Some("has no tree".to_owned());
    }
    let ends = texts.last() == Some(&0);
    let mut seen = vec![false; units.len()];
    let mut open = vec![0];
    seen[0] = true;
    while let Some(place) = open.pop() {
        let Some(unit) = units.get(place) else { continue };
        let base = place ^ (unit >> 10 << ((unit & 1 << 9) >> 6)) as usize;
        // Each byte that may follow is looked up from here.
        if base | 0xff >= units.len() {
            return Some(format!("leads to the place {} of {}", base | 0xff, units.len()));
        }
        if unit >> 8 & 1 == 1 {
            let text = (units[base] & 0x7fff_ffff) as usize;
            if text >= texts.len() || !ends {
                return Some(format!("leads to the text at {text} of {} bytes", texts.len()));
            }
        }
        for byte in 1..=255_usize {
            let next = base ^ byte;
            let is_child =
                units.get(next).is_some_and(|unit| unit & (1 << 31 | 0xff) == byte as u32);
            if is_child && !seen[next] {
                seen[next] = true;
                open.push(next);
            }
        }
    }
    None
}
