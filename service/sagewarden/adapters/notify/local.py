"""Channels that need nobody's server: the log, and a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sagewarden.adapters.telemetry.logs import tell
from sagewarden.core.canonical import canonical
from sagewarden.errors import NoticeRefused


@dataclass
class LogChannel:
    """Tells owners through the log and the report; it counts only when settings say so."""

    counts: bool
    name: str = "log"

    def send(self, notice: Mapping[str, Any]) -> None:
        """Log the notice."""
        tell(
            "notice.sent",
            notice=notice["id"],
            owner=notice["owner"] or "(nobody)",
            marked=len(notice["marked"]),
        )


@dataclass
class FileChannel:
    """Appends notices to a file, one JSON a line."""

    path: Path
    counts: bool = True
    name: str = "file"

    def send(self, notice: Mapping[str, Any]) -> None:
        """Append the notice; raise NoticeRefused when the file cannot be written."""
        try:
            with self.path.open("ab") as file:
                file.write(canonical(notice) + b"\n")
        except OSError as error:
            raise NoticeRefused(
                f"the notice file {self.path} cannot be written: {error}"
            ) from error
