use nix_ai_model_scan_walk::{Fault, Level, Part, Result, Scan};

use super::code::Code;
use super::names::{self, AUTOMATIC, COMMON, MAPS, NAMING, STRONG};
use super::source::Source;
use super::{CALL, PROMISE};

/// Things that are still to be read.
const PENDING: usize = 1 << 20;
/// Objects that others refer to.
const REFERENCES: usize = 16 << 20;

/// What is to be read next.
#[derive(Clone, Copy)]
enum Task {
    Item(Place),
    /// So many items.
    Items(u64),
    /// The strings of a namespace or package.
    Strings(u64),
    /// The value of a promise comes here: whether it is unbound is asked.
    PromiseValue {
        in_environment: bool,
    },
    /// Bytecode, and what it is made of.
    Bytecode,
    ConstantCount,
    Constants(u64),
    Language(Place),
    /// The end of an environment.
    Leave,
    /// The begin of the code of a function that is bound to the name of this
    /// number.
    Enter(u8),
    /// The end of code.
    Judge(u64),
    /// Notes the object that was just read as one that others refer to.
    Refer,
}

/// What an item is to its container.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Anywhere,
    /// The function of a call.
    Head,
    /// The name of what comes next.
    Tag,
    /// What has that name.
    Named,
}

pub(super) struct Walk<'p, 'a> {
    part: &'p Part<'a>,
    source: Source<'p>,
    tasks: Vec<Task>,
    is_workspace: bool,
    /// Symbols and texts to come that may be the name of a function.
    names: u8,
    /// Whether they are names among others.
    is_among: bool,
    /// The number of the name of what comes next.
    tag: u8,
    /// The code that is being read; none for the environments within.
    code: Vec<Option<Code>>,
    /// For each object that others refer to, the number of its name.
    references: Vec<u8>,
    /// Environments that are being read.
    environments: u32,
}

impl<'p, 'a> Walk<'p, 'a> {
    pub(super) fn new(part: &'p Part<'a>, begin: u64) -> Result<Self> {
        let mut cursor = part.cursor();
        cursor.go_to(begin);
        let size = if part.view().is_random() { part.view().size()? } else { u64::MAX };
        let mut source = Source::new(cursor, size)?;
        let version = source.number()?;
        source.skip(2, 4)?;
        match version {
            2 => {}
            3 => {
                let length = source.length()?;
                source.text(length)?;
            }
            _ => return Err(Fault::Unsupported(format!("version {version} of serialisation"))),
        }
        let tasks = vec![Task::Item(Place::Anywhere)];
        Ok(Self {
            part,
            source,
            tasks,
            is_workspace: begin > 0,
            references: Vec::new(),
            names: 0,
            is_among: false,
            tag: 0,
            code: Vec::new(),
            environments: 0,
        })
    }

    pub(super) fn all(&mut self, scan: &mut Scan<'a>) -> Result<()> {
        while let Some(task) = self.tasks.pop() {
            scan.budget.step(4)?;
            if self.tasks.len() > PENDING || self.references.len() > REFERENCES {
                return Err(Fault::Limit("objects within objects"));
            }
            match task {
                Task::Item(place) => self.item(place, scan)?,
                Task::Items(0) | Task::Strings(0) | Task::Constants(0) => {}
                Task::Items(left) | Task::Strings(left) => {
                    self.tasks.extend([Task::Items(left - 1), Task::Item(Place::Anywhere)]);
                }
                Task::PromiseValue { in_environment } => self.promise(in_environment, scan)?,
                Task::Bytecode => {
                    self.tasks.extend([Task::ConstantCount, Task::Item(Place::Anywhere)]);
                }
                Task::ConstantCount => {
                    let count = self.source.length()?;
                    self.tasks.push(Task::Constants(count));
                }
                Task::Constants(left) => {
                    self.tasks.push(Task::Constants(left - 1));
                    match self.source.number()? {
                        21 => self.tasks.push(Task::Bytecode),
                        kind => self.language(kind, Place::Anywhere)?,
                    }
                }
                Task::Language(place) => {
                    let kind = self.source.number()?;
                    self.language(kind, place)?;
                }
                Task::Leave => {
                    self.environments = self.environments.saturating_sub(1);
                    self.code.pop();
                }
                Task::Enter(name) => self.code.push(Some(Code::named(names::name(name)))),
                Task::Judge(at) => {
                    let code = self.code.pop().flatten();
                    let found = code.iter().flat_map(Code::judged);
                    found.for_each(|found| scan.find(self.part, found.at(at)));
                }
                Task::Refer => self.references.push(0),
            }
        }
        Ok(())
    }

    /// Reads what follows the kind of an item within bytecode.
    fn language(&mut self, kind: i32, place: Place) -> Result<()> {
        let kind = match kind {
            243 => return self.source.number().map(drop),
            244 => {
                self.source.number()?;
                self.source.number()?
            }
            kind => kind,
        };
        let anywhere = Task::Item(Place::Anywhere);
        if matches!(kind, 6 | 240) && place == Place::Head {
            self.computed();
        }
        match kind {
            2 | 6 | 239 | 240 => {
                let first = if matches!(kind, 6 | 240) { Place::Head } else { Place::Anywhere };
                let pair = [Task::Language(Place::Anywhere), Task::Language(first), anywhere];
                self.tasks.extend(pair);
                self.tasks.extend(matches!(kind, 239 | 240).then_some(anywhere));
            }
            _ => self.tasks.push(Task::Item(place)),
        }
        Ok(())
    }

    fn item(&mut self, place: Place, scan: &mut Scan<'a>) -> Result<()> {
        let at = self.source.position();
        let flags = self.source.number()?;
        self.value(flags, place, at, scan)
    }

    fn value(&mut self, flags: i32, place: Place, at: u64, scan: &mut Scan<'a>) -> Result<()> {
        let (has_attributes, has_tag) = (flags & 0x200 != 0, flags & 0x400 != 0);
        // Only a function that comes right after its name has it.
        if place != Place::Tag && (place != Place::Named || flags & 0xff != 3) {
            self.tag = 0;
        }
        let anywhere = Task::Item(Place::Anywhere);
        match flags & 0xff {
            0 | 241 | 242 | 250..=254 => {}
            1 => self.symbol(place, at, scan)?,
            kind @ (2 | 3 | 5 | 6 | 17) => {
                if kind == 6 && place == Place::Head {
                    self.computed();
                }
                self.pair(kind, has_attributes, has_tag, at, scan);
            }
            4 => {
                self.source.number()?;
                self.references.push(0);
                self.environments += 1;
                self.code.push(None);
                self.tasks.extend([Task::Leave, Task::Items(4)]);
            }
            7 | 8 => {
                let length = self.source.length()?;
                let name = self.source.text(length)?;
                self.called(&name, at, scan);
            }
            9 => {
                let length = self.source.number()?;
                if length > 0 {
                    let text = self.source.text(u64::from(length.unsigned_abs()))?;
                    if let Some(Some(code)) = self.code.last_mut()
                        && let Some(found) = code.text(&text)
                    {
                        scan.find(self.part, found.at(at));
                    }
                    // Text that is assigned names no function.
                    if self.is_among {
                        self.names = self.names.saturating_sub(1);
                    } else {
                        self.named(&text, Place::Anywhere, at, scan);
                    }
                }
            }
            kind @ (10 | 13 | 14 | 15 | 24) => self.numbers(kind, has_attributes, scan)?,
            16 | 19 | 20 => {
                let length = self.source.length()?;
                self.tasks.extend(has_attributes.then_some(anywhere));
                self.tasks.push(Task::Items(length));
            }
            21 => {
                self.source.number()?;
                self.tasks.extend(has_attributes.then_some(anywhere));
                self.tasks.push(Task::Bytecode);
            }
            kind @ (22 | 23) => {
                self.references.push(0);
                self.tasks.extend(has_attributes.then_some(anywhere));
                // A pointer keeps two objects, a weak reference none.
                self.tasks.push(Task::Items(if kind == 22 { 2 } else { 0 }));
            }
            25 => self.tasks.extend(has_attributes.then_some(anywhere)),
            238 => self.tasks.push(Task::Items(3)),
            247..=249 => {
                self.source.number()?;
                let length = self.source.length()?;
                self.tasks.extend([Task::Refer, Task::Strings(length)]);
            }
            255 => self.reference(flags >> 8, place, at, scan)?,
            kind => return Err(Fault::broken(at, format!("has an object of unknown kind {kind}"))),
        }
        Ok(())
    }

    /// A function is called that is the value of a call.
    fn computed(&mut self) {
        if let Some(Some(code)) = self.code.last_mut() {
            code.computed();
        }
    }

    /// A list of numbers of one kind, which are passed over.
    fn numbers(&mut self, kind: i32, has_attributes: bool, scan: &mut Scan<'a>) -> Result<()> {
        let size = match kind {
            14 => 8,
            15 => 16,
            24 => 1,
            _ => 4,
        };
        let length = self.source.length()?;
        scan.budget.step(length / 64)?;
        self.source.skip(length, size)?;
        self.tasks.extend(has_attributes.then_some(Task::Item(Place::Anywhere)));
        Ok(())
    }

    /// Lists, closures, promises and calls: attributes, tag, first, rest.
    fn pair(&mut self, kind: i32, attributes: bool, tag: bool, at: u64, scan: &mut Scan<'a>) {
        let anywhere = Task::Item(Place::Anywhere);
        // Code is judged as a whole, without the environment of a function.
        let begins = kind == 3 || kind == 6 && !matches!(self.code.last(), Some(Some(_)));
        self.tasks.extend(begins.then_some(Task::Judge(at)));
        self.tasks.push(anywhere);
        self.tasks.push(match kind {
            5 => Task::PromiseValue { in_environment: self.environments > 0 },
            6 => Task::Item(Place::Head),
            2 if tag => Task::Item(Place::Named),
            _ => anywhere,
        });
        let name = if kind == 3 { std::mem::take(&mut self.tag) } else { 0 };
        self.tasks.extend(begins.then_some(Task::Enter(name)));
        let place = if kind == 2 { Place::Tag } else { Place::Anywhere };
        self.tasks.extend(tag.then_some(Task::Item(place)));
        self.tasks.extend(attributes.then_some(anywhere));
        if kind == 5 && self.environments == 0 {
            let told = "a promise is outside of all environments";
            scan.find(self.part, PROMISE.found(told).at(at));
        }
    }

    fn promise(&mut self, in_environment: bool, scan: &mut Scan<'a>) -> Result<()> {
        let at = self.source.position();
        let flags = self.source.number()?;
        // Arguments that nobody looked at stay in environments of functions.
        if flags & 0xff == 252 && in_environment {
            let told = "a promise in an environment is not kept yet";
            scan.find(self.part, PROMISE.found(told).level(Level::Low).at(at));
        }
        self.value(flags, Place::Anywhere, at, scan)
    }

    fn symbol(&mut self, place: Place, at: u64, scan: &mut Scan<'a>) -> Result<()> {
        // Its name is an item of its own: flags, length, bytes.
        self.source.number()?;
        let length = self.source.number()?;
        let name = match u64::try_from(length) {
            Ok(length) => self.source.text(length)?,
            Err(_) => String::new(),
        };
        self.references.push(names::number(&name));
        self.named(&name, place, at, scan);
        Ok(())
    }

    fn reference(&mut self, number: i32, place: Place, at: u64, scan: &mut Scan<'a>) -> Result<()> {
        let number = if number == 0 { self.source.number()? } else { number };
        let place_of = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
        let held = place_of.and_then(|place| self.references.get(place)).copied();
        let held =
            held.ok_or_else(|| Fault::broken(at, "refers to an object that is not there"))?;
        self.named(names::name(held).unwrap_or_default(), place, at, scan);
        Ok(())
    }

    /// A symbol or text, which may say what is called.
    fn named(&mut self, name: &str, place: Place, at: u64, scan: &mut Scan<'a>) {
        let kind = names::kind(name);
        if place == Place::Tag {
            let is_automatic = kind & AUTOMATIC != 0 && self.is_workspace;
            let is_bound = is_automatic && self.environments == 0 && self.code.is_empty();
            self.tag = if is_bound { names::number(name) } else { 0 };
        }
        if place == Place::Head {
            let is_name = self.names > 0 && !self.is_among;
            if let Some(Some(code)) = self.code.last_mut() {
                code.call(name, is_name);
            }
            self.is_among = kind & NAMING == 0;
            self.names = if kind & (NAMING | MAPS) != 0 { 2 } else { 0 };
            self.called(name, at, scan);
            return;
        }
        if let Some(Some(code)) = self.code.last_mut() {
            code.symbol(name);
        }
        if self.names == 0 {
            return;
        }
        self.names -= 1;
        if self.is_among {
            // What is assigned to comes first, and may have any name.
            if self.names == 0 && kind & STRONG != 0 {
                self.called(name, at, scan);
            }
            return;
        }
        // Code has the call within.
        let call = name.split_once('(').map_or(name, |(before, _)| before);
        self.called(call.rsplit(|sign: char| !is_of_name(sign)).next().unwrap_or(""), at, scan);
    }

    fn called(&self, name: &str, at: u64, scan: &mut Scan<'a>) {
        let kind = names::kind(name);
        if kind & (STRONG | COMMON) != 0 {
            let level = if kind & COMMON != 0 { Level::Low } else { Level::High };
            scan.find(self.part, CALL.found(format!("\"{name}\" is called")).level(level).at(at));
        }
    }
}

fn is_of_name(sign: char) -> bool {
    sign.is_alphanumeric() || matches!(sign, '.' | '_')
}
