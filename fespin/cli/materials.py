"""``fespin materials [NAME]``."""

from __future__ import annotations

import argparse

from .. import table


def run(arguments: argparse.Namespace) -> int:
    """Show the built-in table, or one entry with its sources."""
    names = [arguments.name] if arguments.name else table.materials()
    print("\n\n".join(table.describe(name) for name in names))
    return 0
