use std::collections::HashMap;

use nix_ai_model_scan_names::Tier;

use crate::judge::{self, Fold, Tiers};

/// Names that are held, and bytes of them.
const NAMES: usize = 1 << 14;
const BYTES: usize = 4 << 20;
/// Bytes of a module's or a name's at most: a longer path goes round in circles
/// to hide where it leads.
const LONGEST: usize = 512;

/// Something of a module that the pickle names; a module itself where the name
/// is empty.
#[derive(Clone)]
pub(crate) struct Name {
    pub module: Box<str>,
    pub name: Box<str>,
    pub tier: Tier,
    /// What a call of it gives, where that is followed.
    pub fold: Option<Fold>,
}

impl Name {
    /// As it is told.
    pub(crate) fn path(&self) -> String {
        if self.name.is_empty() {
            return self.module.to_string();
        }
        format!("{}.{}", self.module, self.name)
    }
}

/// The distinct names of a stream.
#[derive(Clone)]
pub(crate) struct Names {
    names: Vec<Name>,
    numbers: HashMap<(Box<str>, Box<str>), u32>,
    bytes: usize,
    tiers: Tiers,
}

impl Names {
    pub(crate) fn new(tiers: Tiers) -> Self {
        Self { names: Vec::new(), numbers: HashMap::new(), bytes: 0, tiers }
    }

    /// The number of a name, and whether it is new; `None` where there are too
    /// many, or it is too long.
    pub(crate) fn number(&mut self, module: &str, name: &str) -> Option<(u32, bool)> {
        if module.len() > LONGEST || name.len() > LONGEST {
            return None;
        }
        let key = (module.into(), name.into());
        if let Some(number) = self.numbers.get(&key) {
            return Some((*number, false));
        }
        let bytes = self.bytes + key.0.len() + key.1.len();
        if self.names.len() >= NAMES || bytes > BYTES {
            return None;
        }
        self.bytes = bytes;
        let tier = judge::tier(self.tiers, module, name);
        let number = self.names.len() as u32;
        let (module, name) = crate::rename::renamed(module, name).unwrap_or((module, name));
        let fold = judge::fold(module, name, tier);
        self.names.push(Name { module: key.0.clone(), name: key.1.clone(), tier, fold });
        self.numbers.insert(key, number);
        Some((number, true))
    }

    /// What is known of a name that the pickle does not name itself.
    pub(crate) fn tier_of(&self, module: &str, name: &str) -> Tier {
        judge::tier(self.tiers, module, name)
    }

    pub(crate) fn get(&self, number: u32) -> Option<&Name> {
        self.names.get(number as usize)
    }
}
