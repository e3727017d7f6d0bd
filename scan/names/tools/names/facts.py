"""What one module says: its names, its functions and what they call with what.

Only the syntax tree is read. Of every function this keeps the calls that it
makes and, for each argument, which of the function's parameters it depends on;
`reach` joins these over all modules.
"""

import ast
from typing import NamedTuple

# A callee is one of these, by its first character:
#   "=" a dotted path, "." a method of a value that is not known,
#   "@" a method of the instance or a base class, "?" a parameter itself.
NOTHING = frozenset()


class Call(NamedTuple):
    callee: str
    positional: tuple  # a frozenset of parameters for each argument
    named: dict
    rest: frozenset  # of *args and **kwargs
    receiver: frozenset  # of the object whose method it is
    constant: bool  # all arguments are literals


class Function(NamedTuple):
    path: str
    owner: str  # the class it is a method of, or ""
    parameters: tuple
    variadic: tuple  # the names of *args and **kwargs
    calls: tuple
    static: bool


class Class(NamedTuple):
    path: str
    bases: tuple
    methods: tuple
    decorated: tuple


class Module(NamedTuple):
    path: str
    names: dict  # what the module binds: a name to a dotted path
    stars: tuple  # modules whose names it imports all of
    functions: tuple
    classes: tuple


def read(path, package, source):
    """The facts of the module `path`; `package` where it is an `__init__`."""
    tree = ast.parse(source)
    reader = _Reader(path, package)
    reader.block(tree.body, reader.names, "", None)
    body = _Body(reader, path + ".<module>", "", [], reader.names)
    body.run([s for s in tree.body if not isinstance(s, _DEFINITIONS)])
    return Module(path, reader.names, tuple(reader.stars), tuple(reader.functions), tuple(reader.classes))


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_DEFINITIONS = (*_FUNCTIONS, ast.ClassDef, ast.Import, ast.ImportFrom)
_COMPOUND = (ast.If, ast.Try, ast.With, ast.For, ast.While)


class _Reader:
    def __init__(self, path, package):
        self.path = path
        self.package = package
        self.names = {}
        self.stars = []
        self.functions = []
        self.classes = []

    def block(self, body, names, prefix, owner):
        """Binds what a block defines, of the module or of a class."""
        later = []
        for statement in body:
            if isinstance(statement, (ast.Import, ast.ImportFrom)):
                self.imports(statement, names)
            elif isinstance(statement, _FUNCTIONS):
                names[statement.name] = f"{self.path}.{prefix}{statement.name}"
                later.append(statement)
            elif isinstance(statement, ast.ClassDef):
                names[statement.name] = f"{self.path}.{prefix}{statement.name}"
                later.append(statement)
            elif isinstance(statement, ast.Assign) and owner is None:
                self.assign(statement, names)
            elif isinstance(statement, _COMPOUND):
                for part in ("body", "orelse", "finalbody"):
                    self.block(getattr(statement, part, []), names, prefix, owner)
                for handler in getattr(statement, "handlers", []):
                    self.block(handler.body, names, prefix, owner)
        for statement in later:
            if isinstance(statement, ast.ClassDef):
                self.define(statement, prefix)
            else:
                self.function(statement, prefix, owner)

    def imports(self, statement, names):
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                if alias.asname:
                    names[alias.asname] = alias.name
                else:
                    top = alias.name.partition(".")[0]
                    names[top] = top
            return
        base = statement.module or ""
        if statement.level:
            parts = self.path.split(".")
            drop = statement.level - (1 if self.package else 0)
            parts = parts[: len(parts) - drop] if drop else parts
            base = ".".join([*parts, *([base] if base else [])])
        for alias in statement.names:
            if alias.name == "*":
                self.stars.append(base)
            else:
                names[alias.asname or alias.name] = f"{base}.{alias.name}"

    def assign(self, statement, names):
        """`a = b.c` gives `a` another path; of other values nothing is known."""
        path = dotted(statement.value)
        for target in statement.targets:
            if isinstance(target, ast.Name):
                head, _, rest = path.partition(".")
                if path and head in names:
                    names[target.id] = names[head] + (f".{rest}" if rest else "")
                else:
                    names.setdefault(target.id, f"{self.path}.{target.id}")

    def define(self, node, prefix):
        path = f"{self.path}.{prefix}{node.name}"
        methods = {}
        self.block(node.body, methods, f"{prefix}{node.name}.", path)
        bases = tuple(self.absolute(base) for base in node.bases)
        decorated = tuple(self.absolute(d.func if isinstance(d, ast.Call) else d) for d in node.decorator_list)
        meta = tuple("metaclass:" + self.absolute(k.value) for k in node.keywords if k.arg == "metaclass")
        own = tuple(n for n, p in methods.items() if p == f"{path}.{n}")
        self.classes.append(Class(path, bases + meta, own, decorated))

    def absolute(self, node):
        """The dotted path of an expression, or "?"."""
        if isinstance(node, ast.Subscript):  # Generic[T]
            node = node.value
        if isinstance(node, ast.Call):
            return "()" + self.absolute(node.func)
        path = dotted(node)
        if not path:
            return "?"
        head, _, rest = path.partition(".")
        return self.names.get(head, f"builtins.{head}") + (f".{rest}" if rest else "")

    def function(self, node, prefix, owner):
        arguments = node.args
        parameters = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
        keyword = [a.arg for a in arguments.kwonlyargs]
        variadic = [a.arg for a in (arguments.vararg, arguments.kwarg) if a]
        path = f"{self.path}.{prefix}{node.name}"
        static = any(dotted(d) == "staticmethod" for d in node.decorator_list)
        body = _Body(self, path, owner or "", [*parameters, *keyword, *variadic], self.names)
        inner = list(ast.walk(node))
        if any(isinstance(part, ast.Call) for part in inner):
            body.run(node.body)
            if any(isinstance(part, (ast.For, ast.While)) for part in inner):
                body.run(node.body)  # once more, for what loops carry round
        self.functions.append(
            Function(path, owner or "", tuple(parameters + keyword), tuple(variadic), tuple(body.calls.values()), static)
        )


class _Body:
    """One function's body: what its local names depend on, and its calls."""

    def __init__(self, reader, path, owner, parameters, names):
        self.reader = reader
        self.path = path
        self.owner = owner
        self.names = dict(names)
        self.depends = {name: frozenset((name,)) for name in parameters}
        self.parameters = frozenset(parameters)
        self.types = {}
        self.calls = {}
        for name in parameters:
            self.names.pop(name, None)

    def run(self, body):
        for statement in body:
            self.statement(statement)

    def statement(self, node):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            self.reader.imports(node, self.names)
        elif isinstance(node, _FUNCTIONS):
            # A function within: its parameters are anybody's.
            self.run(node.body)
        elif isinstance(node, ast.ClassDef):
            self.run(node.body)
        else:
            self.expressions(node)
            self.bindings(node)
            for part in ("body", "orelse", "finalbody"):
                inner = getattr(node, part, None)
                if isinstance(inner, list):
                    self.run(inner)
            for handler in getattr(node, "handlers", []):
                self.run(handler.body)
            for case in getattr(node, "cases", []):
                self.run(case.body)

    def expressions(self, node):
        """The calls in a statement's own expressions."""
        for field, value in ast.iter_fields(node):
            if field in ("body", "orelse", "finalbody", "handlers", "cases") and isinstance(value, list):
                continue
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, ast.AST):
                    parts = list(ast.walk(item))
                    for inner in parts:
                        if isinstance(inner, ast.comprehension):
                            self.bind(inner.target, self.of(inner.iter))
                    for inner in parts:
                        if isinstance(inner, ast.Call):
                            self.call(inner)

    def bindings(self, node):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                self.bind(target, self.of(node.value), node.value)
        elif isinstance(node, (ast.AnnAssign, ast.AugAssign)) and node.value:
            self.bind(node.target, self.of(node.value), node.value)
        elif isinstance(node, (ast.For, ast.AsyncFor)):
            self.bind(node.target, self.of(node.iter))
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            for item in node.items:
                if item.optional_vars:
                    self.bind(item.optional_vars, self.of(item.context_expr), item.context_expr)

    def bind(self, target, depends, value=None):
        if isinstance(target, (ast.Tuple, ast.List)):
            for part in target.elts:
                self.bind(part, depends)
        elif isinstance(target, ast.Starred):
            self.bind(target.value, depends)
        elif isinstance(target, ast.Name):
            self.depends[target.id] = self.depends.get(target.id, NOTHING) | depends
            path = dotted(value) if value is not None else ""
            if isinstance(value, ast.Call):
                self.types[target.id] = self.resolve(value.func)
            elif path and target.id not in self.parameters:
                resolved = self.resolve(value)
                if resolved.startswith("="):
                    self.names[target.id] = resolved[1:]
                    return
            if target.id not in self.parameters:
                self.names.pop(target.id, None)

    def of(self, node):
        """The parameters that an expression's value depends on."""
        if isinstance(node, ast.Constant):
            return NOTHING
        if isinstance(node, ast.Name):
            return self.depends.get(node.id, NOTHING)
        found = NOTHING
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name):
                found |= self.depends.get(inner.id, NOTHING)
        return found

    def call(self, node):
        callee = self.resolve(node.func)
        receiver = self.of(node.func.value) if isinstance(node.func, ast.Attribute) else NOTHING
        if callee.startswith("?") and not receiver:
            receiver = self.of(node.func)
        positional, rest = [], NOTHING
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                rest |= self.of(argument.value)
            else:
                positional.append(self.of(argument))
        named = {}
        for keyword in node.keywords:
            if keyword.arg:
                named[keyword.arg] = self.of(keyword.value)
            else:
                rest |= self.of(keyword.value)
        constant = all(isinstance(a, ast.Constant) for a in (*node.args, *(k.value for k in node.keywords)))
        self.calls[id(node)] = Call(callee, tuple(positional), named, rest, receiver, constant)

    def resolve(self, node):
        if isinstance(node, ast.Name):
            if node.id in self.parameters:
                return "?"
            if node.id in self.names:
                return "=" + self.names[node.id]
            if node.id in self.depends:
                return "?" if self.depends[node.id] else ".()"
            return f"=builtins.{node.id}"
        if isinstance(node, ast.Attribute):
            base = node.value
            if isinstance(base, ast.Name) and self.owner and base.id in ("self", "cls"):
                return f"@{self.owner}:{node.attr}"
            if isinstance(base, ast.Call) and dotted(base.func) == "super" and self.owner:
                return f"@^{self.owner}:{node.attr}"
            if isinstance(base, ast.Name) and self.types.get(base.id, "").startswith("="):
                return f"{self.types[base.id]}.{node.attr}"
            if isinstance(base, ast.Call):
                inner = self.resolve(base.func)
                return f"{inner}.{node.attr}" if inner.startswith("=") else f".{node.attr}"
            inner = self.resolve(base)
            return f"{inner}.{node.attr}" if inner.startswith("=") else f".{node.attr}"
        return ".()"


def dotted(node):
    """`a.b.c` of an expression that is that, or ""."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([node.id, *reversed(parts)])
