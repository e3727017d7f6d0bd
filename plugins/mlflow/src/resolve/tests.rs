#![allow(clippy::unwrap_used, reason = "tests")]

mod databricks;
mod refusals;
mod server;

use nix_ai_model_sdk::testing::{Answer, ScriptedHost};
use nix_ai_model_sdk::{Download, Failure, Locator, Plan, Source, read_spec};

use crate::Mlflow;

fn resolve(host: &ScriptedHost, fields: &str) -> Result<Plan, Failure> {
    Mlflow::resolve(host, &read_spec(fields)?)
}

fn locate(
    host: &ScriptedHost,
    fields: &str,
    pin: &str,
    paths: &[&str],
) -> Result<Vec<Locator>, Failure> {
    let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
    Mlflow::locate(host, &read_spec(fields)?, pin, &paths)
}

fn recorded(text: &str) -> Answer {
    Answer::new(200, text).header("content-type", "application/json")
}

fn download(locator: &Locator) -> &Download {
    let Locator::Download(download) = locator else { panic!("no download: {locator:?}") };
    download
}

fn urls(plan: &Plan) -> Vec<&str> {
    plan.files.iter().map(|file| download(&file.locator).url.as_str()).collect()
}
