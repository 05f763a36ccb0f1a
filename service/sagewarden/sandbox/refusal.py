"""How the sandbox says no, in AWS's codes and words."""


class Refusal(Exception):  # noqa: N818 - an answer of the service, not a defect of ours
    """An error answer: its code, its message and its HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


def invalid(message: str) -> Refusal:
    """Refuse a request that contradicts the rules."""
    return Refusal("ValidationException", message)


def missing(what: str, arn: str) -> Refusal:
    """Refuse a name that is not there; the code has no "Exception" suffix (service model)."""
    return Refusal("ResourceNotFound", f"{what} '{arn}' does not exist.")


def over_quota(quota: str, unit: str, limit: int) -> Refusal:
    """Refuse what would pass an account-level limit."""
    return Refusal(
        "ResourceLimitExceeded",
        f"The account-level service limit '{quota}' is {limit} {unit}, with current utilization "
        f"of {limit} {unit} and a request delta of 1 {unit}. Please use AWS Service Quotas to "
        "request an increase for this quota.",
    )


THROTTLED = Refusal("ThrottlingException", "Rate exceeded")
BROKEN = Refusal("InternalFailure", "The request processing has failed.", 500)
