"""Decides, and does nothing: frozen values in, values with reasons out; no I/O and no clock."""
