"""Reports of errors to the service that `SENTRY_DSN` names: what broke and where, and nothing of whose it was (law.md I11).

Such a service gets everything that an error passes: forms, addresses, local variables, the values in a message of the
database. So a report is not cleaned of what is known to be personal; it is made anew of what is known not to be.
"""

from typing import Any

import sentry_sdk
from sentry_sdk.integrations.celery import CeleryIntegration
from sentry_sdk.integrations.dedupe import DedupeIntegration
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.integrations.excepthook import ExcepthookIntegration
from sentry_sdk.integrations.logging import LoggingIntegration

from config.log import without_keys

#: Parts of a report that say when, where in the code and how bad.
_KEPT = ("event_id", "timestamp", "platform", "level", "logger")
_KEPT_OF_FRAME = ("module", "filename", "function", "lineno", "in_app", "pre_context", "context_line", "post_context")


def start(dsn: str) -> None:
    """Report errors of this process from now on: of requests, tasks and commands, and what is logged as an error.

    Args:
        dsn: where to, as the service gives it.
    """
    sentry_sdk.init(
        dsn=dsn,
        before_send=_without_data,
        default_integrations=False,
        integrations=[
            DjangoIntegration(),
            CeleryIntegration(),
            ExcepthookIntegration(),
            LoggingIntegration(level=None),
            DedupeIntegration(),
        ],
        # Nothing is gathered that would be thrown away, and no other host is told of our requests.
        max_breadcrumbs=0,
        include_local_variables=False,
        max_request_body_size="never",
        trace_propagation_targets=[],
        auto_session_tracking=False,
    )


def _without_data(event: Any, hint: dict[str, Any]) -> Any:
    """Return a report that holds the kinds of the exceptions and the lines of code they passed, and none of their words."""
    kept = {key: event[key] for key in _KEPT if key in event}
    # What is logged is a text of the code; what is filled in is left out. The path of a request may stand in either.
    if message := (event.get("logentry") or {}).get("message"):
        kept["logentry"] = {"message": without_keys(message)}
    if where := event.get("transaction"):
        kept["transaction"] = without_keys(where)
    if exceptions := (event.get("exception") or {}).get("values"):
        kept["exception"] = {"values": [_place(exception) for exception in exceptions]}
    return kept


def _place(exception: dict[str, Any]) -> dict[str, Any]:
    frames = (exception.get("stacktrace") or {}).get("frames", [])
    kept = [{key: frame[key] for key in _KEPT_OF_FRAME if key in frame} for frame in frames]
    return {"type": exception.get("type"), "module": exception.get("module"), "stacktrace": {"frames": kept}}
