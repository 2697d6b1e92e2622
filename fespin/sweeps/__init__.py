"""Sweeps: one device solved over a grid of fields, angles, frequencies and parameters.

values -> grid -> parameters -> variant of the device -> workspace (what is kept) -> point -> runner, store -> result
"""
