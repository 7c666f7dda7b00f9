"""The two roads by which a digest leaves: e-mail and a webhook. A road that fails is told in a sentence; a night never fails by it."""

from __future__ import annotations

import json
import smtplib
import ssl
import urllib.error
import urllib.request
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from urllib.parse import urlsplit

from schemas.digest import Digest
from schemas.notify_parameters import USUAL_PORTS, MailParameters, WebhookParameters


def send_mail(digest: Digest, mail: MailParameters, *, now: datetime) -> str | None:
    """Send a digest by SMTP to every recipient.

    Returns:
        None when the server took it for all of them; else what went wrong, without the digest and without the password.
    """
    message = EmailMessage()
    message["Subject"] = digest.subject
    message["From"] = mail.sender
    message["To"] = ", ".join(mail.recipients)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=mail.sender.rpartition("@")[2])
    # No holiday notice answers a message that says that a machine wrote it [RFC 3834].
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(digest.text)
    port = mail.port or USUAL_PORTS[mail.security]
    try:
        with _connected(mail, port) as server:
            if mail.user:
                server.login(mail.user, mail.password.get_secret_value())
            refused = server.send_message(message)
    except (OSError, smtplib.SMTPException) as fault:
        return f"The digest could not be sent by mail over {mail.host}:{port}: {_said(fault)}."
    if refused:
        return f"The mail server {mail.host}:{port} refused {len(refused)} of {len(mail.recipients)} recipients."
    return None


def call_webhook(digest: Digest, webhook: WebhookParameters) -> str | None:
    """Call the webhook with a digest.

    Returns:
        None when it answered with success; else what went wrong. Of the address only the server is named: the rest is often a secret.
    """
    document: dict[str, str | None] = (
        {"text": f"{digest.subject}\n\n{digest.text}"}
        if webhook.shape == "text"
        else {
            "subject": digest.subject,
            "text": digest.text,
            "status": digest.status,
            "as_of": digest.as_of.isoformat(),
            "run_id": digest.run_id,
        }
    )
    address = webhook.url.get_secret_value()
    request = urllib.request.Request(  # noqa: S310 - the settings take http and https only
        address,
        data=json.dumps(document, ensure_ascii=False).encode(),
        headers={"Content-Type": "application/json; charset=utf-8", "User-Agent": "resdir"},
        method="POST",
    )
    server = urlsplit(address).hostname
    opener = urllib.request.build_opener(_StaysThere)
    try:
        with opener.open(request, timeout=webhook.timeout_seconds) as answer:
            answer.read(1)
    except urllib.error.HTTPError as fault:
        fault.close()
        return f"The webhook at {server} answered {fault.code}."
    except (OSError, ValueError) as fault:
        return f"The webhook at {server} could not be called: {_said(fault)}."
    return None


class _StaysThere(urllib.request.HTTPRedirectHandler):
    """Follows no redirection: a digest goes to the server that was named and to no other."""

    def redirect_request(self, *args: object, **kwargs: object) -> None:
        """Return nothing, so that the redirection counts as an answer."""
        del args, kwargs


def _connected(mail: MailParameters, port: int) -> smtplib.SMTP:
    if mail.security == "tls":
        return smtplib.SMTP_SSL(mail.host, port, timeout=mail.timeout_seconds, context=ssl.create_default_context())
    server = smtplib.SMTP(mail.host, port, timeout=mail.timeout_seconds)
    if mail.security == "starttls":
        try:
            # Raises when the server does not offer it: the digest then does not travel in the clear.
            server.starttls(context=ssl.create_default_context())
        except BaseException:
            server.close()
            raise
    return server


def _said(fault: BaseException) -> str:
    """Return what a fault says, in one line; a server's own answer may be long and is cut."""
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        return "no recipient was accepted"
    if isinstance(fault, smtplib.SMTPResponseException):
        said = fault.smtp_error.decode(errors="replace") if isinstance(fault.smtp_error, bytes) else fault.smtp_error
        return f"{fault.smtp_code} {' '.join(said.split())[:200]}"
    if isinstance(fault, urllib.error.URLError) and isinstance(fault.reason, BaseException):
        return _said(fault.reason)
    if isinstance(fault, TimeoutError):
        return "no answer in time"
    if isinstance(fault, OSError) and fault.strerror:
        return fault.strerror
    return " ".join(str(fault).split())[:200] or type(fault).__name__
