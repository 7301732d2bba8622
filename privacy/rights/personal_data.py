"""What this room holds about people, what is left of it when they go, and why an open request keeps them from being erased.

A request outlives its person: that something was asked, when, and how it was answered, is the proof that we did (5(2);
law.md C16). So an erasure takes from it who it was and what they wrote, and the rest stays for the period of the log.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from privacy import files
from privacy.immutable import erasing
from privacy.records import in_words
from privacy.subjects.addresses import follow
from privacy.subjects.models import DataSubject
from privacy.subjects.registry import Clock, Moment, Record, Scrubbed, Source, Stay, among, registry

from . import new_address
from .clearing import answered_strangers, end_archives
from .letters import as_kept
from .models import (
    EXPORTS,
    REQUESTS,
    Correction,
    DataRequest,
    Letter,
    LetterTemplate,
    OneTimeLink,
    RecipientNotice,
    Redaction,
    RequestEvent,
)
from .states import FINAL, PENDING, State
from .steps import Actor, move


class RequestSource(Source):
    """Requests, which lose their person and stay."""

    def erase(self, subject_ids: Sequence[int]) -> int:
        """Take from the requests of these people all that says who they were; their files go once that is committed."""
        # What they asked before we knew them, or from behind a mistyped address; answered, so nobody needs the address.
        now = Q(email__in=DataSubject.objects.filter(among("pk", subject_ids)).values("email"))
        before = Q(email__in=_old_addresses(subject_ids).values("old"))
        answered_strangers().filter(now | before).update(email="", message="")
        keys = list(DataRequest.objects.filter(among("subject", subject_ids)).values_list("pk", flat=True))
        # Of most batches of the expiry nobody ever asked anything.
        return self._take_out(keys) if keys else 0

    @staticmethod
    def _take_out(keys: Sequence[int]) -> int:
        theirs = DataRequest.objects.filter(pk__in=keys)
        now = timezone.now()
        for request in theirs.filter(state__in=PENDING).select_for_update(of=("self",)):
            move(request, State.WITHDRAWN, actor=Actor.SITE, at=now, reason=gettext("De gegevens zijn gewist."))
        files.doom(theirs.exclude(archive="").values_list("archive", flat=True))
        for model in (OneTimeLink, Redaction):
            rows = model._base_manager.filter(request__in=theirs)
            rows._raw_delete(rows.db)
        Letter.objects.filter(request__in=theirs).update(body="")
        return theirs.update(subject=None, email="", new_email="", message="", archive="")

    def stays(self, emails: Sequence[str]) -> Iterator[Stay]:
        """Yield what was asked with these addresses and is not answered yet: the answer needs the address (12(3))."""
        strangers = DataRequest.objects.filter(subject=None, email__in=emails).exclude(pk__in=answered_strangers().values("pk"))
        waiting = (strangers | DataRequest.objects.filter(new_email__in=emails)).order_by("due_on")
        for due_on in waiting.values_list("due_on", flat=True):
            yield Stay(reason=gettext("Een verzoek met dit adres waarop het antwoord nog moet volgen."), until=due_on)


@transaction.atomic
def delete_requests(keys: Sequence[int]) -> int:
    """Delete these requests, or what is left of them, with all that hangs on them; return how many there were."""
    if not keys:
        return 0
    requests = DataRequest.objects.filter(pk__in=keys)
    files.doom(requests.exclude(archive="").values_list("archive", flat=True))
    with erasing():
        for model in (Correction, RequestEvent, Letter, OneTimeLink, Redaction, RecipientNotice):
            rows = model._base_manager.filter(request__in=keys)
            rows._raw_delete(rows.db)
    return requests._raw_delete(requests.db)


def _records(subject: DataSubject) -> Iterator[Record]:
    requests = subject.data_requests.prefetch_related("events", "letters").order_by("pk")
    for request in requests.iterator(chunk_size=100):
        happened = [
            f"{date_format(timezone.localtime(event.at), 'j F Y H:i')} {event.told_state}"
            + (f": {in_words(event.reason)}" if event.reason else "")
            for event in request.events.all()
        ]
        values: dict[str, object] = {
            str(_("Verzoek")): str(request.get_kind_display()),
            str(_("Ontvangen")): request.received_at.isoformat(),
            str(_("Hoe binnengekomen")): str(request.get_channel_display()),
            str(_("E-mailadres voor het antwoord")): request.email,
            **({str(_("Nieuw e-mailadres, te bevestigen")): request.new_email} if request.new_email else {}),
            str(_("Toelichting")): request.message,
            str(_("Hoe wij wisten dat u het was")): str(request.get_identity_display()) if request.identity else "",
            str(_("Stand")): request.told_state,
            str(_("Uiterlijk volgens de wet")): request.due_on.isoformat(),
            str(_("Gebeurtenissen")): happened,
            str(_("Brieven")): [f"{letter.heading}\n\n{as_kept(letter)}" for letter in request.letters.all()],
        }
        # Its period is counted from the answer.
        yield Record(reference=str(request), at=request.closed_at or request.received_at, values=values)


def _texts(subject: DataSubject) -> tuple[str, list[Any]]:
    """What was asked, and why what was done. What staff took down or closed it with is theirs, unless a letter said it."""
    return (
        """
        SELECT 'DataRequest #' || id AS reference, message AS text, channel <> %s AS is_staffs
        FROM privacy_rights_datarequest WHERE subject_id = %s
        UNION ALL
        SELECT 'DataRequest #' || event.request_id, event.reason,
               event.actor = %s AND event.from_state <> event.to_state AND event.to_state = ANY (%s)
                   AND position(event.reason IN coalesce(letter.body, '')) = 0
        FROM privacy_rights_requestevent AS event
        JOIN privacy_rights_datarequest AS request ON request.id = event.request_id
        LEFT JOIN privacy_rights_letter AS letter ON letter.id = event.letter_id
        WHERE request.subject_id = %s
        """,
        [DataRequest.Channel.WEBSITE.value, subject.pk, Actor.OFFICER.value, list(FINAL), subject.pk],
    )


def _corrections(subject: DataSubject) -> Iterator[Record]:
    for change in subject.corrections.order_by("pk").iterator():
        values: dict[str, object] = {
            str(_("Bij")): in_words(change.reference),
            str(_("Veld")): change.label,
            str(_("Was")): change.old,
            str(_("Werd")): change.new,
        }
        yield Record(reference=str(change), at=change.at, values=values)


def _corrected_texts(subject: DataSubject) -> tuple[str, list[Any]]:
    return (
        """
        SELECT 'Correction #' || id AS reference, concat_ws(E'\n', old, new) AS text, false AS is_staffs
        FROM privacy_rights_correction WHERE subject_id = %s
        """,
        [subject.pk],
    )


def _was_called(subject_ids: Sequence[int]) -> Iterator[str]:
    for values in Correction.objects.filter(subject__in=subject_ids).values_list("old", "new"):
        yield from values


def _old_addresses(subject_ids: Sequence[int]) -> QuerySet[Any, Any]:
    changed = Correction.objects.filter(among("subject", subject_ids), source=Correction.ADDRESS)
    return changed.order_by().values_list("subject", "old")


def _open_request(at: Moment) -> Q:
    return Q(Exists(DataRequest.objects.pending().filter(subject=OuterRef("pk"))))


registry.hold(_open_request)
registry.once_known(_old_addresses)
follow(new_address.follow)
registry.register(
    RequestSource(
        key="rights.requests",
        label=_("Uw verzoeken aan ons"),
        origin=_("Door uzelf gedaan, of door ons vastgelegd toen u ons vroeg."),
        model=DataRequest,
        fields={
            "subject": ["contact_details"],
            "email": ["contact_details"],
            "new_email": ["contact_details"],
            "message": ["message"],
            **{
                name: ["contact_moments"]
                for name in (
                    "kind",
                    "channel",
                    "state",
                    "language",
                    "received_at",
                    "identity",
                    "due_on",
                    "extended_months",
                    "paused_days",
                    "waiting_since",
                    "closed_at",
                    "searched",
                    "built_at",
                    "archive",
                    "sha256",
                    "records",
                )
            },
        },
        purposes=["accountability"],
        rule=REQUESTS,
        collect=_records,
        texts=_texts,
        order=60,
    )
)
registry.register(
    Source(
        key="rights.corrections",
        label=_("Wat u liet verbeteren"),
        origin=_("Door uzelf verbeterd, of door ons op uw verzoek."),
        model=Correction,
        fields={
            "subject": ["contact_details"],
            "source": ["contact_moments"],
            "reference": ["contact_moments"],
            "label": ["contact_moments"],
            "old": ["name", "contact_details", "company", "message"],
            "new": ["name", "contact_details", "company", "message"],
            "at": ["contact_moments"],
        },
        purposes=["accountability"],
        rule="relations",
        collect=_corrections,
        texts=_corrected_texts,
        known_by=_was_called,
        order=55,
    )
)
registry.clock(
    Clock(
        key="rights.answered",
        label=_("Verzoeken die beantwoord zijn, met hun brieven"),
        rule=REQUESTS,
        model=DataRequest,
        start="closed_at",
        start_event="closed",
        only=Q(state__in=FINAL),
        subject="subject",
        goes_with="",  # what is left of it stays (see `RequestSource`)
        end=delete_requests,
        along=[Letter, RequestEvent, OneTimeLink, Redaction, RecipientNotice, Correction],
    )
)
registry.clock(
    Clock(
        key="rights.archives",
        label=_("Bestanden met iemands gegevens die op afhalen wachten"),
        rule=EXPORTS,
        model=DataRequest,
        start="built_at",
        only=~Q(archive=""),
        # Nothing keeps it: it is a copy, and what it was made of is kept (docs/decisions/0390-a-hold-keeps-no-archive.md).
        goes_with="subject",
        end=end_archives,
    )
)
for _free_text in (Letter, RecipientNotice):
    registry.scrub(Scrubbed(model=_free_text))
# What staff wrote as a reason may name somebody after all.
registry.scrub(Scrubbed(model=RequestEvent, is_proof=True))
registry.exempt(DataRequest, ["id"], reason="A number that says nothing outside this database.")
registry.exempt(DataRequest, ["erasure"], reason="Names a line of the erasure ledger, which names nobody (law.md D4).")
registry.exempt(DataRequest, ["reviewed_sha256"], reason="Hash of what somebody saw and approved (law.md C13).")
registry.exempt(DataRequest, ["handler"], reason="Number of a staff account: who answers for the request (law.md C16).")
registry.exempt(DataRequest, ["attempts", "next_attempt_at"], reason="When the site tries again; says nothing of the person.")
registry.exempt(Correction, ["id", "request"], reason="Numbers that say nothing outside this database.")
registry.exempt(
    Letter,
    ["id", "request", "kind", "language", "heading", "body", "written_at"],
    reason="Shown with its request (rights.requests); its text goes with the person.",
)
registry.exempt(
    RequestEvent,
    ["id", "request", "at", "actor", "user", "from_state", "to_state", "reason", "letter"],
    reason="Shown with its request (rights.requests); names no person but the number of a staff account, and is proof (5(2)).",
)
registry.exempt(
    OneTimeLink,
    ["id", "request", "opens", "nonce", "selector", "token_sha256", "expires_at", "failed_tries", "used_at"],
    reason="Hashes of a link that was mailed, gone a day after it is over; tells nothing that its request does not.",
)
registry.exempt(
    Redaction,
    ["id", "request", "source", "reference", "label", "start", "end", "text_sha256", "reason"],
    reason="Where a text about somebody else was left out, and why; not the text.",
)
registry.exempt(
    RecipientNotice,
    ["id", "request", "recipient", "created_at", "done_at", "done_by", "outcome"],
    reason="Names companies that the statement names, and the number of a staff account.",
)
registry.exempt(LetterTemplate, ["id", "kind", "language", "heading", "body"], reason="The company's own words.")
