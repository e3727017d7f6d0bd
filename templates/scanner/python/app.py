"""The scanner plugin `my-scanner`."""

import json
from typing import NoReturn

from componentize_py_types import Err
from wit_world import exports
from wit_world.exports.inspector import Finding, Level, Report
from wit_world.imports import files, types


class Inspector(exports.Inspector):
    """Finds scripts."""

    def scan(self, config: str) -> Report:
        """Reads the files of this scan and says what is wrong with them."""
        allow = read(config)
        report = Report(findings=[], judged=[])
        for file in files.list():
            if files.read_at(file.id, 0, 2) == b"#!" and file.path not in allow:
                report.findings.append(script(file))
            report.judged.append(file.id)
        return report


def script(file: files.Entry) -> Finding:
    return Finding(
        rule="script",
        level=Level.MEDIUM,
        file=file.id,
        member=None,
        offset=0,
        message="it begins as a script does",
        advice="read it before you run it",
    )


def read(config: str) -> list[str]:
    """What users may set: `allow`, the paths of files that may be scripts."""
    settings = json.loads(config or "{}")
    for field in settings.keys() - {"allow"}:
        fail(types.FailureKind_InvalidSpec(), f'there is no field "{field}"')
    match settings.get("allow", []):
        case list(allow):
            return allow
    fail(types.FailureKind_InvalidSpec(), "allow is no list of paths")


def fail(kind: types.FailureKind, message: str, hint: str | None = None) -> NoReturn:
    """Ends with a failure of a kind that wit/types.wit lists."""
    raise Err(types.Failure(kind, message, hint))
