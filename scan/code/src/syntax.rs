//! What Python and Jinja share: tokens, values, and expressions that are
//! evaluated while they are read. No tree is kept, so that neither depth nor
//! length of a hostile text costs stack or memory.

mod comprehension;
mod decode;
mod expression;
mod fold;
mod lexer;
mod literal;
mod meaning;
mod method;
mod translate;
mod value;
mod wide;

pub(crate) use decode::{base64, decoder};
pub(crate) use expression::Evaluator;
pub(crate) use fold::{concatenate, format_percent, path_marks};
pub(crate) use lexer::{Kind, Lexer, Line, Token};
pub(crate) use literal::unescape;
pub(crate) use meaning::{Argument, Meaning};
pub(crate) use method::method;
pub(crate) use translate::table;
pub(crate) use value::{Marks, Shape, Value};
pub(crate) use wide::wide;
