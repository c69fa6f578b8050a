"""Tells people that an alert has begun or ended: to a webhook and by e-mail. Knows nothing of where alerts are stored.

A message is sent once a run with all that is new. What cannot be sent is an error of its own.
"""

import os
import smtplib
import ssl
from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Any, Final
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import orjson

from archive.config.toml import Alerts
from archive.errors import CuttingsError
from archive.health.alerts import Alert
from archive.times import stamp

PASSWORD: Final = "CUTTINGS_SMTP_PASSWORD"  # noqa: S105 - the name of the environment variable
_SECONDS: Final = 15  # for a connection, and for each answer
_TEXT_LINES: Final = 50  # more alerts than a person reads


def tell(alerts: Sequence[Alert], settings: Alerts, user_agent: str) -> list[CuttingsError]:
    """Send the alerts wherever the settings say. Returns what went wrong, one error for each way of sending."""
    errors = []
    for send, wanted in ((_call, settings.webhook), (_mail, settings.email)):
        if wanted:
            try:
                send(alerts, settings, user_agent)
            except CuttingsError as error:
                errors.append(error)
    return errors


def _call(alerts: Sequence[Alert], settings: Alerts, user_agent: str) -> None:
    """POST them as JSON. `text` is what Slack, Mattermost and their like show; `alerts` is for programs."""
    url = str(settings.webhook)
    body = orjson.dumps({"text": _text(alerts), "alerts": [_record(alert) for alert in alerts]})
    headers = {"Content-Type": "application/json", "User-Agent": user_agent}
    try:
        with _OPENER.open(Request(url, data=body, headers=headers), timeout=_SECONDS) as answer:  # noqa: S310 - http(s): archive.config.toml
            answer.read(1)
    except HTTPError as error:
        error.close()
        raise CuttingsError(
            f"[alerts] webhook: {urlsplit(url).hostname} answered {error.code}; is its address right?"
        ) from error
    except (OSError, ValueError) as error:  # URLError is an OSError; what is no HTTP is a ValueError
        raise _unreached("webhook", urlsplit(url).hostname, error) from error


class _NoRedirect(HTTPRedirectHandler):
    """A webhook that leads elsewhere is a mistake; a POST would arrive there as a GET, without its body."""

    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        """Called by urllib; None makes it an error."""


_OPENER: Final = build_opener(_NoRedirect)


def _mail(alerts: Sequence[Alert], settings: Alerts, user_agent: str) -> None:
    server = urlsplit(str(settings.smtp))
    host = server.hostname or ""
    try:
        with _connected(server.scheme, host, server.port) as smtp:
            if server.scheme == "smtp" and smtp.has_extn("starttls"):
                smtp.starttls(context=ssl.create_default_context())
                smtp.ehlo()
            if settings.smtp_user:
                _check_private(smtp, host)
                smtp.login(settings.smtp_user, os.environ.get(PASSWORD, ""))
            smtp.send_message(_message(alerts, settings, user_agent))
    except smtplib.SMTPAuthenticationError as error:
        raise CuttingsError(
            f"[alerts] smtp: {host} refuses {settings.smtp_user} and the password in {PASSWORD}"
        ) from error
    except (OSError, ValueError) as error:  # SMTPException is an OSError
        raise _unreached("smtp", host, error) from error


def _check_private(smtp: smtplib.SMTP, host: str) -> None:
    if not isinstance(smtp.sock, ssl.SSLSocket):
        raise CuttingsError(
            f"[alerts] smtp: {host} offers no encryption, and a password is not sent without; "
            "use smtps, or leave smtp_user out"
        )


def _connected(scheme: str, host: str, port: int | None) -> smtplib.SMTP:
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port or 465, timeout=_SECONDS, context=ssl.create_default_context())
    smtp = smtplib.SMTP(host, port or 25, timeout=_SECONDS)
    smtp.ehlo()
    return smtp


def _message(alerts: Sequence[Alert], settings: Alerts, user_agent: str) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = _subject(alerts)
    message["From"] = settings.sender
    message["To"] = ", ".join(settings.email)
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=str(settings.sender).rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday reply is wanted
    message["User-Agent"] = user_agent
    message.set_content(f"{_text(alerts)}\n\n`cuttings status` says more.\n")
    return message


def _subject(alerts: Sequence[Alert]) -> str:
    first, *more = (alert.sentence for alert in alerts)
    return f"Cuttings: {first[:100]}" + (f" (and {len(more):,} more)" if more else "")


def _text(alerts: Sequence[Alert]) -> str:
    lines = [alert.sentence for alert in alerts[:_TEXT_LINES]]
    left = len(alerts) - len(lines)
    return "\n".join([*lines, *([f"and {left:,} more"] if left else [])])


def _record(alert: Alert) -> dict[str, str | None]:
    return {
        "source": alert.source,
        "kind": alert.kind,
        "state": "open" if alert.closed_at is None else "closed",
        "opened_at": stamp(alert.opened_at),
        "closed_at": stamp(alert.closed_at) if alert.closed_at else None,
        "detail": alert.detail,
    }


def _unreached(key: str, host: str | None, error: Exception) -> CuttingsError:
    reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or error
    return CuttingsError(f"[alerts] {key}: {host} could not be told ({reason})")
