"""`explain`: every rule for and against, and the day on which it will change."""

from tests.cli.user import DAY, POLICIES, User

from sagewarden.core.canonical import read_time

MANY = """\
version: 1
policies:
  - name: old-trees
    resource: experiment
    match:
      name: "old-*"
      any: [{idle: 90d}, {tags: {scratch: present}}]
    action: delete
    grace: 7d
  - name: few-trials
    resource: trial
    match: {idle: 30d}
    keep: {last: 2, within: 1d}
    action: delete
    grace: 7d
  - name: tagged
    resource: experiment
    match: {name: "old-*"}
    require: {owner: present, team: {default: none-yet}}
    action: tag
"""


def test_a_condition_that_will_turn_has_its_day(user: User) -> None:
    user.governs(MANY)
    (answer,) = user("explain", "old-one", "--json").answer
    policy = next(each for each in answer["policies"] if each["policy"] == "old-trees")
    assert policy["verdict"] is None
    one_of = policy["findings"][1]
    assert [(part["holds"], part["text"]) for part in one_of["parts"]] == [
        ("false", "idle 60d of 90d"),
        ("false", "no tag scratch, wanted present"),
    ]
    assert one_of["turns"] == policy["next"]["when"] == one_of["parts"][0]["turns"]
    left = read_time(policy["next"]["when"]) - read_time(answer["created"])
    assert abs(left.total_seconds() - 90 * DAY) < 60


def test_each_keep_rule_says_whether_it_keeps(user: User) -> None:
    user.governs(MANY)
    (answer,) = user("explain", "old-two-trial", "--json").answer
    policy = next(each for each in answer["policies"] if each["policy"] == "few-trials")
    assert [(each["rule"], bool(each["reasons"])) for each in policy["keep"]] == [
        ("keep.last: 2", True),
        ("keep.within: 1d", True),
    ]


def test_each_required_tag_says_how_it_stands(user: User) -> None:
    user.governs(MANY)
    (answer,) = user("explain", "old-one", "--json").answer
    policy = next(each for each in answer["policies"] if each["policy"] == "tagged")
    assert [(each["key"], each["state"]) for each in policy["tags"]] == [
        ("owner", "violation"),
        ("team", "repair"),
    ]


def test_a_component_is_explained_by_the_trees_that_it_belongs_to(due: User) -> None:
    ran = due("explain", "one-a")
    assert ran.code == 0
    assert "policy old-trees on experiment old-one: delete" in ran.words


def test_a_name_of_several_things_says_so(user: User) -> None:
    user.makes("CreateTrialComponent", TrialComponentName="live")
    ran = user("explain", "live")
    assert ran.out.startswith("2 things are called live; --kind tells kinds apart.")
    (answer,) = user("explain", "live", "--kind", "trial-component", "--json").answer
    assert answer["kind"] == "trial-component"


def test_a_name_that_nothing_has_is_told_where_the_deleted_are(user: User) -> None:
    assert (
        "What was deleted is found by `sagewarden archive list NAME`." in user("explain", "x").words
    )


def test_a_name_that_nothing_has_gets_the_nearest(user: User) -> None:
    ran = user("explain", "old-onee")
    assert (ran.code, "Perhaps old-one" in ran.words) == (2, True)


def test_what_is_marked_says_when_it_can_be_deleted(user: User) -> None:
    user.governs(POLICIES.replace("grace: 1s", "grace: 14d"))
    ran = user("explain", "old-one")
    assert (
        "UTC it can be deleted, if a sweep marks it today and its notice is accepted" in ran.words
    )
