"""Experiments and trials as somebody made them, before anything hangs on them."""

from dataclasses import dataclass
from random import Random

from sagewarden.sandbox.records import Experiment, Trial, Wire
from sagewarden.sandbox.seed.dates import MINUTE, Span, span_of
from sagewarden.sandbox.seed.draft import Draft
from sagewarden.sandbox.seed.tags import Tags, user_tags
from sagewarden.sandbox.seed.words import Family, experiment_name

MOST_COMPONENTS = 50
"""AWS's default quota of components in one trial."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """An experiment about to be filled: its name, its span, who made it and with what tags."""

    name: str
    span: Span
    tags: Tags
    author: Wire
    source: Wire | None = None

    @property
    def key(self) -> str:
        """The name as AWS compares it."""
        return self.name.lower()


def plant(
    draft: Draft, rng: Random, family: Family, *, span: Span | None = None, lower: bool = False
) -> Tree:
    """Make an experiment named after this family, in `lower` case as the SDK's `Run` does.

    Its span is drawn unless given.
    """
    person, author = draft.anyone(rng)
    name = experiment_name(rng, family.prefix, draft.serial())
    tree = Tree(
        name=name.lower() if lower else name,
        span=span or span_of(rng, draft.now, idle=family.idle),
        tags=user_tags(rng, family.prefix, person),
        author=author,
    )
    grow(draft, tree)
    return tree


def grow(draft: Draft, tree: Tree, description: str | None = None) -> None:
    """Write the experiment of a tree; it was made a moment before its first trial."""
    draft.experiments.append(
        Experiment(
            name=tree.name,
            created=round(tree.span.first - 2 * MINUTE, 3),
            modified=round(tree.span.first - MINUTE, 3),
            description=description,
            source=tree.source,
            created_by=tree.author,
            modified_by=tree.author,
            tags=tree.tags,
            made_by_aws=tree.source is not None,
        )
    )


def branch(draft: Draft, tree: Tree, name: str, at: float | None = None) -> str:
    """Write a trial made at `at` (epoch seconds; else with the tree) and return its key."""
    made = round(tree.span.first - MINUTE, 3) if at is None else at
    draft.trials.append(
        Trial(
            name=name,
            experiment=tree.key,
            created=made,
            modified=made,
            source=tree.source,
            created_by=tree.author,
            modified_by=tree.author,
            tags=tree.tags,
            made_by_aws=tree.source is not None,
        )
    )
    return name.lower()
