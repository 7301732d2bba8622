"""What an officer typed and was not taken: it stands in its form again, with why, whatever the reason was."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from privacy.rights import acts, search, services
from privacy.rights.models import DataRequest
from privacy.rights.officer import STEPS
from privacy.subjects.models import DataSubject
from tests.my_data import JAN

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

WORDS = "Een uur aan geschreven.\nEn nog een regel."
OVERTAKEN = "Iemand anders heeft intussen"

#: Per step that asks for words: the kind of request on which it is offered, and what is typed.
TYPED: dict[str, tuple[str, dict[str, str]]] = {
    "link": ("access", {"email": "nog@onbekend.example"}),
    "approve": ("access", {"reason": "Alles nagekeken."}),
    "address": ("rectification", {"email": "nieuw@voorbeeld.example"}),
    "address_now": ("rectification", {"email": "nieuw@voorbeeld.example", "reason": "Aan de balie gezien."}),
    "uphold": ("objection", {"reason": WORDS}),
    "overrule": ("objection", {"reason": WORDS}),
    "question": ("rectification", {"question": WORDS}),
    "extend": ("rectification", {"months": "2", "reason": WORDS}),
    "answered": ("rectification", {"reason": "Op papier, vandaag."}),
    "refuse": ("rectification", {"reason": WORDS}),
    "withdraw": ("rectification", {"reason": "Hij belde."}),
}


def taken(kind: str, *, email: str = JAN) -> DataRequest:
    """Somebody phoned."""
    now = timezone.now()
    return services.take(
        email=email, kind=kind, channel="phone", identity="callback", received_at=now, at=now, message="Belde."
    )


def press(client: Client, request: DataRequest, name: str, typed: dict[str, str], *, seen: int | None = None) -> BeautifulSoup:
    """Press the button of a step; return the screen that answers."""
    data = {f"{name}-{key}": value for key, value in typed.items()}
    data["seen"] = str(request.last_event_id() if seen is None else seen)
    return read(client.post(reverse("privacy_rights_step", args=[request.pk, name]), data, follow=True))


def read(response: Any) -> BeautifulSoup:
    """Return what a browser makes of an answer."""
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def alert(screen: BeautifulSoup) -> str:
    """Return what the screen says first."""
    (found,) = screen.select("[role=alert]")
    return found.get_text(" ", strip=True)


def form(screen: BeautifulSoup, action: str) -> Any:
    """Return the form that goes there."""
    return screen.select_one(f'form[action="{action}"]')


def typed_in(form: Any, name: str) -> str:
    """Return what stands in a field."""
    field = form.select_one(f'[name="{name}"]')
    if field.name == "select":
        return str(field.select_one("[selected]")["value"])
    return str(field.get("value") or field.get_text()).removeprefix("\n")


class TestSteps:
    def test_all_that_ask_for_words_are_here(self) -> None:
        asking = {
            name
            for name, step in STEPS.items()
            if any(field.__class__.__name__ != "BooleanField" for field in step.fields.values())
        }
        assert asking == set(TYPED)

    @pytest.fixture(params=TYPED)
    def name(self, request: pytest.FixtureRequest) -> str:
        name: str = request.param
        return name

    @pytest.fixture
    def request_(self, name: str, jan: DataSubject) -> DataRequest:
        request = taken(TYPED[name][0], email="" if name == "link" else JAN)
        if name == "approve":
            search.collect(request.pk, at=timezone.now())
            request.refresh_from_db()
        return request

    def test_a_colleague_was_first_and_the_step_is_still_there(
        self, admin_client: Client, request_: DataRequest, name: str
    ) -> None:
        """As often as it is pressed on an outdated screen; the new screen takes it."""
        typed = TYPED[name][1]
        screen = press(admin_client, request_, name, typed, seen=0)
        assert OVERTAKEN in alert(screen)
        assert "Wat u typte, staat er nog." in alert(screen)
        stands = form(screen, reverse("privacy_rights_step", args=[request_.pk, name]))
        assert {key: typed_in(stands, f"{name}-{key}") for key in typed} == typed
        assert stands.parent.has_attr("open"), "it is in sight"
        (link,) = screen.select("[role=alert] a")
        assert stands.select_one(str(link["href"])), "and the link leads there"
        # Browsers write a line's end in their own way.
        again = {f"{name}-{key}": typed_in(stands, f"{name}-{key}") for key in typed} | {"seen": typed_in(stands, "seen")}
        events = request_.events.count()
        read(admin_client.post(reverse("privacy_rights_step", args=[request_.pk, name]), again, follow=True))
        assert request_.events.count() > events

    def test_a_colleague_closed_it(self, admin_client: Client, request_: DataRequest, name: str, officer: User) -> None:
        """There is no form any more: what was typed can be taken over."""
        typed, seen = TYPED[name][1], request_.last_event_id()
        services.answer(request_, reason="Gebeld.", user=officer, at=timezone.now())
        screen = press(admin_client, request_, name, typed, seen=seen)
        assert form(screen, reverse("privacy_rights_step", args=[request_.pk, name])) is None
        assert OVERTAKEN in alert(screen)
        for words in typed.values():
            assert words == "2" or " ".join(words.split()) in " ".join(alert(screen).split())


class TestOtherReasons:
    """Of steps."""

    @pytest.mark.parametrize("name", ["refuse", "answered", "withdraw"])
    def test_it_names_the_person(self, admin_client: Client, jan: DataSubject, name: str) -> None:
        request, typed = taken("rectification"), {"reason": f"Gesproken met {JAN}."}
        screen = press(admin_client, request, name, typed)
        assert "noem daarin niemand" in alert(screen)
        assert (
            typed_in(form(screen, reverse("privacy_rights_step", args=[request.pk, name])), f"{name}-reason") == typed["reason"]
        )
        request.refresh_from_db()
        assert request.state == "open"

    def test_something_was_left_open(self, admin_client: Client, jan: DataSubject) -> None:
        """Beside the field, and first of all when a colleague acted as well."""
        request, typed = taken("rectification"), {"email": "geen adres", "reason": "Gezien."}
        screen = press(admin_client, request, "address_now", typed)
        stands = form(screen, reverse("privacy_rights_step", args=[request.pk, "address_now"]))
        assert {key: typed_in(stands, f"address_now-{key}") for key in typed} == typed
        (error,) = stands.select(".error-message")
        assert error["id"] in stands.select_one("[type=email]")["aria-describedby"]
        assert "Nieuw e-mailadres:" in alert(screen)
        assert OVERTAKEN in alert(press(admin_client, request, "address_now", typed, seen=0))

    def test_the_proof_cannot_be_written(self, admin_client: Client, jan: DataSubject, settings: Any, tmp_path: Path) -> None:
        """A full disk is no error page."""
        (tmp_path / "file").touch()
        settings.ERASURE_LEDGER_DIR = tmp_path / "file" / "ledger"
        request, typed = taken("rectification"), {"email": "nieuw@voorbeeld.example", "reason": "Gezien."}
        screen = press(admin_client, request, "address_now", typed)
        assert "Er is niets gebeurd" in alert(screen)
        stands = form(screen, reverse("privacy_rights_step", args=[request.pk, "address_now"]))
        assert {key: typed_in(stands, f"address_now-{key}") for key in typed} == typed
        jan.refresh_from_db()
        assert jan.email == JAN

    def test_who_erases_is_told_of_a_dispute(self, admin_client: Client, jan: DataSubject) -> None:
        """Nothing was typed, so nothing is said of that."""
        DataSubject.objects.update(hold_until=timezone.now() + timedelta(days=9), hold_reason="Geschil.")
        said = alert(press(admin_client, taken("erasure"), "erase", {"sure": "on"}))
        assert "vastgehouden om een geschil" in said
        assert "typte" not in said


class TestLeavingOut:
    @pytest.fixture
    def request_(self, jan: DataSubject) -> DataRequest:
        request = taken("access")
        search.collect(request.pk, at=timezone.now())
        request.refresh_from_db()
        assert request.is_stopped
        return request

    def leave_out(self, client: Client, request: DataRequest, **typed: str) -> BeautifulSoup:
        data = {"seen": str(request.last_event_id()), "source": "rights.requests", "reason": "een ander"} | typed
        return read(client.post(reverse("privacy_rights_leave_out", args=[request.pk]), data, follow=True))

    @pytest.mark.parametrize(
        ("words", "reason", "seen", "why"),
        [
            ("Piet", "een ander", None, "Deze woorden staan er niet zo"),
            ("Belde", "belde zelf", None, "noem daarin niemand"),
            ("Belde", "een ander", "0", OVERTAKEN),
            ("", "een ander", None, "Weg te laten woorden, letterlijk:"),
        ],
    )
    @pytest.mark.parametrize("place", ["beside the record", "elsewhere"])
    def test_stands_where_it_was_typed(
        self, admin_client: Client, request_: DataRequest, place: str, words: str, reason: str, seen: str | None, why: str
    ) -> None:
        number = f"#{request_.pk}" if place == "beside the record" else str(request_.pk)
        typed = {"reference": number, "words": words, "reason": reason}
        screen = self.leave_out(admin_client, request_, **typed, **({"seen": seen} if seen else {}))
        assert why in alert(screen)
        beside, elsewhere = screen.select(f'form[action="{reverse("privacy_rights_leave_out", args=[request_.pk])}"]')
        stands, empty = (beside, elsewhere) if place == "beside the record" else (elsewhere, beside)
        assert {key: typed_in(stands, key) for key in typed} == typed
        assert typed_in(empty, "words") == typed_in(empty, "reason") == ""
        assert place == "beside the record" or elsewhere.parent.has_attr("open")
        assert not request_.redactions.exists()

    def test_a_colleague_sent_it(self, admin_client: Client, request_: DataRequest, officer: User) -> None:
        seen = str(request_.last_event_id())
        services.answer(request_, reason="Gebeld.", user=officer, at=timezone.now())
        screen = self.leave_out(
            admin_client, request_, seen=seen, reference=f"#{request_.pk}", words="Piet", reason="een ander"
        )
        assert "neem over wat u nog nodig hebt" in alert(screen)
        assert "Piet" in alert(screen)


class TestRecipients:
    def tell(self, client: Client, request: DataRequest, outcome: str) -> BeautifulSoup:
        notice = request.notices.order_by("pk")[0]
        return read(client.post(reverse("privacy_rights_told", args=[notice.pk]), {"outcome": outcome}, follow=True))

    @pytest.fixture
    def request_(self, jan: DataSubject) -> DataRequest:
        request = taken("restriction")
        acts.restrict(request, actor="officer", at=timezone.now())
        return request

    def test_an_outcome_that_names_the_person(self, admin_client: Client, request_: DataRequest) -> None:
        """It outlives the person, so it is refused: not with an error page."""
        outcome = f"{JAN} is daar gewist"
        screen = self.tell(admin_client, request_, outcome)
        assert "noem daarin niemand" in alert(screen)
        notice = request_.notices.order_by("pk")[0]
        assert notice.done_at is None
        assert typed_in(form(screen, reverse("privacy_rights_told", args=[notice.pk])), "outcome") == outcome

    def test_a_colleague_wrote_something_else(self, admin_client: Client, request_: DataRequest) -> None:
        self.tell(admin_client, request_, "had niets")
        screen = self.tell(admin_client, request_, "gemeld per mail van 3 maart")
        assert OVERTAKEN in alert(screen)
        assert "gemeld per mail van 3 maart" in alert(screen)
        assert request_.notices.order_by("pk")[0].outcome == "had niets"

    def test_pressed_twice_is_no_refusal(self, admin_client: Client, request_: DataRequest) -> None:
        for _ in range(2):
            assert not self.tell(admin_client, request_, "had niets").select("[role=alert]")
        assert request_.events.filter(reason__contains="had niets").count() == 1


class TestCorrecting:
    @pytest.fixture
    def request_(self, jan: DataSubject) -> DataRequest:
        return taken("rectification")

    def post(
        self, client: Client, request: DataRequest, jan: DataSubject, *, name: str, message: str, seen: int
    ) -> BeautifulSoup:
        record = str(jan.submissions.get(form_data__has_key="name"))
        address = reverse("privacy_rights_correct", args=[request.pk, "contact.submissions", record])
        return read(client.post(address, {"seen": seen, "value_0": name, "value_1": message}, follow=True))

    def test_a_colleague_was_first(self, admin_client: Client, request_: DataRequest, jan: DataSubject) -> None:
        """What is typed stands, and so does what the colleague made of it."""
        seen = request_.last_event_id()
        self.post(admin_client, request_, jan, name="Jan Jansen", message="Mag het iets ronder?", seen=seen)
        screen = self.post(admin_client, request_, jan, name="Jan Janssens", message="Mag het iets ronder?", seen=seen)
        assert OVERTAKEN in alert(screen)
        assert typed_in(screen, "value_0") == "Jan Janssens"
        assert "Er staat nu: Jan Jansen" in screen.get_text()
        assert screen.get_text().count("Er staat nu") == 1, "of nothing that is the same"
        self.post(
            admin_client, request_, jan, name="Jan Janssens", message="Mag het iets ronder?", seen=int(typed_in(screen, "seen"))
        )
        assert request_.corrections.count() == 2

    def test_a_colleague_closed_it(self, admin_client: Client, request_: DataRequest, jan: DataSubject, officer: User) -> None:
        seen = request_.last_event_id()
        services.answer(request_, reason="Gebeld.", user=officer, at=timezone.now())
        screen = self.post(admin_client, request_, jan, name="Jan Janssens", message="Mag het iets ronder?", seen=seen)
        assert OVERTAKEN in alert(screen)
        assert "Jan Janssens" in alert(screen)
