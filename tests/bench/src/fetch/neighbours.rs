//! What other programs took of the processors meanwhile: figures of a machine
//! that does something else are to be read with care.

/// The processors' time at some moment, in the kernel's ticks.
pub(crate) struct Neighbours {
    busy: u64,
    idle: u64,
    own: u64,
}

impl Neighbours {
    pub(crate) fn now() -> Self {
        let stat = std::fs::read_to_string("/proc/stat").unwrap();
        let ticks = numbers(stat.lines().next().unwrap().trim_start_matches("cpu"));
        // User, nice, system, idle, waiting, interrupts, soft ones, stolen; guests are users.
        let idle = ticks[3] + ticks[4];
        let busy = ticks[..8].iter().sum::<u64>() - idle;
        let own = std::fs::read_to_string("/proc/self/stat").unwrap();
        // Behind the name, which may hold anything: the 14th to 17th field are
        // ours and those of all programs that have ended.
        let fields = own.rsplit_once(')').unwrap().1.split_whitespace().skip(11).take(4);
        let own = fields.map(|field| field.parse::<u64>().unwrap()).sum();
        Self { busy, idle, own }
    }

    /// A sentence on what they took since then.
    pub(crate) fn since(self) -> String {
        let now = Self::now();
        let (busy, idle) = (now.busy - self.busy, now.idle - self.idle);
        let others = busy.saturating_sub(now.own - self.own);
        let share = 100.0 * others as f64 / (busy + idle).max(1) as f64;
        format!("Other programs took {share:.0}% of the processors meanwhile.")
    }
}

fn numbers(text: &str) -> Vec<u64> {
    text.split_whitespace().map(|word| word.parse().unwrap()).collect()
}
