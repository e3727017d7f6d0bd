//! Names that give an attacker something when they are called with what a
//! pickle can say. All are public knowledge; the arguments are inert.

use super::assembler::{Op, Pickle};

/// What a name is called with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arguments {
    /// A line for a shell.
    Command,
    /// A list of words that is a command.
    Words,
    /// A program, and a list of words.
    ProgramAndWords,
    /// Python.
    Code,
    /// Python, and two dictionaries.
    CodeAndScopes,
    /// A module's name.
    Module,
    /// A URL.
    Address,
    /// A host and a port, as a tuple.
    HostAndPort,
    /// A host.
    Host,
    /// A path that does not exist.
    Path,
    /// A path that does not exist, and text.
    PathAndText,
    /// Two paths that do not exist.
    TwoPaths,
    /// A pickle, as bytes.
    Pickle,
    /// Marshalled code, as bytes: `None` in fact.
    Marshalled,
    /// Nothing.
    Nothing,
    /// A small number.
    Number,
}

/// A name, and how it is called.
#[derive(Debug, Clone, Copy)]
pub struct Gadget {
    /// What it gives.
    pub family: &'static str,
    /// Where the name is from.
    pub module: &'static str,
    /// The name, which may be dotted.
    pub name: &'static str,
    /// What it is called with.
    pub arguments: Arguments,
}

impl Gadget {
    /// Every one.
    pub fn all() -> impl Iterator<Item = Self> {
        GADGETS.iter().flat_map(|(family, arguments, names)| {
            names.split_whitespace().map(|name| {
                let (module, name) = name.split_once(':').unwrap_or((name, ""));
                Self { family, module, name, arguments: *arguments }
            })
        })
    }

    /// Those that most tricks are tried with.
    pub const USUAL: [Self; 3] = [
        Self { family: "process", module: "posix", name: "system", arguments: Arguments::Command },
        Self { family: "execution", module: "builtins", name: "exec", arguments: Arguments::Code },
        Self {
            family: "process",
            module: "subprocess",
            name: "Popen",
            arguments: Arguments::Words,
        },
    ];

    /// Puts its arguments on the stack, as a tuple.
    pub fn arguments(&self, pickle: Pickle) -> Pickle {
        pickle.tuple(|pickle| self.arguments.push(pickle))
    }
}

impl Arguments {
    /// Puts them on the stack.
    pub fn push(self, pickle: Pickle) -> Pickle {
        let words = |pickle: Pickle| pickle.list(|pickle| pickle.text("echo").text("inert"));
        let path = "/nonexistent/inert";
        match self {
            Self::Command => pickle.text("echo inert"),
            Self::Words => words(pickle),
            Self::ProgramAndWords => words(pickle.text("/nonexistent/echo")),
            Self::Code => pickle.text("print('inert')"),
            Self::CodeAndScopes => {
                pickle.text("print('inert')").dict(|pickle| pickle).dict(|pickle| pickle)
            }
            Self::Module => pickle.text("inert_module"),
            Self::Address => pickle.text("http://inert.invalid/inert"),
            Self::HostAndPort => pickle.tuple(|pickle| pickle.text("inert.invalid").int(9)),
            Self::Host => pickle.text("inert.invalid"),
            Self::Path => pickle.text(path),
            Self::PathAndText => pickle.text(path).text("inert"),
            Self::TwoPaths => pickle.text(path).text("/nonexistent/too"),
            Self::Pickle => {
                let inner = Pickle::new(2).global("posix", "system");
                let inner = inner.tuple(|pickle| pickle.text("echo inert")).ops(&[Op::Reduce]);
                pickle.bytes(&inner.stop())
            }
            Self::Marshalled => pickle.bytes(b"N"),
            Self::Nothing => pickle,
            Self::Number => pickle.int(1),
        }
    }
}

use Arguments::{
    Address, Code, CodeAndScopes, Command, Host, HostAndPort, Marshalled, Module, Nothing, Number,
    Path, PathAndText, Pickle as Pickled, ProgramAndWords, TwoPaths, Words,
};

static GADGETS: &[(&str, Arguments, &str)] = &[
    (
        "process",
        Command,
        "os:system posix:system nt:system os:popen subprocess:getoutput subprocess:getstatusoutput \
         commands:getoutput commands:getstatusoutput popen2:popen2 popen2:popen3 \
         asyncio.subprocess:create_subprocess_shell asyncio:create_subprocess_shell \
         pexpect:spawn pexpect:run pexpect.popen_spawn:PopenSpawn pipes:Template.open \
         _osx_support:_find_build_tool \
         _osx_support:_read_output _aix_support:_read_cmd_output uuid:_get_command_stdout \
         numpy.distutils.exec_command:exec_command numpy.distutils.cpuinfo:getoutput \
         torch.utils.collect_env:run torch.utils.collect_env:run_and_read_all \
         imaplib:IMAP4_stream pydoc:pipepager pydoc:tempfilepager _pyrepl.pager:pipe_pager \
         invoke:run fabric:Connection.local sh:Command plumbum.cmd:sh \
         IPython.utils.process:system IPython.utils.process:getoutput \
         torch.utils.cpp_extension:_run_ninja_build setuptools._distutils.spawn:spawn \
         \
         tempfile:_os.system ctypes.util:os.system \
         test.support.os_helper:os.system shutil:os.system",
    ),
    (
        "process",
        Words,
        "subprocess:Popen subprocess:run subprocess:call subprocess:check_call \
         subprocess:check_output pty:spawn distutils.spawn:spawn ensurepip:_run_pip \
         _posixsubprocess:fork_exec multiprocessing.util:spawnv_passfds pip:main \
         pip._internal:main pip._internal.cli.main:main pip._internal.utils.subprocess:call_subprocess \
         \
         test.support.script_helper:assert_python_ok test.support.script_helper:spawn_python \
         test.support.script_helper:run_python_until_end psutil:Popen \
         torch.distributed.run:main torch.distributed.launcher.api:elastic_launch \
         asyncio:create_subprocess_exec trio:run_process anyio:run_process \
         venv:main",
    ),
    (
        "process",
        ProgramAndWords,
        "os:execv os:execvp os:spawnlp os:posix_spawn os:posix_spawnp posix:execv posix:posix_spawn \
         os:execl os:execlp os:execle os:execve os:execlpe nt:spawnv nt:execv",
    ),
    ("process", Path, "os:startfile nt:startfile webbrowser:get antigravity:webbrowser.open"),
    (
        "execution",
        Code,
        "builtins:exec builtins:eval __builtin__:eval __builtin__:exec code:interact code:InteractiveInterpreter.runsource \
         code:InteractiveConsole.push timeit:timeit timeit:repeat timeit:main timeit:Timer profile:run cProfile:run \
         pdb:run pdb:runeval pdb:Pdb.run bdb:Bdb.run bdb:Bdb.runeval bdb:Bdb.runcall \
         trace:Trace.run trace:Trace.runctx doctest:debug_script doctest:testsource doctest:debug_src \
         idlelib.run:Executive.runcode idlelib.pyshell:ModifiedInterpreter.runcode \
         idlelib.pyshell:ModifiedInterpreter.runcommand idlelib.calltip:get_entity \
         idlelib.calltip:Calltip.fetch_tip idlelib.autocomplete:AutoComplete.get_entity \
         idlelib.autocomplete:AutoComplete.fetch_completions idlelib.debugobj:ObjectTreeItem.SetText \
         lib2to3.pgen2.pgen:ParserGenerator.make_label numpy.testing._private.utils:runstring \
         numpy.testing:rundocs numpy.testing:runstring numpy.f2py.crackfortran:getlincoef \
         numpy.f2py.crackfortran:_eval_length numpy.f2py.crackfortran:myeval numpy.f2py.crackfortran:param_eval \
         numpy.f2py.diagnose:run_command \
         pandas:eval pandas.core.computation.eval:eval \
         pandas:DataFrame.eval pandas:DataFrame.query pandas.core.frame:DataFrame.eval pandas.core.frame:DataFrame.query \
         torch.jit.unsupported_tensor_ops:execWrapper torch._dynamo.guards:GuardBuilder.get \
         torch.fx.experimental.symbolic_shapes:ShapeEnv.evaluate_guards_expression \
         torch.utils.bottleneck.__main__:run_cprofile torch.utils.bottleneck.__main__:run_autograd_prof \
         torch.jit:CompilationUnit torch.fx.graph_module:_exec_with_source \
         torch.fx.graph_module:_forward_from_src torch._inductor.codecache:PyCodeCache.load \
         sympy:sympify sympy.parsing.sympy_parser:parse_expr \
         sympy.core.sympify:sympify sympy:lambdify sympy.parsing.sympy_parser:eval_expr \
         IPython:InteractiveShell.run_cell IPython.core.interactiveshell:InteractiveShell.run_cell \
         jinja2:Template jinja2.environment:Template mako.template:Template numexpr:evaluate numexpr.necompiler:evaluate \
         tensorflow.python.autograph.pyct.loader:load_source cloudpickle.cloudpickle:subimport \
         distutils.core:run_setup \
         setuptools.sandbox:run_setup \
         \
         torch.distributed.rpc.internal:_run_function typing:ForwardRef._evaluate typing:get_type_hints \
         dataclasses:_create_fn dataclasses:make_dataclass \
         \
         logging.config:_resolve js2py:eval_js \
         fire:Fire transformers.dynamic_module_utils:get_class_in_module \
         site:addpackage test.support.import_helper:import_fresh_module",
    ),
    (
        "execution",
        CodeAndScopes,
        "cProfile:runctx profile:runctx pdb:runctx runpy:_run_code bdb:Bdb.runctx builtins:exec builtins:eval",
    ),
    (
        "execution",
        Path,
        "runpy:run_path runpy:_run_module_code __builtin__:execfile imp:load_source imp:load_compiled imp:load_dynamic \
         importlib.machinery:SourceFileLoader importlib.machinery:SourcelessFileLoader \
         importlib.machinery:ExtensionFileLoader importlib._bootstrap_external:SourceFileLoader.load_module \
         _frozen_importlib_external:SourceFileLoader.get_code importlib.util:spec_from_file_location \
         site:addsitedir site:execsitecustomize zipimport:zipimporter numpy.testing._private.utils:build_and_import_extension \
         py_compile:compile compileall:compile_file torch.hub:_load_local torch.utils.cpp_extension:load \
         torch.utils.cpp_extension:load_inline torch.ops:load_library torch._ops:_Ops.load_library \
         torch.classes:load_library torch.package:PackageImporter torch.jit:load torch.jit._serialization:load \
         torch._inductor.codecache:compile_file torch._inductor.codecache:CppCodeCache.load \
         tensorflow:load_op_library tensorflow:load_library tensorflow.python.framework.load_library:load_op_library \
         tensorflow.python.framework.load_library:load_library \
         onnxruntime:SessionOptions.register_custom_ops_library IPython.utils.py3compat:execfile \
         mxnet.library:load transformers:pipeline transformers.pipelines:pipeline paddle.jit:load",
    ),
    ("execution", Marshalled, "marshal:loads types:CodeType types:FunctionType"),
    ("execution", Nothing, "builtins:breakpoint pdb:set_trace code:interact"),
    (
        "import",
        Module,
        "builtins:__import__ __builtin__:__import__ importlib:import_module importlib:__import__ importlib._bootstrap:_gcd_import \
         importlib._bootstrap:_find_and_load runpy:run_module runpy:_run_module_as_main pydoc:locate pydoc:safeimport \
         pydoc:importfile pkgutil:resolve_name pkgutil:get_loader pkgutil:find_loader imp:find_module imp:load_module \
         numpy.compat.py3k:npy_load_module django.utils.module_loading:import_string \
         werkzeug.utils:import_string twisted.python.reflect:namedAny logging.config:DictConfigurator.resolve \
         test.support.import_helper:import_module unittest.mock:_importer unittest.mock:_get_target unittest.loader:TestLoader.loadTestsFromName \
         hydra.utils:get_class hydra.utils:get_method hydra.utils:instantiate \
         hydra._internal.utils:_locate tensorflow.python.util.lazy_loader:LazyLoader._load \
         xmlrpc.server:resolve_dotted_attribute \
         cloudpickle:cloudpickle.subimport dill._dill:_import_module dill:_dill._import_module six:_import_module \
         joblib.externals.cloudpickle:subimport joblib.externals.cloudpickle.cloudpickle:subimport ",
    ),
    (
        "access",
        Module,
        "\
         builtins:globals builtins:vars builtins:locals sys:_getframe inspect:currentframe inspect:stack gc:get_objects",
    ),
    ("access", PathAndText, "builtins:setattr builtins:delattr __builtin__:setattr"),
    (
        "deserialiser",
        Pickled,
        "pickle:loads _pickle:loads cPickle:loads pickle:_loads dill:loads dill._dill:loads cloudpickle:loads cloudpickle.cloudpickle:loads \
         cloudpickle.cloudpickle_fast:loads joblib.externals.cloudpickle:loads marshal:loads jsonpickle:decode jsonpickle.unpickler:decode \
         yaml:load yaml:unsafe_load yaml:full_load shelve:DbfilenameShelf torch.storage:_load_from_bytes \
         torch.utils._config_module:ConfigModule.load_config torch.utils.data.datapipes.utils.decoder:basichandlers \
         torch.distributed.distributed_c10d:_tensor_to_object torch.multiprocessing.reductions:ForkingPickler.loads \
         multiprocessing.reduction:ForkingPickler.loads multiprocessing.connection:_ForkingPickler.loads \
         lib2to3.pgen2.grammar:Grammar.loads \
         srsly:pickle_loads srsly.cloudpickle:loads ray.cloudpickle:loads pyspark.serializers:read_command \
         torch.distributed.rpc.internal:deserialize pandas.compat.pickle_compat:loads logging.config:listen \
         ",
    ),
    (
        "deserialiser",
        Path,
        "torch:load torch.serialization:load torch.serialization:_legacy_load joblib:load joblib.numpy_pickle:load \
         sklearn.externals.joblib:load numpy:load pandas:read_pickle pandas.io.pickle:read_pickle pickle:load _pickle:load \
         _pickle:Unpickler pickle:Unpickler dill:load dill:load_session dill:load_module shelve:open torch.hub:load \
         torch.hub:load_state_dict_from_url tensorflow.keras.models:load_model keras.models:load_model \
         keras.saving:load_model tensorflow.saved_model:load scipy.io:loadmat mlflow.pyfunc:load_model \
         skops.io:load lib2to3.pgen2.grammar:Grammar.load lib2to3.pgen2.driver:load_packaged_grammar \
         transformers:AutoModel.from_pretrained sentence_transformers:SentenceTransformer spacy:load",
    ),
    (
        "network",
        Address,
        "urllib.request:urlopen urllib.request:urlretrieve urllib:urlopen urllib2:urlopen requests:get requests:post requests.api:get \
         requests.api:request requests.sessions:Session.get urllib3:PoolManager urllib3:request httpx:get httpx:post aiohttp:ClientSession \
         aiohttp.client:ClientSession webbrowser:open webbrowser:open_new torch.hub:download_url_to_file \
         tensorflow.keras.utils:get_file keras.utils:get_file numpy:DataSource.open numpy.lib.npyio:DataSource.open \
         pandas:read_csv pandas:read_html pandas:read_json xmlrpc.client:ServerProxy xmlrpclib:ServerProxy \
         huggingface_hub:hf_hub_download fsspec:open wget:download pip._internal.download:unpack_url \
         setuptools.package_index:PackageIndex.download test.support:open_urlresource sklearn.datasets:fetch_openml",
    ),
    (
        "network",
        HostAndPort,
        "socket:create_connection socket:create_server socketserver:TCPServer http.server:HTTPServer \
         asyncio:open_connection xmlrpc.server:SimpleXMLRPCServer ssl:get_server_certificate smtpd:SMTPServer \
         multiprocessing.connection:Client multiprocessing.connection:Listener multiprocessing.managers:BaseManager",
    ),
    (
        "network",
        Host,
        "socket:socket socket:gethostbyname socket:getaddrinfo _socket:socket _socket:getaddrinfo ftplib:FTP smtplib:SMTP smtplib:SMTP_SSL imaplib:IMAP4 \
         poplib:POP3 nntplib:NNTP telnetlib:Telnet http.client:HTTPConnection http.client:HTTPSConnection httplib:HTTPConnection \
         paramiko:SSHClient.connect redis:Redis pymongo:MongoClient",
    ),
    (
        "files",
        Path,
        "builtins:open __builtin__:open __builtin__:file io:open _io:open io:FileIO _io:FileIO io:open_code os:remove os:unlink os:rmdir \
         os:removedirs posix:remove posix:unlink shutil:rmtree os:listdir os:mkdir os:makedirs codecs:open tempfile:NamedTemporaryFile \
         pathlib:Path.unlink pathlib:Path.read_text pathlib:Path.rmdir zipfile:ZipFile tarfile:open tarfile:TarFile.open shutil:unpack_archive \
         zipfile:ZipFile.extractall tarfile:TarFile.extractall logging:FileHandler logging.handlers:RotatingFileHandler \
         linecache:getlines linecache:getline fileinput:input glob:glob sqlite3:connect _sqlite3:connect dbm:open dbm.dumb:open \
         numpy:fromfile numpy:memmap numpy:genfromtxt numpy:loadtxt gzip:open bz2:open lzma:open mmap:mmap os:open posix:open \
         logging.config:fileConfig distutils.file_util:write_file distutils.dir_util:remove_tree tokenize:open \
         pandas.io.common:get_handle torch:save joblib:dump pydoc:writedoc os:chroot os:mkfifo \
         tarfile:TarFile distutils.dir_util:mkpath test.support.os_helper:rmtree os:chdir",
    ),
    (
        "files",
        PathAndText,
        "pathlib:Path.write_text pathlib:PosixPath.write_text distutils.file_util:write_file numpy:savetxt \
         os:chmod os:putenv posix:putenv os:write shutil:chown numpy:save numpy:ndarray.tofile",
    ),
    (
        "files",
        TwoPaths,
        "shutil:copy shutil:copyfile shutil:copytree shutil:move os:rename os:replace os:link os:symlink posix:rename posix:symlink \
         distutils.file_util:copy_file distutils.file_util:move_file distutils.dir_util:copy_tree shutil:make_archive",
    ),
    (
        "native",
        Path,
        "ctypes:CDLL ctypes:PyDLL ctypes:cdll.LoadLibrary ctypes:LibraryLoader.LoadLibrary _ctypes:dlopen numpy.ctypeslib:load_library \
         cffi:FFI.dlopen ctypes:WinDLL ctypes:OleDLL ctypes.util:find_library _imp:create_dynamic llvmlite.binding:load_library_permanently",
    ),
    (
        "native",
        Number,
        "ctypes:string_at ctypes:memmove ctypes:cast ctypes:memset ctypes:CFUNCTYPE _ctypes:PyObj_FromPtr ",
    ),
    (
        "disturbance",
        Number,
        "sys:exit os:_exit posix:_exit os:kill os:abort signal:alarm signal:signal sys:setrecursionlimit faulthandler:_sigsegv time:sleep \
         resource:setrlimit os:fork posix:fork os:forkpty pty:fork os:killpg signal:raise_signal _signal:raise_signal builtins:exit builtins:quit",
    ),
    (
        "disturbance",
        Nothing,
        "os:abort sys:settrace sys:setprofile atexit:register threading:Thread threading:Timer _thread:start_new_thread multiprocessing:Process \
         multiprocessing.process:BaseProcess concurrent.futures:ProcessPoolExecutor sys:exit builtins:input",
    ),
];
