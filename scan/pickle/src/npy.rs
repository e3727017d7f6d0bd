//! NumPy's array files.

use std::rc::Rc;

use nix_ai_model_scan_walk::view::Range;
use nix_ai_model_scan_walk::{Fault, Head, Part, Reader, Result, Scan, View};

use crate::judge::{Tiers, Verdicts};
use crate::literal::{self, Literal};
use crate::{dtype, rules, search};

const MAGIC: &[u8] = b"\x93NUMPY";
/// Bytes of a header that is read.
const HEADER: usize = 1 << 20;
/// Arrays one after the other.
const ARRAYS: u32 = 100_000;
/// Fields of a structured type, and types within types.
const DEPTH: u8 = 16;

/// Reads NumPy arrays: those of Python objects hold a pickle.
pub(crate) struct NpyReader {
    pub tiers: Tiers,
}

impl Reader for NpyReader {
    fn format(&self) -> &'static str {
        "NumPy array"
    }

    fn recognises(&self, head: &Head) -> bool {
        head.begins_with(MAGIC)
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let view = &**part.view();
        let mut begin = 0;
        for _ in 0..ARRAYS {
            let header = Header::read(view, begin)?;
            header.judge(part, begin, scan);
            if header.has_objects {
                return objects(part, header.end, scan);
            }
            let Some(end) = header.bytes.and_then(|bytes| header.end.checked_add(bytes)) else {
                return Err(Fault::broken(begin, "has a header that gives no size"));
            };
            let after = view.bytes(end, MAGIC.len())?;
            if after.is_empty() {
                return truncation(view, end);
            }
            if after != MAGIC {
                return self.trailing(part, end, scan);
            }
            begin = end;
        }
        Err(Fault::Limit("arrays one after the other"))
    }
}

impl NpyReader {
    fn trailing<'a>(&self, part: &Part<'a>, end: u64, scan: &mut Scan<'a>) -> Result<()> {
        let message = format!("bytes follow the array from byte {end} on");
        scan.find(part, rules::TRAILING.found(message).at(end));
        let mut verdicts = Verdicts::default();
        search::search(&**part.view(), end, self.tiers, &mut verdicts)?;
        verdicts.tell(part, nix_ai_model_scan_walk::Level::Note, scan);
        Ok(())
    }
}

/// Says where an array is cut off. A stream is not read to its end for that.
fn truncation(view: &dyn View, end: u64) -> Result<()> {
    if view.is_random() && view.size()? < end {
        return Err(Fault::Truncated(view.size()?));
    }
    Ok(())
}

/// Hands over the pickle that an array of Python objects is.
fn objects<'a>(part: &Part<'a>, begin: u64, scan: &mut Scan<'a>) -> Result<()> {
    let message = format!("\"{}\" holds Python objects, which are a pickle", part.name());
    scan.find(part, rules::OBJECT_ARRAY.found(message));
    let pickle = Rc::new(Range::new(part.view().clone(), begin, u64::MAX - begin));
    if !scan.part(&part.within("objects.pkl", pickle)) {
        return Err(Fault::broken(begin, "holds objects that are not a pickle"));
    }
    Ok(())
}

/// What an array's header says.
struct Header {
    /// Where the array's elements begin.
    end: u64,
    has_objects: bool,
    /// Bytes of all elements, where that can be told.
    bytes: Option<u64>,
    /// Whether it is not as NumPy writes it.
    is_odd: bool,
}

impl Header {
    fn read(view: &dyn View, begin: u64) -> Result<Self> {
        let place = begin.saturating_add(MAGIC.len() as u64);
        let version = nix_ai_model_scan_walk::view::array::<2>(view, place)?;
        let (length, width) = match version[0] {
            1 => {
                let length = nix_ai_model_scan_walk::view::array::<2>(view, place + 2)?;
                (u32::from(u16::from_le_bytes(length)), 2)
            }
            2 | 3 => {
                let length = nix_ai_model_scan_walk::view::array::<4>(view, place + 2)?;
                (u32::from_le_bytes(length), 4)
            }
            other => {
                return Err(Fault::broken(place, format!("has the unknown version {other}")));
            }
        };
        let from = place + 2 + width;
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if length > HEADER {
            return Err(Fault::Limit("bytes of a header"));
        }
        let bytes = view.bytes(from, length)?;
        if bytes.len() < length {
            return Err(Fault::Truncated(from + bytes.len() as u64));
        }
        let text = crate::text::lossy(&bytes);
        let literal = literal::parse(&text)
            .ok_or_else(|| Fault::broken(from, "has a header that is no Python literal"))?;
        Self::of(&literal, from + length as u64)
            .ok_or_else(|| Fault::broken(from, "has a header that does not describe an array"))
    }

    fn of(literal: &Literal, end: u64) -> Option<Self> {
        let Literal::Dict(pairs) = literal else { return None };
        let get = |wanted: &str| {
            let is = |key: &Literal| matches!(key, Literal::Text(key) if key == wanted);
            // The last one counts, as in Python.
            pairs.iter().rev().find(|(key, _)| is(key)).map(|(_, value)| value)
        };
        let (descr, order, shape) = (get("descr")?, get("fortran_order")?, get("shape")?);
        let has_objects = pairs.iter().any(|(_, value)| holds_objects(value, DEPTH));
        let count = product(shape);
        let bytes =
            count.zip(width(descr, DEPTH)).and_then(|(count, width)| count.checked_mul(width));
        let is_odd = pairs.len() != 3 || !matches!(order, Literal::Truth(_));
        Some(Self { end, has_objects, bytes, is_odd })
    }

    fn judge(&self, part: &Part<'_>, begin: u64, scan: &mut Scan<'_>) {
        if self.is_odd {
            let message = format!("the header of \"{}\" has other fields than three", part.name());
            scan.find(part, rules::ODD_HEADER.found(message).at(begin));
        }
    }
}

/// How many elements a shape has.
fn product(shape: &Literal) -> Option<u64> {
    let sizes = match shape {
        Literal::Tuple(sizes) => sizes.as_slice(),
        Literal::Number(_) => std::slice::from_ref(shape),
        _ => return None,
    };
    sizes.iter().try_fold(1_u64, |product, size| match size {
        Literal::Number(size) => product.checked_mul(u64::try_from(*size).ok()?),
        _ => None,
    })
}

/// Whether a type is, or has, one of Python objects.
fn holds_objects(descr: &Literal, depth: u8) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return true };
    match descr {
        Literal::Text(code) => dtype::has_objects(code),
        Literal::Tuple(items) => items.iter().any(|item| holds_objects(item, depth)),
        Literal::List(fields) => fields.iter().any(|field| match field {
            // The name of a field is no type.
            Literal::Tuple(field) => field.iter().skip(1).any(|item| holds_objects(item, depth)),
            other => holds_objects(other, depth),
        }),
        _ => false,
    }
}

/// Bytes of an element.
fn width(descr: &Literal, depth: u8) -> Option<u64> {
    let depth = depth.checked_sub(1)?;
    match descr {
        Literal::Text(code) => dtype::width(code),
        Literal::List(fields) => fields.iter().try_fold(0_u64, |sum, field| {
            let Literal::Tuple(field) = field else { return None };
            let width = width(field.get(1)?, depth)?;
            let count = field.get(2).map_or(Some(1), product)?;
            sum.checked_add(width.checked_mul(count)?)
        }),
        Literal::Tuple(pair) => {
            let (inner, shape) = (pair.first()?, pair.get(1)?);
            width(inner, depth)?.checked_mul(product(shape)?)
        }
        _ => None,
    }
}
