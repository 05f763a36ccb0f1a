"""`demo`: the whole job on a fake AWS, by the commands that a user would type."""

from sagewarden.cli.demo.play import demo

__all__ = ["demo"]
