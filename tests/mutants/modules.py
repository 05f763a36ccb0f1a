"""What the mutation tool plays: each module of the core and of the effects, and its tests.

A change meets the tests named here; one inside a function of the core, the golden cases too. Few of
them are of a whole run: what lives here may still die of one.
"""

from tests.mutants.catalogue import ROOT

CORE = "service/sagewarden/core/"
AWS = "service/sagewarden/adapters/aws/"

FIRST: dict[str, tuple[str, ...]] = {
    f"{CORE}deletion.py": ("tests/core/test_deletion.py", "tests/core/test_tags.py"),
    f"{CORE}evidence.py": ("tests/core/test_evidence.py",),
    f"{CORE}journal.py": ("tests/core/test_journal.py", "tests/application/test_journal.py"),
    f"{CORE}limits.py": ("tests/core/test_limits.py",),
    f"{CORE}marks.py": ("tests/core/test_marks.py",),
    f"{CORE}protection.py": ("tests/core/test_protection.py", "tests/core/test_models.py"),
    f"{CORE}planner.py": ("tests/core/test_planner.py",),
    f"{CORE}plan.py": ("tests/core/test_plan.py",),
    f"{CORE}fingerprint.py": ("tests/core/test_fingerprint.py",),
    f"{AWS}effects.py": ("tests/aws/test_effects.py",),
    f"{AWS}sending.py": ("tests/aws/test_effects.py", "tests/aws/test_tagging.py"),
    f"{AWS}tagging.py": ("tests/aws/test_tagging.py",),
    f"{CORE}baseline.py": ("tests/core/test_baseline.py",),
    f"{CORE}archive.py": ("tests/core/test_archive.py",),
    f"{CORE}bundles.py": ("tests/core/test_bundles.py",),
    f"{CORE}writes.py": ("tests/core/test_writes.py",),
    f"{CORE}deletions.py": ("tests/core/test_deletions.py",),
    f"{CORE}forest.py": ("tests/core/test_forest.py",),
    f"{CORE}inventory.py": (
        "tests/core/test_inventory.py",
        "tests/core/test_protection.py",
        "tests/core/test_forest.py",
    ),
    f"{CORE}judge.py": ("tests/core/test_judge.py",),
    f"{CORE}escalation.py": ("tests/core/test_escalation.py",),
    f"{CORE}unset.py": ("tests/settings/test_settings.py",),
    f"{CORE}tag_words.py": ("tests/core/test_tags.py",),
    f"{CORE}tags.py": ("tests/core/test_tags.py",),
    f"{CORE}delete_after.py": ("tests/core/test_delete_after.py",),
    f"{CORE}entities.py": ("tests/core/test_entities.py",),
    f"{CORE}reconcile.py": ("tests/aws/test_reconcile.py",),
    f"{CORE}truth.py": ("tests/core/test_truth.py",),
    f"{CORE}canonical.py": ("tests/core/test_canonical.py",),
    f"{CORE}keys.py": ("tests/vault/test_keys.py",),
    f"{CORE}leaves.py": ("tests/core/test_conditions.py",),
    f"{CORE}measures.py": ("tests/core/test_conditions.py",),
    f"{CORE}conditions.py": ("tests/core/test_conditions.py",),
    f"{CORE}comparisons.py": ("tests/core/test_comparisons.py",),
    f"{CORE}keep.py": ("tests/core/test_keep.py",),
    f"{CORE}tagging.py": ("tests/core/test_tagging.py",),
    f"{CORE}observe.py": ("tests/core/test_observe.py",),
    f"{CORE}needs.py": ("tests/core/test_needs.py",),
    f"{CORE}owners.py": ("tests/core/test_owners.py",),
    f"{CORE}durations.py": ("tests/policyfiles/test_durations.py",),
    f"{CORE}rules.py": ("tests/core/test_rules.py", "tests/policyfiles/test_digests.py"),
    f"{CORE}globs.py": ("tests/core/test_globs.py",),
    f"{CORE}patterns.py": ("tests/core/test_patterns.py",),
    f"{CORE}pattern_syntax.py": ("tests/core/test_patterns.py",),
    f"{CORE}rebirth.py": ("tests/restore/test_rebirth.py",),
    f"{CORE}rehearsal.py": ("tests/core/test_rehearsal.py",),
    f"{CORE}report.py": ("tests/reports/test_json_report.py", "tests/reports/test_versions.py"),
    f"{CORE}report_rows.py": ("tests/core/test_figures.py",),
    f"{CORE}visible.py": ("tests/reports/test_visible.py",),
    f"{CORE}holds.py": ("tests/core/test_holds.py", "tests/core/test_holdable.py"),
    f"{CORE}recording.py": ("tests/policyfiles/test_recording.py",),
}


def near(name: str) -> tuple[str, ...]:
    """The tests of a module of the core that is not listed: those that bear its name, if any."""
    named = f"tests/core/test_{name}"
    return (named,) if (ROOT / named).exists() else ("tests/core/test_judge.py",)


NEAR = FIRST | {
    f"{CORE}{path.name}": near(path.name)
    for path in sorted((ROOT / CORE).glob("*.py"))
    if f"{CORE}{path.name}" not in FIRST and path.name != "__init__.py"
}
"""The modules that matter most come first."""

GOLDEN = "tests/golden/test_golden.py"

FAR = tuple(sorted({test for tests in NEAR.values() for test in tests} | {GOLDEN}))
