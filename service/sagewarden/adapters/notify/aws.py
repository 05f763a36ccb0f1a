"""Channels of AWS's own: a topic of SNS, and e-mail by SES.

Both may come twice, always under the notice's id: in SNS's attributes and the message, in a header
of the mail and its last line. A FIFO topic drops the second by itself.
"""

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sagewarden.adapters.aws.errors import TRANSIENT, code_of, fault_of
from sagewarden.adapters.aws.session import AwsSession
from sagewarden.adapters.notify.persistence import Persistence, Refusal
from sagewarden.adapters.notify.wording import footing, keeping, lines, opening, subject, text
from sagewarden.core.addresses import address_of
from sagewarden.core.canonical import canonical
from sagewarden.core.visible import visible
from sagewarden.errors import NoticeRefused, SageWardenError

LARGEST_MESSAGE = 250_000
"""Bytes of a message; SNS takes 262,144 with its attributes (its quotas)."""

_LONGEST_OWNER = 200


class TopicChannel:
    """Publishes each notice: its JSON for programs, and a text for subscribers by e-mail."""

    counts = True

    def __init__(self, name: str, arn: str, session: AwsSession, tries: Persistence) -> None:
        self.name = name
        self._arn = arn
        self._session = session
        self._tries = tries

    def send(self, notice: Mapping[str, Any]) -> None:
        """Publish one notice; raise NoticeRefused unless SNS gives it a MessageId."""
        request = self._request(notice)
        self._tries.deliver(lambda: _attempt(lambda: self._client().publish(**request)))

    def _client(self) -> Any:
        return self._session.reading("sns")

    def _request(self, notice: Mapping[str, Any]) -> dict[str, Any]:
        owner = visible(notice["owner"])[:_LONGEST_OWNER] or "(nobody)"
        told = {"notice": notice["id"], "target": notice["target"], "owner": owner}
        request = {
            "TopicArn": self._arn,
            "Subject": subject(notice)[:100],
            "Message": _message(notice),
            "MessageStructure": "json",
            "MessageAttributes": {
                key: {"DataType": "String", "StringValue": value} for key, value in told.items()
            },
        }
        if self._arn.endswith(".fifo"):
            request |= {"MessageGroupId": notice["target"], "MessageDeduplicationId": notice["id"]}
        return request


def _message(notice: Mapping[str, Any]) -> str:
    """Return what each protocol gets; the text is left out where there is no room for both."""
    whole = canonical(notice).decode("ascii")
    both = canonical({"default": whole, "email": text(notice)})
    alone = canonical({"default": whole})
    return (both if len(both) <= LARGEST_MESSAGE else alone).decode("ascii")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing:
    """Who writes, and to whom: owners within `domains`, or always to one `receiver`."""

    sender: str
    reply_to: str | None = None
    domains: tuple[str, ...] = ()
    receiver: str | None = None
    configuration_set: str | None = None


class EmailChannel:
    """Mails each notice to its owner, if that is an address which may be written to."""

    counts = True

    def __init__(
        self, name: str, mailing: Mailing, session: AwsSession, tries: Persistence
    ) -> None:
        self.name = name
        self._mailing = mailing
        self._session = session
        self._tries = tries

    def send(self, notice: Mapping[str, Any]) -> None:
        """Mail one notice; raise NoticeRefused unless SES gives it a MessageId.

        SES makes the message of these parts: no text of ours becomes a header but the subject,
        which is ASCII on one line, and the notice's id.
        """
        to = self._mailing.receiver or address_of(notice["owner"], self._mailing.domains)
        if to is None:
            raise NoticeRefused("the owner is no address within notice.email.domains")
        request = self._request(notice, to)
        self._tries.deliver(lambda: _attempt(lambda: self._client().send_email(**request)))

    def _client(self) -> Any:
        return self._session.reading("sesv2")

    def _request(self, notice: Mapping[str, Any], to: str) -> dict[str, Any]:
        mailing = self._mailing
        simple = {
            "Subject": _content(subject(notice)),
            "Body": {"Text": _content(text(notice)), "Html": _content(page(notice))},
            "Headers": [{"Name": "SageWarden-Notice", "Value": notice["id"]}],
        }
        request: dict[str, Any] = {
            "FromEmailAddress": mailing.sender,
            "Destination": {"ToAddresses": [to]},
            "Content": {"Simple": simple},
        }
        if mailing.reply_to is not None:
            request["ReplyToAddresses"] = [mailing.reply_to]
        if mailing.configuration_set is not None:
            request["ConfigurationSetName"] = mailing.configuration_set
        return request


def page(notice: Mapping[str, Any]) -> str:
    """Return the whole as HTML without a link, an image or a script, all text escaped."""
    items = "".join(f"<li><bdi>{html.escape(line)}</bdi></li>" for line in lines(notice))
    first, last, foot = (html.escape(each(notice)) for each in (opening, keeping, footing))
    return (
        '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>SageWarden</title>'
        f"<p><bdi>{first}</bdi></p><ul>{items}</ul><p>{last}</p><p><small>{foot}</small></p></html>"
    )


def _content(data: str) -> dict[str, str]:
    return {"Data": data, "Charset": "UTF-8"}


def _attempt(send: Callable[[], Mapping[str, Any]]) -> Refusal | None:
    try:
        answer = send()
    except SageWardenError as error:  # before anything was sent: a role, an endpoint
        return Refusal(error.message, may_change=False)
    except Exception as error:  # noqa: BLE001 -- sorted by what it means, as for every call
        told = ": ".join(filter(None, (getattr(error, "operation_name", ""), code_of(error))))
        return Refusal(told, may_change=fault_of(error) in TRANSIENT)
    if answer.get("MessageId"):
        return None
    return Refusal("the answer lacks MessageId", may_change=True)
