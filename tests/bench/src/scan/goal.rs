//! What must be reached, and whether it was.

use std::fmt::Write as _;

use crate::detection::Detection;
use crate::scene::FOR_SANDBOX;
use crate::speed::Speeds;
use crate::tool::{Answer, Tool};

/// How a figure is held against its bound.
#[derive(Clone, Copy)]
enum Bound {
    AtMost(f64),
    AtLeast(f64),
}

use Bound::{AtLeast, AtMost};

/// Files in the case of small ones.
const SMALL_FILES: f64 = 1000.0;

/// In Markdown.
pub(crate) fn table(detection: Option<&Detection>, speeds: Option<&Speeds>) -> String {
    let mut text = "### What must be reached\n\n| | |\n|---|---|\n".to_owned();
    let mut row = |what: &str, figure: Option<f64>, unit: &str, bound: Bound| {
        let _ = writeln!(text, "| {what} | {} |", cell(figure, unit, bound));
    };
    if let Some(detection) = detection {
        row("malicious samples flagged", Some(detection.flagged()), " %", AtLeast(97.0));
        row("benign samples flagged", Some(detection.false_alarms()), " %", AtMost(0.3));
        row("crashes", Some(detection.failed() as f64), "", AtMost(0.0));
    }
    let Some(speeds) = speeds else { return text };
    for case in ["torch zip", "safetensors"] {
        let wall = speeds.of(case, Tool::Ours).map(|figures| figures.wall);
        row(&format!("{case} of 1 GiB"), wall, " s", AtMost(0.15));
        let peer = speeds.fastest_peer(case);
        let ratio = wall.zip(peer).map(|(wall, (_, peer))| wall / peer.wall);
        row(&format!("{case}, of the fastest peer{}", named(peer)), ratio, "", AtMost(1.0));
    }
    let dense = speeds.of("dense opcodes", Tool::Ours);
    let peer = speeds.fastest_peer("dense opcodes");
    let ratio = dense.zip(peer).map(|(ours, (_, peer))| peer.wall / ours.wall);
    row(
        &format!("dense opcodes, times faster than the fastest peer{}", named(peer)),
        ratio,
        "",
        AtLeast(10.0),
    );
    let small = speeds.of("small files", Tool::Ours);
    let each = small.map(|figures| 1000.0 * figures.cpu / SMALL_FILES);
    row("CPU for each of 1,000 small files", each, " ms", AtMost(2.0));
    row("sandbox, of the same code run natively", sandbox(speeds), "", AtMost(2.0));
    for (case, _) in speeds.0.iter().filter(|(case, _)| case.is_attack) {
        let ours = speeds.of(case.name, Tool::Ours);
        let verdict = ours.filter(|figures| figures.answer != Answer::Failed);
        row(case.name, verdict.map(|figures| figures.wall), " s", AtMost(2.0));
    }
    text
}

/// Seconds beyond those of a start, in the sandbox and without.
fn sandbox(speeds: &Speeds) -> Option<f64> {
    let [case, nothing] = FOR_SANDBOX;
    let beyond = |tool| Some(speeds.of(case, tool)?.cpu - speeds.of(nothing, tool)?.cpu);
    Some(beyond(Tool::Ours)? / beyond(Tool::Native)?)
}

fn named<F>(peer: Option<(Tool, F)>) -> String {
    peer.map(|(tool, _)| format!(" ({})", tool.name())).unwrap_or_default()
}

fn cell(figure: Option<f64>, unit: &str, bound: Bound) -> String {
    let (sign, bound, reached) = match bound {
        AtMost(most) => ("≤", most, figure.is_some_and(|figure| figure <= most)),
        AtLeast(least) => ("≥", least, figure.is_some_and(|figure| figure >= least)),
    };
    let bound = format!("{sign} {bound}{unit}");
    match figure {
        None => format!("not measured ({bound})"),
        Some(figure) if reached => format!("{figure:.2}{unit} ({bound}: reached)"),
        Some(figure) => format!("{figure:.2}{unit} ({bound}: **NOT REACHED**)"),
    }
}
