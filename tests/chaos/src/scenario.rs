//! What happens in a run; all of it follows from its seed.

use std::fmt;
use std::time::Duration;

use nix_ai_model_testkit::{Dice, Fixture, Trouble};

/// A run.
#[derive(Debug, Clone)]
pub(crate) struct Scenario {
    pub(crate) seed: u64,
    /// What is served and fetched.
    pub(crate) tree: Fixture,
    pub(crate) road: Road,
    pub(crate) encrypted: bool,
    /// Large files come from a second origin; where it is a number, by
    /// addresses that expire after so many answers.
    pub(crate) cdn: Cdn,
    /// Each connection is given some megabytes a second and no more.
    pub(crate) capped: bool,
    /// How the server behaves before it is mended.
    pub(crate) weather: Vec<Trouble>,
    /// Requests that are struck, in a hundred.
    pub(crate) percent: u64,
    pub(crate) event: Event,
}

/// Which source is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Road {
    /// `huggingface`.
    Hub,
    /// `url`, each file with its digest.
    Digests,
    /// `url` without digests; the tree's hash is given instead.
    Expected,
    /// `url` with digests and mirrors at a server on which all is well.
    Mirrors,
}

/// Where large files are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cdn {
    /// At the endpoint.
    None,
    /// At another origin.
    Lasting,
    /// There, by addresses that are answered so many times.
    Expiring(u64),
}

/// What happens beside the weather.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    /// Nothing.
    None,
    /// The program is stopped, and as often again as it goes on, a moment after
    /// it was started.
    Stop(Stop, Moment, Option<Duration>),
    /// The disk has so many bytes less than the tree needs, from the start.
    SmallDisk(u64),
    /// Another program fills the disk.
    FullDisk(Moment),
    /// A folder cannot be written.
    ReadOnly(Folder),
    /// The clock jumps by so many seconds.
    Clock(i64, Moment),
    /// Several programs fetch the tree at once.
    Together(Together),
}

/// How a program is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    Kill,
    Interrupt,
    Terminate,
}

impl Stop {
    /// The signal's number.
    pub(crate) fn number(self) -> i32 {
        match self {
            Self::Interrupt => 2,
            Self::Kill => 9,
            Self::Terminate => 15,
        }
    }
}

/// When something happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// So many bytes of files were sent.
    Sent(u64),
    /// So long after the last byte.
    Done(Duration),
    /// So long after the start.
    Passed(Duration),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Folder {
    Results,
    Cache,
}

/// Programs side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Together {
    /// How many.
    pub(crate) count: usize,
    /// When the first of them is killed, if it is.
    pub(crate) killed: Option<Moment>,
    /// All want the same folder.
    pub(crate) same_out: bool,
    /// The second is on another machine, as far as it can tell: it has the cache
    /// by another mount, and the machine another name.
    pub(crate) elsewhere: bool,
}

/// Kinds of events, in turn by the seed, so that a few seeds have them all.
const KINDS: [Kind; 12] = [
    Kind::Weather,
    Kind::Kill,
    Kind::Together,
    Kind::Weather,
    Kind::Disk,
    Kind::Kill,
    Kind::Weather,
    Kind::Stop,
    Kind::Together,
    Kind::ReadOnly,
    Kind::Weather,
    Kind::Clock,
];

#[derive(Debug, Clone, Copy)]
enum Kind {
    Weather,
    Kill,
    Stop,
    Disk,
    ReadOnly,
    Clock,
    Together,
}

impl Scenario {
    pub(crate) fn of(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let kind = KINDS[(seed % KINDS.len() as u64) as usize];
        let large = match kind {
            Kind::Kill | Kind::Together => dice.chance(35),
            _ => dice.chance(10),
        };
        let tree = tree(&mut dice, large);
        let event = event(kind, &mut dice, tree.size());
        let stormy = matches!(kind, Kind::Weather) || dice.chance(40);
        Self {
            seed,
            road: dice.pick(&[
                Road::Hub,
                Road::Hub,
                Road::Hub,
                Road::Digests,
                Road::Expected,
                Road::Mirrors,
            ]),
            encrypted: dice.chance(25),
            cdn: match dice.between(0..=2) {
                0 => Cdn::None,
                1 => Cdn::Lasting,
                _ => Cdn::Expiring(dice.between(1..=3)),
            },
            capped: dice.chance(if large { 70 } else { 10 }),
            weather: if stormy { weather(&mut dice) } else { Vec::new() },
            percent: dice.between(10..=60),
            tree,
            event,
        }
    }

    /// Whether the server does nothing wrong.
    pub(crate) fn is_calm(&self) -> bool {
        self.weather.is_empty()
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, tree, road, encrypted, cdn, capped, weather, percent, event } = self;
        let (files, size) = (tree.paths().len(), tree.size());
        let scheme = if *encrypted { "https" } else { "http" };
        write!(f, "seed {seed}: {files} files, {size} bytes, {road:?} by {scheme}, cdn {cdn:?}, ")?;
        if *capped {
            write!(f, "capped, ")?;
        }
        match weather.len() {
            0 => write!(f, "calm, ")?,
            28 => write!(f, "{percent} % of everything, ")?,
            _ => write!(f, "{percent} % of {weather:?}, ")?,
        }
        write!(f, "{event:?}")
    }
}

/// Small files, and maybe a large one that is worth several ranges.
fn tree(dice: &mut Dice, large: bool) -> Fixture {
    const KIB: u64 = 1 << 10;
    const MIB: u64 = 1 << 20;
    let mut tree = Fixture::new();
    for number in 0..dice.between(1..=6) {
        let size = match dice.between(0..=6) {
            0 => dice.between(0..=2),
            1 => dice.between(0..=2 * KIB),
            2 => dice.between(MIB - 1..=MIB + 1),
            3 | 4 => dice.between(0..=MIB),
            _ => dice.between(0..=4 * MIB),
        };
        let name = dice.pick(&["config-{}.json", "weights-{}.safetensors", "deep/er/{}.bin"]);
        tree = tree.pseudo_random(name.replace("{}", &number.to_string()), size);
    }
    if dice.chance(30) {
        // The same bytes twice.
        let bytes = vec![7; dice.between(1..=300 * KIB) as usize];
        tree = tree.file("one/same.bin", bytes.clone()).file("two/same.txt", bytes);
    }
    if large {
        tree = tree.pseudo_random("large.safetensors", dice.between(20 * MIB..=40 * MIB));
    }
    tree
}

fn weather(dice: &mut Dice) -> Vec<Trouble> {
    if dice.chance(30) {
        return Trouble::ALL.to_vec();
    }
    (0..dice.between(1..=4)).map(|_| dice.pick(&Trouble::ALL)).collect()
}

fn event(kind: Kind, dice: &mut Dice, size: u64) -> Event {
    let moment = |dice: &mut Dice| match dice.between(0..=4) {
        0 => Moment::Done(Duration::from_micros(dice.between(0..=20_000))),
        1 => Moment::Passed(Duration::from_millis(dice.between(0..=300))),
        _ => Moment::Sent(dice.between(0..=size)),
    };
    match kind {
        Kind::Weather => Event::None,
        Kind::Kill => {
            let again = dice.chance(30).then(|| Duration::from_millis(dice.between(20..=250)));
            Event::Stop(Stop::Kill, moment(dice), again)
        }
        Kind::Stop => {
            Event::Stop(dice.pick(&[Stop::Interrupt, Stop::Terminate]), moment(dice), None)
        }
        Kind::Disk if dice.chance(40) => Event::SmallDisk(dice.between(1..=size.max(1))),
        Kind::Disk => Event::FullDisk(Moment::Sent(dice.between(0..=size))),
        Kind::ReadOnly => Event::ReadOnly(dice.pick(&[Folder::Results, Folder::Cache])),
        Kind::Clock => {
            const DAY: i64 = 86_400;
            let seconds = dice.pick(&[-20 * 365 * DAY, -DAY, -61, 61, DAY, 20 * 365 * DAY]);
            Event::Clock(seconds, moment(dice))
        }
        Kind::Together => Event::Together(Together {
            count: dice.between(2..=3) as usize,
            killed: dice.chance(50).then(|| moment(dice)),
            same_out: dice.chance(30),
            elsewhere: dice.chance(50),
        }),
    }
}
