"""Text that breaks careless readers: markup, formulas, control characters, far too long."""

from dataclasses import replace
from typing import NamedTuple

from sagewarden.sandbox.records import Wire
from sagewarden.sandbox.seed.dates import idle_span, settled_life
from sagewarden.sandbox.seed.draft import Draft
from sagewarden.sandbox.seed.extremes import MOST_PARAMETERS
from sagewarden.sandbox.seed.runs import RunBook
from sagewarden.sandbox.seed.tags import run_tags
from sagewarden.sandbox.seed.trees import Tree, branch, grow
from sagewarden.sandbox.seed.words import PEOPLE

_SECONDS_APART = 3_600.0


class Drill(NamedTuple):
    """A text for every free field, and what AWS's patterns let through as name and tag value."""

    text: str
    display_name: str
    tag: str


DRILLS = (
    Drill("<script>alert(1)</script>", "script", "script/alert=1"),
    Drill("=cmd|' /C calc'!A0", "cmd", "=cmd/C calc"),
    Drill("@SUM(1)", "SUM", "@SUM"),
    Drill("first\r\nsecond: injected\nthird", "null", "\u2028 after a line separator"),
    Drill("\x1b[31mred\x1b[0m\x1b]0;title\x07", "0x1b", "+1+1"),
    Drill("before\x00after", "NUL", "-2+3"),
    Drill("invoice\u202egpj.exe", "CON", "\u00a0no break\u3000space"),
    Drill("../../etc/passwd", "None", "../../etc/passwd"),
    Drill("{{7*7}} ${7*7} <%= 7*7 %> %s %n", "NaN", "7:7"),
    Drill("😀👩‍🔬 e\u0301 ﷽ \U0001d54f", "1e308", "данные"),
    Drill("x" * 2_500, "D" * 120, "v" * 256),
)
"""The last fills every field to its limit."""

HOSTILE_COMPONENTS = len(DRILLS)
DESCRIPTION = DRILLS[0].text + "\r\n" + "long " * 600
"""A description of about 3,000 characters; AWS takes 3,072."""

_SEASON_EVERY = 150
_KEY, _ARTIFACT_KEY, _ARTIFACT, _MESSAGE = 320, 128, 2_048, 1_024


def seed_hostile(draft: Draft, count: int) -> None:
    """Write exactly `count` runs, one for each hostile text, in one stale experiment."""
    if not count:
        return
    book = RunBook(draft)
    name = f"dev-text-drill-{draft.serial()}"
    span = idle_span(book.rng, draft.now)
    author = draft.author(PEOPLE[0])
    tags = {"owner": "@example.com", "env": "dev", "note": DRILLS[1].tag}
    tree = Tree(name=name, span=span, tags=tags, author=author)
    grow(draft, tree, description=DESCRIPTION)
    trial = branch(draft, tree, f"Default-Run-Group-{name}")
    for number in range(count):
        drill = DRILLS[number % len(DRILLS)]
        life = settled_life(book.rng, round(span.first + _SECONDS_APART * number, 3))
        book.run(
            tree,
            f"drill-{number}",
            life,
            trials=(trial,),
            display_name=drill.display_name,
            tags=run_tags({"note": drill.tag}),
            **_free_text(drill.text, life.status),
        )


def _free_text(text: str, status: str) -> dict[str, Wire]:
    return {
        "status": {"PrimaryStatus": status, "Message": text[:_MESSAGE]},
        "parameters": {"note": {"StringValue": text}, text[:_KEY]: {"NumberValue": 1.5}},
        "input_artifacts": {text[:_ARTIFACT_KEY]: {"Value": text[:_ARTIFACT]}},
        "output_artifacts": {"report": {"MediaType": "text/html", "Value": text[:_ARTIFACT]}},
        "metadata": {"CommitId": text[:_MESSAGE], "Repository": text[:_MESSAGE]},
    }


def season(draft: Draft) -> None:
    """Put a hostile comment among the parameters of some components of every sort."""
    rng = draft.chance("hostile")
    places = range(int(_SEASON_EVERY * rng.random()), len(draft.components), _SEASON_EVERY)
    for number, place in enumerate(places):
        seasoned = draft.components[place]
        if len(seasoned.parameters) >= MOST_PARAMETERS:
            continue
        comment = {"comment": {"StringValue": DRILLS[number % len(DRILLS)].text}}
        draft.components[place] = replace(seasoned, parameters={**seasoned.parameters, **comment})
