use memchr::memmem;
use nix_ai_model_scan_walk::cut_bytes;

/// An action that starts something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Launch {
    pub at: usize,
    /// What it starts, as far as that was found.
    pub target: String,
    /// Whether that is no mere document.
    pub is_program: bool,
}

/// Actions that are told.
const MOST: usize = 20;
/// Bytes around an action in which its target is looked for.
const AROUND: usize = 1024;
/// Endings of documents and media, which a link may open.
const DOCUMENTS: &[&str] = &[
    "pdf", "txt", "html", "htm", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "png", "jpg",
    "jpeg", "gif", "svg", "tif", "tiff", "mp3", "mp4", "avi", "mov", "mpg", "wav", "wmv", "ps",
    "eps", "tex", "csv", "bib", "md", "dvi", "nb", "m4v", "webm",
];

/// The objects of a document, one token after the other.
pub struct Objects<'o> {
    bytes: &'o [u8],
    next: usize,
    pub launches: Vec<Launch>,
    pub has_script: bool,
    /// Streams of further objects: begin and end.
    pub packed: Vec<(usize, usize)>,
}

impl<'o> Objects<'o> {
    pub fn new(bytes: &'o [u8]) -> Self {
        Self { bytes, next: 0, launches: Vec::new(), has_script: false, packed: Vec::new() }
    }

    /// Reads them all.
    pub fn read(&mut self) {
        let mut before: Vec<u8> = Vec::new();
        let mut is_packed = false;
        while let Some(byte) = self.bytes.get(self.next) {
            match byte {
                b'/' => {
                    let at = self.next;
                    let name = self.name();
                    is_packed |= name == b"ObjStm";
                    if name == b"Launch" && before == b"S" && self.launches.len() < MOST {
                        let launch = self.launch(at);
                        self.launches.push(launch);
                    }
                    self.has_script |= name == b"JavaScript" && before == b"S";
                    before = name;
                }
                b'(' => {
                    self.text();
                    before.clear();
                }
                b'%' => {
                    let rest = &self.bytes[self.next..];
                    let line = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
                    self.next += line.unwrap_or(rest.len());
                }
                b's' if self.bytes[self.next..].starts_with(b"stream") => {
                    self.stream(is_packed);
                    is_packed = false;
                }
                b'e' if self.bytes[self.next..].starts_with(b"endobj") => {
                    self.next += 6;
                    is_packed = false;
                }
                byte => {
                    if !byte.is_ascii_whitespace() && *byte != 0 {
                        before.clear();
                    }
                    self.next += 1;
                }
            }
        }
    }

    /// Takes a name, in which any byte may be written in hexadecimal digits.
    fn name(&mut self) -> Vec<u8> {
        /// Bytes of a name that are kept.
        const KEPT: usize = 128;
        let mut name = Vec::new();
        self.next += 1;
        while let Some(byte) = self.bytes.get(self.next) {
            let is_end = byte.is_ascii_whitespace() || b"\0()<>[]{}/%".contains(byte);
            if is_end {
                break;
            }
            self.next += 1;
            let mut byte = *byte;
            if byte == b'#'
                && let Some(digits) = self.bytes.get(self.next..self.next + 2)
                && let Some(coded) = std::str::from_utf8(digits).ok()
                && let Ok(coded) = u8::from_str_radix(coded, 16)
            {
                byte = coded;
                self.next += 2;
            }
            if name.len() < KEPT {
                name.push(byte);
            }
        }
        name
    }

    /// Passes over a text, in which parentheses are balanced or escaped.
    fn text(&mut self) {
        let mut depth = 0_usize;
        while let Some(byte) = self.bytes.get(self.next) {
            self.next += 1;
            match byte {
                b'\\' => self.next += 1,
                b'(' => depth += 1,
                b')' if depth <= 1 => return,
                b')' => depth -= 1,
                _ => {}
            }
        }
    }

    /// Passes over a stream.
    fn stream(&mut self, is_packed: bool) {
        self.next += 6;
        let begin = match &self.bytes[self.next.min(self.bytes.len())..] {
            [b'\r', b'\n', ..] => self.next + 2,
            [b'\r' | b'\n', ..] => self.next + 1,
            _ => return,
        };
        let rest = &self.bytes[begin..];
        let length = memmem::find(rest, b"endstream").unwrap_or(rest.len());
        self.next = begin + length;
        if is_packed && self.packed.len() < 100_000 {
            self.packed.push((begin, begin + length));
        }
    }

    /// What the action with this name starts: the texts of its dictionary.
    fn launch(&self, at: usize) -> Launch {
        let before = &self.bytes[at.saturating_sub(AROUND)..at];
        let from = memmem::rfind(before, b"obj").map_or(0, |end| end + 3);
        let after = &self.bytes[at..self.bytes.len().min(at + AROUND)];
        let to = memmem::find(after, b"endobj").unwrap_or(after.len());
        let around = [&before[from..], &after[..to]].concat();
        let mut texts = Vec::new();
        let mut rest = Objects::new(&around);
        while let Some(open) = memchr::memchr(b'(', &around[rest.next..]) {
            let begin = rest.next + open + 1;
            rest.next = begin - 1;
            rest.text();
            texts.push(cut_bytes(&around[begin..rest.next.min(around.len()).max(begin + 1) - 1]));
            if texts.len() >= 16 || rest.next >= around.len() {
                break;
            }
        }
        let is_document = |text: &String| {
            let ending = text.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
            ending.is_some_and(|ending| DOCUMENTS.contains(&ending.as_str()))
        };
        let has_arguments = memmem::find(&around, b"/Win").is_some();
        let is_program = texts.is_empty() || has_arguments || !texts.iter().all(is_document);
        let target = texts.iter().find(|text| !is_document(text)).or(texts.first());
        Launch { at, target: target.cloned().unwrap_or_default(), is_program }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<Launch>, bool, usize) {
        let mut objects = Objects::new(text.as_bytes());
        objects.read();
        (objects.launches, objects.has_script, objects.packed.len())
    }

    #[test]
    fn actions_are_found_however_their_names_are_written() {
        let (launches, ..) = read("1 0 obj<</S /#4caunch/F(cmd.exe)/Win<</P(/c \\(x\\))>>>>endobj");
        assert_eq!(launches.len(), 1);
        assert!(launches[0].is_program);
        assert_eq!(launches[0].target, "cmd.exe");
        let (launches, ..) = read("<</S/Launch/F(chapter2.pdf)>>");
        assert!(!launches[0].is_program);
        let (launches, script, packed) =
            read("(/S/Launch) % /S/Launch\n stream\n/S/Launch endstream <</S/JavaScript/JS(x)>>");
        assert_eq!((launches.len(), script, packed), (0, true, 0));
        assert_eq!(read("<</Type/ObjStm>>stream\nx endstream").2, 1);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "[ -~\n]{0,200}", more in "(/S/Launch|\\(|\\)|\\\\|stream\n|#|obj){0,30}") {
            read(&text);
            read(&more);
            read(&format!("{more}{text}{more}"));
        }
    }
}
