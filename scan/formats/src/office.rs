//! Documents of Office: what they fetch when they are opened. Each is a zip
//! archive whose relationships are XML files of their own.

use nix_ai_model_scan_walk::{Head, Level, Part, Reader, Result, Rule, Scan, quoted};
use quick_xml::Reader as Xml;
use quick_xml::events::{BytesStart, Event};

/// A relationship to something elsewhere.
pub static FETCHES: Rule = Rule {
    id: "office/fetches-content",
    level: Level::High,
    title: "Document that fetches active content",
    why: "Opening the document fetches a template or an object from elsewhere, whose macros or content then run.",
    advice: "Do not open the document. Ask the publisher for plain text.",
};

/// All of them, by id.
pub const RULES: &[&Rule] = &[&FETCHES];

/// Bytes that are read.
const READ: usize = 8 << 20;
/// Kinds of relationships that are followed without a click, as the last name
/// of their address. Pictures and links are none of them.
const ACTIVE: &[&str] =
    &["attachedtemplate", "oleobject", "frame", "subdocument", "package", "control", "vbaproject"];

/// Reads relationships.
pub struct Relationships;

impl Reader for Relationships {
    fn format(&self) -> &'static str {
        "relationships of a document"
    }

    fn recognises(&self, head: &Head) -> bool {
        head.is_named(&[".rels"]) && !head.begin.is_empty()
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let mut bytes = part.view().bytes(0, READ)?;
        // UTF-16 is read by its Latin half.
        if matches!(*bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [b'<', 0, ..] | [0, b'<', ..]) {
            bytes.retain(|byte| !matches!(byte, 0 | 0xfe | 0xff));
        }
        let mut xml = Xml::from_reader(&*bytes);
        xml.config_mut().check_end_names = false;
        loop {
            scan.budget.step(1)?;
            match xml.read_event() {
                Ok(Event::Start(mark) | Event::Empty(mark)) => judge(&mark, part, scan),
                // What Office cannot read either is not followed.
                Ok(Event::Eof) | Err(_) => return Ok(()),
                Ok(_) => {}
            }
        }
    }
}

fn judge(mark: &BytesStart<'_>, part: &Part<'_>, scan: &mut Scan<'_>) {
    let attribute = |name: &[u8]| {
        let mut attributes = mark.attributes();
        let mut attributes = attributes.with_checks(false).flatten();
        let found = attributes.find(|attribute| attribute.key.local_name().as_ref() == name)?;
        let raw = String::from_utf8_lossy(&found.value).into_owned();
        Some(quick_xml::escape::unescape(&raw).map_or_else(|_| raw.clone(), Into::into))
    };
    if mark.local_name().as_ref() != b"Relationship" {
        return;
    }
    let is_external =
        attribute(b"TargetMode").is_some_and(|mode| mode.trim().eq_ignore_ascii_case("external"));
    let (Some(kind), Some(target)) = (attribute(b"Type"), attribute(b"Target")) else { return };
    let kind = kind.trim().rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    if is_external && ACTIVE.contains(&kind.as_str()) && is_remote(&target) {
        let message = format!("the document fetches {} as its {kind}", quoted(&target));
        scan.find(part, FETCHES.found(message));
    }
}

/// Whether a target is of another host: templates of the writer's own disk are
/// named by whoever had one.
fn is_remote(target: &str) -> bool {
    let target = target.trim().to_ascii_lowercase().replace('\\', "/");
    match target.strip_prefix("file:") {
        Some(path) => {
            // Two slashes and a host, or five, as Windows writes a share.
            let slashes = path.len() - path.trim_start_matches('/').len();
            matches!(slashes, 2 | 4 | 5) && path.len() > slashes
        }
        None => target.starts_with("//") || target.contains("://") || target.starts_with("mhtml:"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fails, found};

    fn told(kind: &str, target: &str) -> bool {
        let text = format!(
            "<Relationships><Relationship Id=\"r\" Type=\"http://s.example/relationships/{kind}\" \
             Target=\"{target}\" TargetMode=\"External\"/></Relationships>"
        );
        fails(&found(&Relationships, "settings.xml.rels", text.as_bytes()))
    }

    #[test]
    fn templates_of_other_hosts_are_told() {
        assert!(told("attachedTemplate", "http://a.example/t.dotm"));
        assert!(told("attachedTemplate", "\\\\a.example\\t.dotm"));
        assert!(told("attachedTemplate", "file://a.example/t.dotm"));
        assert!(told("oleObject", "mhtml:http&#58;//a.example/x!x-usc:http://a.example/x"));
        assert!(!told("attachedTemplate", "file:///C:\\Users\\a\\Normal.dotm"));
        assert!(!told("attachedTemplate", "Normal.dotm"));
        assert!(!told("hyperlink", "http://a.example/"));
        assert!(!told("image", "http://a.example/a.png"));
    }
}
