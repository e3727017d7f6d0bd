//! Where the tensors say that they are, held against one another and the file.

use nix_ai_model_scan_walk::{Level, Part, Scan, quoted};

use super::{STRETCHES, rules};

/// What the header says of one tensor.
pub struct Tensor {
    /// The type's name.
    pub dtype: String,
    /// Numbers; `None` where the shape's product overflows.
    pub count: Option<u64>,
    /// In bytes from the header's end.
    pub begin: u64,
    /// In bytes from the header's end, behind the last.
    pub end: u64,
}

/// The claims of all tensors on the bytes behind the header.
pub struct Layout {
    /// Bytes behind the header.
    size: u64,
    /// Begin and end of each tensor that has bytes.
    claims: Vec<(u64, u64)>,
    /// Tensors of bytes, which can be anything.
    bytes: Vec<(u64, u64)>,
}

impl Layout {
    /// Nothing is claimed of `size` bytes.
    pub fn new(size: u64) -> Self {
        Self { size, claims: Vec::new(), bytes: Vec::new() }
    }

    /// Takes note of a tensor, and says where its own numbers disagree.
    pub fn claim(&mut self, tensor: Tensor, name: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
        let Tensor { dtype, count, begin, end } = tensor;
        let name = || quoted(name);
        let Some(bits) = bits(&dtype) else {
            let message =
                format!("The tensor {} is of the unknown type {}", name(), quoted(&dtype));
            scan.find(part, rules::DTYPE.found(message));
            return;
        };
        let Some(length) = end.checked_sub(begin) else {
            let message =
                format!("The tensor {} ends at {end}, before it begins at {begin}", name());
            scan.find(part, rules::LAYOUT.found(message));
            return;
        };
        let wanted = count.and_then(|count| count.checked_mul(bits));
        if wanted.is_none_or(|bits| bits % 8 != 0 || bits / 8 != length) {
            let message = match wanted {
                None => format!(
                    "The shape of the tensor {} has more numbers than can be counted",
                    name()
                ),
                Some(bits) => format!(
                    "The tensor {} takes {} bytes by its shape, and {length} by its offsets",
                    name(),
                    bits / 8
                ),
            };
            scan.find(part, rules::LAYOUT.found(message));
        }
        if end > self.size {
            let message =
                format!("The tensor {} ends at {end}, where the data end at {}", name(), self.size);
            // No loader takes it: it is cut, as an unfinished download is.
            scan.find(part, rules::LAYOUT.found(message).level(Level::Unjudged));
        }
        if length > 0 {
            self.claims.push((begin, end.min(self.size)));
        }
        if matches!(&*dtype, "U8" | "I8") && length > 64 && self.bytes.len() < STRETCHES {
            self.bytes.push((begin, end.min(self.size)));
        }
    }

    /// Says where tensors overlap and where bytes belong to none.
    pub fn judge(&mut self, part: &Part<'_>, scan: &mut Scan<'_>) {
        self.claims.sort_unstable();
        // They are read in this order: a stream is cheap forwards alone.
        self.bytes.sort_unstable();
        let overlaps = self.claims.windows(2).filter(|pair| pair[1].0 < pair[0].1).count();
        if overlaps > 0 {
            let message = format!("{overlaps} tensors overlap the one before");
            scan.find(part, rules::LAYOUT.found(message));
        }
        let (mut stretches, mut bytes, mut first) = (0_u64, 0_u64, 0);
        for (begin, end) in self.unclaimed() {
            if stretches == 0 {
                first = begin;
            }
            stretches += 1;
            bytes += end - begin;
        }
        if stretches > 0 {
            let message = format!(
                "{bytes} bytes in {stretches} stretches belong to no tensor, from byte {first} of the data on"
            );
            scan.find(part, rules::UNCLAIMED.found(message));
        }
    }

    /// The stretches that belong to no tensor, once judged.
    pub fn unclaimed(&self) -> impl Iterator<Item = (u64, u64)> {
        let last = std::iter::once((self.size, self.size));
        let mut place = 0;
        self.claims.iter().copied().chain(last).filter_map(move |(begin, end)| {
            let gap = (begin > place).then_some((place, begin.min(self.size)));
            place = place.max(end);
            gap.filter(|(begin, end)| begin < end)
        })
    }

    /// The first tensors of bytes.
    pub fn bytes(&self) -> &[(u64, u64)] {
        &self.bytes
    }
}

/// Bits of a number of this type.
fn bits(dtype: &str) -> Option<u64> {
    Some(match dtype {
        "F4" => 4,
        "F6_E2M3" | "F6_E3M2" => 6,
        "BOOL" | "U8" | "I8" | "F8_E5M2" | "F8_E4M3" | "F8_E8M0" | "F8_E4M3FNUZ"
        | "F8_E5M2FNUZ" => 8,
        "I16" | "U16" | "F16" | "BF16" => 16,
        "I32" | "U32" | "F32" => 32,
        "I64" | "U64" | "F64" | "C64" => 64,
        "C128" => 128,
        _ => return None,
    })
}
