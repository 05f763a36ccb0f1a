"""Everything about the sandbox that can be set, when it starts and while it runs."""

from dataclasses import dataclass, field, fields
from typing import Any, Literal

Touch = Literal["none", "self", "above", "both"]
"""Whose LastModifiedTime a call moves: the component's, that of all above it, both, nobody's."""

DEFAULT_ACCOUNT = "123456789012"


@dataclass(slots=True, kw_only=True)
class Knobs:
    """Settings of a running sandbox. Seconds are its own clock's unless said otherwise."""

    rates: dict[str, float] = field(default_factory=dict)
    """Calls a second by operation name, each account and region apart. `*` stands for all other
    operations of SageMaker, its metrics and the tagging API; moto's services go by name only."""
    burst: float = 1.0
    """How many calls a rate lets through at once after a quiet time."""
    latency_ms: dict[str, float] = field(default_factory=dict)
    """Milliseconds (machine time) each answer waits, by operation name; `*` for all others."""
    search_lag_seconds: float = 0.0
    """How old the world is that Search answers from."""
    list_lag_seconds: float | None = None
    """The same for List calls by relation and without; None: as old as Search's."""
    search_depth: int = 10_000
    """Hits after which a Search ends, however many there are."""
    page_cap: int | None = None
    """No page is longer than this, whatever was asked for."""
    hidden_names: list[str] = field(default_factory=list)
    """Globs on names that Search leaves out without a word, as a visibility condition does."""
    linked_seconds: float = 0.0
    """After Disassociate, Delete answers "linked" for so long (sagemaker-python-sdk #1515)."""
    linked_probability: float = 1.0
    """Share of Disassociates after which it does; drawn from `seed` and the name."""
    seed: int = 0
    touch_on_tags: Touch = "none"
    touch_on_associate: Touch = "none"
    touch_on_disassociate: Touch = "none"
    touch_on_metrics: Touch = "self"
    create_touches_above: bool = False
    """Whether CreateTrial moves LastModifiedTime of its experiment."""
    parent_delete_code: str = "ValidationException"
    """How DeleteTrial and DeleteExperiment refuse while something hangs on them."""
    edges_hold_components: bool = False
    """Whether DeleteTrialComponent refuses while lineage edges touch it, or takes them along."""
    tagging_api_knows: bool = True
    """Whether resourcegroupstaggingapi covers experiments, trials and components at all."""
    tagging_api_refuses: list[str] = field(default_factory=list)
    """Globs on ARNs that TagResources reports as failed inside its HTTP 200."""
    denied: dict[str, list[str]] = field(default_factory=dict)
    """By account, by the ARN of a role that was assumed, or by `*`: globs on IAM actions
    (`sagemaker:DeleteTrial`, `tag:*`, `s3:PutObject`) that answer AccessDeniedException."""
    protected_tags: list[str] = field(default_factory=list)
    """Globs on tag keys: IAM refuses Delete and Disassociate of what carries one."""
    trials_per_experiment: int = 300
    components_per_trial: int = 50
    metric_points_per_query: int = 1_000
    """Points after which a BatchGetMetrics query answers Truncated."""
    metric_max_age_days: float = 14.0
    """BatchPutMetrics refuses older points."""
    signature_age_seconds: float = 300.0
    """How far X-Amz-Date may be from the machine's clock (clients sign by that one, so it does not
    follow the sandbox's) when a call of SageMaker, its metrics or the tagging API arrives."""
    s3_signature_age_seconds: float = 900.0
    """The same for S3. Moto's other services take signatures of any age."""

    def to_json(self) -> dict[str, Any]:
        """Return every setting by name."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def update(self, settings: dict[str, Any]) -> None:
        """Set some of them; an unknown name is a KeyError."""
        known = {each.name for each in fields(self)}
        for name in settings:
            if name not in known:
                raise KeyError(name)
        for name, value in settings.items():
            setattr(self, name, value)
