"""The same steps from a terminal: `textlode --help` lists the commands."""

from core.cli.command_line import main

__all__ = ["main"]
