"""What counts as contact: through every door of the site, and for each whether it moves the clock of whoever is behind it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contact.models import Submission
from privacy.consent.links import confirm_url, consents_url, unsubscribe_url
from privacy.mail.models import Mail
from privacy.mail.services import deliver
from privacy.retention.classes import end_classes
from privacy.retention.mails import NOTICE_MAIL
from privacy.retention.services import expire_due
from privacy.rights import services
from privacy.rights.delivery import build_export
from privacy.rights.models import DataRequest
from privacy.subjects.contact import Contact
from privacy.subjects.models import DataSubject
from privacy.subjects.replay import replay_erasures
from tests.factories import ConsentEventFactory, SubmissionFactory, publish, send
from tests.my_data import JAN, PostOffice, ask, link_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

#: When Jan was last in contact, and a contact since, of which we hear later.
BEFORE, SINCE = (timezone.now() - timedelta(days=days) for days in (100, 50))


class Doors:
    """All that can happen around somebody who is known."""

    def __init__(self, jan: DataSubject, visitor: Client, staff: Client, post: PostOffice, user: Any) -> None:
        self.jan, self.visitor, self.staff, self.post, self.user = jan, visitor, staff, post, user

    def _press(self, name: str, *args: Any, **data: Any) -> Any:
        response = self.staff.post(reverse(name, args=args), data)
        assert response.status_code == 302, response.content.decode()[:2000]
        return response

    # What they write.

    def message(self) -> None:
        assert send(self.visitor, email=JAN.upper()).status_code == 302

    def possible_spam(self) -> None:
        assert send(self.visitor, email=JAN, form_website="https://koop.example").status_code == 302
        assert Submission.objects.filter(state="spam").exists()

    def accepted(self) -> datetime:
        spam = SubmissionFactory.create(subject=self.jan, submit_time=SINCE, possible_spam=True)
        self._press("contact-messages:accept", spam.pk)
        return SINCE

    def erased_as_spam(self) -> None:
        spam = SubmissionFactory.create(subject=self.jan, submit_time=SINCE, possible_spam=True)
        self._press("contact-messages:erase", spam.pk)

    # What they ask about their data.

    def asked(self) -> None:
        ask(self.visitor)
        self.post()

    def looked_at_the_link(self) -> None:
        self._asked_at(SINCE)
        assert self.visitor.get(self.link).status_code == 200

    def confirmed(self) -> datetime:
        self._asked_at(SINCE)
        assert self.visitor.post(self.link).status_code == 302
        return SINCE

    def _asked_at(self, at: datetime) -> None:
        ask(self.visitor)
        self.link = link_in(self.post()[0])
        DataRequest.objects.update(received_at=at)

    def _inside(self) -> None:
        """Let them in by a request of long ago, which is closed since."""
        self._asked_at(BEFORE)
        self.visitor.post(self.link)
        DataRequest.objects.update(state="withdrawn", closed_at=BEFORE)

    def looked_around_inside(self) -> None:
        self._inside()
        assert self.visitor.get("/mijn-gegevens/overzicht/").status_code == 200
        self.visitor.post("/mijn-gegevens/sluiten/")

    def asked_for_the_archive(self) -> None:
        self._inside()
        self.visitor.post("/mijn-gegevens/overzicht/archief/", {"kind": "access"})

    def corrected(self) -> None:
        self._inside()
        reference = str(self.jan.submissions.latest("pk"))
        url = reverse("privacy_rights:correct", args=["contact.submissions", reference])
        self.visitor.post(url, {"value_0": "Jan Jansen", "value_1": "Anders."})
        assert self.jan.corrections.exists()

    def restricted(self) -> None:
        self._inside()
        self.visitor.post("/mijn-gegevens/overzicht/beperken/")

    def objected(self) -> None:
        self._inside()
        self.visitor.post("/mijn-gegevens/overzicht/bezwaar/", {"against": "other", "message": "Liever niet."})

    def wanted_no_advertising(self) -> None:
        self._inside()
        self.visitor.post("/mijn-gegevens/overzicht/bezwaar/", {"against": "marketing"})

    def took_a_request_back(self) -> None:
        self._inside()
        row = DataRequest.objects.create(subject=self.jan, email=JAN, received_at=BEFORE, state="open", kind="access")
        self.visitor.post(f"/mijn-gegevens/overzicht/intrekken/{row.pk}/")
        row.refresh_from_db()
        assert row.state == "withdrawn"

    def _taken(self, **more: Any) -> DataRequest:
        return services.take(
            **{
                "email": JAN,
                "kind": "access",
                "channel": "phone",
                "received_at": SINCE,
                "at": timezone.now(),
                "user": self.user,
            }
            | more
        )

    def taken_down(self) -> datetime:
        self._taken()
        return SINCE

    def linked(self) -> datetime:
        services.link_person(self._taken(email=""), email=JAN, user=self.user, at=timezone.now())
        return SINCE

    def answered(self) -> None:
        """All that happens on our side of a request until it is closed."""
        row = self._taken(received_at=BEFORE, kind="rectification")
        now = timezone.now()
        services.extend(row, months=1, reason="Veel werk.", user=self.user, at=BEFORE + timedelta(days=1))
        services.ask_person(row, question="Welk adres?", user=self.user, at=now)
        services.refuse(row, reason="Geen antwoord.", user=self.user, at=now)
        self.post()

    # What they agree to.

    def agreed(self) -> None:
        self._on_their_page("give", "reference")

    def withdrew(self) -> None:
        self._on_their_page("withdraw", "enquiry")

    def _on_their_page(self, action: str, purpose: str) -> None:
        events = self.jan.consent_events.count()
        assert (
            self.visitor.post(consents_url(self.jan), {"action": action, "purpose": purpose, "version": 1}).status_code == 302
        )
        assert self.jan.consent_events.count() == events + 1

    def confirmed_a_box(self) -> None:
        from tests.classes import unconfirmed

        row = unconfirmed(timezone.now())
        row.update(subject=self.jan)
        self.visitor.post(confirm_url(self.jan, "newsletter"))
        assert self.jan.consent_events.filter(purpose="newsletter").exists()

    def unsubscribed(self) -> None:
        ConsentEventFactory.create(subject=self.jan, purpose="newsletter", at=BEFORE)
        self.visitor.post(unsubscribe_url(self.jan, "newsletter"))
        assert self.jan.consent_events.filter(action="withdrawn").exists()

    def let_us_know_by_phone(self) -> None:
        from privacy.consent.by_hand import take_down

        assert take_down(email=JAN, purposes=["enquiry"], objects=True, received_at=timezone.now(), method="phone")

    # What staff do.

    def met(self) -> datetime:
        at = timezone.localtime(SINCE).replace(second=0, microsecond=0)
        self._press("privacy-subjects:moment", self.jan.pk, kind="phone", at=f"{at:%Y-%m-%d %H:%M}")
        return at

    def held(self) -> None:
        until = timezone.localtime() + timedelta(days=9)
        self._press("privacy-subjects:edit", self.jan.pk, hold_until=f"{until:%Y-%m-%d %H:%M}", hold_reason="geschil")

    def looked_at_by_staff(self) -> None:
        message = self.jan.submissions.latest("pk")
        for name, key in (("contact-messages", message.pk), ("privacy-subjects", self.jan.pk)):
            assert self.staff.get(reverse(f"{name}:inspect", args=[key])).status_code == 200
        self._press("contact-messages:move", message.pk, "answered")

    def logged_in(self) -> None:
        self.user.email = JAN
        self.user.set_password("geheim")
        self.user.save()
        assert Client().login(username=self.user.username, password="geheim")

    # What the site does.

    def mailed(self) -> None:
        publish()
        Mail.objects.create(
            kind=NOTICE_MAIL, reference=20991231, subject=self.jan, created_at=BEFORE, next_attempt_at=timezone.now()
        )
        for pk in Mail.objects.values_list("pk", flat=True):
            deliver(pk)

    def went_through_the_night(self) -> None:
        expire_due()
        end_classes()
        replay_erasures(at=timezone.now())

    def exported(self) -> None:
        assert build_export(email=JAN, out=BytesIO()).records


#: Door -> as what it counts.
COUNTS: dict[str, Contact | None] = {
    "message": Contact.MESSAGE,
    "possible_spam": None,
    "accepted": Contact.MESSAGE,
    "erased_as_spam": None,
    "asked": None,
    "looked_at_the_link": None,
    "confirmed": Contact.REQUEST,
    "looked_around_inside": None,
    "asked_for_the_archive": Contact.REQUEST,
    "corrected": Contact.REQUEST,
    "restricted": Contact.REQUEST,
    "objected": Contact.REQUEST,
    "wanted_no_advertising": Contact.REQUEST,
    "took_a_request_back": None,
    "taken_down": Contact.REQUEST,
    "linked": Contact.REQUEST,
    "answered": None,
    "agreed": None,
    "withdrew": None,
    "confirmed_a_box": None,
    "unsubscribed": None,
    "let_us_know_by_phone": None,
    "met": Contact.MOMENT,
    "held": None,
    "looked_at_by_staff": None,
    "logged_in": None,
    "mailed": None,
    "went_through_the_night": None,
    "exported": None,
}


@pytest.fixture
def doors(jan: DataSubject, client: Client, admin_client: Client, admin_user: Any, post_office: PostOffice) -> Iterator[Doors]:
    """Jan, last in contact long ago."""
    jan.submissions.all().update(submit_time=BEFORE)
    DataSubject.objects.update(created_at=BEFORE, last_contact_at=BEFORE)
    jan.refresh_from_db()
    with connection.execute_wrapper(_no_other_way):
        yield Doors(jan, Client(), admin_client, post_office, admin_user)


def _no_other_way(execute: Any, sql: str, *rest: Any) -> Any:
    """Let nothing but `touch`, which inserts, write the column: a model that is saved whole would put back an old clock."""
    assert not (
        sql.startswith('UPDATE "privacy_subjects_datasubject"') and '"last_contact_at" =' in sql.partition("WHERE")[0]
    ), sql
    return execute(sql, *rest)


@pytest.mark.parametrize("door", COUNTS)
def test_moves_the_clock_when_it_is_in_the_list(door: str, doors: Doors) -> None:
    """D1: to the moment of the contact, which may lie back; whatever is not contact leaves it to the microsecond."""
    bystander = DataSubject.objects.create(email="bob@voorbeeld.example", created_at=BEFORE, last_contact_at=BEFORE)
    begun = timezone.now()
    at = getattr(doors, door)()
    doors.jan.refresh_from_db()
    clock = doors.jan.last_contact_at
    if COUNTS[door] is None:
        assert clock == BEFORE
    elif at is None:
        assert begun <= clock <= timezone.now()
    else:
        assert clock == at
    bystander.refresh_from_db()
    assert bystander.last_contact_at == BEFORE


def test_no_door_is_left_out() -> None:
    assert set(COUNTS) == {name for name in vars(Doors) if not name.startswith("_")}
    assert {kind for kind in COUNTS.values() if kind} == set(Contact)
