"""What a consent is worth: the last act, and whether the facts behind it are still the same (A21, EDPB 05/2020 p. 110)."""

import copy
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given as generated
from hypothesis import settings
from hypothesis import strategies as st

from privacy.consent.models import Method
from privacy.consent.services import may, withdraw
from privacy.consent.states import Affected, Essence, State, affected, events_in, in_force, state, states
from privacy.register.models import Processor, Purpose
from privacy.statement.facts import Facts
from privacy.statement.models import PrivacyStatementPage
from privacy.subjects.models import DataSubject
from tests.factories import ConsentEventFactory, DataSubjectFactory, publish, set_period

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

NOW = datetime(2026, 11, 25, 10, tzinfo=UTC)

FACTS: dict[str, Any] = {
    "categories": [{"key": key, "is_special": False} for key in ("name", "mail", "address")],
    "recipients": [
        {"key": "host", "name": "Hoster B.V.", "role": "processor", "country": "Nederland"},
        {"key": "other", "name": "Ander", "role": "processor", "country": "Nederland"},
    ],
    "retention": [{"key": "relations", "months": 24, "start_event": "last_contact", "action": "erase"}],
    "purposes": [
        {
            "key": "news",
            "legal_basis": "a",
            "name": "Nieuws",
            "description": "Wij sturen u af en toe een mail over ons werk.",
            "consent_wording": "Ja, dat mag.",
            "categories": ["name", "mail"],
            "recipients": ["host"],
            "retention": "relations",
            "needs_confirmation": True,
        }
    ],
}


def changed(change: Callable[[dict[str, Any]], None]) -> Essence:
    facts = copy.deepcopy(FACTS)
    change(facts)
    found = Essence.of(Facts(facts), "news")
    assert found is not None
    return found


AGREED = changed(lambda facts: None)

CHANGES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "a kind of data more": lambda facts: facts["purposes"][0]["categories"].append("address"),
    "a kind of data less": lambda facts: facts["purposes"][0]["categories"].remove("name"),
    "special data": lambda facts: facts["categories"][0].update(is_special=True),
    "a recipient more": lambda facts: facts["purposes"][0]["recipients"].append("other"),
    "a recipient less": lambda facts: facts["purposes"][0]["recipients"].clear(),
    "another recipient": lambda facts: facts["recipients"][0].update(name="Iemand anders"),
    "another country": lambda facts: facts["recipients"][0].update(country="India"),
    "another role": lambda facts: facts["recipients"][0].update(role="controller"),
    "another period": lambda facts: facts["retention"][0].update(months=36),
    "a period in days": lambda facts: facts["retention"][0].update(days=30),
    "another start": lambda facts: facts["retention"][0].update(start_event="recorded"),
    "another end": lambda facts: facts["retention"][0].update(action="anonymise"),
    "something else altogether": lambda facts: facts["purposes"][0].update(
        description="Bedrijven mogen uw gegevens kopen voor reclame."
    ),
}
REWORDINGS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "name": lambda facts: facts["purposes"][0].update(name="Nieuwsbrief"),
    "wording": lambda facts: facts["purposes"][0].update(consent_wording="Ja, graag."),
    "a word more": lambda facts: facts["purposes"][0].update(
        description="Wij sturen u af en toe een korte mail over ons werk en onze plannen."
    ),
    "punctuation and capitals": lambda facts: facts["purposes"][0].update(
        description="Af en toe sturen wij u een MAIL, over ons werk!"
    ),
    "the same recipient spelled otherwise": lambda facts: facts["recipients"][0].update(name="hoster B.V"),
    "the order": lambda facts: facts["purposes"][0]["categories"].reverse(),
    "a recipient of others": lambda facts: facts["recipients"][1].update(country="India"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_facts_needs_renewal(change: str) -> None:
    assert state("given", AGREED, changed(CHANGES[change])) is State.NEEDS_RENEWAL


@pytest.mark.parametrize("change", REWORDINGS)
def test_a_mere_rewording_does_not(change: str) -> None:
    assert state("given", AGREED, changed(REWORDINGS[change])) is State.GIVEN


@settings(max_examples=200, deadline=None)
@generated(
    st.sets(st.sampled_from(sorted(CHANGES))),
    st.sets(st.sampled_from(sorted(REWORDINGS))),
    st.sampled_from(["given", "withdrawn"]),
)
def test_any_number_of_changes_is_one_and_withdrawn_stays_withdrawn(facts: set[str], words: set[str], action: str) -> None:
    # A recipient that is no longer there cannot also have changed, and one description replaces the other.
    both = [*[REWORDINGS[name] for name in sorted(words)], *[CHANGES[name] for name in sorted(facts)]]

    def change(raw: dict[str, Any]) -> None:
        for one in both:
            if one is not CHANGES["a kind of data less"] or "name" in raw["purposes"][0]["categories"]:
                one(raw)

    now = changed(change)
    if action == "withdrawn":
        assert state(action, AGREED, now) is State.WITHDRAWN
    else:
        assert state(action, AGREED, now) is (State.NEEDS_RENEWAL if facts else State.GIVEN)
    # Back to what was agreed, it stands again: nothing is stored.
    assert state("given", AGREED, AGREED) is State.GIVEN
    assert state(None, None, now) is State.NEVER


@pytest.mark.parametrize("now", [None, changed(lambda facts: facts["purposes"][0].update(legal_basis="f"))])
def test_a_purpose_on_another_basis_needs_no_consent(now: Essence | None) -> None:
    assert state("given", AGREED, now) is State.NOT_NEEDED
    assert state("withdrawn", AGREED, now) is State.WITHDRAWN


class TestPublished:
    """The same, from the register through a publication to the question `may`."""

    @pytest.fixture
    def anna(self) -> DataSubject:
        """Agreed to two purposes under version 1."""
        person = DataSubjectFactory.create()
        for key in ("enquiry", "reference"):
            ConsentEventFactory.create(subject=person, purpose=key)
        return person

    def states(self, person: DataSubject) -> dict[str, State]:
        return {key: consent.state for key, consent in states(person, in_force()).items()}

    def test_stands_as_long_as_nothing_changes(self, anna: DataSubject) -> None:
        assert self.states(anna) == {"enquiry": State.GIVEN, "newsletter": State.NEVER, "reference": State.GIVEN}
        assert may(subject=anna, purpose="reference")

    def test_words_change_nothing_and_a_new_period_everything(self, anna: DataSubject) -> None:
        Purpose.objects.filter(key="reference").update(name="Voorbeelden tonen", consent_wording="Ja, {naam} mag dat.")
        publish()
        assert may(subject=anna, purpose="reference")
        set_period(36)
        assert may(subject=anna, purpose="reference"), "a draft binds nobody"
        publish()
        assert self.states(anna)["reference"] is State.NEEDS_RENEWAL
        assert not may(subject=anna, purpose="reference")
        ConsentEventFactory.create(subject=anna, purpose="reference")
        assert may(subject=anna, purpose="reference")

    def test_only_the_purpose_that_changed(self, anna: DataSubject) -> None:
        Purpose.objects.get(key="reference").recipients.add(Processor.objects.get(key="zoho"))
        publish()
        found = self.states(anna)
        assert (found["enquiry"], found["reference"]) == (State.GIVEN, State.NEEDS_RENEWAL)

    def test_without_a_statement_nothing_may(self, anna: DataSubject) -> None:
        """Invariant 1."""
        page = PrivacyStatementPage.source()
        assert page is not None
        page.unpublish()
        assert not may(subject=anna, purpose="reference")
        assert self.states(anna)["reference"] is State.NOT_NEEDED

    def test_all_consents_of_a_person_in_one_query_for_the_events(
        self, anna: DataSubject, django_assert_num_queries: Any
    ) -> None:
        version = in_force()
        states(anna, version)
        for _ in range(20):
            ConsentEventFactory.create(subject=anna, purpose="reference")
        with django_assert_num_queries(2):  # the events, and the boxes that wait
            states(anna, version)
        with django_assert_num_queries(2):  # the event, and which version is in force
            may(subject=anna, purpose="reference")


class TestAffected:
    def test_counts_people_by_what_their_consent_is_worth(self) -> None:
        people = DataSubjectFactory.create_batch(5)
        for person in people:
            ConsentEventFactory.create(subject=person, purpose="reference")
            ConsentEventFactory.create(subject=person, purpose="reference")
        withdraw(subject=people[0], purpose="reference", place="mail", at=NOW, method=Method.MAIL)
        assert affected("reference") == Affected(given=4, withdrawn=1)
        set_period(36)
        publish()
        ConsentEventFactory.create(subject=people[1], purpose="reference")
        assert affected("reference") == Affected(given=1, needs_renewal=3, withdrawn=1)
        assert affected("newsletter") == Affected()

    def test_says_whom_a_draft_would_affect(self) -> None:
        ConsentEventFactory.create(purpose="reference")
        page = PrivacyStatementPage.source()
        assert page is not None
        set_period(36)
        assert affected("reference", page.current_facts()) == Affected(needs_renewal=1)
        assert affected("reference") == Affected(given=1)

    def test_costs_the_same_for_many_people(self, django_assert_num_queries: Any) -> None:
        ConsentEventFactory.create(purpose="reference")
        affected("reference")
        for _ in range(10):
            ConsentEventFactory.create(purpose="reference")
        with django_assert_num_queries(2):
            affected("reference")

    def test_finds_the_events_in_each_state(self) -> None:
        earlier = ConsentEventFactory.create(purpose="reference")
        event = ConsentEventFactory.create(subject=earlier.subject, purpose="reference")
        gone = withdraw(
            subject=ConsentEventFactory.create(purpose="enquiry").subject,
            purpose="enquiry",
            place="mail",
            at=NOW,
            method=Method.MAIL,
        )
        assert list(events_in(State.GIVEN)) == [event]
        assert list(events_in(State.WITHDRAWN)) == [gone]
        assert not events_in(State.NEEDS_RENEWAL).exists()
        set_period(36)
        publish()
        assert list(events_in(State.NEEDS_RENEWAL)) == [event]
        assert not events_in(State.GIVEN).exists()
