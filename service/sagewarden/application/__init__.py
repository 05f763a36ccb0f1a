"""Orchestrates: one module a use case; what it needs from outside stands in `ports`."""
