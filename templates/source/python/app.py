"""The source plugin `my-registry:MODEL`."""

import json
from typing import NoReturn
from urllib.parse import quote

from componentize_py_types import Err
from wit_world import exports
from wit_world.exports.resolver import Spec
from wit_world.imports import http, types

REGISTRY = "https://my-registry.example"
"""Where the registry is. plugin.toml asks for it under `http`."""


class Resolver(exports.Resolver):
    """The registry."""

    def parse(self, reference: str) -> str:
        """The fields that a short form stands for, as JSON."""
        if not reference:
            kind = types.FailureKind_InvalidSpec()
            fail(kind, "the model is empty", "write my-registry:MODEL")
        return json.dumps({"model": reference})

    def resolve(self, spec: Spec) -> types.Plan:
        """Finds what the fields name and says how to fetch it."""
        model = read(spec.fields)
        url = f"{REGISTRY}/models/{quote(model, safe='')}"
        response = http.fetch(http.Request(http.Method.GET, url, [], None, None))
        if response.status == 404:
            fail(types.FailureKind_NotFound(), f"there is no model {model}")
        if response.status != 200:
            message = f"{response.final_url} answered with status {response.status}"
            fail(types.FailureKind_Network(), message)
        try:
            return plan(model, json.loads(response.body))
        except (ValueError, TypeError, LookupError):
            message = f"{response.final_url} answered with what is no model"
            fail(types.FailureKind_Network(), message)

    def locate(self, spec: Spec, pin: str, paths: list[str]) -> list[types.Locator]:
        """Fresh URLs for files of an earlier plan."""
        fail(types.FailureKind_Unsupported(), "the URLs of my-registry do not expire")


def read(fields: str) -> str:
    """The model, where the fields are those of a spec."""
    spec = json.loads(fields)
    for field in spec.keys() - {"model"}:
        hint = "the field is model"
        fail(types.FailureKind_InvalidSpec(), f'there is no field "{field}"', hint)
    match spec.get("model"):
        case str(model) if model:
            return model
    fail(types.FailureKind_InvalidSpec(), 'missing field "model"')


def plan(model: str, answer: dict) -> types.Plan:
    files = [
        types.PlannedFile(
            path=str(file["path"]),
            size=int(file["size"]),
            digests=[types.Digest(types.Algorithm.SHA256, str(file["sha256"]))],
            executable=False,
            locator=types.Locator_Download(types.Download(str(file["url"]), [], None)),
        )
        for file in answer["files"]
    ]
    return types.Plan(model, str(answer["revision"]), files)


def fail(kind: types.FailureKind, message: str, hint: str | None = None) -> NoReturn:
    """Ends with a failure of a kind that wit/types.wit lists."""
    raise Err(types.Failure(kind, message, hint))
