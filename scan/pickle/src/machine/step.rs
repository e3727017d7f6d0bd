use super::arena::{HELD, Shape};
use super::number::number;
use super::{At, Machine, Texts, Underflow};
use crate::decode::{Argument, Op};
use crate::judge::How;
use crate::opcode::*;
use crate::value::{Kind, Value};

/// What follows an instruction.
pub(crate) enum Flow {
    Next,
    Stop,
    /// The bytes of an array follow.
    Array,
}

/// Why no loader goes on.
pub(crate) enum Halt {
    Underflow,
    Forgotten,
    Marks,
}

impl From<Underflow> for Halt {
    fn from(_: Underflow) -> Self {
        Self::Underflow
    }
}

impl Machine<'_> {
    /// Follows one instruction, which `bytes` begin with. Inlined into the loop:
    /// in the sandbox a call costs more than most instructions.
    #[inline(always)]
    pub(super) fn step(&mut self, op: Op, bytes: &[u8], at: At<'_>) -> Result<Flow, Halt> {
        match (op.code, op.argument) {
            (BININT1 | BININT2 | BININT, Argument::Number(n)) => self.stack.push(Value::int(n)),
            (NONE, _) => self.stack.push(Value::NONE),
            (NEWTRUE, _) => self.stack.push(Value::int(1)),
            (NEWFALSE, _) => self.stack.push(Value::int(0)),
            (DUP, _) => {
                let value = self.stack.top()?;
                self.stack.push(value);
            }
            (BINFLOAT | FLOAT | BYTEARRAY8 | NEXT_BUFFER, _) => self.stack.push(Value::DATA),
            (LONG1 | LONG4, Argument::Payload(n)) => self.long(n, bytes.get(op.length..), at),
            (
                SHORT_BINUNICODE | BINUNICODE | BINUNICODE8 | SHORT_BINSTRING | BINSTRING
                | SHORT_BINBYTES | BINBYTES | BINBYTES8,
                Argument::Payload(length),
            ) => {
                let value = self.texts.text(at.offset, length, at.window);
                self.stack.push(value);
            }
            (STRING | UNICODE, Argument::Line(length)) => {
                let value = self.texts.text(at.offset, length as u64, at.window);
                self.stack.push(value);
            }
            (MEMOIZE, _) => {
                let value = self.stack.top()?;
                self.memo.add(value);
            }
            (BINPUT, Argument::Number(key)) => self.put(key)?,
            (LONG_BINPUT, Argument::Number(key)) => {
                self.judge_memo(u64::try_from(key).unwrap_or(0), at);
                self.put(key)?;
            }
            (BINGET | LONG_BINGET, Argument::Number(key)) => self.get(key)?,
            (MARK, _) => {
                if !self.stack.mark() {
                    return Err(Halt::Marks);
                }
            }
            (EMPTY_TUPLE, _) => self.stack.push(Value::EMPTY_TUPLE),
            (EMPTY_LIST, _) => self.add(Shape::List, &[Value::EMPTY_TUPLE]),
            (EMPTY_DICT, _) => self.add(Shape::Dict, &[Value::EMPTY_TUPLE]),
            (EMPTY_SET, _) => self.add(Shape::Set, &[Value::EMPTY_TUPLE]),
            (TUPLE1, _) => {
                let items = self.stack.take::<1>()?;
                self.add(Shape::Tuple, &items);
            }
            (TUPLE2, _) => {
                let items = self.stack.take::<2>()?;
                self.add(Shape::Tuple, &items);
            }
            (TUPLE3, _) => {
                let items = self.stack.take::<3>()?;
                self.add(Shape::Tuple, &items);
            }
            (TUPLE | LIST | DICT | FROZENSET, _) => self.gathered(op.code, at)?,
            (APPEND | APPENDS | SETITEM | SETITEMS | ADDITEMS, _) => self.extend(op.code, at)?,
            (FRAME | PROTO | READONLY_BUFFER, _) => {}
            (STOP, _) => {
                self.result = self.stack.pop()?;
                return Ok(Flow::Stop);
            }
            _ => return self.rare(op, bytes, at),
        }
        Ok(Flow::Next)
    }

    /// Instructions that ordinary data has few of.
    #[inline(never)]
    fn rare(&mut self, op: Op, bytes: &[u8], at: At<'_>) -> Result<Flow, Halt> {
        match (op.code, op.argument) {
            (POP, _) => self.stack.pop_any()?,
            (POP_MARK, _) => {
                self.pop_mark()?;
            }
            (PUT, Argument::Line(length)) => match number(bytes.get(1..1 + length)) {
                Some(key) => {
                    self.judge_memo(u64::try_from(key).unwrap_or(0), at);
                    self.put(key)?;
                }
                None => drop(self.stack.top()?),
            },
            (GET, Argument::Line(length)) => match number(bytes.get(1..1 + length)) {
                Some(key) => self.get(key)?,
                None => return Err(Halt::Forgotten),
            },
            (INT | LONG, Argument::Line(length)) => {
                if length > 18
                    && bytes.get(1..1 + length).is_some_and(|line| self.alike.digits(line))
                {
                    self.judge_alike(at);
                }
                let value = number(bytes.get(1..1 + length)).map_or(Value::DATA, Value::int);
                self.stack.push(value);
            }
            (GLOBAL, Argument::Lines(first, second)) => {
                let value = self.global(bytes, first, second, at);
                self.stack.push(value);
            }
            (INST, Argument::Lines(first, second)) => {
                let class = self.global(bytes, first, second, at);
                self.pop_mark()?;
                self.instantiate(class, 0, at);
            }
            (PERSID, Argument::Line(_)) => {
                let value = self.texts.text(at.offset, 0, at.window);
                self.persistent(value, at);
            }
            _ => return self.object(op, at),
        }
        Ok(Flow::Next)
    }

    /// Instructions that name, call or change objects.
    fn object(&mut self, op: Op, at: At<'_>) -> Result<Flow, Halt> {
        match op.code {
            STACK_GLOBAL => {
                let [module, name] = self.stack.take::<2>()?;
                let value = self.stack_global(module, name, at);
                self.stack.push(value);
            }
            REDUCE => {
                let [function, arguments] = self.stack.take::<2>()?;
                let made = self.call(function, arguments, How::Function, at);
                self.stack.push(made);
            }
            NEWOBJ => {
                let [class, arguments] = self.stack.take::<2>()?;
                let made = self.call(class, arguments, How::Class, at);
                self.stack.push(made);
            }
            NEWOBJ_EX => {
                let [class, arguments, named] = self.stack.take::<3>()?;
                let arguments = self.with_named(arguments, named);
                let made = self.call(class, arguments, How::Class, at);
                self.stack.push(made);
            }
            OBJ => {
                self.pop_mark()?;
                let class = *self.items.first().ok_or(Halt::Underflow)?;
                self.instantiate(class, 1, at);
            }
            BUILD => {
                let state = self.stack.pop()?;
                let object = self.stack.top()?;
                self.array = self.build(object, state, at);
                if self.array.is_some() {
                    self.stack.set_top(Value::DATA);
                    return Ok(Flow::Array);
                }
            }
            EXT1 | EXT2 | EXT4 => {
                let Argument::Number(code) = op.argument else { return Ok(Flow::Next) };
                let value = self.extension(code, at);
                self.stack.push(value);
            }
            BINPERSID => {
                let id = self.stack.pop()?;
                self.persistent(id, at);
            }
            _ => {}
        }
        Ok(Flow::Next)
    }

    /// Follows an instruction whose line was not looked at.
    pub(super) fn step_long(&mut self, code: u8, at: At<'_>) -> Result<(), Halt> {
        match code {
            PUT => drop(self.stack.top()?),
            GET => return Err(Halt::Forgotten),
            GLOBAL => {
                let value = self.hidden_name("its name is too long", at);
                self.stack.push(value);
            }
            INST => {
                let class = self.hidden_name("its name is too long", at);
                self.pop_mark()?;
                self.instantiate(class, 0, at);
            }
            PERSID => self.persistent(Value::DATA, at),
            STRING | UNICODE => {
                let value = self.texts.text(at.offset, u64::MAX, at.window);
                self.stack.push(value);
            }
            _ => self.stack.push(Value::DATA),
        }
        Ok(())
    }

    fn add(&mut self, shape: Shape, items: &[Value]) {
        let value = self.arena.add(shape, items, false);
        self.stack.push(value);
    }

    fn put(&mut self, key: i64) -> Result<(), Halt> {
        let value = self.stack.top()?;
        if let Ok(key) = u64::try_from(key) {
            self.memo.put(key, value);
        }
        Ok(())
    }

    fn get(&mut self, key: i64) -> Result<(), Halt> {
        let held = u64::try_from(key).ok().and_then(|key| self.memo.get(key));
        self.stack.push(held.ok_or(Halt::Forgotten)?);
        Ok(())
    }

    /// Takes what is above the last mark into `items`, and says whether that
    /// is all of it.
    fn pop_mark(&mut self) -> Result<bool, Halt> {
        let count = self.stack.pop_mark(HELD, &mut self.items)?;
        Ok(count <= HELD as u64)
    }

    fn gathered(&mut self, code: u8, at: At<'_>) -> Result<(), Halt> {
        let all = self.pop_mark()?;
        let mut value = match self.items.as_slice() {
            [] => Value::EMPTY_TUPLE,
            items => self.arena.add(Shape::Tuple, items, !all),
        };
        let shape = match code {
            LIST => Some(Shape::List),
            DICT => Some(Shape::Dict),
            FROZENSET => {
                self.judge_keys(Shape::Set, at);
                Some(Shape::Set)
            }
            _ => None,
        };
        if let Some(shape) = shape {
            value = self.arena.add(shape, &[value], false);
        }
        self.stack.push(value);
        Ok(())
    }

    /// Puts items into the object below them.
    fn extend(&mut self, code: u8, at: At<'_>) -> Result<(), Halt> {
        let all = match code {
            APPEND => {
                let item = self.stack.pop()?;
                self.items.clear();
                self.items.push(item);
                true
            }
            SETITEM => {
                let pair = self.stack.take::<2>()?;
                self.items.clear();
                self.items.extend(pair);
                true
            }
            _ => self.pop_mark()?,
        };
        let target = self.stack.top()?;
        let Some(node) = self.arena.get(target) else {
            self.changed(target, at);
            return Ok(());
        };
        let shape = node.shape;
        if !matches!(shape, Shape::List | Shape::Dict | Shape::Set) {
            return Ok(());
        }
        let Some(&held) = node.items.first() else { return Ok(()) };
        let is_full = match self.arena.get(held) {
            Some(held) if held.more => return Ok(()),
            // What is full stays as it is.
            Some(held) => held.items.len() >= HELD,
            None => false,
        };
        self.judge_keys(shape, at);
        let items = if is_full { &[] } else { self.items.as_slice() };
        let content = self.arena.add_to(held, items, is_full || !all);
        self.arena.set(target, 0, content);
        Ok(())
    }

    /// Judges the keys among what is put into an object.
    #[inline(always)]
    fn judge_keys(&mut self, shape: Shape, at: At<'_>) {
        let step = match shape {
            Shape::Dict => 2,
            Shape::Set => 1,
            _ => return,
        };
        for place in (0..self.items.len()).step_by(step) {
            if self.keys > 0 && self.items[place].index().is_some() {
                self.judge_key(self.items[place], at);
            }
        }
    }

    /// What `INST` and `OBJ` do with a class and the items after the first few.
    fn instantiate(&mut self, class: Value, skipped: usize, at: At<'_>) {
        let items = self.items.get(skipped..).unwrap_or_default().to_vec();
        let arguments = self.tuple(&items);
        let made = self.call(class, arguments, How::Function, at);
        self.stack.push(made);
    }

    /// An integer of some bytes.
    fn long(&mut self, length: u64, bytes: Option<&[u8]>, at: At<'_>) {
        let bytes = usize::try_from(length).ok().and_then(|length| bytes?.get(..length));
        if let Some(bytes) = bytes.filter(|bytes| bytes.len() >= 8)
            && self.alike.bytes(bytes)
        {
            self.judge_alike(at);
        }
        let value = match bytes {
            Some(bytes) if bytes.len() <= 8 => {
                let negative = bytes.last().is_some_and(|byte| byte & 0x80 != 0);
                let mut whole = [if negative { 0xff } else { 0 }; 8];
                whole[..bytes.len()].copy_from_slice(bytes);
                Value::int(i64::from_le_bytes(whole))
            }
            Some(bytes) if bytes.last().is_some_and(|byte| byte & 0x80 == 0) => Value::VAST,
            _ => Value::DATA,
        };
        self.stack.push(value);
    }

    fn global(&mut self, bytes: &[u8], first: usize, second: usize, at: At<'_>) -> Value {
        let module = bytes.get(1..1 + first).unwrap_or_default();
        let name = bytes.get(first + 2..first + 2 + second).unwrap_or_default();
        let (module, name) = (crate::text::lossy(module), crate::text::lossy(name));
        self.named(&module, &name, at)
    }

    /// What two strings name.
    fn stack_global(&mut self, module: Value, name: Value, at: At<'_>) -> Value {
        if let Some(value) = self.resolved.get(&(module, name)) {
            return *value;
        }
        let read = |texts: &mut Texts, value| texts.read(value, self.view, at.window);
        let texts = [read(&mut self.texts, module), read(&mut self.texts, name)];
        let value = match texts {
            [Some(module_text), Some(name_text)] => {
                let (module, name) =
                    (crate::text::lossy(&module_text), crate::text::lossy(&name_text));
                self.named(&module, &name, at)
            }
            _ => self.hidden_name("it is not a string of the file", at),
        };
        let of_file = |value: Value| matches!(value.kind(), Kind::Text(_));
        if of_file(module) && of_file(name) && self.resolved.len() < 1 << 14 {
            self.resolved.insert((module, name), value);
        }
        value
    }
}
