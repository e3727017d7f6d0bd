//! Headers that lie.

use crate::wire::Response;

/// The entity tag of a file that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tag {
    /// The old one.
    Same,
    /// A strong one of its own.
    Strong(String),
    /// A weak one.
    Weak(String),
    /// None at all.
    None,
}

impl Tag {
    /// The header's value, where the tag is another one and strong.
    pub(super) fn value(&self) -> Option<String> {
        match self {
            Self::Strong(tag) => Some(format!("\"{tag}\"")),
            Self::Same | Self::Weak(_) | Self::None => None,
        }
    }

    pub(super) fn put(&self, response: &mut Response) {
        match self {
            Self::Same => {}
            Self::Strong(tag) => response.replace_header("ETag", &format!("\"{tag}\"")),
            Self::Weak(tag) => response.replace_header("ETag", &format!("W/\"{tag}\"")),
            Self::None => response.remove_header("ETag"),
        }
    }
}

/// What is wrong in a `Content-Range`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RangeLie {
    /// It is not there.
    Missing,
    /// It is no range.
    Garbage,
    /// It begins a byte too late.
    Shifted,
    /// It is of a file that is a byte longer.
    LargerTotal,
    /// It ends a byte too late.
    Longer,
}

impl RangeLie {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Missing, Self::Garbage, Self::Shifted, Self::LargerTotal, Self::Longer];

    pub(super) fn tell(self, response: &mut Response) {
        let value = match (self, numbers(response)) {
            (Self::Missing, _) | (_, None) => return response.remove_header("Content-Range"),
            (Self::Garbage, _) => "bytes all of them".to_owned(),
            (Self::Shifted, Some([first, last, total])) => {
                format!("bytes {}-{last}/{total}", first + 1)
            }
            (Self::LargerTotal, Some([first, last, total])) => {
                format!("bytes {first}-{last}/{}", total + 1)
            }
            (Self::Longer, Some([first, last, total])) => {
                format!("bytes {first}-{}/{}", last + 1, total + 2)
            }
        };
        response.replace_header("Content-Range", &value);
    }
}

/// First, last and total of a right `Content-Range`.
fn numbers(response: &Response) -> Option<[u64; 3]> {
    let (_, value) = response.headers.iter().find(|(name, _)| name == "Content-Range")?;
    let (range, total) = value.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    Some([first.parse().ok()?, last.parse().ok()?, total.parse().ok()?])
}
