//! Pages that name tests, files and commands name ones that are there.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::fs;

use nix_ai_model_testkit::workspace_root;

/// What stands between backticks, in order.
fn quoted(page: &str) -> impl Iterator<Item = &str> {
    page.split('`').skip(1).step_by(2)
}

#[test]
fn the_page_about_the_sandbox_names_tests_that_are_there() {
    let root = workspace_root();
    let page = fs::read_to_string(root.join("docs/explanation/sandbox.md")).unwrap();
    let (mut file, mut text, mut found) = (String::new(), String::new(), 0);
    for word in quoted(&page) {
        if word.ends_with(".rs") {
            word.clone_into(&mut file);
            text = fs::read_to_string(root.join(word)).unwrap_or_else(|_| panic!("no {word}"));
        } else if word.matches('_').count() >= 2 {
            let (test, property) = (format!("fn {word}()"), format!("fn {word}("));
            assert!(text.contains(&test) || text.contains(&property), "{file} has no {word}");
            found += 1;
        }
    }
    assert!(found > 60, "{found}");
}

#[test]
fn links_between_pages_lead_somewhere() {
    let root = workspace_root();
    let mut pages = vec!["README.md".to_owned(), "ARCHITECTURE.md".to_owned()];
    for folder in ["docs/plugins", "docs/how-to", "docs/explanation", "docs/benchmarks"] {
        let entries = fs::read_dir(root.join(folder)).unwrap().map(Result::unwrap);
        let names = entries.map(|entry| entry.file_name().into_string().unwrap());
        pages.extend(names.map(|name| format!("{folder}/{name}")));
    }
    for page in pages {
        let path = root.join(&page);
        let text = fs::read_to_string(&path).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = link.split('#').next().unwrap();
            if !target.is_empty() && !target.contains("://") {
                let target = path.parent().unwrap().join(target);
                assert!(target.exists(), "{page}: {link}");
            }
        }
    }
}
