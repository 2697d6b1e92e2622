"""Which intensive variable a number is: the chemical potential of the particles or the pressure of the chain.

The letter mu of Hubbard's staircase has two meanings in the literature, and in eqs 8-21 of the paper behind this
package. mu = de/dc belongs to the number of particles on given sites, P = -d eps/dv to the length of given particles;
mu = eps + P v, so a step p/q is q/p times wider in mu than in P. Every function that takes or gives such a number
has ``variable="mu"`` or ``"pressure"``.
"""

from __future__ import annotations

from typing import Literal

from ..errors import must_be, suggest

Variable = Literal["mu", "pressure"]
VARIABLES = ("mu", "pressure")


def check_variable(variable: str) -> str:
    """Return `variable` if it is one.

    Raises
    ------
    InputError
        It is none.

    Examples
    --------
    >>> check_variable("presure")
    Traceback (most recent call last):
        ...
    fespin.errors.InputError: variable must be 'mu' or 'pressure', got 'presure'; did you mean 'pressure'?
    """
    if variable not in VARIABLES:
        raise must_be("variable", "'mu' or 'pressure'", variable, suggest(variable, VARIABLES))
    return variable
