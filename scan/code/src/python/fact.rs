use std::rc::Rc;

use super::effect::Effect;
use crate::shell::Harm;
use crate::syntax::Marks;

/// When code runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// When the file is imported.
    Import,
    /// When the file is run as a program.
    Main,
    /// When somebody calls the function it is in.
    Function,
}

/// One thing that the code does.
#[derive(Debug, Clone)]
pub(super) struct Fact {
    pub(super) effect: Effect,
    /// Where, in bytes from the text's begin.
    pub(super) at: usize,
    pub(super) place: Place,
    /// Whether it is in a function that is called, not at the top itself.
    pub(super) is_indirect: bool,
    /// The outermost function or class that it is in.
    pub(super) unit: Option<Rc<str>>,
    /// The dotted name that is called.
    pub(super) name: Rc<str>,
    /// What is known of the function's own origin.
    pub(super) callee: Marks,
    /// What is known of its arguments together.
    pub(super) marks: Marks,
    /// What is known of its first argument: command, code, address, path.
    pub(super) subject: Option<Rc<str>>,
    /// Whether it is called here, or handed on.
    pub(super) is_called: bool,
    /// What the command, or the path, does harm by.
    pub(super) harm: Option<Harm>,
    /// Whether a shell reads the command.
    pub(super) is_shell: bool,
    /// Whether it opens to write.
    pub(super) writes: bool,
}
