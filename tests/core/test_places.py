"""Places in S3: one spelling for each, and none for what cannot be compared."""

import pytest

from sagewarden.core.places import is_s3, locate


@pytest.mark.parametrize(
    ("uri", "place"),
    [
        ("s3://ml/jobs/a/model.tar.gz", "ml/jobs/a/model.tar.gz"),
        ("S3://ML//jobs/a/", "ml/jobs/a"),
        ("s3a://ml/a", "ml/a"),
        ("s3://ml", "ml"),
        ("s3://ml/A?b#c", "ml/A?b#c"),
        ("https://ml.s3.amazonaws.com/a%20b", "ml/a b"),
        ("https://my.bucket.s3.eu-west-1.amazonaws.com/a?versionId=1", "my.bucket/a"),
        ("https://s3.eu-west-1.amazonaws.com/ml/a", "ml/a"),
        ("HTTPS://ml.s3.amazonaws.com/a", "ml/a"),
        ("https://s3.eu-west-1.amazonaws.com/ML/a", "ml/a"),
        ("https://s3-eu-west-1.amazonaws.com/ml/a", "ml/a"),
        ("https://ml.s3.cn-north-1.amazonaws.com.cn/a", "ml/a"),
        ("https://ML.s3.dualstack.eu-west-1.amazonaws.com./a", "ml/a"),
        ("https://me@ml.s3.amazonaws.com:443/a", "ml/a"),
        (
            "https://ml--euw1-az1--x-s3.s3express-euw1-az1.eu-west-1.amazonaws.com/a",
            "ml--euw1-az1--x-s3/a",
        ),
    ],
)
def test_a_place_has_one_spelling(uri: str, place: str) -> None:
    assert locate(uri) == place


@pytest.mark.parametrize(
    "uri",
    [
        "s3://arn:aws:s3:eu-west-1:123456789012:accesspoint/ml/a",
        "s3://ml-abc-s3alias/a",
        "s3://ml-abc--ol-s3/a",
        "s3://ml-abc--xa-s3/a",
        "s3://abc.mrap/a",
        "https://ml-123456789012.s3-accesspoint.eu-west-1.amazonaws.com/a",
        "https://ml-123456789012.s3-object-lambda.eu-west-1.amazonaws.com/a",
        "https://abc.mrap.accesspoint.s3-global.amazonaws.com/a",
        "https://ml.bucket.vpce-1a2b3c4d-5e6f.s3.eu-west-1.vpce.amazonaws.com/a",
        "s3:///a",
    ],
)
def test_what_an_access_point_hides_has_no_place(uri: str) -> None:
    assert (is_s3(uri), locate(uri)) == (True, None)


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "s3",
        "ml/a",
        "https://example.com/ml/a",
        "https://s3.example.com/a",
        "git://s3/a",
        "ftp://ml.s3.amazonaws.com/a",
    ],
)
def test_what_is_elsewhere_is_not_in_s3(uri: str) -> None:
    assert (is_s3(uri), locate(uri)) == (False, None)
