//! What is looked for in archives and compressed streams.

use nix_ai_model_scan_walk::{Level, Rule};

const TAKE_IT_APART: &str =
    "Do not unpack or load it. Ask the publisher for an archive that a common tool made.";

pub static PATH: Rule = Rule {
    id: "archive/path-leaves-folder",
    level: Level::High,
    title: "Member outside the folder",
    why: "Unpacked by a careless tool, the member is written outside the folder, over files of the user or the system.",
    advice: TAKE_IT_APART,
};

pub static LINK: Rule = Rule {
    id: "archive/link-leaves-folder",
    level: Level::High,
    title: "Link out of the folder",
    why: "Members that are unpacked behind the link are written where it points to, and reading it reads files of the machine.",
    advice: TAKE_IT_APART,
};

pub static DEVICE: Rule = Rule {
    id: "archive/device",
    level: Level::High,
    title: "Device or pipe",
    why: "A model has no devices, pipes or sockets. Unpacked, they reach hardware, or stop who reads them.",
    advice: TAKE_IT_APART,
};

pub static BOMB: Rule = Rule {
    id: "archive/bomb",
    level: Level::High,
    title: "Archive that unfolds to far more than it is",
    why: "Unpacking or loading it fills the disk or the memory. Models are hardly made smaller by compression.",
    advice: TAKE_IT_APART,
};

pub static UNREAD: Rule = Rule {
    id: "archive/unread-format",
    level: Level::Unjudged,
    title: "Archive of a format that is not read",
    why: "What it holds was not looked at, and models are published in such archives to hide what they do.",
    advice: "Unpack the archive apart from other files and scan what it holds.",
};

pub static TRAILING: Rule = Rule {
    id: "archive/trailing-data",
    level: Level::Low,
    title: "Data behind the archive",
    why: "Unpacking passes over what follows the archive; a loader of another format may begin there.",
    advice: "Find out what it is. It was read as a file of its own.",
};

pub static PDF_LAUNCH: Rule = Rule {
    id: "pdf/starts-program",
    level: Level::High,
    title: "Document that starts a program",
    why: "The action starts what it names, at a click or as soon as the document is opened, with the rights of who reads it.",
    advice: "Do not open the document. Documents about a model have no such action.",
};

pub static PDF_SCRIPT: Rule = Rule {
    id: "pdf/script",
    level: Level::Low,
    title: "Document that runs JavaScript",
    why: "Forms check what is filled in by scripts, and attacks on readers of documents begin with one.",
    advice: "Open the document in a reader that runs no scripts.",
};

pub static TAR_SIZE: Rule = Rule {
    id: "tar/sizes-differ",
    level: Level::High,
    title: "Two sizes of a member",
    why: "Tools that believe the one size find the next member at another place than those that believe the other, and so unpack different files.",
    advice: TAKE_IT_APART,
};

pub static ZIP_DIRECTORIES: Rule = Rule {
    id: "zip/directories-differ",
    level: Level::High,
    title: "Several directories, or one that lies",
    why: "Loaders find an archive's directory in different ways. Here they see different archives, so what a scanner or a user looked at need not be what is loaded.",
    advice: TAKE_IT_APART,
};

pub static ZIP_OVERLAP: Rule = Rule {
    id: "zip/overlapping-members",
    level: Level::High,
    title: "Members that overlap",
    why: "Members that share bytes unfold to far more than the archive holds, or hide one within another.",
    advice: TAKE_IT_APART,
};

pub static ZIP_DUPLICATE: Rule = Rule {
    id: "zip/duplicate-name",
    level: Level::High,
    title: "Two members of one name",
    why: "Some loaders take the first and others the last, so what was looked at need not be what is loaded.",
    advice: TAKE_IT_APART,
};

pub static ZIP_HEADERS: Rule = Rule {
    id: "zip/headers-differ",
    level: Level::High,
    title: "Directory and local header differ",
    why: "Loaders believe the one or the other, or refuse the archive, which makes scanners pass over what a loader runs. It was read by both.",
    advice: TAKE_IT_APART,
};

pub static ZIP_FLAGS: Rule = Rule {
    id: "zip/false-flag",
    level: Level::High,
    title: "Flag that hides a member",
    why: "The flag makes many tools refuse to read the member, while PyTorch's loader does not look at it.",
    advice: TAKE_IT_APART,
};

pub static ZIP_SIZE: Rule = Rule {
    id: "zip/size-differs",
    level: Level::High,
    title: "Size that lies",
    why: "Loaders stop at the size that is told or read on to the end, and so load different bytes.",
    advice: TAKE_IT_APART,
};

pub static ZIP_CHECKSUM: Rule = Rule {
    id: "zip/checksum-differs",
    level: Level::Medium,
    title: "Wrong checksum",
    why: "Python refuses the member, so tools written in it may pass over it; PyTorch's loader does not compare checksums.",
    advice: "Fetch the file anew. If it stays like this, ask the publisher.",
};

pub static ZIP_FOLDER: Rule = Rule {
    id: "zip/folder-with-content",
    level: Level::Medium,
    title: "Folder with content",
    why: "Tools that take it for a folder pass over bytes that others read.",
    advice: TAKE_IT_APART,
};

pub static ZIP_HIDDEN: Rule = Rule {
    id: "zip/hidden-member",
    level: Level::High,
    title: "Member that is in no directory",
    why: "Loaders that stream an archive read it, and tools that go by the directory do not show it.",
    advice: TAKE_IT_APART,
};

pub static ZIP_NAME: Rule = Rule {
    id: "zip/ambiguous-name",
    level: Level::High,
    title: "Name that loaders read differently",
    why: "Where tools disagree on a member's name, one that is shown as harmless is loaded as another.",
    advice: TAKE_IT_APART,
};

/// All of them, by id.
pub static ALL: &[&Rule] = &[
    &BOMB,
    &DEVICE,
    &LINK,
    &PATH,
    &TRAILING,
    &UNREAD,
    &PDF_SCRIPT,
    &PDF_LAUNCH,
    &TAR_SIZE,
    &ZIP_CHECKSUM,
    &ZIP_DIRECTORIES,
    &ZIP_DUPLICATE,
    &ZIP_FLAGS,
    &ZIP_FOLDER,
    &ZIP_HEADERS,
    &ZIP_HIDDEN,
    &ZIP_NAME,
    &ZIP_OVERLAP,
    &ZIP_SIZE,
];
