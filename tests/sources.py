"""One row of each source of personal data, of a person and of a moment. Needs the demo site."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from contact.models import Opening, Submission
from privacy.consent.links import token_for
from privacy.consent.models import ErasureDue, UnconfirmedConsent
from privacy.mail.models import Mail
from privacy.rights.models import Correction, DataRequest
from privacy.statement.models import StatementVersion
from privacy.subjects.models import ContactMoment, DataSubject
from tests.factories import AttachmentFactory, ConsentEventFactory, SubmissionFactory, case_about


def _message(person: DataSubject, at: datetime, **more: Any) -> Submission:
    made: Submission = SubmissionFactory.create(subject=person, submit_time=at, **more)
    return made


def _request(person: DataSubject, at: datetime, **more: Any) -> DataRequest:
    return DataRequest.objects.create(subject=person, received_at=at, state="delivered", closed_at=at, **more)


def _unconfirmed(person: DataSubject, at: datetime) -> UnconfirmedConsent:
    version = StatementVersion.objects.in_force()
    assert version
    return UnconfirmedConsent.objects.get_or_create(
        subject=person,
        purpose="newsletter",
        defaults={"wording": "Ja", "version": version, "language": "nl", "place": "/", "at": at},
    )[0]


def _mail(person: DataSubject, at: datetime) -> Mail:
    number = Mail.objects.count()
    return Mail.objects.create(kind="x", reference=number, subject=person, state="sent", created_at=at, sent_at=at)


MAKE: dict[str, Callable[[DataSubject, datetime], Any]] = {
    "consent.erasure_due": lambda person, at: ErasureDue.objects.create(subject=person, since=at),
    "consent.events": lambda person, at: ConsentEventFactory.create(subject=person, at=at),
    "consent.links": lambda person, at: token_for(person),
    "consent.unconfirmed": _unconfirmed,
    "contact.attachments": lambda person, at: AttachmentFactory.create(submission=_message(person, at)),
    "contact.openings": lambda person, at: Opening.objects.create(subject=person, message=1, at=at),
    "contact.possible_spam": lambda person, at: _message(person, at, possible_spam=True),
    "contact.possible_spam_files": lambda person, at: AttachmentFactory.create(
        submission=_message(person, at, possible_spam=True)
    ),
    "contact.submissions": _message,
    "home.cases": lambda person, at: case_about(person),
    "mail.sent": _mail,
    "rights.corrections": lambda person, at: Correction.objects.create(
        request=_request(person, at), subject=person, source="x", reference="x", label="Naam", old="Wil", new="Mina", at=at
    ),
    "rights.requests": _request,
    "subjects.contact_moments": lambda person, at: ContactMoment.objects.get_or_create(subject=person, kind="phone", at=at),
    "subjects.person": lambda person, at: person,
}
