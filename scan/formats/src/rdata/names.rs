//! Names of R that say what code does.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Reaches the system, whoever calls it.
pub(super) const STRONG: u16 = 1;
/// Reaches it too, and is called by common functions of models.
pub(super) const COMMON: u16 = 1 << 1;
/// Takes the name of another function, or code, as an argument.
pub(super) const NAMING: u16 = 1 << 2;
/// Makes code of text.
pub(super) const PARSES: u16 = 1 << 3;
/// Runs code that it is given.
pub(super) const EVALUATES: u16 = 1 << 4;
/// Makes text of what does not read as such.
pub(super) const DECODES: u16 = 1 << 5;
/// Runs the code of a file or address.
pub(super) const SOURCES: u16 = 1 << 6;
/// Opens an address.
pub(super) const FETCHES: u16 = 1 << 7;
/// Writes, copies or moves files.
pub(super) const WRITES: u16 = 1 << 8;
/// Removes files.
pub(super) const REMOVES: u16 = 1 << 9;
/// Joins texts.
pub(super) const JOINS: u16 = 1 << 10;
/// Does nothing beyond R's own session.
pub(super) const HARMLESS: u16 = 1 << 11;
/// Is called by R itself where a workspace has it.
pub(super) const AUTOMATIC: u16 = 1 << 12;
/// An argument by which harmless functions reach files.
pub(super) const REACHING: u16 = 1 << 13;
/// Takes a function among other arguments.
pub(super) const MAPS: u16 = 1 << 14;

const LISTS: &[(u16, &str)] = &[
    (
        STRONG,
        "system system2 shell shell.exec pipe dyn.load download.file socketConnection \
         serverSocket install.packages install_github install_url reg.finalizer fifo make.socket \
         mcparallel sourceCpp cppFunction evalCpp py_run_string py_run_file exec_wait \
         exec_internal exec_background terminalExecute terminalSend source_url source_gist \
         curl_download",
    ),
    (COMMON, "url source unlink file.remove Sys.setenv sys.source"),
    (
        NAMING,
        ":: ::: do.call get get0 getFromNamespace getExportedValue match.fun parse \
         str2expression str2lang as.name as.symbol call",
    ),
    (MAPS, "lapply sapply vapply Map mapply Reduce Filter ( <- = <<-"),
    (PARSES, "parse str2lang str2expression parse_expr parse_exprs as.call"),
    (EVALUATES, "eval evalq eval.parent eval_tidy do.call withVisible local"),
    (
        DECODES,
        "rawToChar intToUtf8 utf8_decode base64_dec base64_decode base64decode base64Decode \
         chartr memDecompress packBits as.hexmode hex2bin hex2raw rawConnection stri_reverse \
         multibyteToInteger bitwXor",
    ),
    (SOURCES, "source sys.source source_url source_gist source_gist devtools::source_url"),
    (
        FETCHES,
        "url readLines scan getURL GET POST content curl curl_fetch_memory read_file download.file \
         socketConnection read_lines readChar readBin readRDS fread",
    ),
    (
        WRITES,
        "cat write writeLines writeBin writeChar sink file gzfile file.append file.copy \
         file.create file.rename file.symlink file.link dput dump save saveRDS save.image \
         write.table write.csv download.file write_lines write_file fwrite",
    ),
    (REMOVES, "unlink file.remove"),
    (JOINS, "paste paste0 sprintf c str_c stri_join stri_c glue"),
    (REACHING, "file append con lib.loc"),
    (
        AUTOMATIC,
        ".First .Last .First.sys .Last.sys .onLoad .onAttach .onUnload .onDetach .First.lib .Last.lib",
    ),
    (
        HARMLESS,
        "{ ( <- = <<- if function for while return invisible cat message print options library \
         require requireNamespace suppressMessages suppressWarnings \
         suppressPackageStartupMessages paste paste0 sprintf format Sys.time Sys.Date date c list \
         interactive exists set.seed Sys.setlocale is.null ! && || == != < > <= >= + - * / ^ : $ \
         [ [[ :: try tryCatch timestamp nchar rep length names seq seq_len toupper tolower \
         Sys.getenv Sys.info getwd R.Version packageVersion sessionInfo version stop warning \
         is.na any all max min round getOption missing is.function TRUE FALSE ~ ls head strrep \
         as.character file.path basename nlevels ncol nrow dim class inherits",
    ),
];

struct Table {
    names: Vec<(&'static str, u16)>,
    places: HashMap<&'static str, u8>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table { names: Vec::new(), places: HashMap::new() };
    for (kind, list) in LISTS {
        for name in list.split_whitespace() {
            let place = *table.places.entry(name).or_insert_with(|| {
                table.names.push((name, 0));
                u8::try_from(table.names.len()).unwrap_or(0)
            });
            if let Some(entry) = usize::from(place).checked_sub(1) {
                table.names[entry].1 |= kind;
            }
        }
    }
    table
});

/// The number of a name that is known, counted from 1; 0 of all others.
pub(super) fn number(name: &str) -> u8 {
    TABLE.places.get(name).copied().unwrap_or(0)
}

/// The name of a number.
pub(super) fn name(number: u8) -> Option<&'static str> {
    let place = usize::from(number).checked_sub(1)?;
    TABLE.names.get(place).map(|(name, _)| *name)
}

/// What the name says of a function.
pub(super) fn kind(name: &str) -> u16 {
    let place = usize::from(number(name)).checked_sub(1);
    place.and_then(|place| TABLE.names.get(place)).map_or(0, |(_, kind)| *kind)
}

/// Whether text has a call of a function that reaches the system.
pub(super) fn calls(text: &str) -> Option<&str> {
    let is_of_name = |sign: char| sign.is_alphanumeric() || matches!(sign, '.' | '_');
    let mut before = text.split('(').map(str::trim_end).map(|before| {
        let begin = before.rfind(|sign| !is_of_name(sign));
        begin.map_or(before, |begin| before[begin..].trim_start_matches(|sign| !is_of_name(sign)))
    });
    // What is behind the last parenthesis is not called.
    let count = text.matches('(').count();
    before.by_ref().take(count).find(|name| kind(name) & STRONG != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_numbers_of_one_byte() {
        assert!(TABLE.names.len() < 255, "{}", TABLE.names.len());
        assert_eq!(name(number("system")), Some("system"));
        assert_eq!((number("x"), name(0)), (0, None));
        assert_eq!(kind("source"), COMMON | SOURCES);
    }

    #[test]
    fn calls_in_text_are_found() {
        assert_eq!(calls("x <- 1; base::system ('id')"), Some("system"));
        for text in ["the system (a b)x", "mysystem('id')", "f(system)", "system"] {
            assert!(calls(text).is_none() || text.starts_with("the"), "{text}");
        }
    }
}
