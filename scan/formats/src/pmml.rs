//! PMML: models as XML, whose readers may follow what it declares and include.

mod markup;
#[cfg(test)]
mod tests;

use nix_ai_model_scan_walk::{
    Found, Head, Level, Part, Reader, Result, Rule, Scan, cut, holds, quoted,
};

use crate::script;
use markup::{Mark, Markup};

/// A document type with entities.
pub static ENTITY: Rule = Rule {
    id: "pmml/document-type",
    level: Level::High,
    title: "PMML that declares entities or a document type",
    why: "A reader that follows the declaration opens the file or address that it names, or unfolds entities without end.",
    advice: "Do not load the model. PMML since version 3 has no document type.",
};

/// Something that is brought in from elsewhere.
pub static INCLUDE: Rule = Rule {
    id: "pmml/inclusion",
    level: Level::High,
    title: "PMML that includes other documents",
    why: "A reader that follows the inclusion opens the file or address that it names.",
    advice: "Do not load the model.",
};

/// A function outside of PMML.
pub static FUNCTION: Rule = Rule {
    id: "pmml/foreign-function",
    level: Level::Medium,
    title: "PMML that calls a function of its reader's language",
    why: "Some readers take the name of a function for that of a class, load it and call it.",
    advice: "See what the function is before the model is loaded.",
};

/// The rules of this module.
pub static RULES: &[&Rule] = &[&ENTITY, &FUNCTION, &INCLUDE];

/// PMML documents.
pub struct Pmml;

impl Reader for Pmml {
    fn format(&self) -> &'static str {
        "PMML document"
    }

    fn recognises(&self, head: &Head) -> bool {
        let text = markup::plain(&head.begin);
        let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
        first == Some(&b'<') && (head.is_named(&[".pmml"]) || holds(&text, &["<PMML", ":PMML"]))
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let mut markup = Markup::new(&**part.view())?;
        let mut unfolding = 0;
        while let Some(mark) = markup.next(scan)? {
            if is_unfolding(&mark) {
                unfolding += 1;
                // One of them is no more than a name for a text.
                if unfolding == 2 {
                    let told = "entities are made of others, so that they unfold without end";
                    scan.find(part, ENTITY.found(told).at(mark.at));
                }
                continue;
            }
            for found in judged(&mark) {
                scan.find(part, found.at(mark.at));
            }
        }
        Ok(())
    }
}

/// Whether it declares an entity that is made of others.
fn is_unfolding(mark: &Mark) -> bool {
    let Some(declared) = mark.text.strip_prefix("!ENTITY").filter(|_| mark.is_mark) else {
        return false;
    };
    let is_outer = ["SYSTEM", "PUBLIC", "%"].iter().any(|word| declared.contains(word));
    !is_outer && declared.matches('&').count() > 1 && script::sign(declared).is_none()
}

fn judged(mark: &Mark) -> Vec<Found> {
    let text = mark.text.as_str();
    let mut found = Vec::new();
    if !mark.is_mark {
        // Text: code alone is looked for.
    } else if let Some(declared) = text.strip_prefix("!DOCTYPE") {
        // As versions 1 and 2 had it. Entities within are marks of their own.
        let is_own = declared.contains("www.dmg.org") || declared.contains('[');
        let is_outer = declared.contains("SYSTEM") || declared.contains("PUBLIC");
        let level = match (is_outer, is_own) {
            (false, false) => Level::Low,
            (false, true) => Level::Medium,
            (true, true) if !declared.contains('[') => Level::Medium,
            (true, _) => Level::High,
        };
        found.push(
            ENTITY
                .found(format!("the document type {} is declared", quoted(name(declared))))
                .level(level),
        );
    } else if text.starts_with("!ENTITY") || text.starts_with("!ATTLIST") {
        found.push(ENTITY.found(format!("\"{}\" is declared", cut(text))));
    } else if text.starts_with('?') && !text.starts_with("?xml ") {
        let is_style = text.starts_with("?xml-");
        let level = if is_style { Level::High } else { Level::Medium };
        found.push(
            INCLUDE.found(format!("the instruction \"{}\" is given", cut(text))).level(level),
        );
    } else {
        found.extend(element(text));
    }
    if let Some(sign) = script::sign(text) {
        found.push(script::CODE.found(format!("\"{sign}\" is in \"{}\"", cut(text))));
    }
    found
}

/// The name of a document type, and what it refers to.
fn name(declared: &str) -> &str {
    declared.trim_end_matches('[').trim()
}

fn element(text: &str) -> Vec<Found> {
    let name = text.split(|sign: char| sign.is_whitespace() || sign == '/').next().unwrap_or("");
    let local = name.rsplit(':').next().unwrap_or(name).to_ascii_lowercase();
    let mut found = Vec::new();
    if name.contains(':') && local == "include" || text.contains("www.w3.org/2001/XInclude") {
        found.push(INCLUDE.found(format!("\"{}\" is included", cut(text))));
    }
    if matches!(local.as_str(), "script" | "iframe" | "object" | "embed" | "stylesheet") {
        found.push(script::CODE.found(format!("there is an element \"{}\"", cut(name))));
    }
    let function = text.split("function=").nth(1).filter(|_| local == "apply");
    let function = function.and_then(|rest| rest.split(['"', '\'']).nth(1));
    if let Some(function) = function.filter(|function| function.contains('.')) {
        let is_own = ["java.", "javax.", "sun.", "com.sun.", "jdk."]
            .iter()
            .any(|package| function.starts_with(package));
        let level = if is_own { Level::High } else { Level::Medium };
        let told = format!("the function \"{}\" is called", cut(function));
        found.push(FUNCTION.found(told).level(level));
    }
    found
}
