"""New names for what a restore brings back."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sagewarden.core.entities import Kind
from sagewarden.errors import UsageError

_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,119}")
"""What AWS takes as a name (service model, ExperimentEntityName)."""

Renames = Mapping[tuple[Kind, str], str]
"""By kind and old name in lower case: what it is called from now on."""


@dataclass(frozen=True, slots=True)
class Rename:
    """A wish to call OLD NEW, in any letter case; both may end in one `*`, for any rest of a name.

    It is of experiments, trials and components alike.
    """

    old: str
    new: str

    @classmethod
    def read(cls, spelled: str) -> "Rename":
        """Read `OLD=NEW`; raise UsageError when it is not one."""
        old, sign, new = spelled.partition("=")
        starred = (old.endswith("*"), new.endswith("*"))
        plain = (old.removesuffix("*"), new.removesuffix("*"))
        sound = sign and starred[0] == starred[1] and plain[0] and plain[1]
        if not sound or "*" in "".join(plain):
            raise UsageError(
                f"--rename {spelled!r} is not OLD=NEW",
                advice="Write --rename OLD=NEW, or --rename 'OLD*=NEW*' for all that begin so.",
            )
        return cls(old.lower(), new)

    def renamed(self, name: str) -> str | None:
        """Return the new name of what is called so, or None when the wish is not about it."""
        if not self.old.endswith("*"):
            return self.new if name.lower() == self.old else None
        start = self.old.removesuffix("*")
        if not name.lower().startswith(start):
            return None
        return self.new.removesuffix("*") + name[len(start) :]


def renames(going: Iterable[tuple[Kind, str]], wishes: Sequence[Rename]) -> Renames:
    """Return the new names of what comes back; of several wishes for one the first counts.

    Raise UsageError when a wish is about nothing, AWS takes no such name, or two of a kind would
    have one name.
    """
    found: dict[tuple[Kind, str], str] = {}
    heard: set[Rename] = set()
    taken: dict[tuple[Kind, str], str] = {}
    for kind, name in going:
        fitting = [(wish, new) for wish in wishes if (new := wish.renamed(name)) is not None]
        heard.update(wish for wish, _ in fitting)
        new = fitting[0][1] if fitting else name
        if _NAME.fullmatch(new) is None:
            raise UsageError(
                f"AWS takes no {kind} called {new!r}",
                advice="Letters, digits and single dashes between them, at most 120.",
            )
        other = taken.setdefault((kind, new.lower()), name)
        if other != name:
            raise UsageError(f"{kind} {other} and {kind} {name} would both be called {new}")
        if fitting:
            found[kind, name.lower()] = new
    for wish in wishes:
        if wish not in heard:
            raise UsageError(
                f"--rename: nothing that comes back is called {wish.old}",
                advice="`restore --plan` shows what would come back.",
            )
    return found
