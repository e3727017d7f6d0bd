//! Rules of HDF5 files.

use nix_ai_model_scan_walk::{Level, Rule};

/// A link into another file.
pub static LINK: Rule = Rule {
    id: "hdf5/external-link",
    level: Level::High,
    title: "HDF5 link into another file",
    why: "Reading the link opens the file that it names, which lies outside of the model: what is on the machine leaks into the model, or another file takes part in it unseen.",
    advice: "Do not load the model. Weights belong into the file itself.",
};

/// Data in another file.
pub static STORAGE: Rule = Rule {
    id: "hdf5/external-storage",
    level: Level::High,
    title: "HDF5 data set whose data lies in another file",
    why: "Reading the data set reads the file that it names, whatever it is, as if it were numbers of the model; writing it changes that file.",
    advice: "Do not load the model. Weights belong into the file itself.",
};

/// A data set put together of others.
pub static VIRTUAL: Rule = Rule {
    id: "hdf5/virtual-dataset",
    level: Level::High,
    title: "HDF5 data set put together from other files",
    why: "Reading the data set opens each file that it names.",
    advice: "Do not load the model. Weights belong into the file itself.",
};

/// A filter that is a plugin.
pub static FILTER: Rule = Rule {
    id: "hdf5/filter-plugin",
    level: Level::Note,
    title: "HDF5 filter that a plugin brings",
    why: "The HDF5 library loads a native library from its plugin path to read data packed by such a filter.",
    advice: "Set HDF5_PLUGIN_PATH to a folder that only you write to, or to \"::\" for none.",
};

/// Sizes.
pub static SIZE: Rule = Rule {
    id: "hdf5/impossible-size",
    level: Level::High,
    title: "HDF5 data set of a size that the file cannot hold",
    why: "A loader that makes room for the whole data set uses up the memory of the machine.",
    advice: "Do not load the file. Fetch it anew, and report it to the publisher if it stays like this.",
};

/// A link or driver that programs register.
pub static FOREIGN: Rule = Rule {
    id: "hdf5/foreign-extension",
    level: Level::Medium,
    title: "HDF5 extension that a program registers",
    why: "What a link of a user's own kind or a file driver does is up to the program that reads the file.",
    advice: "Ask the publisher for a plain HDF5 file.",
};

/// All of them.
pub static ALL: &[&Rule] = &[&LINK, &STORAGE, &FILTER, &FOREIGN, &SIZE, &VIRTUAL];
