"""Fixtures: what is written down becomes an account; what is not understood is refused."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sagewarden.adapters.policyfiles.fixtures import load_fixtures
from sagewarden.adapters.policyfiles.problems import FixturesRefused
from sagewarden.core.entities import Kind, Origin, Quantity
from sagewarden.core.judge import Verdict
from sagewarden.core.rehearsal import Fixture

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
POLICY = """\
version: 1
policies:
  - {name: old, resource: experiment, match: {idle: 30d}, action: delete, grace: 7d}
"""
GOOD = """\
version: 1
now: "2026-03-01T12:00:00Z"
swept: 30d
account:
  account_id: "210987654321"
  region: eu-west-1
  experiments:
    - {name: Tree, display_name: The tree, age: 90d, idle: 10d, tags: {team: vision, empty: ""}}
    - {name: plain}
    - {name: exact, created: "2026-01-01T00:00:00Z", changed: "2026-02-01T01:00:00+01:00"}
  trials:
    - {name: branch, experiment: Tree, held: an audit, origin: pipeline}
    - {name: lost, experiment: unknown}
  components:
    - {name: leaf, trials: [branch, lost], status: Failed, source: "arn:aws:x",
       parameters: {lr: 0.1, net: wide}, metrics: {loss: 0.5, acc: {last: 0.7, max: 0.9}},
       artifacts: ["s3://ml/b", "s3://ml/a"]}
    - {name: bare, status: absent, trials: unknown, tags: unknown, created_by: ana,
       artifacts: unknown}
  models:
    - {package: churn/3, artifacts: "s3://ml/a"}
expect:
  - {experiment: tree, verdict: mark, policy: old, because: [one, two]}
  - {trial-component: leaf, verdict: unmatched}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "old.yaml").write_text(POLICY)
    (tmp_path / "tests").mkdir()
    return tmp_path


@pytest.fixture
def good(folder: Path) -> Fixture:
    (folder / "tests" / "good.yaml").write_text(GOOD)
    return load_fixtures(folder)[0]


def refused(folder: Path, old: str, new: str) -> list[tuple[int, str, str]]:
    """Line, path and finding of each problem, after one change of the good fixture."""
    assert old in GOOD
    (folder / "tests" / "bad.yaml").write_text(GOOD.replace(old, new))
    with pytest.raises(FixturesRefused) as error:
        load_fixtures(folder)
    return [(each.line, each.path, each.found) for each in error.value.problems]


def test_a_fixture_is_for_the_policies_above_it_unless_it_says(good: Fixture, folder: Path) -> None:
    assert good.policies == str(folder)


def test_a_fixture_may_name_its_policies(folder: Path) -> None:
    fixture = folder / "tests" / "named.yaml"
    fixture.write_text(GOOD.replace("now:", "policies: ../old.yaml\nnow:"))
    assert load_fixtures(fixture)[0].policies == str(folder / "old.yaml")


def test_ages_are_counted_back_from_now(good: Fixture) -> None:
    tree = good.inventory.experiments["tree"]
    assert (tree.created, tree.modified) == (NOW - timedelta(days=90), NOW - timedelta(days=10))


def test_what_has_no_age_is_a_year_old(good: Fixture) -> None:
    plain = good.inventory.experiments["plain"]
    assert (plain.created, plain.modified) == (NOW - timedelta(days=365), NOW - timedelta(days=365))


def test_times_may_be_exact(good: Fixture) -> None:
    exact = good.inventory.experiments["exact"]
    expected = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))
    assert (exact.created, exact.modified) == expected


def test_a_component_hangs_on_its_trials(good: Fixture) -> None:
    leaf = good.inventory.components["leaf"]
    assert (leaf.trials, leaf.status, leaf.source_arn) == (
        ("branch", "lost"),
        "Failed",
        "arn:aws:x",
    )


def test_a_component_has_parameters(good: Fixture) -> None:
    assert good.inventory.components["leaf"].parameters == {"lr": 0.1, "net": "wide"}


def test_a_metric_is_a_number_or_its_summaries(good: Fixture) -> None:
    assert good.inventory.components["leaf"].metrics == {
        Quantity("loss", "last"): (0.5,),
        Quantity("loss", "min"): (0.5,),
        Quantity("loss", "max"): (0.5,),
        Quantity("loss", "avg"): (0.5,),
        Quantity("loss", "count"): (1.0,),
        Quantity("acc", "last"): (0.7,),
        Quantity("acc", "max"): (0.9,),
    }


def test_what_could_not_be_read_is_written_as_unknown(good: Fixture) -> None:
    bare, lost = good.inventory.components["bare"], good.inventory.trials["lost"]
    assert (bare.tags, bare.parents, bare.status, lost.experiment) == (None, None, None, None)


def test_a_component_left_things_in_s3(good: Fixture) -> None:
    leaf, bare = good.inventory.components["leaf"], good.inventory.components["bare"]
    assert (leaf.artifacts, bare.artifacts) == (("s3://ml/a", "s3://ml/b"), None)


def test_an_account_has_models_in_use(good: Fixture) -> None:
    assert good.models.behind(("s3://ml/a",)) == ("its model is registered: model package churn/3",)


def test_models_may_be_unknown(folder: Path) -> None:
    models = """models:
    - {package: churn/3, artifacts: "s3://ml/a"}"""
    (folder / "tests" / "unknown.yaml").write_text(GOOD.replace(models, "models: unknown"))
    assert load_fixtures(folder)[0].models.unread == "the fixture says so"


@pytest.mark.parametrize(
    ("new", "found"),
    [
        ("{endpoint: a, package: b, artifacts: s3://ml/a}", "2 names of what rests on it"),
        ("{artifacts: s3://ml/a}", "0 names of what rests on it"),
        ("{package: a, artifacts: ml/a}", "`ml/a`"),
        ("{package: a}", "no `artifacts`"),
    ],
)
def test_a_model_names_one_user_and_its_places(folder: Path, new: str, found: str) -> None:
    problems = refused(folder, '{package: churn/3, artifacts: "s3://ml/a"}', new)
    assert [each[2] for each in problems] == [found]


def test_tags_may_be_empty(good: Fixture) -> None:
    assert good.inventory.experiments["tree"].tags == {"team": "vision", "empty": ""}


def test_a_hold_has_its_reason(good: Fixture) -> None:
    branch = good.inventory.trials["branch"]
    assert good.holds == {branch.identity: ("held: an audit",)}


def test_names_of_people_and_origins_are_read(good: Fixture) -> None:
    bare, branch = good.inventory.components["bare"], good.inventory.trials["branch"]
    assert (bare.created_by, branch.origin) == ("ana", Origin.PIPELINE)


def test_an_expectation_knows_what_it_is_of(good: Fixture) -> None:
    first = good.expectations[0]
    assert (first.kind, first.name, first.verdict, first.policy, first.because) == (
        Kind.EXPERIMENT,
        "tree",
        Verdict.MARK,
        "old",
        ("one", "two"),
    )


def test_an_account_belongs_to_its_target(good: Fixture) -> None:
    assert str(good.inventory.target) == "210987654321/eu-west-1"


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("version: 1", "version: 2", (1, "version", "the version `2`")),
        ("version: 1\n", "", (1, "version", "no `version`")),
        (
            '"2026-03-01T12:00:00Z"',
            "2026-03-01",
            (2, "now", "`2026-03-01`, which is not the same thing to every YAML reader"),
        ),
        ('"2026-03-01T12:00:00Z"', '"2026-03-01"', (2, "now", "`2026-03-01`, which has no zone")),
        ('"2026-03-01T12:00:00Z"', "soon", (2, "now", "`soon`, which is not a time")),
        ("swept: 30d", "swept: 2y", (3, "swept", "a span of more than 400 days")),
        ("swept: 30d", "swpt: 30d", (3, "swpt", "an unknown key `swpt`")),
        ("swept: 30d", "policies: ../none", (3, "policies", "`../none`, where there is nothing")),
        ("name: plain", "name: tree", (9, "account.experiments[1]", "`tree` again")),
        ("name: plain", "nam: plain", (9, "account.experiments[1].nam", "an unknown key `nam`")),
        (
            "{name: plain}",
            "{name: plain, age: 2d, idle: 3d}",
            (9, "account.experiments[1].idle", "more idle time than age"),
        ),
        (
            "{name: plain}",
            '{name: plain, age: 2d, created: "2026-01-01T00:00:00Z"}',
            (9, "account.experiments[1].created", "both `age` and `created`"),
        ),
        ("status: Failed", "status: Faild", (15, "account.components[0].status", "`Faild`")),
        ("origin: pipeline", "origin: pipe", (12, "account.trials[0].origin", "`pipe`")),
        (
            ", experiment: unknown",
            "",
            (13, "account.trials[1].experiment", "no `experiment`"),
        ),
        ("verdict: mark", "verdict: gone", (23, "expect[0].verdict", "`gone`")),
        (
            "experiment: tree, verdict",
            "experiment: three, verdict",
            (23, "expect[0].experiment", "`three`, which the account lacks"),
        ),
        (
            "experiment: tree, verdict",
            "experiment: tree, trial: branch, verdict",
            (23, "expect[0]", "2 kinds with a name"),
        ),
        (
            "experiment: tree, verdict: mark",
            "verdict: mark",
            (23, "expect[0]", "0 kinds with a name"),
        ),
    ],
)
def test_a_fault_is_told_with_its_place(
    folder: Path, old: str, new: str, problem: tuple[int, str, str]
) -> None:
    assert problem in refused(folder, old, new)


def test_a_directory_without_fixtures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FixturesRefused, match="a directory without policy files"):
        load_fixtures(tmp_path)
