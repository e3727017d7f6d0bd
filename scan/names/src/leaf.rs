//! Segments that say something wherever they stand.

use crate::Family;

/// Whether a name is that of a module and of nothing else. The names of most
/// dangerous modules are words (`signal`, `code`, `profile`).
pub(crate) fn unmistakable(segment: &str) -> bool {
    matches!(
        segment,
        "os" | "nt"
            | "posix"
            | "sys"
            | "subprocess"
            | "_posixsubprocess"
            | "_winapi"
            | "builtins"
            | "__builtin__"
            | "__builtins__"
            | "importlib"
            | "imp"
            | "_imp"
            | "ctypes"
            | "_ctypes"
            | "cffi"
            | "runpy"
            | "pty"
            | "shutil"
            | "pickle"
            | "_pickle"
            | "cPickle"
            | "marshal"
            | "dill"
            | "cloudpickle"
            | "pkgutil"
            | "zipimport"
            | "codeop"
            | "pdb"
            | "bdb"
            | "socket"
            | "_socket"
            | "urllib"
            | "httplib"
            | "webbrowser"
            | "multiprocessing"
            | "tempfile"
            | "_io"
            | "gc"
            | "inspect"
            | "shelve"
            | "pydoc"
            | "timeit"
            | "ensurepip"
            | "setuptools"
            | "distutils"
    )
}

/// What reaching any of these attributes of anything brings: the walks of
/// attributes that end at any function of the interpreter.
pub(crate) fn special<'a>(mut segments: impl Iterator<Item = &'a str>) -> Option<Family> {
    segments.any(walks).then_some(Family::Access)
}

fn walks(segment: &str) -> bool {
    matches!(
        segment,
        "__globals__"
            | "__builtins__"
            | "__builtin__"
            | "__subclasses__"
            | "__class__"
            | "__base__"
            | "__bases__"
            | "__mro__"
            | "mro"
            | "__dict__"
            | "__getattribute__"
            | "__getattr__"
            | "__setattr__"
            | "__delattr__"
            | "__loader__"
            | "__spec__"
            | "__code__"
            | "__closure__"
            | "__func__"
            | "__self__"
            | "__wrapped__"
            | "__call__"
            | "__import__"
            | "__reduce__"
            | "__reduce_ex__"
            | "__defaults__"
            | "__kwdefaults__"
            | "__get__"
            | "__set__"
            | "__objclass__"
            | "__init_subclass__"
            | "__subclasshook__"
            | "__instancecheck__"
            | "__subclasscheck__"
            | "__traceback__"
            | "tb_frame"
            | "f_globals"
            | "f_builtins"
            | "f_locals"
            | "f_back"
            | "f_code"
            | "gi_frame"
            | "gi_code"
            | "cr_frame"
            | "ag_frame"
            | "func_globals"
            | "func_code"
            | "im_func"
            | "im_self"
            | "co_code"
    )
}

/// Names that say what they do, in whichever module they are found: most often
/// since that has imported them.
pub(crate) fn telling(name: &str) -> Option<Family> {
    Some(match name.rsplit('.').next().unwrap_or_default() {
        "Popen"
        | "check_output"
        | "check_call"
        | "getoutput"
        | "getstatusoutput"
        | "popen"
        | "popen2"
        | "popen3"
        | "popen4"
        | "posix_spawn"
        | "posix_spawnp"
        | "fork_exec"
        | "spawnv"
        | "spawnve"
        | "spawnvp"
        | "spawnvpe"
        | "spawnl"
        | "spawnle"
        | "spawnlp"
        | "spawnlpe"
        | "execv"
        | "execve"
        | "execvp"
        | "execvpe"
        | "execl"
        | "execle"
        | "execlp"
        | "execlpe"
        | "startfile"
        | "create_subprocess_exec"
        | "create_subprocess_shell"
        | "exec_command"
        | "run_command"
        | "run_cmd"
        | "spawn_shell"
        | "system" => Family::Process,
        "eval" | "exec" | "execfile" | "exec_" | "runcode" | "runsource" | "run_code"
        | "run_path" | "run_module" | "exec_module" | "safe_eval" | "CodeType" | "FunctionType"
        | "LambdaType" | "compile_command" | "runctx" | "run_string" | "runstring"
        | "eval_code" | "exec_code" => Family::Execution,
        "import_module"
        | "__import__"
        | "load_module"
        | "import_from_string"
        | "import_string"
        | "import_path"
        | "import_file"
        | "import_object"
        | "module_from_spec"
        | "spec_from_file_location"
        | "resolve_name"
        | "get_class_from_dynamic_module"
        | "import_attr"
        | "locate"
        | "subimport"
        | "import_submodules"
        | "import_module_and_submodules" => Family::Import,
        "urlopen" | "urlretrieve" | "create_connection" | "getaddrinfo" | "gethostbyname" => {
            Family::Network
        }
        "rmtree" | "copytree" | "copyfileobj" | "unpack_archive" | "write_text" | "write_bytes"
        | "read_text" | "read_bytes" | "extractall" | "makedirs" => Family::Files,
        "CDLL" | "PyDLL" | "WinDLL" | "OleDLL" | "LibraryLoader" | "LoadLibrary"
        | "load_library" | "dlopen" | "load_dynamic" => Family::Native,
        "read_pickle" | "load_pickle" | "unpickle" | "pickle_load" | "pickle_loads"
        | "torch_load" | "joblib_load" | "unsafe_load" | "full_load" => Family::Deserialiser,
        _ => return None,
    })
}
