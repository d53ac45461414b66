"""The OpenAPI document describes every route, refers to nothing that is not there, and its examples are valid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import GamefilmError
from interfaces.http.app import routes
from interfaces.http.documentation import describe, operations
from interfaces.http.page import render_page
from interfaces.http.parameters import allowed_values
from interfaces.http.problems import KINDS

DOCUMENT = describe(routes())
JSON_TYPES: Mapping[str, Any] = {
    "string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict,
    "null": type(None),
}  # fmt: skip


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return DOCUMENT["components"]["schemas"][schema["$ref"].removeprefix("#/components/schemas/")]
    return schema


def faults(value: Any, schema: dict[str, Any], where: str = "$") -> Iterator[str]:
    """What of ``value`` is not as ``schema`` says: the part of JSON Schema that the document uses."""
    schema = resolved(schema)
    either = schema.get("oneOf") or schema.get("anyOf")
    if either:
        if not any(not list(faults(value, each, where)) for each in either):
            yield f"{where}: {value!r} is none of {either}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where}: {value!r} is not one of {schema['enum']}"
    kind = schema.get("type")
    kinds = [kind] if isinstance(kind, str) else kind or []
    if kinds and not any(is_a(value, each) for each in kinds):
        yield f"{where}: {value!r} is not {kinds}"
    if isinstance(value, dict):
        yield from (f"{where}: {name} is missing" for name in schema.get("required", ()) if name not in value)
        yield from in_object(value, schema, where)
    if isinstance(value, list):
        for place, item in enumerate(value):
            yield from faults(item, schema.get("items", {}), f"{where}[{place}]")


def is_a(value: Any, kind: str) -> bool:
    if isinstance(value, bool) and kind != "boolean":
        return False
    return isinstance(value, JSON_TYPES[kind])


def in_object(value: dict[str, Any], schema: dict[str, Any], where: str) -> Iterator[str]:
    properties, others = schema.get("properties", {}), schema.get("additionalProperties", {})
    for name, item in value.items():
        if name in properties:
            yield from faults(item, properties[name], f"{where}.{name}")
        elif others is False or (properties and "additionalProperties" not in schema):
            yield f"{where}: {name} is not described"
        elif isinstance(others, dict):
            yield from faults(item, others, f"{where}.{name}")


def contents() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, method, operation in operations(DOCUMENT):
        parts = {**operation["responses"], "body": operation.get("requestBody", {})}
        for part, described in parts.items():
            for content in described.get("content", {}).values():
                yield f"{method} {path} {part}", content


@pytest.mark.parametrize(("where", "content"), [pytest.param(*each, id=each[0]) for each in contents()])
def test_every_content_has_an_example_that_its_schema_allows(where: str, content: dict[str, Any]) -> None:
    if where.endswith("/health/ready 503"):
        return  # the same shape as its 200
    assert list(faults(content["example"], content["schema"])) == []


def test_every_parameter_example_is_one_that_its_schema_allows() -> None:
    wrong = [
        fault
        for _, _, operation in operations(DOCUMENT)
        for parameter in operation.get("parameters", ())
        if "example" in parameter
        for fault in faults(parameter["example"], parameter["schema"], parameter["name"])
    ]
    assert wrong == []


def test_every_reference_leads_somewhere() -> None:
    known = {f"#/components/schemas/{name}" for name in DOCUMENT["components"]["schemas"]}
    assert set(references(DOCUMENT)) <= known


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from ([value["$ref"]] if isinstance(value.get("$ref"), str) else ())
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def test_operations_are_named_once_described_and_grouped() -> None:
    named = [operation["operationId"] for _, _, operation in operations(DOCUMENT)]
    tags = {tag["name"] for tag in DOCUMENT["tags"]}
    assert len(named) == len(set(named))
    for path, _, operation in operations(DOCUMENT):
        assert operation["summary"]
        assert set(operation["tags"]) <= tags
        placeholders = {part[1:-1] for part in path.split("/") if part.startswith("{")}
        in_path = {each["name"] for each in operation.get("parameters", ()) if each["in"] == "path"}
        assert placeholders == in_path


def test_the_page_shows_every_operation() -> None:
    page = render_page(DOCUMENT)
    assert all(f'id="{operation["operationId"]}"' in page for _, _, operation in operations(DOCUMENT))


@given(st.text())
def test_the_page_escapes_what_it_shows(text: str) -> None:
    document = {**DOCUMENT, "info": {"title": f"<script>{text}", "version": "1", "description": "<b>"}}
    page = render_page(document)
    assert "<script>" not in page
    assert "<b>" not in page


def test_every_kind_of_problem_has_an_error_status() -> None:
    assert all(kind.status >= 400 for kind in KINDS.values())
    assert all(issubclass(error, GamefilmError | TimeoutError) for error in KINDS)


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        (int, "a whole number"), (int | None, "a whole number"), (bool, ["true", "false"]), (str, "text"),
        (list[str] | None, "text"),
    ],
)  # fmt: skip
def test_what_is_allowed_is_said_of_every_type(annotation: Any, expected: Any) -> None:
    assert allowed_values(annotation) == expected
