//! What must be reached, and whether it was.

use std::fmt::Write as _;

use crate::figures::Figures;
use crate::measure::Sample;
use crate::tool::Tool;

/// How a figure is held against its bound.
#[derive(Clone, Copy)]
enum Bound {
    AtMost(f64),
    AtLeast(f64),
}

use Bound::{AtLeast, AtMost};

struct Goal {
    text: &'static str,
    /// What is measured in a case.
    figure: fn(&Figures, &str) -> Option<f64>,
    unit: &'static str,
    /// By case, where there is one.
    bounds: [Option<Bound>; 4],
}

const CASES: [&str; 4] = ["a", "b", "c", "d"];
/// Peaks that differ by less are the same.
const SAME: f64 = 1.1;

const GOALS: &[Goal] = &[
    Goal {
        text: "wall, per-file sha256, of `curl -Z`",
        figure: |figures, case| ratio(figures, case, Tool::Files, Tool::Curl),
        unit: "",
        bounds: [Some(AtMost(1.1)), Some(AtMost(1.1)), Some(AtMost(1.0)), Some(AtMost(0.3))],
    },
    Goal {
        text: "wall, NAR hash too, of `curl -Z`",
        figure: |figures, case| ratio(figures, case, Tool::Prefetch, Tool::Curl),
        unit: "",
        bounds: [Some(AtMost(1.4)), Some(AtMost(1.4)), Some(AtMost(1.0)), Some(AtMost(0.3))],
    },
    Goal {
        text: "times faster than `hf download`, per-file sha256",
        figure: |figures, case| ratio(figures, case, Tool::HuggingFace, Tool::Files),
        unit: "",
        bounds: [Some(AtLeast(2.0)), Some(AtLeast(2.0)), Some(AtLeast(3.0)), Some(AtLeast(3.0))],
    },
    Goal {
        text: "times faster than `hf download`, NAR hash too",
        figure: |figures, case| ratio(figures, case, Tool::HuggingFace, Tool::Prefetch),
        unit: "",
        bounds: [Some(AtLeast(2.0)), Some(AtLeast(2.0)), Some(AtLeast(3.0)), Some(AtLeast(3.0))],
    },
    Goal {
        text: "times faster than `aria2c` with checksums, per-file sha256",
        figure: |figures, case| ratio(figures, case, Tool::AriaChecked, Tool::Files),
        unit: "",
        bounds: [Some(AtLeast(3.5)), Some(AtLeast(3.5)), None, None],
    },
    Goal {
        text: "times faster than `aria2c` with checksums, NAR hash too",
        figure: |figures, case| ratio(figures, case, Tool::AriaChecked, Tool::Prefetch),
        unit: "",
        bounds: [Some(AtLeast(3.5)), Some(AtLeast(3.5)), None, None],
    },
    Goal {
        text: "times faster than `nix-prefetch-url`, per-file sha256",
        figure: |figures, case| ratio(figures, case, Tool::NixPrefetch, Tool::Files),
        unit: "",
        bounds: [Some(AtLeast(3.5)), Some(AtLeast(3.5)), None, None],
    },
    Goal {
        text: "times faster than `nix-prefetch-url`, NAR hash too",
        figure: |figures, case| ratio(figures, case, Tool::NixPrefetch, Tool::Prefetch),
        unit: "",
        bounds: [Some(AtLeast(3.5)), Some(AtLeast(3.5)), None, None],
    },
    Goal {
        text: "CPU for 2 GiB, per-file sha256",
        figure: |figures, case| Some(figures.of(case, Tool::Files)?.cpu),
        unit: " s",
        bounds: [Some(AtMost(4.5)), Some(AtMost(4.5)), None, None],
    },
    Goal {
        text: "CPU for 2 GiB, NAR hash too",
        figure: |figures, case| Some(figures.of(case, Tool::Prefetch)?.cpu),
        unit: " s",
        bounds: [Some(AtMost(4.5)), Some(AtMost(4.5)), None, None],
    },
    Goal {
        text: "peak memory, the larger of both",
        figure: |figures, case| largest(figures, case, |sample| sample.peak),
        unit: " MiB",
        bounds: [Some(AtMost(96.0)); 4],
    },
];

fn ratio(figures: &Figures, case: &str, tool: Tool, of: Tool) -> Option<f64> {
    Some(figures.of(case, tool)?.wall / figures.of(case, of)?.wall)
}

fn largest(figures: &Figures, case: &str, figure: fn(&Sample) -> f64) -> Option<f64> {
    let both = Tool::OURS.iter().filter_map(|tool| figures.of(case, *tool));
    both.map(|sample| figure(&sample)).max_by(f64::total_cmp)
}

/// In Markdown.
pub(crate) fn table(figures: &Figures) -> String {
    let mut text =
        "### What must be reached\n\n| | a | b | c | d |\n|---|---|---|---|---|\n".to_owned();
    for Goal { text: what, figure, unit, bounds } in GOALS {
        let _ = write!(text, "| {what}");
        for (case, bound) in CASES.iter().zip(bounds) {
            let cell = bound.map(|bound| cell(figure(figures, case), unit, bound));
            let _ = write!(text, " | {}", cell.unwrap_or_else(|| "–".to_owned()));
        }
        text += " |\n";
    }
    let peak = |case| largest(figures, case, |sample| sample.peak);
    let growth = peak("512 MiB").zip(peak("8 GiB")).map(|(small, large)| large / small);
    let _ = writeln!(
        text,
        "\nPeak memory at 8 GiB, of that at 512 MiB: {}",
        cell(growth, "", AtMost(SAME))
    );
    text
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
