//! What operators do, by name: those of TensorFlow and of its extensions that
//! do more than compute.

use nix_ai_model_scan_walk::{Found, Level, Rule, quoted};

use super::rules;
use crate::foreign::{is_secret, outside};
use crate::suspect::is_suspect;

/// Run code.
const CODE: &[&str] = &[
    "EagerPyFunc",
    "ExecuteOp",
    "LoadLibrary",
    "LoadLibraryV2",
    "PyCall",
    "PyFunc",
    "PyFuncStateless",
    "ShellExecute",
    "SystemConfig",
    "XlaPythonCallback",
];

/// Read or write files whose paths they are given, and are in no exported
/// model for any other reason.
const FILE: &[&str] = &[
    "CalibrationStatisticsSaver",
    "CreateSummaryDbWriter",
    "CreateSummaryFileWriter",
    "DatasetToTFRecord",
    "DeleteFile",
    "DistributedSave",
    "GenerateVocabRemapping",
    "ImmutableConst",
    "ImportEvent",
    "ListDataset",
    "ListSnapshotChunksDataset",
    "LoadAndRemapMatrix",
    "LoadDataset",
    "ReadFile",
    "RecordInput",
    "SSTableReader",
    "SaveDataset",
    "SaveDatasetV2",
    "Skipgram",
    "SnapshotChunkDataset",
    "SnapshotDataset",
    "SnapshotDatasetReader",
    "SnapshotDatasetV2",
    "SnapshotNestedDatasetReader",
    "SqlDataset",
    "WriteFile",
];

/// Read files of records, or list them: the input of a graph that trains, and
/// nothing that a model which is served needs.
const RECORDS: &[&str] = &[
    "CSVDataset",
    "CSVDatasetV2",
    "FixedLengthRecordDataset",
    "FixedLengthRecordDatasetV2",
    "FixedLengthRecordReader",
    "FixedLengthRecordReaderV2",
    "LMDBDataset",
    "LMDBReader",
    "TFRecordDataset",
    "TFRecordDatasetV2",
    "TFRecordReader",
    "TFRecordReaderV2",
    "TextLineDataset",
    "TextLineReader",
    "TextLineReaderV2",
    "WholeFileReader",
    "WholeFileReaderV2",
    "MatchingFiles",
    "MatchingFilesDataset",
];

/// Whether the operator belongs to the input of a graph that trains.
pub fn is_input(name: &str) -> bool {
    RECORDS.contains(&name.strip_prefix("Experimental").unwrap_or(name))
}

/// Reach the network.
const NETWORK: &[&str] = &[
    "BigQueryReader",
    "BigtableClient",
    "BigtableTable",
    "DataServiceDataset",
    "DataServiceDatasetV2",
    "DataServiceDatasetV3",
    "DataServiceDatasetV4",
    "DecodeLibsvmUrl",
    "KafkaDataset",
    "KinesisDataset",
    "PrefixLMRpc",
    "RegisterDataset",
    "RegisterDatasetV2",
    "Rpc",
    "RpcCall",
    "RpcCheckStatus",
    "RpcClient",
    "RpcGetValue",
    "RpcServer",
    "RpcServerRegister",
    "RpcServerStart",
    "TryRpc",
];

/// Disturb the process.
const PROCESS: &[&str] =
    &["Abort", "FileSystemSetConfiguration", "GcsConfigureBlockCache", "GcsConfigureCredentials"];

/// Run native code that the graph brings along, compiled or to be compiled.
const NATIVE: &[&str] = &["TRTEngineOp", "XlaCustomCall", "XlaCustomCallV2"];

/// Words of tf-io's operators that reach files or the network.
const REACHING: &[&str] = &[
    "Readable",
    "Writable",
    "File",
    "Kafka",
    "Kinesis",
    "Pulsar",
    "BigQuery",
    "Bigtable",
    "MongoDB",
    "Elasticsearch",
    "Sql",
    "Ignite",
    "Gcs",
    "PubSub",
    "Dataset",
    "Layer",
];

/// Operators that read the file which an input names, and that input: saved
/// models have them for checkpoints, tables and sets of data, so that the path
/// decides.
pub const READ_BY_PATH: &[(&str, usize)] = &[
    ("CSVDataset", 0),
    ("CSVDatasetV2", 0),
    ("FixedLengthRecordDataset", 0),
    ("FixedLengthRecordDatasetV2", 0),
    ("InitializeTRTResource", 1),
    ("InitializeTableFromTextFile", 1),
    ("InitializeTableFromTextFileV2", 1),
    ("MatchingFiles", 0),
    ("MatchingFilesDataset", 0),
    ("Restore", 0),
    ("RestoreSlice", 0),
    ("RestoreV2", 0),
    ("TFRecordDataset", 0),
    ("TFRecordDatasetV2", 0),
    ("TextLineDataset", 0),
];

/// The same of operators that write.
pub const WRITE_BY_PATH: &[(&str, usize)] = &[
    ("CacheDataset", 1),
    ("CacheDatasetV2", 1),
    ("MergeV2Checkpoints", 0),
    ("MergeV2Checkpoints", 1),
    ("Save", 0),
    ("SaveSlices", 0),
    ("SaveV2", 0),
    ("SerializeTRTResource", 1),
];

/// Attributes that name files, of whatever operator.
const FILE_KEYS: &[&str] =
    &["cache_dir", "dir", "directory", "file", "file_name", "file_pattern", "filename", "path"];

/// What is found of an operator by its name; `None` where it computes.
pub fn judge(name: &str) -> Option<Found> {
    let plain = name.strip_prefix("Experimental").unwrap_or(name);
    let told = format!("The operator {}", quoted(name));
    let rule: (&'static Rule, &str) = if CODE.contains(&plain) {
        (&rules::CODE_OPERATOR, "runs code")
    } else if FILE.contains(&plain) || RECORDS.contains(&plain) {
        (&rules::FILE, "reads or writes files")
    } else if NETWORK.contains(&plain) {
        (&rules::NETWORK, "reaches the network")
    } else if PROCESS.contains(&plain) {
        (&rules::PROCESS, "disturbs the process")
    } else if plain == "RemoteCall" {
        let told = format!("{told} runs a function on a device that may be of another machine");
        return Some(rules::NETWORK.found(told).level(Level::Medium));
    } else if NATIVE.contains(&plain) {
        (&rules::CUSTOM, "runs native code")
    } else if name.starts_with("IO>") && REACHING.iter().any(|word| name.contains(word)) {
        (&rules::FILE, "reaches files or the network")
    } else if is_foreign(name) {
        return foreign(name);
    } else {
        return None;
    };
    Some(rule.0.found(format!("{told} {}", rule.1)))
}

/// How bad an operator is that does more than compute; `None` for all others,
/// unknown ones among them.
pub fn danger(name: &str) -> Option<Level> {
    let plain = name.strip_prefix("Experimental").unwrap_or(name);
    if CODE.contains(&plain) {
        return Some(Level::Critical);
    }
    let high = [FILE, NETWORK, PROCESS, RECORDS].iter().any(|list| list.contains(&plain));
    high.then_some(Level::High)
}

/// Operators that no release of TensorFlow has are told by their namespace or
/// their name.
fn is_foreign(name: &str) -> bool {
    // Operators for accelerators execute what was compiled.
    let own = ["TPU", "_TPU", "Xla", "_Xla", "IPU", "RemoteFusedGraphExecute", "ExecuteTPU"];
    name.contains('>') || is_suspect(name) && !own.iter().any(|own| name.starts_with(own))
}

fn foreign(name: &str) -> Option<Found> {
    let found =
        rules::CUSTOM.found(format!("The operator {} needs a native library", quoted(name)));
    let known = ["Addons>", "SentencepieceOp", "IO>", "Text>", "TFText>"];
    let level = if is_suspect(name.rsplit('>').next().unwrap_or(name)) {
        Level::High
    } else if known.iter().any(|known| name.starts_with(known)) {
        Level::Note
    } else {
        Level::Medium
    };
    Some(found.level(level))
}

/// What is found of a string among the attributes of an operator: where it
/// prints to, or sends to.
pub fn judge_string(operator: &str, key: &str, text: &str) -> Option<Found> {
    let told = || format!("The operator {} has {}", quoted(operator), quoted(text));
    let is_url = text.contains("://");
    let debug = operator.starts_with("Debug") || matches!(operator, "Copy" | "CopyHost");
    match operator {
        "Print" | "PrintV2" if text.starts_with("file://") => {
            Some(rules::FILE.found(format!("{}: it prints to a file", told())))
        }
        _ if debug && is_url => {
            let rule = if text.contains("file://") { &rules::FILE } else { &rules::NETWORK };
            Some(rule.found(format!("{}: it sends what it sees there", told())))
        }
        "DecodeProtoV2" | "EncodeProto" if matches!(key, "descriptor_source" | "") => {
            let own = text.is_empty() || text == "local://" || text.starts_with("bytes://");
            (!own).then(|| rules::FILE.found(format!("{}: it reads this file", told())))
        }
        _ if FILE_KEYS.contains(&key) => {
            let why = outside(text)?;
            let level = if is_secret(text) { Level::High } else { Level::Medium };
            let told = format!("{} as its {}, which {why}", told(), quoted(key));
            Some(rules::PATH.found(told).level(level))
        }
        _ => None,
    }
}
