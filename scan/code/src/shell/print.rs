//! Commands that only print what they are given.

/// A part of a line: a command up to the sign that ends it.
struct Segment<'s> {
    text: &'s str,
    /// The same without what is quoted.
    bare: String,
    /// Whether something within is run before it is printed.
    runs: bool,
    /// Whether its output is another command's input.
    piped: bool,
}

/// The line without the commands that only print.
pub(super) fn without_prints(line: &str) -> String {
    let mut made = String::with_capacity(line.len() + 8);
    for segment in segments(line) {
        if segment.runs || segment.piped || !prints(&segment.bare) {
            made.push_str(segment.text.trim());
            made.push_str(if segment.piped { " | " } else { " ; " });
        }
    }
    made
}

/// Whether a line begins a text that is printed up to a line of its own: that line.
pub(crate) fn printed_until(line: &str) -> Option<&str> {
    let line = line.trim();
    let (command, rest) = line.split_once("<<")?;
    if command.trim() != "cat" || rest.contains(['>', '|', ';', '&']) {
        return None;
    }
    let end = rest.trim_start_matches('-').trim().trim_matches(['"', '\'', '\\']);
    (!end.is_empty() && end.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'))
        .then_some(end)
}

/// Whether a line only says what would do harm, by a function of the script
/// that is called like one that prints, and that runs nothing it is given.
pub(crate) fn only_says(line: &str, source: &str) -> bool {
    const WORDS: &[&str] = &[
        "write-", "log", "warn", "info", "err", "print", "echo", "step", "msg", "message", "note",
        "hint", "say", "fail", "die", "abort", "usage", "tip", "notice", "success", "banner",
        "throw", "ok", "todo", "section", "header", "status", "fatal", "panic",
    ];
    let mut kept = String::with_capacity(line.len());
    let mut is_said = false;
    for segment in segments(line) {
        let words = segment.bare.split_whitespace();
        let mut words = words.skip_while(|word| {
            matches!(*word, "then" | "else" | "do" | "{" | "!" | "(" | "&&" | "||")
        });
        let program = words.next().unwrap_or_default();
        let lower = program.to_ascii_lowercase();
        let is_word = !program.is_empty()
            && program.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        let says = is_word
            && WORDS.iter().any(|word| lower.contains(word))
            && !segment.runs
            && !segment.piped
            && !runs_arguments(program, source);
        is_said |= says;
        if says {
            // What stands without quotes is no text.
            kept.push_str(&segment.bare);
        } else {
            kept.push_str(segment.text);
        }
        kept.push_str(if segment.piped { " | " } else { " ; " });
    }
    is_said && super::harm(&kept).is_none()
}

/// Whether the function of this name, as the script defines it, may run what it
/// is given.
fn runs_arguments(name: &str, source: &str) -> bool {
    const BODY: usize = 1500;
    let lower = source.to_ascii_lowercase();
    let name = name.to_ascii_lowercase();
    let definitions = [
        format!("{name}()"),
        format!("{name} ()"),
        format!("function {name}"),
        format!("alias {name}="),
    ];
    definitions.iter().any(|definition| {
        lower.match_indices(definition.as_str()).take(4).any(|(at, _)| {
            let rest = &lower[at..];
            let body = &rest[..rest.floor_char_boundary(rest.len().min(BODY))];
            let first = body.lines().next().unwrap_or_default();
            let is_line = first.contains('{') && first.trim_end().ends_with('}');
            let end = if is_line { Some(first.len()) } else { body.find("\n}") };
            let body = end.map_or(body, |end| &body[..end]);
            [
                "eval",
                "iex",
                "invoke-expression",
                "sh -c",
                "& $",
                "| sh",
                "| bash",
                "|sh",
                "|bash",
                "cmd /c",
                "| iex",
                "source ",
            ]
            .iter()
            .any(|word| body.contains(word))
                || body.lines().any(|line| {
                    let begin = line.trim_start().trim_start_matches(['"', '{']);
                    ["$@", "$*", "$1", "${@"].iter().any(|all| begin.starts_with(all))
                })
        })
    })
}

fn prints(bare: &str) -> bool {
    let mut words = bare
        .split_whitespace()
        .skip_while(|word| matches!(*word, "then" | "else" | "do" | "{" | "!" | "("));
    let program = words.next().unwrap_or_default();
    let is_print = matches!(program, "echo" | "printf" | "print" | "@echo" | "Write-Host");
    let rest = bare.replace(">&2", "").replace("> /dev/stderr", "").replace(">/dev/stderr", "");
    is_print && !rest.contains('>')
}

fn segments(line: &str) -> Vec<Segment<'_>> {
    let bytes = line.as_bytes();
    let mut made = Vec::new();
    let (mut begin, mut at) = (0, 0);
    let (mut bare, mut quote, mut runs) = (String::new(), None, false);
    while let Some(&byte) = bytes.get(at) {
        match (quote, byte) {
            (Some(b'\''), b'\'') | (Some(b'"'), b'"') => quote = None,
            (Some(b'\''), _) => {}
            (_, b'`') => runs = true,
            (_, b'$') if bytes.get(at + 1) == Some(&b'(') => runs = true,
            (_, b'\\') => at += 1,
            (Some(_), _) => {}
            (None, b'\'' | b'"') => quote = Some(byte),
            (None, b'&') if at > 0 && bytes[at - 1] == b'>' => bare.push('&'),
            (None, b'|' | b';' | b'&') => {
                let both = bytes.get(at + 1) == Some(&byte);
                let piped = byte == b'|' && !both;
                let text = line.get(begin..at).unwrap_or_default();
                made.push(Segment { text, bare: std::mem::take(&mut bare), runs, piped });
                runs = false;
                at += usize::from(both);
                begin = at + 1;
            }
            (None, _) => bare.push(char::from(byte)),
        }
        at += 1;
    }
    let text = line.get(begin..).unwrap_or_default();
    // A string that is not closed goes on in the next line.
    made.push(Segment { text, bare, runs, piped: false });
    made
}
