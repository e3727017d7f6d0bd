use super::Effect;

/// Functions of libraries that run code or programs.
const GADGETS: &[&str] = &[
    "psutil.Popen",
    "sh.Command",
    "sh.bash",
    "sh.sh",
    "delegator.run",
    "sarge.run",
    "envoy.run",
    "cppyy.cppdef",
    "cython.inline",
    "Cython.Build.Inline.cython_inline",
    "js2py.eval_js",
    "rpy2.robjects.r",
    "lupa.LuaRuntime",
    "IPython.embed",
    "IPython.start_ipython",
    "pyximport.install",
    "numpy.f2py.crackfortran.myeval",
    "numpy.f2py.crackfortran.param_eval",
    "distutils.core.run_setup",
    "setuptools.sandbox.run_setup",
    "doctest.debug_script",
    "ensurepip._run_pip",
    "bdb.Bdb().run",
    "site.addsitedir",
    "site.addpackage",
    "pynput.keyboard.Listener",
    "pynput.mouse.Listener",
    "keyboard.on_press",
    "keyboard.hook",
    "PIL.ImageGrab.grab",
    "pyautogui.screenshot",
    "mss.mss",
];

/// Whether a value is the shell that runs the cells of a notebook, or speaks to
/// a kernel of one.
pub(in crate::python) fn is_notebook(name: &str) -> bool {
    let name = name.trim_start_matches('?');
    name == "get_ipython()"
        || name.starts_with("IPython.")
            && ["get_ipython()", "InteractiveShell.instance()", "InteractiveShell()"]
                .iter()
                .any(|end| name.ends_with(end))
        || name.starts_with("jupyter_client.") && name.ends_with(".client()")
}

/// The effect of a name that is written out.
pub(super) fn exact(name: &str) -> Option<Effect> {
    let (module, function) = name.rsplit_once('.')?;
    let is = |names: &[&str]| names.contains(&function);
    Some(match module {
        "os" | "posix" | "nt" => return system(function),
        "subprocess"
            if is(&[
                "run",
                "call",
                "check_call",
                "check_output",
                "Popen",
                "getoutput",
                "getstatusoutput",
            ]) =>
        {
            Effect::Process
        }
        "commands" if is(&["getoutput", "getstatusoutput"]) => Effect::Process,
        "popen2" if function.starts_with("popen") => Effect::Process,
        "pty" if is(&["spawn", "fork"]) => Effect::Process,
        "asyncio" | "asyncio.subprocess" if function.starts_with("create_subprocess_") => {
            Effect::Process
        }
        "pexpect" | "wexpect" if is(&["spawn", "run", "spawnu", "runu"]) => Effect::Process,
        "invoke" | "fabric" if is(&["run", "sudo", "local"]) => Effect::Process,
        "distutils.spawn" | "setuptools._distutils.spawn" if function == "spawn" => Effect::Process,
        "numpy.distutils.exec_command" if function == "exec_command" => Effect::Process,
        "torch.utils.collect_env"
            if is(&["run", "run_and_read_all", "run_and_parse_first_match"]) =>
        {
            Effect::Process
        }
        _ if is_notebook(module) => match function {
            "system" | "system_raw" | "system_piped" | "getoutput" => Effect::Process,
            "run_cell"
            | "run_cell_async"
            | "run_code"
            | "run_ast_nodes"
            | "ex"
            | "ev"
            | "safe_execfile"
            | "safe_execfile_ipy"
            | "safe_run_module"
            | "execute"
            | "execute_interactive" => Effect::Execute,
            _ => return None,
        },
        "multiprocessing.util" if function == "spawnv_passfds" => Effect::Process,
        "_posixsubprocess" if function == "fork_exec" => Effect::Process,
        "_winapi" if function == "CreateProcess" => Effect::Process,
        "pydoc" if is(&["pipepager", "tempfilepager"]) => Effect::Process,
        "imaplib" if function == "IMAP4_stream" => Effect::Process,
        "IPython.utils.process"
        | "IPython.utils._process_posix"
        | "IPython.utils._process_common"
            if is(&["system", "getoutput", "getoutputerror", "process_handler"]) =>
        {
            Effect::Process
        }
        "importlib.import_module()" | "builtins.__import__()" | "sys.modules[]"
            if is(&["system", "popen", "Popen", "check_output", "execv"]) =>
        {
            Effect::Process
        }
        "webbrowser" if is(&["open", "open_new", "open_new_tab"]) => Effect::Fetch,
        "torch.utils.cpp_extension" if function == "load_inline" => Effect::Native,
        "sys.path" if is(&["insert", "append", "extend"]) => Effect::Foreign,
        "torch.hub" if function == "load" => Effect::Foreign,
        "torch.hub" if is(&["load_state_dict_from_url", "download_url_to_file"]) => Effect::Fetch,
        "git.Repo" | "git" if is(&["clone_from", "clone"]) => Effect::Foreign,
        "boto3.client()" | "boto3.resource()" | "boto3.Session().client()"
            if is(&["upload_file", "upload_fileobj", "put_object", "send_message", "publish"]) =>
        {
            Effect::Send
        }
        "kernels" if is(&["get_kernel", "load_kernel"]) => Effect::Foreign,
        "transformers.dynamic_module_utils"
            if is(&["get_class_from_dynamic_module", "get_cached_module_file"]) =>
        {
            Effect::Foreign
        }
        "torch.package" if function == "PackageImporter" => Effect::Foreign,
        "zipimport" if function == "zipimporter" => Effect::Foreign,
        "importlib.machinery" | "importlib._bootstrap_external"
            if is(&["SourceFileLoader", "SourcelessFileLoader", "ExtensionFileLoader"]) =>
        {
            Effect::Foreign
        }
        "socket" if is(&["getaddrinfo", "gethostbyname", "gethostbyname_ex"]) => Effect::Resolve,
        "logging.handlers" if is(&["HTTPHandler", "SocketHandler", "SMTPHandler"]) => {
            Effect::Connect
        }
        "pandas" if is(&["read_csv", "read_json", "read_table", "read_html", "read_xml"]) => {
            Effect::Fetch
        }
        "huggingface_hub.HfApi()" | "huggingface_hub"
            if is(&["upload_file", "upload_folder", "create_commit"]) =>
        {
            Effect::Send
        }
        "winreg" | "_winreg" if is(&["SetValue", "SetValueEx"]) => Effect::Persist,
        "win32api" if is(&["ShellExecute", "WinExec"]) => Effect::Process,
        "platform" if function == "popen" => Effect::Process,
        "builtins" => return builtin(function),
        "code" if is(&["interact", "InteractiveInterpreter", "InteractiveConsole"]) => {
            Effect::Execute
        }
        "code.InteractiveInterpreter()" | "code.InteractiveConsole()" => Effect::Execute,
        "runpy" if is(&["run_path", "run_module", "_run_code", "_run_module_code"]) => {
            Effect::Execute
        }
        "timeit" if is(&["timeit", "repeat", "Timer"]) => Effect::Execute,
        "cProfile" | "profile" | "pdb" | "trace"
            if is(&["run", "runctx", "runeval", "runcall"]) =>
        {
            Effect::Execute
        }
        "types" if is(&["FunctionType", "CodeType", "LambdaType"]) => Effect::Bytecode,
        "marshal" if is(&["load", "loads"]) => Effect::Bytecode,
        "pickle" | "_pickle" | "cPickle" | "dill" | "cloudpickle"
            if is(&[
                "load",
                "loads",
                "Unpickler",
                "_loads",
                "_load",
                "load_module",
                "load_session",
            ]) =>
        {
            Effect::Unpickle
        }
        "joblib" if function == "load" => Effect::Unpickle,
        "shelve" if function == "open" => Effect::Unpickle,
        "jsonpickle" if is(&["decode", "loads"]) => Effect::Unpickle,
        "pandas" if function == "read_pickle" => Effect::Unpickle,
        "pandas" if function == "eval" => Effect::Execute,
        "numpy.testing" | "numpy.testing.utils" | "numpy.testing._private.utils"
            if function == "runstring" =>
        {
            Effect::Execute
        }
        "yaml" if is(&["load", "unsafe_load", "full_load", "load_all", "unsafe_load_all"]) => {
            Effect::Unpickle
        }
        "torch" if function == "load" => Effect::Unpickle,
        "socket" if is(&["socket", "create_connection", "create_server", "fromfd"]) => {
            Effect::Connect
        }
        "socket.socket()" if is(&["connect", "connect_ex", "bind"]) => Effect::Connect,
        "asyncio" if is(&["open_connection", "start_server"]) => Effect::Connect,
        "telnetlib" if function == "Telnet" => Effect::Connect,
        "paramiko" if is(&["SSHClient", "Transport"]) => Effect::Connect,
        "xmlrpc.client" if function == "ServerProxy" => Effect::Connect,
        "smtplib" if is(&["SMTP", "SMTP_SSL"]) => Effect::Send,
        "ftplib" if is(&["FTP", "FTP_TLS"]) => Effect::Connect,
        "http.client" | "httplib" if is(&["HTTPConnection", "HTTPSConnection"]) => Effect::Connect,
        "http.client.HTTPConnection()" | "http.client.HTTPSConnection()"
            if function == "request" =>
        {
            Effect::Send
        }
        "requests"
        | "requests.Session()"
        | "httpx"
        | "httpx.Client()"
        | "urllib3.PoolManager()"
        | "aiohttp.ClientSession()"
        | "requests.session()"
        | "urllib3" => match function {
            "get" | "head" | "stream" | "options" => Effect::Fetch,
            "post" | "put" | "patch" | "request" | "delete" => Effect::Send,
            _ => return None,
        },
        "urllib.request" | "urllib2" | "urllib"
            if is(&["urlopen", "urlretrieve", "URLopener", "FancyURLopener"]) =>
        {
            Effect::Fetch
        }
        "wget" if function == "download" => Effect::Fetch,
        "ctypes" if is(&["CDLL", "PyDLL", "WinDLL", "OleDLL"]) => Effect::Native,
        "ctypes.cdll" | "ctypes.windll" | "ctypes.oledll" | "ctypes.pydll"
            if function == "LoadLibrary" =>
        {
            Effect::Native
        }
        "ctypes" if is(&["memmove", "CFUNCTYPE", "string_at"]) => {
            return (function != "string_at").then_some(Effect::Native);
        }
        "cffi.FFI()" if is(&["dlopen", "verify"]) => Effect::Native,
        "torch.ops" if function == "load_library" => Effect::Native,
        "torch.classes" if function == "load_library" => Effect::Native,
        "tensorflow" if is(&["load_op_library", "load_library"]) => Effect::Native,
        "numpy.ctypeslib" if function == "load_library" => Effect::Native,
        "llvmlite.binding" if function == "load_library_permanently" => Effect::Native,
        "onnxruntime.SessionOptions()" if function == "register_custom_ops_library" => {
            Effect::Native
        }
        "imp" if is(&["load_dynamic", "load_compiled"]) => Effect::Native,
        "imp" if function == "load_source" => Effect::Foreign,
        "imp" if function == "load_module" => Effect::Import,
        "shutil" if is(&["rmtree", "move"]) => Effect::Remove,
        "pathlib.Path()" if is(&["unlink", "rmdir"]) => Effect::Remove,
        "pathlib.Path()" | "pathlib.PosixPath()"
            if is(&["write_text", "write_bytes", "open", "read_text", "read_bytes"]) =>
        {
            Effect::Open
        }
        "io" | "codecs" | "_io" if is(&["open", "FileIO", "open_code"]) => Effect::Open,
        "shutil" if is(&["copy", "copyfile", "copy2", "copytree"]) => Effect::Open,
        "pip" | "pip._internal" | "pip._internal.cli.main" if function == "main" => Effect::Install,
        "importlib" if is(&["import_module", "__import__"]) => Effect::Import,
        "importlib.util" if function == "spec_from_file_location" => Effect::Foreign,
        "importlib.util" if function == "module_from_spec" => Effect::Import,
        "pkgutil" if function == "resolve_name" => Effect::Import,
        "builtins.object" | "builtins.type" if function == "__subclasses__" => Effect::Walk,
        "signal" if is(&["alarm", "pause"]) => Effect::Disturb,
        _ if GADGETS.contains(&name) => Effect::Gadget,
        "websockets" | "websocket" | "websockets.sync.client"
            if is(&["connect", "create_connection", "WebSocketApp"]) =>
        {
            Effect::Connect
        }
        "websocket.WebSocket()" if function == "connect" => Effect::Connect,
        "multiprocessing.connection" if is(&["Client", "Listener"]) => Effect::Connect,
        "socketserver" | "http.server" | "xmlrpc.server" if function.ends_with("Server") => {
            Effect::Connect
        }
        "zmq" if function == "Context" => Effect::Connect,
        "rpyc" if is(&["connect", "classic.connect"]) => Effect::Connect,
        "asyncssh" | "aioftp" | "fabric" if is(&["connect", "Client", "Connection"]) => {
            Effect::Connect
        }
        "pycurl" if function == "Curl" => Effect::Connect,
        "dns.resolver" if is(&["resolve", "query", "Resolver"]) => Effect::Resolve,
        _ => return None,
    })
}

fn system(function: &str) -> Option<Effect> {
    let begins = |begins: &[&str]| begins.iter().any(|begin| function.starts_with(begin));
    Some(match function {
        "system" | "startfile" => Effect::Process,
        "remove" | "unlink" | "rmdir" | "removedirs" | "truncate" => Effect::Remove,
        "dup2" => Effect::Redirect,
        "open" => Effect::Open,
        "_exit" | "abort" | "kill" | "killpg" | "fork" | "forkpty" => Effect::Disturb,
        _ if begins(&["exec", "spawn", "posix_spawn", "popen"]) && !function.contains('.') => {
            Effect::Process
        }
        _ => return None,
    })
}

fn builtin(function: &str) -> Option<Effect> {
    Some(match function {
        "eval" | "exec" | "execfile" | "compile" => Effect::Execute,
        "open" | "file" => Effect::Open,
        "__import__" => Effect::Import,
        _ => return None,
    })
}

/// Names that need no import.
pub(in crate::python) const BUILTINS: &[&str] = &[
    "eval",
    "exec",
    "execfile",
    "compile",
    "open",
    "file",
    "__import__",
    "getattr",
    "setattr",
    "globals",
    "locals",
    "vars",
    "input",
    "raw_input",
    "chr",
    "ord",
    "unichr",
    "bytes",
    "bytearray",
    "str",
    "unicode",
    "list",
    "tuple",
    "set",
    "dict",
    "reversed",
    "map",
    "filter",
    "object",
    "type",
    "int",
    "repr",
    "sorted",
    "zip",
    "breakpoint",
    "hex",
    "format",
    "super",
    "range",
    "print",
    "memoryview",
];
