//! One run of one program: how long, how much of the processors, how much memory.

use std::fmt;
use std::fs;
use std::path::Path;
use std::time::Instant;

use crate::options::Options;
use crate::scene::Scene;
use crate::tool::Tool;

/// GNU time: a small program between, whose own memory hides nobody's peak.
const TIME: &str = "/usr/bin/time";

#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    /// Seconds.
    pub(crate) wall: f64,
    /// Seconds of all its processes, in user and system mode.
    pub(crate) cpu: f64,
    /// The largest of its processes' resident sets, in MiB.
    pub(crate) peak: f64,
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} s, CPU {:.2} s, {:.0} MiB", self.wall, self.cpu, self.peak)
    }
}

/// Runs it as a whole process into an empty place, and takes away what came.
pub(crate) fn run(tool: Tool, scene: &Scene, options: &Options) -> Sample {
    let place = scene.place();
    fs::create_dir(&place).unwrap();
    let call = tool.call(scene, options);
    let report = place.join("time");
    let mut program = scene.environment.program(TIME).args(["-f", "%U %S %M", "-o"]);
    program = program.arg(&report).args(&call.line);
    for (name, value) in &call.variables {
        program = program.variable(name, value);
    }
    if scene.on_disk {
        // What others wrote is not waited for in this one's time.
        rustix::fs::sync();
    }
    let began = Instant::now();
    let run = program.run().unwrap();
    let wall = began.elapsed().as_secs_f64();
    run.succeeded();
    if let Some(folder) = &call.arrives {
        let wanted = scene.files.iter().fold((0, 0), |all, file| (all.0 + 1, all.1 + file.size));
        assert_eq!(arrived(folder), wanted, "{}: files and bytes", tool.label());
    }
    let sample = read(&report, wall);
    fs::remove_dir_all(&place).unwrap();
    sample
}

fn read(report: &Path, wall: f64) -> Sample {
    let text = fs::read_to_string(report).unwrap();
    let numbers: Vec<f64> = text.split_whitespace().map(|word| word.parse().unwrap()).collect();
    let [user, system, kib] = numbers[..] else { panic!("{TIME} said {text}") };
    Sample { wall, cpu: user + system, peak: kib / 1024.0 }
}

/// Files and bytes in a folder, without what tools keep in hidden ones.
fn arrived(folder: &Path) -> (u64, u64) {
    let mut all = (0, 0);
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let metadata = entry.metadata().unwrap();
        let (files, bytes) = match metadata.is_dir() {
            _ if entry.file_name().as_encoded_bytes().starts_with(b".") => (0, 0),
            true => arrived(&entry.path()),
            false => (1, metadata.len()),
        };
        all = (all.0 + files, all.1 + bytes);
    }
    all
}

/// Each figure's own median.
pub(crate) fn median(samples: &[Sample]) -> Sample {
    let of = |figure: fn(&Sample) -> f64| {
        let mut figures: Vec<f64> = samples.iter().map(figure).collect();
        figures.sort_by(f64::total_cmp);
        let middle = figures.len() / 2;
        if figures.len() % 2 == 1 {
            figures[middle]
        } else {
            f64::midpoint(figures[middle - 1], figures[middle])
        }
    };
    Sample { wall: of(|one| one.wall), cpu: of(|one| one.cpu), peak: of(|one| one.peak) }
}
