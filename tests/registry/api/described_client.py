"""A client made from the schema alone: it knows no address, no field and no code beforehand."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from jsonschema import Draft202012Validator

from tests.registry.api.client import Api

JSON = "application/json"


class DescribedClient:
    """Carries out operations by their names; what it sends and gets fits the schema."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.schema = api.get("/api/schema/").json()
        self.operations = {
            one["operationId"]: (path, method, one)
            for path, item in self.schema["paths"].items()
            for method, one in item.items()
            if "operationId" in one
        }

    def carry_out(self, name: str, body: dict[str, Any] | None = None, /, **parameters: Any) -> Any:
        """The answer's body; AssertionError where sender or registry break the schema."""
        path, method, operation = self.operations[name]
        headers: dict[str, str] = {}
        query: dict[str, str] = {}
        for one in operation.get("parameters", []):
            given = parameters.pop(one["name"].replace("-", "_").lower(), None)
            assert given is not None or not one.get("required"), f"{name} needs {one['name']}"
            if given is None:
                continue
            if one["in"] == "path":
                path = path.replace("{" + one["name"] + "}", str(given))
            else:
                (headers if one["in"] == "header" else query)[one["name"]] = str(given)
        assert not parameters, f"{name} has no parameter {', '.join(parameters)}"
        if body is not None:
            self._fits(operation["requestBody"]["content"][JSON]["schema"], body)
        address = f"{path}?{urlencode(query)}" if query else path
        answer = self.api.send(method.upper(), address, body, **headers)
        described = operation["responses"][str(answer.status_code)]
        media_type = answer.headers["Content-Type"].split(";")[0]
        self._fits(described["content"][media_type]["schema"], json.loads(answer.content))
        self.last = answer
        return json.loads(answer.content)

    def smallest(self, name: str, /, **facts: Any) -> dict[str, Any]:
        """A body for an operation: what is required, made from the schema, and these facts."""
        _path, _method, operation = self.operations[name]
        return self._made(operation["requestBody"]["content"][JSON]["schema"], facts)

    def row(self, component: str, /, **facts: Any) -> dict[str, Any]:
        """An object of a component: what is required, and these facts."""
        return self._made({"$ref": f"#/components/schemas/{component}"}, facts)

    def _made(self, place: dict[str, Any], facts: dict[str, Any]) -> dict[str, Any]:
        found = self._resolved(place)
        unknown = set(facts) - set(found["properties"])
        assert not unknown, f"the schema knows no {', '.join(sorted(unknown))}"
        required = [n for n in found.get("required", ()) if not self._is_read_only(found, n)]
        made = {
            name: self._value(found["properties"][name]) for name in required if name not in facts
        }
        return made | facts

    def _is_read_only(self, found: dict[str, Any], name: str) -> bool:
        return bool(found["properties"][name].get("readOnly"))

    def _value(self, place: dict[str, Any]) -> Any:
        """The first value that fits."""
        found = self._resolved(place)
        if "enum" in found:
            return found["enum"][0]
        kinds = found.get("type", "object")
        kind = kinds[0] if isinstance(kinds, list) else kinds
        values = {
            "string": "made",
            "integer": found.get("minimum", 1),
            "number": 1,
            "boolean": True,
        }
        return (
            values[kind] if kind in values else ([] if kind == "array" else self._made(found, {}))
        )

    def _resolved(self, place: dict[str, Any]) -> dict[str, Any]:
        if "$ref" not in place:
            return place
        found: dict[str, Any] = self.schema["components"]["schemas"][
            place["$ref"].rsplit("/", 1)[-1]
        ]
        return found

    def _fits(self, place: dict[str, Any], value: Any) -> None:
        checker = Draft202012Validator({**place, "components": self.schema["components"]})
        errors = [f"{list(one.absolute_path)}: {one.message}" for one in checker.iter_errors(value)]
        assert not errors, errors
