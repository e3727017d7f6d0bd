"""A source plugin for a tiny registry: `tiny-registry:NAME[@REVISION]`."""

import json
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import quote

from componentize_py_types import Err
from wit_world import exports
from wit_world.exports.resolver import Spec as Fields
from wit_world.imports import credentials, http
from wit_world.imports.http import Response
from wit_world.imports.types import (
    Algorithm,
    Digest,
    Download,
    Failure,
    FailureKind,
    FailureKind_InvalidSpec,
    FailureKind_Network,
    FailureKind_NotFound,
    FailureKind_RateLimited,
    FailureKind_Unauthorized,
    Locator,
    Locator_Download,
    Plan,
    PlannedFile,
)

REGISTRY = "https://registry.example/v1"
"""Where the registry is."""

TOKEN = "token"
"""The handle of the user's token in plugin.toml."""


@dataclass
class Spec:
    """What the user asks for."""

    model: str
    revision: str | None = None

    def __str__(self) -> str:
        return self.model if self.revision is None else f"{self.model}@{self.revision}"

    @classmethod
    def of(cls, fields: dict) -> "Spec":
        """Fields can be written without the short form, so they are all looked at."""
        for field, value in fields.items():
            if field not in ("model", "revision"):
                hint = "the fields are model, revision"
                fail(FailureKind_InvalidSpec(), f'there is no field "{field}"', hint)
            if value is not None and not (isinstance(value, str) and value):
                hint = "write tiny-registry:NAME or tiny-registry:NAME@REVISION"
                fail(FailureKind_InvalidSpec(), f"the {field} is empty or no text", hint)
        if fields.get("model") is None:
            fail(FailureKind_InvalidSpec(), 'missing field "model"')
        return cls(**fields)


class Resolver(exports.Resolver):
    """The registry."""

    def parse(self, reference: str) -> str:
        model, mark, revision = reference.partition("@")
        fields = {"model": model} | ({"revision": revision} if mark else {})
        Spec.of(fields)
        return json.dumps(fields)

    def resolve(self, spec: Fields) -> Plan:
        wanted = Spec.of(json.loads(spec.fields))
        url = f"{REGISTRY}/models/{quote(wanted.model, safe='')}"
        if wanted.revision is not None:
            url += f"?revision={quote(wanted.revision, safe='')}"
        credential = token()
        response = http.fetch(http.Request(http.Method.GET, url, [], None, credential))
        model = answer(response, wanted, credential)
        revision = model["revision"]
        files = [
            PlannedFile(
                file["path"],
                file["size"],
                [Digest(Algorithm.SHA256, file["sha256"])],
                False,
                locator(wanted, revision, file["path"], credential),
            )
            for file in model["files"]
        ]
        return Plan(str(wanted), revision, files)

    def locate(self, spec: Fields, pin: str, paths: list[str]) -> list[Locator]:
        wanted = Spec.of(json.loads(spec.fields))
        credential = token()
        return [locator(wanted, pin, path, credential) for path in paths]


def answer(response: Response, spec: Spec, credential: str | None) -> dict:
    """What the registry's answer says or means."""
    match response.status:
        case 200:
            return model(response)
        case 401 if credential:
            hint = "TINY_REGISTRY_TOKEN holds a token that is wrong or expired"
            fail(FailureKind_Unauthorized(), "the registry did not accept the token", hint)
        case 401:
            fail(FailureKind_Unauthorized(), f"{spec} needs a token", "set TINY_REGISTRY_TOKEN")
        case 404:
            fail(FailureKind_NotFound(), f"the registry has no {spec}")
        case 429:
            crowded(seconds(response))
        case status:
            fail(FailureKind_Network(), f"{place(response)} answered with status {status}")


def model(response: Response) -> dict:
    try:
        model = json.loads(response.body)
    except ValueError:
        fail(FailureKind_Network(), f"{place(response)} answered with what is not JSON")
    match model:
        case {"revision": str(), "files": list(files)} if all(map(is_file, files)):
            return model
    fail(FailureKind_Network(), f"{place(response)} answered with JSON of an unknown shape")


def is_file(file: object) -> bool:
    match file:
        case {"path": str(), "size": int(size), "sha256": str()}:
            return 0 <= size < 2**64
    return False


def locator(spec: Spec, revision: str, path: str, credential: str | None) -> Locator:
    """Where a file of a revision is."""
    pin = quote(revision, safe="")
    url = f"{REGISTRY}/files/{quote(spec.model, safe='')}/{pin}/{quote(path)}"
    return Locator_Download(Download(url, [], credential))


def token() -> str | None:
    """The token's handle, where the user has set one.

    Asked once, not for each file: calls into the host are counted.
    """
    return TOKEN if credentials.has(TOKEN) else None


def place(response: Response) -> str:
    """The URL that answered, without its query."""
    return response.final_url.partition("?")[0]


def seconds(response: Response) -> int | None:
    """Seconds that the registry asks to wait, where it says so."""
    values = [field.value for field in response.headers if field.name == "retry-after"]
    return int(values[0]) if values and values[0].isdecimal() and len(values[0]) < 10 else None


def crowded(seconds: int | None) -> NoReturn:
    wait = "" if seconds is None else f" and asks to wait {seconds} s"
    fail(FailureKind_RateLimited(seconds), f"the registry has had too many requests{wait}")


def fail(kind: FailureKind, message: str, hint: str | None = None) -> NoReturn:
    raise Err(Failure(kind, message, hint))
