"""The page: parts in order inside the template, with style and script of its own and nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from string import Template

from .gather import Findings
from .html import Markup, join, text
from .parts import contents, device_part, mesh_part, provenance, summary
from .results import checks_part, fields_part, matrix_part, ratchet_part

TITLES = {"summary": "Summary", "device": "Device", "mesh": "Mesh", "matrix": "Matrix", "checks": "Checks",
          "fields": "Fields", "ratchet": "Ratchet", "provenance": "Provenance"}  # fmt: skip


def page(found: Findings) -> str:
    """The whole page as text."""
    parts = (summary, device_part, mesh_part, matrix_part, checks_part, fields_part, ratchet_part, provenance)
    style, script = (_resource(name) for name in ("style.css", "script.js"))
    return Template(_resource("page.html")).substitute(
        name=text(found.device.name),
        policy=_policy(style, script),
        style=style,
        script=script,
        contents=contents(TITLES),
        parts=join(part(found) for part in parts),
        version=text(found.versions["fespin"]),
    )


def _resource(name: str) -> Markup:
    return Markup(files(__package__).joinpath(name).read_text(encoding="utf-8"))


def _policy(style: str, script: str) -> Markup:
    """Content security policy: this style, this script, pictures inside the page; no other code, no network."""

    def digest(code: str) -> str:
        return base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()

    return Markup(
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest(style)}'; script-src 'sha256-{digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
