"""Parameters of notification: who hears of a night, how, and when nobody is bothered."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from schemas.parameters import Parameters

#: The ways in which mail is protected on its way to the server, each with its usual port [RFC 6409, RFC 8314].
USUAL_PORTS = {"starttls": 587, "tls": 465, "none": 25}


class MailParameters(Parameters):
    """The digest by e-mail; off as long as no server is named."""

    host: str = Field(default="", description="Mail server; empty: no mail is sent.")
    port: int = Field(
        default=0, ge=0, le=65535, description="Its port; 0: the usual one (starttls 587, tls 465, none 25)."
    )
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls",
        description="How the way to the server is protected; `none` only for a server on this machine.",
    )
    user: str = Field(default="", description="Name to sign in with; empty: no sign-in.")
    password: SecretStr = Field(
        default=SecretStr(""),
        description="Password; better given as RESDIR_NOTIFY__MAIL__PASSWORD than written into the file. Never stored with a run.",
    )
    sender: str = Field(default="", description="Address that the digest comes from.")
    recipients: tuple[str, ...] = Field(default=(), description="Addresses that it goes to.")
    timeout_seconds: float = Field(default=30.0, gt=0, le=600, description="Patience with the server (project choice).")

    @property
    def is_on(self) -> bool:
        """Whether mail is sent."""
        return bool(self.host)

    @field_validator("sender", "recipients")
    @classmethod
    def _address(cls, said: str | tuple[str, ...]) -> str | tuple[str, ...]:
        for address in (said,) if isinstance(said, str) else said:
            name, at, domain = address.rpartition("@")
            is_whole = bool(name and at and domain) and not any(sign.isspace() or sign in ",;<>" for sign in address)
            if address and not is_whole:
                raise ValueError(f"{address!r} is no mail address; write it like directory@center.example")
        return said

    @model_validator(mode="after")
    def _whole(self) -> MailParameters:
        """Refuse a server without addresses, and a password that would travel in the clear."""
        if self.is_on and not self.sender:
            raise ValueError("sender is missing: the address that the digest comes from")
        if self.is_on and not self.recipients:
            raise ValueError("recipients is missing: the addresses that the digest goes to")
        if self.security == "none" and self.user and self.host not in ("localhost", "127.0.0.1", "::1"):
            raise ValueError(
                "with security none a password would travel readable; take starttls or tls, or leave user out"
            )
        return self


class WebhookParameters(Parameters):
    """The digest to a chat or a program of the center's; off as long as no address is given."""

    url: SecretStr = Field(
        default=SecretStr(""),
        description="Address that is called with POST; it often holds a secret, so better given as RESDIR_NOTIFY__WEBHOOK__URL. "
        "Empty: nothing is called. Never stored with a run.",
    )
    shape: Literal["text", "json"] = Field(
        default="text",
        description='`text`: {"text": …}, as chats take it; `json`: subject, text, status, as_of and run_id.',
    )
    timeout_seconds: float = Field(default=30.0, gt=0, le=600, description="Patience with the server (project choice).")

    @property
    def is_on(self) -> bool:
        """Whether an address is called."""
        return bool(self.url.get_secret_value())

    @field_validator("url")
    @classmethod
    def _web_address(cls, url: SecretStr) -> SecretStr:
        said = url.get_secret_value()
        parts = urlsplit(said)
        if said and not (parts.scheme in ("http", "https") and parts.hostname):
            raise ValueError("the address must begin with https:// or http:// and name a server")
        return url


class NotifyParameters(Parameters):
    """When the digest of a night is sent, and what it says of nights that did not come."""

    when: Literal["changes", "always", "trouble"] = Field(
        default="changes",
        description="`changes`: when something moved; `always`: every night; `trouble`: only when nothing was published or a night "
        "left a warning.",
    )
    weekly_on: Literal["", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = Field(
        default="monday",
        description="Day of the data on which a digest is sent although nothing moved, so that silence never means a dead machine; "
        "empty: none. Not with `trouble`.",
    )
    stale_after_hours: float = Field(
        default=30.0,
        gt=0,
        description="Age from which the last good night is called too old (project choice: a night and a bit).",
    )
    report_address: str = Field(
        default="",
        description="Where the folder `reports` can be reached by readers, such as https://intranet.example/resdir/; empty: its place in "
        "the workspace is named.",
    )
    mail: MailParameters = MailParameters()
    webhook: WebhookParameters = WebhookParameters()

    @property
    def is_on(self) -> bool:
        """Whether anybody is told."""
        return self.mail.is_on or self.webhook.is_on
