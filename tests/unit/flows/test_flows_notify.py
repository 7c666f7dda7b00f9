"""Digests sent to a mail server and a web server of the test's own, and nights that fail while somebody is to be told."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from pydantic import ValidationError

from flows.cli import run
from flows.notify import is_wanted, tell_night, tell_report, told_trouble
from flows.notify_senders import call_webhook, send_mail
from schemas.digest import Digest, LastGoodNight
from schemas.errors import InputError
from schemas.notify_parameters import MailParameters, NotifyParameters, WebhookParameters
from tests.night_facts import stopped_night, whole_night
from tests.report_documents import full_document

NOW = datetime(2026, 11, 21, 2, 5, tzinfo=UTC)
DIGEST = Digest(
    subject="resdir: night of 20 November 2026",
    text="Wóodstöck – 3 fixed\n.\nEnd\n",
    status="published",
    as_of=date(2026, 11, 20),
    run_id="run-1",
)


class Mailbox:
    """Takes mail and keeps it; refuses recipients that are named `nobody`."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], EmailMessage]] = []

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: ARG002, N802 - aiosmtpd's names
        if address.startswith("nobody"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: ARG002, N802 - aiosmtpd's names
        self.mails.append((list(envelope.rcpt_tos), message_from_bytes(envelope.content, policy=policy.default)))
        return "250 OK"


@contextmanager
def mail_server(box: Mailbox, **options: object) -> Iterator[int]:
    """A mail server on this machine; its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, MailParameters]]:
    """A mail server on this machine, and the settings that lead to it."""
    box = Mailbox()
    with mail_server(box) as port:
        yield (
            box,
            MailParameters(
                host="127.0.0.1",
                port=port,
                security="none",
                sender="resdir@center.example",
                recipients=("ann@center.example", "ben@center.example"),
                timeout_seconds=5,
            ),
        )


class Hook(BaseHTTPRequestHandler):
    """Keeps what is posted; answers as its path asks."""

    posted: ClassVar[list[tuple[str, dict[str, str]]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.posted.append((self.path, json.loads(body)))
        self.send_response(int(self.path.rsplit("/", 1)[1]))
        if self.path.endswith("302"):
            self.send_header("Location", "/elsewhere/200")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def hook() -> Iterator[str]:
    """A web server on this machine; its address."""
    Hook.posted.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_mail_reaches_every_recipient_as_it_was_written(mailbox: tuple[Mailbox, MailParameters]) -> None:
    box, mail = mailbox
    assert send_mail(DIGEST, mail, now=NOW) is None
    ((to, message),) = box.mails
    assert to == ["ann@center.example", "ben@center.example"]
    assert message["Subject"] == DIGEST.subject
    assert message["From"] == "resdir@center.example"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().replace("\r\n", "\n") == DIGEST.text


def test_a_refused_recipient_is_told_and_the_others_get_it(mailbox: tuple[Mailbox, MailParameters]) -> None:
    box, mail = mailbox
    fault = send_mail(DIGEST, mail.model_copy(update={"recipients": ("ann@c.example", "nobody@c.example")}), now=NOW)
    assert fault is not None
    assert "refused 1 of 2 recipients" in fault
    assert [to for to, _ in box.mails] == [["ann@c.example"]]
    fault = send_mail(DIGEST, mail.model_copy(update={"recipients": ("nobody@c.example",)}), now=NOW)
    assert fault is not None
    assert "no recipient was accepted" in fault


def test_a_server_without_protection_gets_nothing(mailbox: tuple[Mailbox, MailParameters]) -> None:
    """A digest does not travel in the clear because a server forgot to offer STARTTLS."""
    box, mail = mailbox
    fault = send_mail(DIGEST, mail.model_copy(update={"security": "starttls"}), now=NOW)
    assert fault is not None
    assert "could not be sent" in fault
    assert box.mails == []


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_a_wrong_password_is_told_without_the_password() -> None:
    box = Mailbox()
    with mail_server(
        box, auth_require_tls=False, authenticator=lambda *_: AuthResult(success=False, handled=False)
    ) as port:
        mail = MailParameters(
            host="127.0.0.1",
            port=port,
            security="none",
            user="resdir",
            password="hunter2-quill",
            sender="a@c.example",
            recipients=("b@c.example",),
        )
        fault = send_mail(DIGEST, mail, now=NOW)
    assert fault is not None
    assert "535" in fault
    assert "quill" not in fault
    assert box.mails == []


def test_a_server_that_is_not_there_is_told() -> None:
    mail = MailParameters(host="127.0.0.1", port=1, security="none", sender="a@c.example", recipients=("b@c.example",))
    fault = send_mail(DIGEST, mail, now=NOW)
    assert fault is not None
    assert fault.startswith("The digest could not be sent by mail over 127.0.0.1:1: ")


def test_webhook_gets_the_text_or_the_document(hook: str) -> None:
    assert call_webhook(DIGEST, WebhookParameters(url=f"{hook}/chat/200")) is None
    assert call_webhook(DIGEST, WebhookParameters(url=f"{hook}/chat/200", shape="json")) is None
    (_, text), (_, document) = Hook.posted
    assert text == {"text": f"{DIGEST.subject}\n\n{DIGEST.text}"}
    assert document["status"] == "published"
    assert document["as_of"] == "2026-11-20"
    assert document["run_id"] == "run-1"


@pytest.mark.parametrize("code", [302, 404, 500])
def test_webhook_that_refuses_is_told_by_server_only(hook: str, code: int) -> None:
    """The path of a webhook's address is its password."""
    fault = call_webhook(DIGEST, WebhookParameters(url=f"{hook}/s3cret-token/{code}"))
    assert fault == f"The webhook at 127.0.0.1 answered {code}."
    assert len(Hook.posted) == 1


def test_webhook_that_is_not_there_is_told() -> None:
    fault = call_webhook(DIGEST, WebhookParameters(url="http://127.0.0.1:1/s3cret-token"))
    assert fault is not None
    assert "s3cret" not in fault


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"host": "mail.example"}, "sender is missing"),
        ({"host": "mail.example", "sender": "a@b.example"}, "recipients is missing"),
        ({"sender": "no address"}, "is no mail address"),
        ({"recipients": ["a@b.example\nBcc: x@y.example"]}, "is no mail address"),
        (
            {"host": "m.example", "sender": "a@b", "recipients": ["a@b"], "user": "u", "security": "none"},
            "would travel readable",
        ),
    ],
)
def test_mail_settings_that_cannot_work_are_refused(said: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        MailParameters.model_validate(said)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://a.example/x", "https://", "chat.example/x"])
def test_a_webhook_is_a_web_address(url: str) -> None:
    with pytest.raises(ValidationError, match="must begin with https"):
        WebhookParameters(url=url)


def test_secrets_are_not_kept_with_a_run() -> None:
    said = NotifyParameters(
        mail=MailParameters(password="hunter2-quill"), webhook=WebhookParameters(url="https://c.example/s3cret")
    )
    assert "quill" not in said.model_dump_json()
    assert "s3cret" not in said.model_dump_json()


@pytest.mark.parametrize(
    ("when", "weekly_on", "is_news", "wanted"),
    [
        ("changes", "", True, True),
        ("changes", "", False, False),
        ("changes", "friday", False, True),
        ("changes", "monday", False, False),
        ("always", "", False, True),
        ("trouble", "friday", True, False),
    ],
)
def test_a_good_night_is_sent_when_the_settings_want_it(when: str, weekly_on: str, is_news: bool, wanted: bool) -> None:
    """The 20th of November 2026 is a Friday."""
    notify = NotifyParameters.model_validate({"when": when, "weekly_on": weekly_on})
    assert is_wanted(replace(DIGEST, is_news=is_news), has_warnings=False, notify=notify) is wanted


@pytest.mark.parametrize("when", ["changes", "always", "trouble"])
def test_trouble_is_always_sent(when: str) -> None:
    notify = NotifyParameters.model_validate({"when": when, "weekly_on": ""})
    quiet = replace(DIGEST, is_news=False)
    assert is_wanted(replace(quiet, status="gated"), has_warnings=False, notify=notify)
    assert is_wanted(quiet, has_warnings=True, notify=notify)


def test_a_night_is_told_by_both_roads(mailbox: tuple[Mailbox, MailParameters], hook: str) -> None:
    box, mail = mailbox
    notify = NotifyParameters(mail=mail, webhook=WebhookParameters(url=f"{hook}/chat/200"))
    assert tell_night(whole_night(), notify=notify, before=None, moment=NOW) == []
    old = LastGoodNight(as_of=date(2026, 11, 1), published_at=NOW - timedelta(days=20))
    assert tell_night(stopped_night(), notify=notify, before=old, moment=NOW) == []
    assert len(Hook.posted) == 2
    assert "too old" in box.mails[1][1].get_content()


def test_the_digest_of_a_report_is_sent_unless_only_trouble_is_wanted(
    mailbox: tuple[Mailbox, MailParameters],
) -> None:
    box, mail = mailbox
    told = {"period": "2026-Q3", "moment": NOW}
    assert tell_report(full_document(), notify=NotifyParameters(mail=mail, when="trouble"), **told) == []
    assert tell_report(full_document(), notify=NotifyParameters(), **told) == []
    assert box.mails == []
    assert tell_report(full_document(), notify=NotifyParameters(mail=mail), **told) == []
    ((_, message),) = box.mails
    assert message["Subject"] == "resdir: Quarterly report of the directory, 2026-Q3"
    assert "Three of four agencies were verified" in message.get_content()


def settings_file(folder: Path, mail: MailParameters) -> Path:
    path = folder / "curation.toml"
    path.write_text(
        f"""[workspace]
directory = "workspace"
[[centers]]
id = "east"
export = "not_there.csv"
[notify.mail]
host = "{mail.host}"
port = {mail.port}
security = "none"
sender = "{mail.sender}"
recipients = ["ann@center.example"]
""",
        encoding="utf-8",
    )
    return path


def test_a_night_that_cannot_begin_is_told_once_and_without_the_errors_words(
    mailbox: tuple[Mailbox, MailParameters], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    box, mail = mailbox
    config = settings_file(tmp_path, mail)
    assert run(["nightly", "--config", str(config), "--without-prefect"]) == 3
    ((_, message),) = box.mails
    assert "cannot be read as what it should be (exit code 3)" in message.get_content().replace("\n", " ")
    assert "not_there" not in message.get_content()
    assert run(["nightly", "--config", str(config), "--without-prefect", "--no-notify"]) == 3
    assert len(box.mails) == 1
    capsys.readouterr()


def test_an_error_is_told_once_however_many_roads_it_passes(
    mailbox: tuple[Mailbox, MailParameters], tmp_path: Path
) -> None:
    box, mail = mailbox
    config = settings_file(tmp_path, mail)
    around = {"config": config, "workspace": None, "as_of": date(2026, 11, 20)}
    with pytest.raises(InputError), told_trouble(**around), told_trouble(**around):
        raise InputError("line 3: 217-555-7391 is no number")
    ((_, message),) = box.mails
    assert "7391" not in message.get_content()


def test_command_tests_the_road_and_warns_of_an_old_night(
    mailbox: tuple[Mailbox, MailParameters], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    box, mail = mailbox
    config = settings_file(tmp_path, mail)
    assert run(["notify", "--config", str(config), "--test"]) == 0
    assert run(["notify", "--config", str(config), "--if-stale"]) == 1
    assert [message["Subject"] for _, message in box.mails] == ["resdir: test", "resdir: no night was published yet"]
    capsys.readouterr()
    assert run(["notify", "--config", str(config), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["is_stale"]
    assert document["sent"] is None
    assert document["roads"] == ["Mail over 127.0.0.1 (none) from resdir@center.example to ann@center.example."]


def test_command_says_that_nobody_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["notify"]) == 0
    assert "Nobody is told" in capsys.readouterr().out
    assert run(["notify", "--test"]) == 2
    assert run(["notify", "--test", "--if-stale"]) == 2
