//! JSON of any size, read once from its begin to its end, in whatever encoding
//! it is: [`fold`] sums values up as strict parsers take them, [`leaves`] walks
//! what any lenient one takes as well.

mod encoding;
mod fold;
mod leaves;
mod scalar;
#[cfg(test)]
mod tests;
mod token;

pub use encoding::{begin, is_object, unified};
pub use fold::{Fold, Place, fold};
pub use leaves::{Path, Step, leaves};
pub use scalar::{Scalar, Text};
pub use token::Tokens;
