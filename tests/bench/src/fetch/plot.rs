//! The plot: for each case a bar for each tool, as long as it took.

use std::fmt::Write as _;

use crate::figures::{Figures, Measured};
use crate::tool::Tool;

const WIDTH: f64 = 760.0;
const LABELS: f64 = 270.0;
/// Room for the figure behind the longest bar.
const BEHIND: f64 = 70.0;
const ROW: f64 = 20.0;
const TITLE: f64 = 34.0;

/// Colours that stand on a light page and on a dark one.
const STYLE: &str = "\
text{font:12px system-ui,sans-serif;fill:#1f2328}.title{font-weight:600}\
.ours{fill:#1a7f37}.peer{fill:#6e7781}.limit{fill:#c6cbd1}\
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.ours{fill:#3fb950}.peer{fill:#8b949e}.limit{fill:#484f58}}";

/// An SVG.
pub(crate) fn draw(figures: &Figures) -> String {
    let mut body = String::new();
    let mut y = 0.0;
    for measured in figures.0.iter().filter(|measured| !measured.case.sparse) {
        y = group(&mut body, measured, y);
    }
    let height = y + ROW / 2.0;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         aria-label=\"Seconds that each tool takes\">\n<style>{STYLE}</style>\n{body}</svg>\n"
    )
}

/// Draws a case from `y` on, to its own scale, and says where it ends.
fn group(body: &mut String, measured: &Measured, y: f64) -> f64 {
    let Measured { case, rows, .. } = measured;
    let longest = rows.iter().map(|(_, sample)| sample.wall).fold(f64::MIN_POSITIVE, f64::max);
    let baseline = y + TITLE - 10.0;
    let title = format!("{}: {}, seconds", case.name, case.title());
    let _ = writeln!(body, "<text class=\"title\" x=\"0\" y=\"{baseline}\">{title}</text>");
    for (number, (tool, sample)) in rows.iter().enumerate() {
        let top = y + TITLE + ROW * number as f64;
        let length = (WIDTH - LABELS - BEHIND) * sample.wall / longest;
        let text = top + 14.0;
        let _ = writeln!(
            body,
            "<text x=\"{}\" y=\"{text}\" text-anchor=\"end\">{}</text>\
             <rect class=\"{}\" x=\"{LABELS}\" y=\"{}\" width=\"{length:.1}\" height=\"14\" rx=\"2\"/>\
             <text x=\"{:.1}\" y=\"{text}\">{:.2}</text>",
            LABELS - 8.0,
            tool.label(),
            class(*tool),
            top + 3.0,
            LABELS + length + 6.0,
            sample.wall
        );
    }
    y + TITLE + ROW * rows.len() as f64
}

fn class(tool: Tool) -> &'static str {
    match tool {
        _ if tool.is_ours() => "ours",
        _ if tool.is_limit() => "limit",
        _ => "peer",
    }
}
