"""What is known of AWS's behaviour, fact by fact, and the test that holds the sandbox to it."""

import ast
from pathlib import Path

import pytest

FACTS = {
    "names are case-insensitive": "test_names_are_unique_whatever_their_case",
    "names keep their case in answers": "test_a_name_is_found_in_any_case_and_shown_in_its_own",
    "the ARN is made of the name": "test_an_arn_is_made_of_the_name",
    "a reused name has a new CreationTime": (
        "test_a_deleted_name_returns_with_another_creation_time"
    ),
    "missing names are ResourceNotFound, 400": "test_a_missing_name_is_resource_not_found",
    "a linked component is not deleted": "test_a_linked_component_is_not_deleted",
    "a trial with components is not deleted; its code is a knob": (
        "test_a_trial_with_components_is_not_deleted"
    ),
    "an experiment with trials is not deleted": "test_an_experiment_with_trials_is_not_deleted",
    "CreatedBy is empty for roles": "test_creators_are_empty_for_roles",
    "300 trials an experiment": "test_an_experiment_takes_300_trials",
    "50 components a trial": "test_the_51st_component_of_a_trial_is_refused",
    "what AWS makes by itself counts in no quota": "test_what_aws_made_counts_in_no_quota",
    "a component hangs on many trials of many experiments": (
        "test_a_component_hangs_on_many_trials"
    ),
    "Delete may answer linked after Disassociate": (
        "test_right_after_disassociate_delete_may_answer_linked"
    ),
    "LastModifiedTime after edges: either answer": (
        "test_whether_edges_move_last_modified_times_is_a_knob"
    ),
    "LastModifiedTime after tags: either answer": (
        "test_whether_tags_move_last_modified_times_is_a_knob"
    ),
    "LastModifiedTime above a new trial: either answer": (
        "test_whether_a_new_trial_moves_its_experiments_time_is_a_knob"
    ),
    "LastModifiedTime after metrics: either answer": (
        "test_whether_metrics_move_last_modified_times_is_a_knob"
    ),
    "List pages default to 10": "test_a_page_has_10_unless_told_otherwise",
    "List pages end at 100": "test_a_page_has_at_most_100",
    "component summaries: status, times, source; no tags, no parents": (
        "test_a_component_summary_has_status_and_source_but_no_tags_and_no_parents"
    ),
    "trial summaries name no experiment": "test_a_trial_summary_names_no_experiment",
    "ListTrialComponents takes one relation": "test_two_relations_at_once_are_refused",
    "ListTrialComponents without one gives the account": (
        "test_pages_together_hold_everything_once"
    ),
    "lists lag": "test_lists_lag_behind_describe",
    "ListTags pages hold at least 50": "test_a_page_of_tags_holds_at_least_50",
    "Search gives whole records": "test_a_component_comes_whole",
    "Search gives the source job": "test_a_component_of_a_job_has_the_jobs_record",
    "Search pages hold 100": "test_pages_hold_100_and_everything_once",
    "Search lags, Describe does not": "test_search_lags_and_describe_does_not",
    "Search ends at 10,000 hits": "test_hits_end_at_the_depth",
    "a visibility condition hides silently": ("test_a_visibility_condition_hides_without_a_word"),
    "filter operators": "test_a_filter_leaves_what_it_says",
    "20 filters": "test_more_than_20_filters_are_refused",
    "GetResources: things tagged only": "test_get_resources_knows_tagged_arns_only",
    "TagResources: 20 ARNs": "test_at_most_20_arns_are_tagged_at_once",
    "TagResources: partial failure in a 200": ("test_tag_resources_tells_failures_inside_a_200"),
    "the tagging API may not know these types": "test_the_tagging_api_may_not_know_these_types",
    "the tagging API speaks CBOR": "test_the_tagging_api_speaks_cbor_too",
    "BatchGetMetrics: 100 queries": "test_a_call_takes_100_queries",
    "BatchGetMetrics: components mix, each query has a status": (
        "test_one_call_mixes_components_and_each_query_has_its_status"
    ),
    "BatchGetMetrics: Truncated, no pages": "test_a_long_series_is_truncated_not_paged",
    "points without a step come as aggregates": (
        "test_points_without_a_step_come_back_as_aggregates_only"
    ),
    "BatchPutMetrics: 10 points": "test_a_call_takes_10_points",
    "BatchPutMetrics: lower-case name": "test_the_component_is_named_in_lower_case",
    "BatchPutMetrics: errors in a 200, 14 days": "test_errors_stand_inside_a_200",
    "metric summaries are computed": "test_summaries_are_computed_from_the_points",
    "tag values: letters of any script, no commas, quotes, semicolons; 256": (
        "test_a_tag_value_of_other_letters_is_refused"
    ),
    "50 tags": "test_a_51st_tag_is_refused",
    "IAM refuses by resource tag": "test_iam_can_refuse_to_delete_what_carries_a_tag",
    "lengths and counts of a component's fields": ("test_a_component_out_of_bounds_is_refused"),
    "free text is free": "test_hostile_text_is_taken_and_given_back",
    "ThrottlingException, Rate exceeded, 400": "test_a_rate_throttles_what_is_faster",
    "limits are per account, region and operation": ("test_rates_hold_for_each_account_apart"),
    "a cut-off body reads as an empty answer": ("test_a_truncated_body_becomes_an_empty_answer"),
    "artifacts are shared by source URI": "test_artifacts_are_shared_by_their_source_uri",
    "edges may hold a component: either answer": "test_edges_may_hold_a_component",
    "S3 writes conditionally": "test_s3_writes_conditionally",
    "a delete marker hides a version": "test_s3_keeps_versions",
    "S3 tells a delete marker from an absence": "test_s3_tells_a_delete_marker_from_an_absence",
    "a signature is good for five minutes": "test_a_call_signed_over_five_minutes_ago_is_refused",
    "a signature may be five minutes ahead": (
        "test_a_call_signed_over_five_minutes_ahead_is_refused"
    ),
    "S3 takes signatures of 15 minutes": "test_s3_takes_signatures_of_15_minutes",
    "the SDK's Run": "test_a_run_leaves_what_the_sdk_makes",
}


@pytest.fixture(scope="module")
def tests() -> set[str]:
    """Collect the names of all tests of this folder."""
    trees = (ast.parse(path.read_text()) for path in Path(__file__).parent.glob("test_*.py"))
    nodes = (node for tree in trees for node in ast.walk(tree))
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("fact", sorted(FACTS))
def test_a_fact_has_its_test(fact: str, tests: set[str]) -> None:
    """The table names tests that exist."""
    assert FACTS[fact] in tests
