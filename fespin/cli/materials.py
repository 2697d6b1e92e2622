"""``fespin materials [NAME] [--interfaces]``."""

from __future__ import annotations

import argparse

from .. import interface_table, table


def run(arguments: argparse.Namespace) -> int:
    """Show the built-in table, or one entry with its sources; names with a stroke are interfaces."""
    name = arguments.name
    if arguments.interfaces or (name and "/" in name):
        names = [name] if name else interface_table.interfaces()
        print("\n\n".join(interface_table.describe_interface(n) for n in names))
        return 0
    print("\n\n".join(table.describe(n) for n in ([name] if name else table.materials())))
    return 0
