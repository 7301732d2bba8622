"""The mail room: `mail.register(kind)` says how a mail is written, `services.send` sends it, whatever dies on the way."""

from .builders import register

__all__ = ["register"]
