"""A real mail server on 127.0.0.1 that misbehaves as it is told."""

import asyncio
import logging
import socket
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

# It writes down every address; the tests look for those in our own log.
logging.getLogger("mail.log").setLevel(logging.ERROR)


class MailServer:
    """Takes mails, or does what `behaviour` says. A context manager; `settings()` points Django at it.

    `behaviour` is one of "accept", "rcpt <answer>", "data <answer>" (refuses with this answer), "greylist" (refuses each
    receiver once), "hang" (never answers the message), "drop" (hangs up before answering it), "drop at quit", "garble at quit".
    """

    def __init__(self, behaviour: str = "accept") -> None:
        self.behaviour = behaviour
        #: Mails the server has taken: it said 250 after the message.
        self.taken: list[EmailMessage] = []
        #: How many times a whole message came in, taken or not.
        self.heard = 0
        #: Hangs once it has taken so many mails.
        self.hang_after: int | None = None
        self._greylisted: set[str] = set()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._controller: Controller | None = None

    def __enter__(self) -> "MailServer":
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def start(self) -> None:
        """Listen; always at the same port."""
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        """Stop listening: connections are refused."""
        if self._controller:
            self._controller.stop()
            self._controller = None

    def settings(self) -> dict[str, Any]:
        """Return Django's settings for this server, for this process or for a worker."""
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": self.port,
            "EMAIL_HOST_USER": "",
            "EMAIL_HOST_PASSWORD": "",
            "EMAIL_USE_TLS": False,
            "EMAIL_USE_SSL": False,
            "EMAIL_TIMEOUT": 1,
        }

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take or refuse a receiver."""
        if self.behaviour.startswith("rcpt "):
            return self.behaviour.removeprefix("rcpt ")
        if self.behaviour == "greylist" and address not in self._greylisted:
            self._greylisted.add(address)
            return "450 4.2.0 Greylisted"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a message, or what this server makes of it."""
        self.heard += 1
        if self.behaviour == "hang" or len(self.taken) == self.hang_after:
            await asyncio.Event().wait()
        if self.behaviour == "drop":
            server.transport.abort()
            return "250 never heard"
        if self.behaviour.startswith("data "):
            return self.behaviour.removeprefix("data ")
        assert isinstance(envelope.content, bytes)
        self.taken.append(message_from_bytes(envelope.content, _class=EmailMessage, policy=policy.default))
        return "250 OK"

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Say good-bye, or not."""
        if self.behaviour == "drop at quit":
            server.transport.abort()
        if self.behaviour == "garble at quit":
            server.transport.write(b"x" * 9000 + b"\r\n")
        return "221 Bye"
