"""Exceptions of fespin and the one place where their wording is made.

Every message answers four questions in one sentence: where, what rule, what came, what to do.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class FespinError(Exception):
    """Base of all errors that fespin raises on purpose."""


class InputError(FespinError, ValueError):
    """A value given to fespin is outside its domain."""


class DeviceError(InputError):
    """A device, its file or its description cannot be used; the message says where and what to do."""


class MeshError(DeviceError):
    """The mesh of a device cannot be used."""


class SolverError(FespinError):
    """A linear system could not be solved to the accuracy asked for."""


class MeshWarning(UserWarning):
    """The result may mislead because of the mesh or of the device drawn on it."""


class SolverWarning(UserWarning):
    """A linear system was solved in another way than was to be expected."""


class MaterialWarning(UserWarning):
    """A material value is used whose source has not been confirmed."""


_MOST_NAMES = 12  # in a list of what is known


def must_be(where: str, rule: str, got: object, hint: str = "") -> InputError:
    """Build the standard error: ``<where> must be <rule>, got <got>; <hint>``.

    Examples
    --------
    >>> print(must_be("NormalMetal.conductivity", "a positive number in S/m", -3))
    NormalMetal.conductivity must be a positive number in S/m, got -3
    """
    return InputError(f"{where} must be {rule}, got {got!r}" + (f"; {hint}" if hint else ""))


def suggest(name: object, known: Iterable[object]) -> str:
    """Name the nearest of `known`, or list them all: the tail of an error about an unknown name.

    Examples
    --------
    >>> suggest("lft", ["left", "right"])
    "did you mean 'left'?"
    >>> suggest("T9", ["left", "right"])
    'known: left, right'
    """
    names = [str(k) for k in known]
    near = difflib.get_close_matches(str(name), names, n=1, cutoff=0.6)
    if near:
        return f"did you mean {near[0]!r}?"
    if len(names) > _MOST_NAMES:
        names = [*names[:_MOST_NAMES], f"... ({len(names)} in all)"]
    return "known: " + (", ".join(names) if names else "none")
