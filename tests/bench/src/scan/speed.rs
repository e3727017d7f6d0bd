//! How long each scanner takes, and how much memory.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::options::Options;
use crate::scene::{Case, FOR_SANDBOX};
use crate::tool::{Answer, Tool};

/// What a peer may take for one case, in seconds.
const PATIENCE: &str = "120";
/// What it may take of memory.
const MEMORY: &str = "--as=6442450944";

/// One run, or the median of some.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Figures {
    /// Seconds.
    pub(crate) wall: f64,
    /// Seconds of all its processes, in user and system mode.
    pub(crate) cpu: f64,
    /// The largest of its processes' resident sets, in MiB.
    pub(crate) peak: f64,
    pub(crate) answer: Answer,
}

/// By case, the medians of each tool.
pub(crate) struct Speeds(pub(crate) Vec<(Case, Vec<(Tool, Figures)>)>);

/// Each round runs every tool once over each case.
pub(crate) fn run(cases: Vec<Case>, options: &Options) -> Speeds {
    let all = Tool::ALL.into_iter().chain([Tool::Native]);
    let tools: Vec<_> = all.filter(|tool| tool.is_here(options)).collect();
    let measure = |case: Case| {
        eprintln!("{}", case.name);
        // All find the file in memory.
        touch(&case.path);
        let mut runs: Vec<(Tool, Vec<Figures>)> =
            tools.iter().map(|tool| (*tool, Vec::new())).collect();
        for round in 0..rounds(&case, options) {
            let count = runs.len();
            for index in 0..count {
                let (tool, figures) = &mut runs[(index + round) % count];
                let is_due = round < options.rounds || FOR_SANDBOX_BY.contains(tool);
                // What gave up once will again; its minutes are known.
                let is_known = figures.last().is_some_and(|last: &Figures| last.wall >= 30.0);
                if is_due && !is_known {
                    figures.push(once(*tool, &case.path, options));
                }
            }
        }
        let rows = runs.into_iter().map(|(tool, figures)| (tool, median(&figures))).collect();
        (case, rows)
    };
    Speeds(cases.into_iter().map(measure).collect())
}

/// The sandbox's cost is a difference of differences: it takes more runs than a
/// figure of its own does.
const FOR_SANDBOX_ROUNDS: usize = 15;
const FOR_SANDBOX_BY: [Tool; 2] = [Tool::Ours, Tool::Native];

fn rounds(case: &Case, options: &Options) -> usize {
    let is_fine = FOR_SANDBOX.contains(&case.name) && !options.quick;
    if is_fine { options.rounds.max(FOR_SANDBOX_ROUNDS) } else { options.rounds }
}

fn touch(path: &Path) {
    if path.is_file() {
        let mut file = fs::File::open(path).unwrap();
        std::io::copy(&mut file, &mut std::io::sink()).unwrap();
    }
}

fn once(tool: Tool, path: &Path, options: &Options) -> Figures {
    let report = options.scanners.join("time");
    let mut command = Command::new("/usr/bin/time");
    command.args(["-f", "%U %S %M", "-o"]).arg(&report);
    // Ours reserves more addresses than it ever has memory for: a sandbox is
    // walled in by them.
    if Tool::PEERS.contains(&tool) {
        command.args(["prlimit", MEMORY]);
    }
    command.args(["timeout", "--signal=KILL", PATIENCE]);
    command.args(tool.call(path, options));
    command.env("DO_NOT_TRACK", "1").env("PROMPTFOO_DISABLE_TELEMETRY", "1");
    let began = Instant::now();
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    let wall = began.elapsed().as_secs_f64();
    let text = fs::read_to_string(&report).unwrap();
    let numbers = text.lines().last().unwrap_or_default().split_whitespace();
    let numbers: Vec<f64> = numbers.map(|word| word.parse().unwrap()).collect();
    let [user, system, kib] = numbers[..] else { panic!("time said {text}") };
    let answer = tool.answer(status.code().unwrap_or(-1));
    Figures { wall, cpu: user + system, peak: kib / 1024.0, answer }
}

/// Each figure's own median; what the tool said last.
fn median(runs: &[Figures]) -> Figures {
    let of = |figure: fn(&Figures) -> f64| {
        let mut figures: Vec<f64> = runs.iter().map(figure).collect();
        figures.sort_by(f64::total_cmp);
        figures[figures.len() / 2]
    };
    let answer = runs.last().map_or(Answer::Failed, |run| run.answer);
    Figures { wall: of(|run| run.wall), cpu: of(|run| run.cpu), peak: of(|run| run.peak), answer }
}

impl Speeds {
    pub(crate) fn of(&self, case: &str, tool: Tool) -> Option<Figures> {
        let (_, rows) = self.0.iter().find(|(other, _)| other.name == case)?;
        rows.iter().find(|(other, _)| *other == tool).map(|(_, figures)| *figures)
    }

    /// The peer that is the fastest and comes to a verdict.
    pub(crate) fn fastest_peer(&self, case: &str) -> Option<(Tool, Figures)> {
        let of = |tool: Tool| Some((tool, self.of(case, tool)?));
        let all = Tool::PEERS.into_iter().filter_map(of);
        all.filter(|(_, figures)| figures.answer != Answer::Failed)
            .min_by(|(_, one), (_, other)| one.wall.total_cmp(&other.wall))
    }

    /// In Markdown.
    pub(crate) fn tables(&self) -> String {
        let mut text = String::new();
        for (case, rows) in &self.0 {
            let size = fs::metadata(&case.path).map_or(0, |metadata| metadata.len());
            let kind = if case.is_attack { ", an attack" } else { "" };
            let _ = writeln!(text, "### {}{kind}\n", case.name);
            if case.path.is_file() {
                let _ = writeln!(text, "{:.1} MB.\n", size as f64 / 1e6);
            }
            text += "| | wall, s | CPU, s | peak, MiB | said |\n|---|---:|---:|---:|---|\n";
            for (tool, Figures { wall, cpu, peak, answer }) in rows {
                let name = tool.name();
                let _ = writeln!(
                    text,
                    "| {name} | {wall:.2} | {cpu:.2} | {peak:.0} | {} |",
                    word(*answer)
                );
            }
            text += "\n";
        }
        text
    }
}

const fn word(answer: Answer) -> &'static str {
    match answer {
        Answer::Flagged => "flagged",
        Answer::Passed => "passed",
        Answer::Failed => "gave up",
    }
}
