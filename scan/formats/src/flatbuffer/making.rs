//! Flat buffers in the making, for tests: written front to back, with the
//! pointers filled in when what they lead to is written.

/// What a field holds.
#[derive(Clone)]
pub enum Field {
    None,
    Byte(u8),
    Number(u32),
    Long(u64),
    Text(String),
    Numbers(Vec<u32>),
    Table(Vec<Field>),
    Tables(Vec<Vec<Field>>),
}

/// The bytes of a buffer whose root has these fields.
pub fn buffer(identifier: &[u8; 4], root: &[Field]) -> Vec<u8> {
    let mut bytes = vec![0; 4];
    bytes.extend(identifier);
    bytes.resize(64, 0);
    let place = table(&mut bytes, root);
    point(&mut bytes, 0, place);
    bytes
}

fn point(bytes: &mut [u8], from: usize, to: usize) {
    bytes[from..from + 4].copy_from_slice(&((to - from) as u32).to_le_bytes());
}

fn table(bytes: &mut Vec<u8>, fields: &[Field]) -> usize {
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    let list = bytes.len();
    bytes.extend(((4 + 2 * fields.len()) as u16).to_le_bytes());
    bytes.extend(((8 + 8 * fields.len()) as u16).to_le_bytes());
    for (index, field) in fields.iter().enumerate() {
        let offset = if matches!(field, Field::None) { 0 } else { 8 + 8 * index };
        bytes.extend((offset as u16).to_le_bytes());
    }
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    let place = bytes.len();
    bytes.extend(((place - list) as u32).to_le_bytes());
    bytes.resize(place + 8 + 8 * fields.len(), 0);
    for (index, field) in fields.iter().enumerate() {
        let at = place + 8 + 8 * index;
        match field {
            Field::None => {}
            Field::Byte(value) => bytes[at] = *value,
            Field::Number(value) => bytes[at..at + 4].copy_from_slice(&value.to_le_bytes()),
            Field::Long(value) => bytes[at..at + 8].copy_from_slice(&value.to_le_bytes()),
            Field::Text(text) => {
                let to = bytes.len();
                bytes.extend((text.len() as u32).to_le_bytes());
                bytes.extend(text.as_bytes());
                bytes.push(0);
                bytes.resize(bytes.len().next_multiple_of(4), 0);
                point(bytes, at, to);
            }
            Field::Numbers(numbers) => {
                let to = bytes.len();
                bytes.extend((numbers.len() as u32).to_le_bytes());
                numbers.iter().for_each(|number| bytes.extend(number.to_le_bytes()));
                point(bytes, at, to);
            }
            Field::Table(fields) => {
                let to = table(bytes, fields);
                point(bytes, at, to);
            }
            Field::Tables(tables) => {
                let to = bytes.len();
                bytes.extend((tables.len() as u32).to_le_bytes());
                bytes.resize(to + 4 + 4 * tables.len(), 0);
                point(bytes, at, to);
                for (index, fields) in tables.iter().enumerate() {
                    let inner = table(bytes, fields);
                    point(bytes, to + 4 + 4 * index, inner);
                }
            }
        }
    }
    place
}
