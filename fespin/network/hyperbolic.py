"""x coth x and x / sinh x without overflow or cancellation, from x = 0 (no relaxation) upwards."""

from __future__ import annotations

import math


def x_coth(x: float) -> float:
    """x coth(x) for x >= 0; 1 at x = 0.

    With x = L/lambda and the charge conductance g = sigma A/L of a wire, g x coth(x) is the spin conductance
    (sigma A/lambda) coth(L/lambda) of one end with the other at zero; lambda = inf is x = 0, nothing special.

    Examples
    --------
    >>> x_coth(0.0), x_coth(1e3)
    (1.0, 1000.0)
    """
    return x / math.tanh(x) if x else 1.0


def x_csch(x: float) -> float:
    """x / sinh(x) for x >= 0; 1 at x = 0.

    Written with exp(-x) and expm1, since sinh overflows beyond x = 710.

    Examples
    --------
    >>> x_csch(0.0), x_csch(1e3)
    (1.0, 0.0)
    """
    return 2 * x * math.exp(-x) / -math.expm1(-2 * x) if x else 1.0
