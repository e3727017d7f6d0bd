use super::value::Value;

/// What a name, a call and so on mean in the language that is read.
pub(crate) trait Meaning<'s> {
    fn name(&mut self, name: &'s str, at: usize) -> Value;
    fn attribute(&mut self, of: Value, name: &str, at: usize) -> Value;
    fn index(&mut self, of: Value, index: Value, at: usize) -> Value;
    fn call(&mut self, callee: Value, arguments: &[Argument<'s>], at: usize) -> Value;
    /// A name that is not called but handed on.
    fn uses(&mut self, value: &Value, at: usize);
    /// Binds a name for what follows, and hands back what it was bound to.
    fn bind(&mut self, name: &'s str, value: Option<Value>) -> Option<Value>;
    /// Whether tokens may be read once more, and how often names are found
    /// meanwhile is not told.
    fn replay(&mut self, tokens: usize) -> bool;
    /// Ends what [`Self::replay`] began.
    fn replayed(&mut self);
    /// Takes bytes that folding makes; false where they are spent.
    fn spend(&mut self, bytes: usize) -> bool;
    /// `value | name(arguments)`, where the language has that.
    fn filter(&mut self, _: Value, _: &str, _: &[Argument<'s>], _: usize) -> Option<Value> {
        None
    }
    /// Whether it is Jinja.
    fn is_template(&self) -> bool {
        false
    }
}

/// An argument of a call.
#[derive(Debug, Clone, Default)]
pub(crate) struct Argument<'s> {
    pub(crate) name: Option<&'s str>,
    pub(crate) value: Value,
}
