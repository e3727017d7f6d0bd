"""Runs a scanner's own command line over many paths: each in a process of its
own, forked from one that has the scanner loaded, so that a crash is one path's.

    python drive.py TOOL LIST ANSWERS

LIST has a key, a tab and a path a line; to ANSWERS are added a key, a tab, the
exit code and the seconds. A process that a signal ended, or that took too long, has a
negative code.
"""

import os
import signal
import sys
import time

PATIENCE = 60


def command(tool):
    """The function behind the command, and its arguments for a path."""
    if tool == "picklescan":
        from picklescan.cli import main

        return main, lambda path: ["--path", path]
    if tool == "modelscan":
        from modelscan.cli import main

        return main, lambda path: ["-p", path]
    if tool == "fickling":
        from fickling.cli import main

        return main, lambda path: ["--check-safety", "--json-output", "/dev/null", path]
    if tool == "modelaudit":
        import modelaudit.cli
        from modelaudit.__main__ import _run

        return _run, lambda path: ["scan", "--no-cache", path]
    from hayward.cli import main

    return main, lambda path: ["scan", path]


def each_file(path):
    if not os.path.isdir(path):
        return [path]
    return [os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names]


def called(main, arguments):
    """Never comes back: the exit code is what the command says."""
    silent = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silent, stream)
    sys.argv = ["scanner", *arguments]
    try:
        code = main()
    except SystemExit as end:
        code = end.code
    except BaseException:
        code = 97
    code = 0 if code is None else code
    os._exit(code & 0xFF if isinstance(code, int) else 1)


def run(main, arguments):
    child = os.fork()
    if child == 0:
        called(main, arguments)
    end = time.monotonic() + PATIENCE
    pause = 0.001
    while time.monotonic() < end:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(pause)
        pause = min(pause * 2, 0.05)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return -signal.SIGALRM


def worst(codes):
    """What a caller of several runs goes by: a finding before an error."""
    return 1 if 1 in codes else next((code for code in codes if code), 0)


def main():
    tool, wanted, answers = sys.argv[1:]
    function, arguments = command(tool)
    with open(wanted) as lines, open(answers, "a") as out:
        for line in lines:
            key, path = line.rstrip("\n").split("\t")
            # This one knows no folders.
            paths = each_file(path) if tool == "fickling" else [path]
            began = time.monotonic()
            code = worst([run(function, arguments(path)) for path in paths])
            out.write(f"{key}\t{code}\t{time.monotonic() - began:.4f}\n")
            out.flush()


main()
