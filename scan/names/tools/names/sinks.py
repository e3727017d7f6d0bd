"""The primitives: calls by which an attacker gets something.

Each has a family and the arguments that have to be the attacker's: positions,
or names where they are given so; `None` is any one of them.
"""

# What is reached by a path.
CALLS = {}


def _add(family, names, *needed):
    for name in names.split():
        CALLS[name] = (family, needed or None)


_add("execution", "builtins.eval builtins.exec builtins.execfile", 0)
_add("execution", "types.CodeType types.FunctionType types.LambdaType", 0)
_add("execution", "runpy.run_path runpy.run_module runpy._run_code runpy._run_module_code", 0)
_add("execution", "code.interact code.InteractiveInterpreter code.InteractiveConsole code.compile_command codeop.compile_command")
_add("execution", "timeit.timeit timeit.repeat timeit.Timer cProfile.run cProfile.runctx profile.run profile.runctx", 0)
_add("execution", "pdb.run pdb.runeval pdb.runctx bdb.Bdb.run trace.Trace.run doctest.testfile doctest.run_docstring_examples", 0)
_add("execution", "sympy.sympify sympy.parsing.sympy_parser.parse_expr sympy.core.sympify.sympify", 0)
_add("execution", "pandas.eval pandas.core.computation.eval.eval numexpr.evaluate", 0)
_add("execution", "torch._C._jit_script_compile torch._C.CompilationUnit", 0)
_add("execution", "jinja2.Template jinja2.environment.Template mako.template.Template")
_add("process", "os.system os.popen os.startfile posix.system nt.system commands.getoutput commands.getstatusoutput", 0)
_add("process", "os.execl os.execle os.execlp os.execlpe os.execv os.execve os.execvp os.execvpe", 0)
_add("process", "os.spawnl os.spawnle os.spawnlp os.spawnlpe os.spawnv os.spawnve os.spawnvp os.spawnvpe os.posix_spawn os.posix_spawnp")
_add("process", "subprocess.Popen subprocess.run subprocess.call subprocess.check_call subprocess.check_output subprocess.getoutput subprocess.getstatusoutput")
_add("process", "_posixsubprocess.fork_exec _winapi.CreateProcess pty.spawn asyncio.create_subprocess_exec asyncio.create_subprocess_shell")
_add("process", "asyncio.subprocess.create_subprocess_exec asyncio.subprocess.create_subprocess_shell webbrowser.open webbrowser.get")
_add("process", "os.kill os.killpg", 0)
_add("process", "multiprocessing.Process multiprocessing.util.spawnv_passfds pexpect.spawn pexpect.run paramiko.SSHClient.exec_command")
_add("import", "builtins.__import__ importlib.import_module importlib.__import__ importlib.reload imp.load_source imp.load_module imp.load_dynamic imp.load_compiled pkgutil.resolve_name", 0)
_add("import", "importlib.util.spec_from_file_location importlib.util.module_from_spec importlib.machinery.SourceFileLoader zipimport.zipimporter importlib.machinery.ExtensionFileLoader")
_add("import", "pydoc.locate pydoc.importfile pydoc.safeimport", 0)
_add("access", "builtins.getattr", 0, 1)
_add("deserialiser", "pickle.load pickle.loads pickle.Unpickler _pickle.load _pickle.loads _pickle.Unpickler cPickle.load cPickle.loads pickle._load pickle._loads pickle._Unpickler", 0)
_add("deserialiser", "marshal.load marshal.loads dill.load dill.loads dill.load_session dill.load_module cloudpickle.load cloudpickle.loads", 0)
_add("deserialiser", "joblib.load joblib.numpy_pickle.load shelve.open shelve.Shelf jsonpickle.decode jsonpickle.loads", 0)
_add("deserialiser", "yaml.load yaml.load_all yaml.unsafe_load yaml.full_load yaml.unsafe_load_all yaml.full_load_all", 0)
_add("deserialiser", "torch.load torch.serialization.load torch.jit.load torch.package.PackageImporter torch.hub.load numpy.load pandas.read_pickle pandas.read_hdf", 0)
_add("deserialiser", "multiprocessing.reduction.ForkingPickler.loads multiprocessing.connection.Client", 0)
_add("network", "socket.create_connection socket.getaddrinfo socket.gethostbyname socket.socket.connect urllib.request.urlopen urllib.request.urlretrieve urllib.request.Request urllib.urlopen urllib.urlretrieve urllib2.urlopen", 0)
_add("network", "http.client.HTTPConnection http.client.HTTPSConnection ftplib.FTP ftplib.FTP_TLS smtplib.SMTP smtplib.SMTP_SSL telnetlib.Telnet poplib.POP3 imaplib.IMAP4 nntplib.NNTP xmlrpc.client.ServerProxy ssl.get_server_certificate", 0)
_add("network", "requests.get requests.post requests.put requests.request requests.head requests.delete requests.patch requests.Session.get requests.Session.post requests.Session.request requests.sessions.Session.request urllib3.PoolManager.request urllib3.request httpx.get httpx.post httpx.request httpx.stream httpx.Client aiohttp.ClientSession.get aiohttp.ClientSession.request websockets.connect")
_add("network", "socketserver.TCPServer http.server.HTTPServer asyncio.open_connection asyncio.start_server", 0)
_add("network", "huggingface_hub.hf_hub_download huggingface_hub.snapshot_download torch.hub.load_state_dict_from_url torch.hub.download_url_to_file", 0)
_add("files", "builtins.open io.open io.FileIO io.open_code _io.open _io.FileIO codecs.open os.open os.fdopen tokenize.open bz2.open bz2.BZ2File gzip.open gzip.GzipFile lzma.open lzma.LZMAFile", 0)
_add("files", "os.remove os.unlink os.rmdir os.removedirs os.mkdir os.makedirs os.rename os.renames os.replace os.chmod os.chown os.symlink os.link os.truncate os.mknod os.mkfifo os.utime os.chdir os.listdir os.scandir os.walk", 0)
_add("files", "shutil.rmtree shutil.copy shutil.copy2 shutil.copyfile shutil.copytree shutil.move shutil.unpack_archive shutil.make_archive shutil.chown", 0)
_add("files", "zipfile.ZipFile zipfile.PyZipFile tarfile.open tarfile.TarFile sqlite3.connect dbm.open tempfile.NamedTemporaryFile tempfile.mkstemp tempfile.mkdtemp linecache.getlines fileinput.input fileinput.FileInput logging.FileHandler logging.config.fileConfig mailbox.mbox", 0)
_add("files", "numpy.fromfile numpy.memmap numpy.loadtxt numpy.genfromtxt numpy.savetxt numpy.save numpy.savez torch.save torch.from_file pandas.read_csv pandas.read_json h5py.File xml.etree.ElementTree.parse xml.dom.minidom.parse xml.sax.parse PIL.Image.open", 0)
_add("native", "ctypes.CDLL ctypes.PyDLL ctypes.WinDLL ctypes.OleDLL ctypes.cdll.LoadLibrary ctypes.LibraryLoader ctypes.string_at ctypes.memmove ctypes.memset ctypes.cast ctypes.CFUNCTYPE _ctypes.dlopen", 0)
_add("native", "cffi.FFI.dlopen cffi.FFI.verify numpy.ctypeslib.load_library torch.ops.load_library torch.classes.load_library torch._ops.ops.load_library tensorflow.load_library tensorflow.load_op_library tensorflow.python.framework.load_library.load_op_library", 0)
_add("disturbance", "os._exit os.abort os.fork sys.exit signal.alarm signal.raise_signal sys.setrecursionlimit resource.setrlimit")

# What a module does as a whole, for sources that call it in other ways.
ROOTS = {
    "subprocess": "process",
    "ctypes": "native",
    "runpy": "execution",
    "requests": "network",
    "ftplib": "network",
    "smtplib": "network",
}

# Methods of values of which nothing is known, by names that say enough: the
# value is the attacker's.
METHODS = {
    "write_text": "files",
    "write_bytes": "files",
    "read_text": "files",
    "read_bytes": "files",
    "extractall": "files",
    "unlink": "files",
    "rmdir": "files",
    "exec_module": "import",
    "load_module": "import",
    "find_class": "import",
    "exec_command": "process",
    "check_call": "process",
    "check_output": "process",
    "Popen": "process",
    "urlopen": "network",
    "LoadLibrary": "native",
    "dlopen": "native",
    "runcode": "execution",
    "runsource": "execution",
}

# Bases whose own construction is known to store, or to be no concern: written
# in C, or of the interpreter.
HARMLESS_BASES = {
    "builtins.object", "builtins.dict", "builtins.list", "builtins.tuple", "builtins.set", "builtins.frozenset",
    "builtins.str", "builtins.int", "builtins.float", "builtins.bytes", "builtins.Exception", "builtins.ValueError",
    "builtins.RuntimeError", "builtins.UserWarning", "builtins.TypeError", "builtins.AttributeError",
    "builtins.KeyError", "builtins.Warning", "builtins.ImportError", "builtins.property", "builtins.type",
    "builtins.DeprecationWarning", "builtins.FutureWarning", "builtins.NotImplementedError",
    "enum.Enum", "enum.IntEnum", "enum.Flag", "enum.IntFlag", "enum.StrEnum", "abc.ABC", "abc.ABCMeta", "typing.Generic", "typing.Protocol",
    "typing.NamedTuple", "typing.TypedDict", "typing_extensions.TypedDict", "typing_extensions.Protocol",
    "collections.OrderedDict", "collections.UserDict", "collections.defaultdict", "collections.Counter",
    "collections.abc.Mapping", "collections.abc.MutableMapping", "collections.abc.Sequence",
    "collections.abc.Callable", "collections.abc.Iterable", "collections.abc.Iterator", "collections.abc.Set",
    "typing.Callable", "typing.Mapping", "typing.Sequence", "typing.Iterator", "typing.Iterable",
    "torch._C.TensorBase", "torch._C._TensorBase", "torch._C.StorageBase", "torch._C._FunctionBase",
    "torch._C._LegacyVariableBase", "torch._C.Node", "datetime.datetime", "datetime.timedelta", "datetime.tzinfo",
    "builtins.IndexError", "builtins.ArithmeticError", "builtins.OSError", "builtins.IOError", "builtins.LookupError",
    "builtins.StopIteration", "builtins.AssertionError", "builtins.SyntaxError", "builtins.MemoryError", "builtins.bytearray",
    "builtins.ZeroDivisionError", "builtins.OverflowError", "builtins.RuntimeWarning", "builtins.complex", "builtins.NameError",
    "builtins.ImportWarning", "builtins.SyntaxWarning", "builtins.BaseException", "builtins.EnvironmentError",
    "typing.OrderedDict", "typing.Dict", "typing.List", "typing.Tuple", "typing.Any", "typing.MutableMapping",
    "collections.deque", "collections.UserList", "collections.ChainMap", "collections.abc.MutableSequence",
    "collections.abc.Sized", "collections.abc.Hashable", "collections.abc.Container", "collections.abc.MutableSet",
    "collections.abc.Collection", "collections.abc.ValuesView", "collections.abc.KeysView", "collections.abc.ItemsView",
    "argparse.Namespace", "types.SimpleNamespace", "contextlib.ContextDecorator",
    "contextlib.AbstractContextManager", "numbers.Number", "numbers.Integral", "numbers.Real", "xgboost.core.Booster",
    "json.JSONEncoder", "logging.Formatter", "logging.Filter", "logging.LoggerAdapter", "threading.local",
}

# Roots of extension modules whose classes store numbers.
HARMLESS_ROOTS = ("numpy.", "pandas._libs.", "scipy.sparse._sparsetools", "sklearn.", "torch.nn.", "torch.optim.",
                  "torch.utils.data.", "torch.autograd.", "torch.distributions.", "torch.Tensor", "torch._C.", "torch.Generator",
                  "torch.device", "torch.dtype", "torch.Size", "torch.storage.", "transformers.utils.generic.",
                  "transformers.configuration_utils.", "transformers.modeling_utils.", "tokenizers.", "pydantic.main.BaseModel",
                  "pydantic.BaseModel", "huggingface_hub.hub_mixin.", "torch.Module", "torchvision.models.", "omegaconf.")

# What these are given is checked before it reaches anything, or is the text of
# a source file that Python would show anyway: nothing flows on through them.
BARRIERS = ("collections.", "typing.", "typing_extensions.", "enum.", "abc.", "inspect.get", "inspect._", "inspect.find",
            "warnings.", "logging.getLogger", "logging.Logger", "logging.Handler", "logging.LogRecord", "logging._",
            "traceback.", "linecache.", "tokenize.", "re.", "dis.", "statistics.", "random.", "functools.", "contextlib.",
            "threading.", "_pydecimal.", "dataclasses.", "copy.", "argparse.", "importlib.metadata", "difflib.",
            "numpy._core.overrides", "numpy._utils", "string.", "abc.", "weakref.", "os.path", "posixpath.", "locale.")
# What these come to whatever they are given is settled by the library itself.
SETTLED = (*BARRIERS, "torch.jit.", "torch._jit_internal", "torch.compiler", "torch.overrides", "torch._dynamo", "torch.library",
           "torch.utils._pytree", "torch.fx.", "torch._logging", "torch._utils_internal", "torch.cuda.", "torch.backends.",
           "transformers.utils.logging", "transformers.utils.import_utils", "scipy._lib.", "importlib.", "json.", "uuid.",
           "tempfile.gettempdir", "platform.", "numpy._core.overrides", "pkgutil.", "site.", "sysconfig.", "subprocess._",
           "transformers.utils.doc", "transformers.utils.auto_docstring", "lightning.fabric.utilities.rank_zero",
           "joblib.externals.", "ctypes.", "torch._C", "torch.serialization", "torch.distributed.")
