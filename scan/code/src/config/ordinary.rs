//! What configurations call day by day.

use nix_ai_model_scan_names::{Home, Tier, home, tier};

/// What configurations name day by day, though a pickle has no use for it.
pub(super) fn is_ordinary(path: &str) -> bool {
    is_class(path) || is_function(path)
}

/// Whether it is a class of a library that models are made with, other than
/// those that run what they are given.
fn is_class(path: &str) -> bool {
    const RUNS: &[&str] = &[
        "Popen",
        "Shell",
        "REPL",
        "Repl",
        "Bash",
        "Unpickl",
        "Importer",
        "Exporter",
        "Interpreter",
        "Extension",
        "GraphModule",
        "CompilationUnit",
        "FunctionType",
        "CodeType",
        "Subprocess",
        "Workflow",
        "DataSource",
        "NpzFile",
        "Process",
        "Loader.",
        "Compiler",
        "Tracer",
        "Codegen",
        "CodeGen",
        "PALChain",
    ];
    // What a library has imported is not its own.
    const FOREIGN: &[&str] = &[
        "os",
        "sys",
        "subprocess",
        "ctypes",
        "importlib",
        "shutil",
        "pickle",
        "socket",
        "urllib",
        "builtins",
        "multiprocessing",
        "runpy",
        "pty",
        "code",
        "pdb",
        "_internal",
        "cpp_extension",
    ];
    let Some((module, class)) = path.rsplit_once('.') else { return false };
    let root = module.split('.').next().unwrap_or_default();
    let known = home(root) == Home::Library
        || matches!(root, "torchtext" | "comet_ml" | "neptune" | "tf" | "tensorflow" | "openai");
    // These run code, whatever their classes are called.
    let runs = matches!(
        root,
        "jinja2" | "cffi" | "dill" | "cloudpickle" | "IPython" | "ipykernel" | "llvmlite" | "numba"
    );
    known
        && !runs
        && class.len() > 1
        && class.starts_with(|c: char| c.is_ascii_uppercase())
        && class.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !RUNS.iter().any(|word| class.contains(word))
        && !module.split('.').any(|segment| FOREIGN.contains(&segment))
        && !matches!(tier("", class), Tier::Dangerous(_))
}

/// Whether it is a function that only reads what its arguments name, or that
/// speaks to the service that it is for.
fn is_function(path: &str) -> bool {
    const KNOWN: &[&str] = &[
        "optuna.create_study",
        "hydra.utils.to_absolute_path",
        "hydra.utils.get_original_cwd",
        // What they are given has targets of its own.
        "hydra.utils.instantiate",
        "hydra.utils.call",
        "hydra_zen.funcs.zen_processing",
        "wandb.init",
        "wandb.login",
        "wandb.setup",
        "neptune.init",
        "neptune.init_run",
        "clearml.Task.init",
        "ray.init",
        "gym.make",
        "gymnasium.make",
        "logging.FileHandler",
        "logging.handlers.RotatingFileHandler",
        "logging.handlers.TimedRotatingFileHandler",
        "logging.config.dictConfig",
        "time.sleep",
        "spacy.load",
        "cv2.imread",
        "PIL.Image.open",
        "soundfile.read",
        "safetensors.torch.load_file",
        "huggingface_hub.hf_hub_download",
        "huggingface_hub.snapshot_download",
        "nemo.utils.exp_manager.exp_manager",
        "torchvision.datasets.folder.default_loader",
        "torchvision.datasets.folder.pil_loader",
        "torchaudio.load",
        "librosa.load",
    ];
    if KNOWN.contains(&path) || is_plain(path) {
        return true;
    }
    let Some((module, name)) = path.rsplit_once('.') else { return false };
    let begins = |all: &[&str]| all.iter().any(|begin| name.starts_with(begin));
    match module {
        "sklearn.datasets" => begins(&["load_", "make_", "fetch_"]),
        "torchvision.io" => begins(&["read_", "decode_"]),
        "pandas" => matches!(
            name,
            "read_csv"
                | "read_parquet"
                | "read_json"
                | "read_excel"
                | "read_table"
                | "read_feather"
                | "read_orc"
        ),
        "monai.data.utils" | "monai.data" => name.contains("collate"),
        // Architectures.
        "timm.models" => {
            !name.starts_with('_')
                && !begins(&["load_", "hub", "helpers", "register", "build_model", "xla"])
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        }
        "tensorflow.data.Dataset" | "tf.data.Dataset" => begins(&["from_tensor", "range", "zip"]),
        "hydra._internal.core_plugins.basic_launcher" => name == "BasicLauncher",
        "hydra._internal.core_plugins.basic_sweeper" => name == "BasicSweeper",
        _ => path.starts_with("speechbrain.") && name == "from_hparams",
    }
}

/// What a pickle has no use for, though to call it makes an object or tells of
/// the machine.
fn is_plain(path: &str) -> bool {
    let (root, rest) = path.split_once('.').unwrap_or((path, ""));
    let last = rest.rsplit('.').next().unwrap_or_default();
    match root {
        "lightning" | "pytorch_lightning" | "lightning_fabric" | "nemo" => {
            matches!(last, "Trainer" | "Fabric" | "LightningCLI" | "LightningArgumentParser")
        }
        "mlflow" => is_flavor(rest),
        "timm" => {
            matches!(rest, "create_model" | "models.create_model" | "models.factory.create_model")
        }
        "torch" => {
            rest.starts_with("utils.tensorboard.")
                || rest.starts_with("profiler.")
                || matches!(rest, "compile" | "jit.script")
        }
        "transformers" | "diffusers" | "peft" | "sentence_transformers" => last == "from_config",
        // Packages of projects are called so; what the library has is known by
        // its names.
        "test" => {
            !matches!(
                rest.split('.').next(),
                Some("support" | "regrtest" | "libregrtest" | "__main__")
            ) && rest.contains('.')
        }
        "code" => !matches!(
            rest.split('.').next(),
            Some(
                "interact"
                    | "InteractiveConsole"
                    | "InteractiveInterpreter"
                    | "compile_command"
                    | "codeop"
                    | "sys"
                    | "builtins"
                    | "traceback"
            )
        ),
        "os" => matches!(
            rest,
            "path.join"
                | "path.abspath"
                | "path.expanduser"
                | "path.basename"
                | "path.dirname"
                | "path.exists"
                | "path.isdir"
                | "path.isfile"
                | "path.realpath"
                | "path.normpath"
                | "path.split"
                | "path.splitext"
                | "path.expandvars"
                | "getcwd"
                | "cpu_count"
                | "getenv"
                | "environ.get"
                | "sched_getaffinity"
        ),
        "multiprocessing" => rest == "cpu_count",
        "glob" => matches!(rest, "glob" | "iglob"),
        "tempfile" => matches!(rest, "mkdtemp" | "gettempdir"),
        "socket" => rest == "gethostname",
        "platform" => matches!(rest, "node" | "system" | "machine"),
        _ => false,
    }
}

/// Modules of MLflow that load what its own `save_model` writes.
fn is_flavor(rest: &str) -> bool {
    const OTHER: &[&str] = &[
        "utils",
        "projects",
        "server",
        "store",
        "cli",
        "recipes",
        "deployments",
        "tracking",
        "gateway",
        "artifacts",
        "data",
        "runs",
        "db",
        "models",
        "client",
        "environment_variables",
    ];
    let first = rest.split('.').next().unwrap_or_default();
    let is_module =
        matches!(rest.split_once('.'), None | Some(("pyfunc", _)) | Some((_, "loader" | "model")))
            && !rest.ends_with(".load_model");
    is_module && !OTHER.contains(&first) && !rest.contains("subprocess") && !rest.contains(".os")
}
