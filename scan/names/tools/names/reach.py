"""Joins what modules say: which parameters of which functions reach what."""

from collections import defaultdict, deque

from .facts import NOTHING
from .sinks import BARRIERS, CALLS, HARMLESS_BASES, HARMLESS_ROOTS, METHODS, ROOTS, SETTLED

# Those that run when a pickle calls the class or fills an instance.
MAKING = ("__new__", "__init__", "__post_init__", "__setstate__", "__setattr__", "__setitem__", "append", "extend",
          "add", "__del__")
# How many ways to the same family are kept for a function.
WAYS = 4


class Universe:
    def __init__(self, modules):
        self.modules = {m.path: m for m in modules}
        self.functions = {f.path: f for m in modules for f in m.functions}
        self.classes = {c.path: c for m in modules for c in m.classes}
        self.resolved = {}
        self.orders = {}
        self.summaries = defaultdict(dict)  # function -> {(family, parameters): callee}
        self.plain = defaultdict(set)  # function -> families reached whatever is given
        self.calling = set()  # functions that call what they are given

    # -- Paths -----------------------------------------------------------

    def path(self, dotted, depth=0):
        """The path under which a dotted path is defined, as far as known."""
        if dotted in self.resolved:
            return self.resolved[dotted]
        self.resolved[dotted] = dotted  # against cycles
        found = self._path(dotted, depth)
        self.resolved[dotted] = found
        return found

    def _path(self, dotted, depth):
        if depth > 20 or dotted in self.functions or dotted in self.classes:
            return dotted
        parts = dotted.split(".")
        for end in range(len(parts) - 1, 0, -1):
            prefix = ".".join(parts[:end])
            rest = parts[end:]
            if prefix in self.classes:
                method = self.method(prefix, rest[0]) if len(rest) == 1 else None
                return method or dotted
            if prefix not in self.modules:
                continue
            target = self.bound(prefix, rest[0])
            if target is None:
                return dotted
            whole = ".".join([target, *rest[1:]])
            return self.path(whole, depth + 1) if whole != dotted else dotted
        return dotted

    def bound(self, module, name, seen=()):
        """The path that a module binds a name to."""
        facts = self.modules.get(module)
        if facts is None or module in seen:
            return None
        if name in facts.names:
            return facts.names[name]
        if f"{module}.{name}" in self.modules:
            return f"{module}.{name}"
        if not name.startswith("_"):
            for star in facts.stars:
                found = self.bound(star, name, (*seen, module))
                if found:
                    return found
        return None

    def order(self, path):
        """A class and its bases, nearest first; those that are not known
        as they are written."""
        if path in self.orders:
            return self.orders[path]
        self.orders[path] = (path,)
        found = [path]
        for base in self.classes[path].bases if path in self.classes else ():
            if base.startswith("metaclass:"):
                continue
            base = self.path(base)
            for other in self.order(base):
                if other not in found:
                    found.append(other)
        self.orders[path] = tuple(found)
        return self.orders[path]

    def method(self, path, name, after=False):
        for index, owner in enumerate(self.order(path)):
            if after and index == 0:
                continue
            if owner in self.classes and name in self.classes[owner].methods:
                full = f"{owner}.{name}"
                if full in self.functions:
                    return full
        return None

    # -- Calls -----------------------------------------------------------

    def targets(self, call):
        """The functions that a call comes to, each with how many arguments
        come before those written; and the path of a callee that is not known."""
        callee = call.callee
        if callee.startswith("@"):
            owner, _, name = callee[1:].partition(":")
            after = owner.startswith("^")
            method = self.method(owner.removeprefix("^"), name, after)
            return ([(method, 1)] if method else []), None, name
        if not callee.startswith("="):
            return [], None, callee.rpartition(".")[2]
        path = self.path(callee[1:])
        if path in self.functions:
            function = self.functions[path]
            shift = 1 if function.owner and not function.static else 0
            through_class = self.path(callee[1:].rpartition(".")[0]) in self.classes
            return [(path, 0 if shift and through_class and not function.static else shift)], path, None
        if path in self.classes:
            makers = [self.method(path, name) for name in ("__init__", "__new__", "__post_init__")]
            return [(m, 1) for m in makers if m], path, None
        return [], path, path.rpartition(".")[2]

    def direct(self, call, path, method):
        """What a call of a primitive brings: (family, what it depends on)."""
        everything = call.rest.union(call.receiver if call.callee.startswith((".", "@")) else NOTHING,
                                     *call.positional, *call.named.values())
        if path is not None:
            for known in (path, call.callee[1:]):
                if known in CALLS:
                    family, needed = CALLS[known]
                    if needed is None:
                        return family, everything
                    found = NOTHING
                    for position in needed:
                        value = call.positional[position] if position < len(call.positional) else (
                            call.rest or NOTHING.union(*call.named.values()))
                        if not value:
                            return family, NOTHING
                        found |= value
                    return family, found
            root = path.partition(".")[0]
            if root in ROOTS and path not in self.functions and path not in self.classes and "." in path:
                return ROOTS[root], everything
        if method in METHODS and call.callee.startswith((".", "@")) and (call.receiver or everything):
            return METHODS[method], call.receiver | everything
        return None, NOTHING

    def join(self):
        """Follows the calls until nothing new is found."""
        edges = defaultdict(list)
        queue = deque()
        for function in self.functions.values():
            for call in function.calls:
                if call.callee == "?":
                    self.calling.add(function.path)
                targets, path, method = self.targets(call)
                family, depends = self.direct(call, path, method)
                if family:
                    quiet = family == "access" or call.constant and family in ("import", "files")
                    if not quiet and not function.path.startswith(SETTLED):
                        self.plain[function.path].add(family)
                    if depends:
                        self.learn(function.path, family, depends, path or call.callee, queue)
                for target, shift in targets:
                    edges[target].append((function.path, call, shift))
        self.edges = edges
        while queue:
            changed = queue.popleft()
            for caller, call, shift in edges.get(changed, ()):
                for (family, needed), _ in list(self.summaries[changed].items()):
                    depends = self.given(changed, call, shift, needed)
                    if depends:
                        self.learn(caller, family, depends, changed, queue)
        self.spread(self.plain, edges)

    def given(self, target, call, shift, needed):
        """What the arguments for the needed parameters depend on, or nothing
        where one of them is the function's own."""
        function = self.functions[target]
        depends = NOTHING
        for name in needed:
            value = call.named.get(name)
            if value is not None and not value:
                return NOTHING
            if value is None and name in function.parameters:
                index = function.parameters.index(name) - shift
                if index < 0:
                    value = call.receiver.union(*call.positional, *call.named.values())
                elif index < len(call.positional):
                    value = call.positional[index]
                    if not value:
                        return NOTHING
            if value is None and name in function.variadic:
                value = call.rest.union(*call.positional, *call.named.values())
            value = value or call.rest
            if not value:
                return NOTHING
            depends |= value
        return depends

    def learn(self, path, family, depends, callee, queue):
        if path.startswith(BARRIERS):
            return
        known = self.summaries[path]
        if any(f == family and n <= depends for f, n in known):
            return
        if sum(1 for f, _ in known if f == family) >= WAYS:
            return
        known[(family, depends)] = callee
        queue.append(path)

    def spread(self, reached, edges):
        queue = deque(path for path in reached if reached[path])
        while queue:
            changed = queue.popleft()
            for caller, _, _ in edges.get(changed, ()):
                new = reached[changed] - reached[caller]
                if new and not caller.startswith(SETTLED):
                    reached[caller] |= new
                    queue.append(caller)

    # -- Verdicts --------------------------------------------------------

    def dangers(self, path):
        """The families that a function's parameters reach: family -> callee."""
        found = {}
        for (family, needed), callee in self.summaries.get(path, {}).items():
            own = needed <= {"self"}
            if family not in found or not own:
                found[family] = (callee, own)
        return found

    def making(self, path):
        """What making and filling an instance reaches: (families by parameters,
        families whatever is given, whether it calls what it is given)."""
        dangers, plain, calls = {}, set(), False
        for name in MAKING:
            method = self.method(path, name)
            if method:
                dangers.update(self.dangers(method))
                plain |= self.plain.get(method, set())
                calls |= method in self.calling
        return dangers, plain, calls

    def storing(self, path):
        """Whether nothing but what is known makes up a class."""
        for base in self.order(path):
            if base in self.classes:
                if any(b.startswith("metaclass:") and not self.harmless(b[10:]) for b in self.classes[base].bases):
                    return False
                continue
            if not (self.harmless(base) or base.startswith("()") and self.harmless(base[2:])):
                return False
        return True

    def harmless(self, base):
        base = self.path(base)
        return base in HARMLESS_BASES or base.startswith(HARMLESS_ROOTS) or base == "collections.namedtuple" or (
            base in self.classes and base not in ("builtins.type",))
