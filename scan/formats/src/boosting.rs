//! Boosted trees: XGBoost, LightGBM and CatBoost. Their files hold numbers and
//! names; what can be wrong is that their headers lie, or that text is code.

mod catboost;
mod lightgbm;
#[cfg(test)]
mod tests;
mod tree;
mod ubjson;
mod xgboost;

pub use catboost::CatBoost;
pub use lightgbm::LightGbm;
pub use ubjson::XgboostUbjson;
pub use xgboost::{XgboostBinary, XgboostJson};

use nix_ai_model_scan_walk::{Level, Rule};

/// A header that promises what is not there.
pub static MEASURE: Rule = Rule {
    id: "boosting/impossible-measure",
    level: Level::High,
    title: "Model of trees whose header lies",
    why: "Loaders take memory by the numbers of the header and read by them, so that numbers that cannot be true crash them, or make them read and write where they must not.",
    advice: "Do not load the model.",
};

/// The rules of this module.
pub static RULES: &[&Rule] = &[&LOOP, &MEASURE, &PATH];

/// Nodes that are no tree.
pub static LOOP: Rule = Rule {
    id: "boosting/false-tree",
    level: Level::High,
    title: "Tree whose nodes lead back or out of it",
    why: "Predictors follow the numbers of nodes without a check: they never end, or read memory that is not the model's.",
    advice: "Do not load the model: no trainer writes one like this.",
};

/// A path of the training machine.
pub static PATH: Rule = Rule {
    id: "boosting/path",
    level: Level::Note,
    title: "Path in the parameters of a model of trees",
    why: "The model tells where the files of its training were; a program that trains on reads or writes them.",
    advice: "Set the paths anew before training on.",
};
