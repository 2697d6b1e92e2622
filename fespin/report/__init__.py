"""One page about a device: pictures, materials, mesh, matrix, checks, fields, ratchet verdict, provenance."""

from .write import Report, write_report

__all__ = ["Report", "write_report"]
