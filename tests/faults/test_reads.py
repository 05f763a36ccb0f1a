"""One read of a run fails."""

from collections import defaultdict

from tests.faults.conftest import Grounds, Playing
from tests.faults.reads import KINDS, READS, failing_reads


def test_a_read_that_fails_only_ever_keeps_things(playing: Playing) -> None:
    """No effect without it, none that a clean run does not have; the next run makes up for it."""
    assert playing.violations(READS) == {}


def test_every_kind_of_read_fails_in_every_way_there_is_for_it(grounds: Grounds) -> None:
    """What is not paged has no pages to lead astray; who we are is moto's own answer."""
    ways: dict[str, set[str]] = defaultdict(set)
    for point in failing_reads(grounds.of(READS)):
        ways[point.read.kind].add(point.failure)
    assert set(ways) == KINDS
    assert {kind: len(found) for kind, found in ways.items()} == {
        **dict.fromkeys(("ListTags", "ListTrials", "ListTrialComponents", "ListExperiments"), 10),
        **dict.fromkeys(("ListAssociations", "experiment", "experimenttrial"), 10),
        "experimenttrialcomponent": 11,
        **dict.fromkeys(("DescribeExperiment", "DescribeTrial", "DescribeTrialComponent"), 9),
        "BatchGetMetrics": 8,
        "GetCallerIdentity": 5,
        "get": 5,
        "list": 2,
    }
