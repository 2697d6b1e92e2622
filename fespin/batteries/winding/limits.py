"""Checks of numbers, and the warning of results that the hydrodynamic model does not cover."""

from __future__ import annotations

from ...network.checks import not_negative, positive, real

__all__ = ["WindingWarning", "not_negative", "positive", "real"]


class WindingWarning(UserWarning):
    """The result may mislead: outside easy-plane hydrodynamics, or a link that cannot hold the winding."""
