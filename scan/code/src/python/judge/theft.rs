//! What only two facts together tell: secrets that are read and a server that is
//! spoken to, a command and visitors who send it.

use nix_ai_model_scan_walk::{Level, Part};

use super::Verdict;
use crate::python::effect::Effect;
use crate::python::fact::{Fact, Place};
use crate::python::kind::Kind;
use crate::python::walk::Findings;
use crate::syntax::Marks;
use crate::{rules, shell};

/// Packages that hand on what visitors of a page or a service send.
const SERVES: &[&str] = &[
    "gradio",
    "streamlit",
    "flask",
    "fastapi",
    "starlette",
    "aiohttp",
    "bottle",
    "sanic",
    "tornado",
    "quart",
    "litestar",
    "falcon",
    "chainlit",
    "nicegui",
    "dash",
    "bentoml",
    "litserve",
    "socketserver",
    "ray.serve",
];

/// Whether a file is where the code of a page or a service is.
pub(super) fn is_service(part: &Part<'_>) -> bool {
    const NAMES: &[&str] = &[
        "api.py",
        "app.py",
        "demo.py",
        "gradio_app.py",
        "main.py",
        "serve.py",
        "server.py",
        "service.py",
        "webui.py",
    ];
    NAMES.contains(&part.name()) || !part.file().contains('/') && part.member().is_none()
}

pub(super) fn verdict(
    fact: &Fact,
    kind: Kind,
    found: &Findings,
    is_service: bool,
) -> Option<Verdict> {
    // What a file speaks to on its own machine learns nothing new.
    let told = fact.subject.as_deref().unwrap_or_default();
    let speaks = matches!(fact.effect, Effect::Send | Effect::Connect | Effect::Fetch);
    if speaks && shell::is_own_host(told) {
        return Some((&rules::NETWORK, Level::Low, "speaks to a server of the same machine"));
    }
    if speaks && fact.is_called && found.touched.contains(&fact.unit) {
        let now = fact.place == Place::Import;
        // The hub's own client reads its own token.
        let sends = fact.effect == Effect::Send && !fact.name.starts_with("huggingface_hub.");
        let level = if kind != Kind::Plain || now || sends { Level::High } else { Level::Medium };
        return Some((&rules::LEAK, level, "speaks to a server beside secrets that it reads"));
    }
    let fetches = ["curl", "wget", "nc ", "ncat", "scp ", "rsync", "ftp"];
    if fact.effect == Effect::Process
        && found.touched.contains(&fact.unit)
        && fetches.iter().any(|program| told.starts_with(program))
    {
        return Some((
            &rules::LEAK,
            Level::High,
            "speaks to a server beside secrets that it reads",
        ));
    }
    if fact.effect == Effect::Remove && fact.marks.has(Marks::HOME) && kind == Kind::Model {
        return Some((&rules::DESTROY, Level::Critical, "removes what the user has"));
    }
    let writes = fact.effect == Effect::Open && fact.writes || fact.effect == Effect::Remove;
    if kind == Kind::Model && writes && found.encrypting.contains(&fact.unit) {
        return Some((&rules::DESTROY, Level::High, "writes or removes files beside a cipher"));
    }
    let visitors = SERVES.iter().any(|package| found.imports.contains(*package));
    let unknown = told.is_empty() || told.starts_with('…');
    if !visitors || kind != Kind::Plain || !unknown || fact.place == Place::Main || !fact.is_called
    {
        return None;
    }
    match (fact.effect, &*fact.name) {
        (Effect::Process, _) if fact.is_shell => {
            Some((&rules::PROCESS, Level::High, "gives a shell what visitors may send"))
        }
        (Effect::Execute, "builtins.eval") if fact.place == Place::Function && is_service => {
            Some((&rules::DYNAMIC, Level::High, "runs as code what visitors may send"))
        }
        _ => None,
    }
}
