//! What each scanner says of each sample.

use std::fmt::Write as _;
use std::process::{Command, Stdio};

use crate::corpus::Sample;
use crate::known::Known;
use crate::options::Options;
use crate::tool::{Answer, Tool};

/// By tool, what it said of each sample, in order.
pub(crate) struct Detection {
    samples: Vec<Sample>,
    answers: Vec<(Tool, Vec<Answer>)>,
}

/// Runs every tool that is here over all samples.
pub(crate) fn run(samples: Vec<Sample>, options: &Options) -> Detection {
    let tools = Tool::ALL.into_iter().filter(|tool| tool.is_here(options));
    let answers = tools
        .map(|tool| {
            eprintln!("{}: {} samples", tool.name(), samples.len());
            let answers = match tool {
                Tool::Ours => samples.iter().map(|sample| ours(sample, options)).collect(),
                _ => theirs(tool, &samples, options),
            };
            (tool, answers)
        })
        .collect();
    Detection { samples, answers }
}

fn ours(sample: &Sample, options: &Options) -> Answer {
    let line = Tool::Ours.call(&sample.path, options);
    let mut command = Command::new(&line[0]);
    let command = command.args(&line[1..]).stdout(Stdio::null()).stderr(Stdio::null());
    Tool::Ours.answer(command.status().unwrap().code().unwrap_or(-1))
}

/// What a peer says, which is asked once of what it was never asked: hours, else.
fn theirs(tool: Tool, samples: &[Sample], options: &Options) -> Vec<Answer> {
    let known = Known::of(tool, options);
    let keys: Vec<_> = samples.iter().map(|sample| known.key(&sample.path)).collect();
    let before = known.read();
    // Who took too long may have had to wait for others.
    let is_known = |key: &String| before.get(key).is_some_and(|code| *code >= 0);
    let asked = keys.iter().zip(samples).filter(|(key, _)| !is_known(key));
    let asked: Vec<_> =
        asked.map(|(key, sample)| format!("{key}\t{}\n", sample.path.display())).collect();
    known.ask(tool, &asked, options);
    let told = known.read();
    keys.iter().map(|key| tool.answer(told[key])).collect()
}

impl Detection {
    /// How many samples of a kind there are, and of how many the tool said this.
    fn share(&self, tool: Tool, answer: Answer, of: impl Fn(&Sample) -> bool) -> (usize, usize) {
        let Some((_, answers)) = self.answers.iter().find(|(other, _)| *other == tool) else {
            return (0, 0);
        };
        let all = self.samples.iter().zip(answers).filter(|(sample, _)| of(sample));
        let said = all.clone().filter(|(_, said)| **said == answer).count();
        (said, all.count())
    }

    /// The share of malicious samples that we flag, in percent.
    pub(crate) fn flagged(&self) -> f64 {
        percent(self.share(Tool::Ours, Answer::Flagged, |sample| sample.malicious))
    }

    /// The share of benign samples that we flag, in percent.
    pub(crate) fn false_alarms(&self) -> f64 {
        percent(self.share(Tool::Ours, Answer::Flagged, |sample| !sample.malicious))
    }

    /// How often we neither flagged nor passed.
    pub(crate) fn failed(&self) -> usize {
        self.share(Tool::Ours, Answer::Failed, |_| true).0
    }

    /// In Markdown.
    pub(crate) fn tables(&self) -> String {
        let malicious = self.samples.iter().filter(|sample| sample.malicious).count();
        let benign = self.samples.len() - malicious;
        let mut text =
            format!("### Detection: {malicious} malicious and {benign} benign samples\n\n");
        text += "| | flagged | false alarms | gave up or crashed on malicious | on benign |\n";
        text += "|---|---:|---:|---:|---:|\n";
        for (tool, _) in &self.answers {
            let told = |answer, malicious| {
                percent(self.share(*tool, answer, |sample| sample.malicious == malicious))
            };
            let _ = writeln!(
                text,
                "| {} | {:.1} % | {:.1} % | {:.1} % | {:.1} % |",
                tool.name(),
                told(Answer::Flagged, true),
                told(Answer::Flagged, false),
                told(Answer::Failed, true),
                told(Answer::Failed, false),
            );
        }
        text += "\nMalicious samples flagged, by format:\n\n";
        text += &self.by(true, |sample| &sample.format);
        text += "\nMalicious samples flagged, by family:\n\n";
        text += &self.by(true, |sample| &sample.family);
        text += "\nBenign samples flagged, by format:\n\n";
        text += &self.by(false, |sample| &sample.format);
        text + &self.misses()
    }

    fn by(&self, malicious: bool, key: fn(&Sample) -> &String) -> String {
        let kinds = self.samples.iter().filter(|sample| sample.malicious == malicious).map(key);
        let kinds: std::collections::BTreeSet<_> = kinds.collect();
        let names = self.answers.iter().map(|(tool, _)| format!(" {} |", tool.name()));
        let mut text = format!("| | samples |{}\n", names.collect::<String>());
        text += &format!("|---|---:|{}\n", "---:|".repeat(self.answers.len()));
        for kind in kinds {
            let of = |sample: &Sample| sample.malicious == malicious && key(sample) == kind;
            let (_, count) = self.share(self.answers[0].0, Answer::Flagged, of);
            let cells = self
                .answers
                .iter()
                .map(|(tool, _)| format!(" {} |", self.share(*tool, Answer::Flagged, of).0));
            let _ = writeln!(text, "| {kind} | {count} |{}", cells.collect::<String>());
        }
        text
    }

    /// Each of ours by name.
    fn misses(&self) -> String {
        let Some((_, answers)) = self.answers.iter().find(|(tool, _)| *tool == Tool::Ours) else {
            return String::new();
        };
        let named = |malicious: bool, answer: Answer| {
            let told = self.samples.iter().zip(answers);
            let told =
                told.filter(|(sample, said)| sample.malicious == malicious && **said == answer);
            let names: Vec<_> = told.map(|(sample, _)| format!("`{}`", sample.name)).collect();
            if names.is_empty() { "none".to_owned() } else { names.join(", ") }
        };
        format!(
            "\nNot flagged by nix-ai-model: {}.\n\nFalse alarms of nix-ai-model: {}.\n",
            named(true, Answer::Passed),
            named(false, Answer::Flagged),
        )
    }
}

fn percent((part, whole): (usize, usize)) -> f64 {
    if whole == 0 { f64::NAN } else { 100.0 * part as f64 / whole as f64 }
}
