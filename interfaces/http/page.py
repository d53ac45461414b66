"""The API's description as one HTML page: no scripts, nothing loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any, Final

import msgspec

_METHODS: Final = ("get", "post", "delete")
_STYLE: Final = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
code, pre { font-family: ui-monospace, monospace; font-size: .9em; }
pre { overflow-x: auto; padding: .75rem; border: 1px solid #8884; border-radius: .4rem; }
details { border-top: 1px solid #8884; padding: .5rem 0; }
summary { cursor: pointer; }
.method { display: inline-block; min-width: 3.5rem; font-weight: 700; }
table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; }
.note { opacity: .75; }
"""


def render_page(document: Mapping[str, Any]) -> str:
    """HTML for an OpenAPI document, grouped by tag."""
    info = document["info"]
    groups = "".join(_group(tag, document["paths"]) for tag in document["tags"])
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(info['title'])}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{escape(info['title'])} {escape(info['version'])}</h1>"
        f'<pre style="white-space: pre-wrap">{escape(info["description"])}</pre>'
        '<p>For tools: <a href="/schema/openapi.json">OpenAPI 3.1</a>.</p>'
        f"{groups}</body></html>"
    )


def _group(tag: Mapping[str, Any], paths: Mapping[str, Any]) -> str:
    found = (
        _operation(method, path, item[method])
        for path, item in sorted(paths.items())
        for method in _METHODS
        if method in item and tag["name"] in item[method]["tags"]
    )
    return f"<h2>{escape(tag['name'])}</h2><p>{escape(tag['description'])}</p>{''.join(found)}"


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> str:
    description = operation.get("description")
    return (
        f'<details id="{escape(operation["operationId"])}"><summary>'
        f'<span class="method">{method.upper()}</span> '
        f'<code>{escape(path)}</code> <span class="note">{escape(operation["summary"])}</span></summary>'
        + (f"<p>{escape(description)}</p>" if description else "")
        + _parameters(operation.get("parameters", ()))
        + _example("Body", operation.get("requestBody", {}))
        + "".join(_response(status, each) for status, each in operation["responses"].items())
        + "</details>"
    )


def _parameters(parameters: Iterable[Mapping[str, Any]]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(each['name'])}</code></td>"
        f"<td>{escape(each['in'])}{', required' if each.get('required') else ''}</td>"
        f"<td>{escape(each.get('description', ''))}</td></tr>"
        for each in parameters
    )
    return f"<table><tr><th>Parameter</th><th>In</th><th></th></tr>{rows}</table>" if rows else ""


def _response(status: str, response: Mapping[str, Any]) -> str:
    heading = f"{status}: {response['description']}"
    return _example(heading, response) or f"<p>{escape(heading)}</p>"


def _example(heading: str, described: Mapping[str, Any]) -> str:
    for media_type, content in described.get("content", {}).items():
        example = content.get("example", "")
        text = example if isinstance(example, str) else _pretty(example)
        return f"<p>{escape(heading)} <code>{escape(media_type)}</code></p><pre>{escape(text)}</pre>"
    return ""


def _pretty(value: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
