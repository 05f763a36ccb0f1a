"""How old a signature may be when its request arrives; whether it is right is not looked at.

A request must reach AWS within five minutes of its X-Amz-Date (AWS's knowledge centre, on Lambda),
and may not be ahead by more. Clients report `InvalidSignatureException` in these words, with status
400 from a JSON RPC service (Kinesis) and 403 from REST ones (Lambda, Glacier); that SageMaker's
services answer as others of their protocols do is inferred. S3 takes 15 minutes and answers 403
with a code of its own (its list of errors; MaxAllowedSkewMilliseconds in its answers).
"""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from sagewarden.sandbox.knobs import Knobs
from sagewarden.sandbox.operations.registry import SERVICES
from sagewarden.sandbox.refusal import Refusal

WRITTEN = "%Y%m%dT%H%M%SZ"
STAMP = re.compile(r"\d{8}T\d{6}Z")
SKEWED = Refusal(
    "RequestTimeTooSkewed",
    "The difference between the request time and the current time is too large.",
    403,
)


def outdated(service: str, signed: str, arrived: float, knobs: Knobs) -> Refusal | None:
    """Refuse a signature that is too old, or too far ahead, in whole seconds as it is written.

    `signed` is X-Amz-Date; `arrived` is the machine's time in epoch seconds (UTC). Services that
    moto plays, except S3, take any age.
    """
    seconds = knobs.s3_signature_age_seconds if service == "s3" else knobs.signature_age_seconds
    if service != "s3" and service not in SERVICES:
        return None
    first, last = _window(int(arrived), seconds)
    if first <= signed <= last or not STAMP.fullmatch(signed):
        return None
    if service == "s3":
        return SKEWED
    now, minutes = _stamp(datetime.fromtimestamp(int(arrived), UTC)), f"{seconds / 60:g} min."
    told = (
        f"Signature expired: {signed} is now earlier than {first} ({now} - {minutes})"
        if signed < first
        else f"Signature not yet current: {signed} is still later than {last} ({now} + {minutes})"
    )
    return Refusal("InvalidSignatureException", told)


@lru_cache(maxsize=8)
def _window(arrived: int, seconds: float) -> tuple[str, str]:
    """Return the first and the last stamp that are taken; stamps sort as times do."""
    now, most = datetime.fromtimestamp(arrived, UTC), timedelta(seconds=seconds)
    return _stamp(now - most), _stamp(now + most)


def _stamp(moment: datetime) -> str:
    return moment.strftime(WRITTEN)
