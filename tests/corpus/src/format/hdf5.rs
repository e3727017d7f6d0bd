//! The least file that HDF5 takes: a group with attributes, as Keras has it.

/// A file whose root has these attributes, each a string.
pub fn hdf5(attributes: &[(&str, &str)]) -> Vec<u8> {
    const UNDEFINED: [u8; 8] = [0xff; 8];
    const HEADER: u64 = 96;
    // What a node with room for 32 children takes.
    const TREE: u64 = 544;
    let mut messages = Vec::new();
    let attributes: Vec<_> =
        attributes.iter().map(|(name, value)| (0x0c, attribute(name, value))).collect();
    let header_size = attributes.iter().map(|(_, data)| 8 + data.len()).sum::<usize>() + 24;
    let tree = HEADER + 16 + header_size as u64;
    let heap = tree + TREE;
    let links = [tree.to_le_bytes(), heap.to_le_bytes()].concat();
    let all = attributes.into_iter().chain([(0x11, links)]);
    let mut count = 0_u16;
    for (kind, data) in all {
        count += 1;
        messages.extend(u16::to_le_bytes(kind));
        messages.extend((data.len() as u16).to_le_bytes());
        messages.extend([0; 4]);
        messages.extend(data);
    }
    let end = heap + 32 + 8;
    let mut file = b"\x89HDF\r\n\x1a\n\0\0\0\0\0\x08\x08\0\x04\0\x10\0\0\0\0\0".to_vec();
    file.extend([0_u64.to_le_bytes(), UNDEFINED, end.to_le_bytes(), UNDEFINED].concat());
    file.extend([0_u64.to_le_bytes(), HEADER.to_le_bytes()].concat());
    // What is cached: the places of tree and heap.
    file.extend([1, 0, 0, 0, 0, 0, 0, 0]);
    file.extend([tree.to_le_bytes(), heap.to_le_bytes()].concat());
    file.extend([1, 0]);
    file.extend(count.to_le_bytes());
    file.extend(1_u32.to_le_bytes());
    file.extend((header_size as u32).to_le_bytes());
    file.extend([0; 4]);
    file.extend(messages);
    // A tree without entries, and a heap with one empty name.
    file.extend(b"TREE\0\0\0\0");
    file.extend([UNDEFINED, UNDEFINED].concat());
    file.resize(heap as usize, 0);
    file.extend(b"HEAP\0\0\0\0");
    file.extend([8_u64.to_le_bytes(), 1_u64.to_le_bytes(), (heap + 32).to_le_bytes()].concat());
    file.extend([0; 8]);
    file
}

fn attribute(name: &str, value: &str) -> Vec<u8> {
    let mut data = vec![1, 0];
    data.extend([name.len() as u16 + 1, 8, 8].iter().flat_map(|size| size.to_le_bytes()));
    data.extend(name.as_bytes());
    data.resize((data.len() + 1).next_multiple_of(8), 0);
    // A string of this size, padded with zeros; one of it.
    data.extend([0x13, 1, 0, 0]);
    data.extend((value.len() as u32).to_le_bytes());
    data.extend([1, 0, 0, 0, 0, 0, 0, 0]);
    data.extend(value.as_bytes());
    data.resize(data.len().next_multiple_of(8), 0);
    data
}
