"""With `--json`, standard output is one JSON document with the fields that programs rely on."""

from tests.cli.user import PATIENCE, User

REPORT = {
    "account",
    "advice",
    "began",
    "deleted",
    "ended",
    "exit_code",
    "format",
    "gaps",
    "identity",
    "inventory",
    "judged",
    "limits",
    "matched",
    "mode",
    "outcomes",
    "plan",
    "policies",
    "region",
    "run",
    "tally",
    "vault",
}


def test_plan_has_the_plan_and_its_report_of_each_target(due: User) -> None:
    (answer,) = due("plan", "--json").answer
    assert answer.keys() == {"plan", "report"}
    assert len(answer["plan"]["digest"]) == 64
    assert [unit.keys() >= {"entities", "steps"} for unit in answer["plan"]["units"]] == [True] * 2
    assert answer["report"].keys() >= REPORT
    assert answer["report"]["mode"] == "plan"


def test_sweep_has_a_report_of_each_target(user: User) -> None:
    ran = user.shell("sweep", "--json")
    (answer,) = ran.answer
    assert ran.code == answer["exit_code"] == 0
    assert answer.keys() >= REPORT
    assert answer["endpoint"] == user.box.url


def test_sweep_has_an_error_where_there_can_be_no_report(due: User) -> None:
    due.breaks("deny", "GetCallerIdentity")
    ran = due("sweep", "--json")
    (answer,) = ran.answer
    assert ran.code == answer["exit_code"] == 3
    assert answer.keys() == {"error", "message", "advice", "exit_code", "target"}
    assert answer["target"] == "123456789012/us-east-1"


def test_explain_has_every_policy_with_its_findings(due: User) -> None:
    (answer,) = due("explain", "old-one", "--json").answer
    assert answer.keys() == {
        *("kind", "name", "arn", "created", "owner", "above", "parts", "verdict", "next"),
        *("kept_by", "policies"),
    }
    (policy,) = answer["policies"]
    assert policy.keys() == {
        *("policy", "place", "judged", "verdict", "against", "findings", "keep", "tags", "next")
    }
    assert (answer["verdict"], policy["verdict"]) == ("delete", "delete")
    assert policy["findings"][1] == {
        "holds": "true",
        "text": "idle 60d of 30d",
        "turns": None,
        "parts": [],
    }


def test_report_is_the_one_that_the_sweep_told(user: User) -> None:
    (told,) = user("sweep", "--json").answer
    assert user("report", "--json").answer == told
    assert user("report", "list", "--json").answer == [told["run"]]


def test_approve_says_who_until_when_and_whether_it_was_needed(due: User) -> None:
    due.settles(limits=PATIENCE | {"hard": {"share": "100%"}})
    digest = due.plan()
    answer = due("approve", digest[:8], "--json").answer
    assert answer.keys() == {"digest", "by", "at", "expires", "was_needed", "deletes"}
    assert (answer["digest"], answer["was_needed"]) == (digest, True)


def test_config_show_has_each_value_with_its_origin(user: User) -> None:
    rows = {row["name"]: row for row in user("config", "show", "--json").answer}
    assert rows["run.lease"] == {"name": "run.lease", "value": "2s", "origin": "sagewarden.yaml"}
    assert rows["run.lanes"] == {"name": "run.lanes", "value": 8, "origin": "default"}


def test_policy_validate_has_the_digest_and_every_file(user: User) -> None:
    answer = user("policy", "validate", "--json").answer
    assert answer.keys() == {"digest", "files", "policies", "protections", "warnings"}
    assert answer["policies"] == ["old-trees"]
    assert [each.keys() for each in answer["files"]] == [{"path", "sha256"}]


def test_pause_says_by_whom_and_why(user: User) -> None:
    (answer,) = user("pause", "--reason", "audit", "--json").answer
    assert answer.keys() == {"target", "was_paused", "paused", "by", "since", "reason"}
    assert (answer["paused"], answer["reason"]) == (True, "audit")


def test_an_error_is_json_too(user: User) -> None:
    for words, code in ((["plan", "--at", "never"], 2), (["plan", "--nonsense"], 2)):
        ran = user(*words, "--json")
        assert ran.code == code
        assert ran.answer.keys() == {"error", "message", "advice", "exit_code"}
        assert ran.answer["exit_code"] == code
        assert ran.err == ""
