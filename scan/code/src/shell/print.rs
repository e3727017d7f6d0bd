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
