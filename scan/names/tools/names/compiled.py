"""What a module in Cython defines, by its text: its grammar is not Python's.

A class of which the text names no primitive holds numbers. Cython makes a
function of each that can be pickled, which makes an instance and sets its state.
"""

import re

from .facts import Class, Module

CLASS = re.compile(r"^(?:cdef )?class (\w+)(?:\(([^)]*)\))?", re.M)
PRIMITIVE = re.compile(r"\b(open|exec|eval|__import__|import_module|system|popen|subprocess|getattr|pickle|loads?|dlopen|urlopen)\s*\(")


def read(path, text):
    classes, names = [], {}
    parts = list(CLASS.finditer(text))
    for part, following in zip(parts, [*parts[1:], None]):
        body = text[part.start() : following.start() if following else len(text)]
        if PRIMITIVE.search(body):
            continue
        name = part[1]
        names[name] = f"{path}.{name}"
        classes.append(Class(f"{path}.{name}", ("builtins.object",), (), ()))
        if part[0].startswith("cdef") and ("__cinit__" not in body or "__reduce__" in body):
            maker = f"__pyx_unpickle_{name}"
            classes.append(Class(f"{path}.{maker}", ("builtins.object",), (), ()))
    return Module(path, names, (), (), tuple(classes))
