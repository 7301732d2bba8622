"""Consent as a state machine: what may be done is what the last act says, per person and per purpose (7(1), 7(3))."""

from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from privacy.consent.chain import broken_links
from privacy.consent.models import ConsentEvent, Method
from privacy.consent.services import Choice, give, may, withdraw
from privacy.statement.models import StatementVersion
from tests.factories import DataSubjectFactory

PURPOSES = ["enquiry", "reference"]
acts = st.lists(st.tuples(st.integers(0, 1), st.sampled_from(PURPOSES), st.sampled_from(["give", "withdraw"])), max_size=12)


@pytest.mark.usefixtures("demo_site")
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts)
def test_may_is_the_last_act(taken: list[tuple[int, str, str]]) -> None:
    people = DataSubjectFactory.create_batch(2)
    shown: dict[str, Any] = {"version": StatementVersion.objects.in_force(), "language": "nl"}
    now = timezone.now()
    expected = {(who, purpose): False for who in (0, 1) for purpose in PURPOSES}
    events = 0
    for who, purpose, act in taken:
        if act == "give":
            give(subject=people[who], choices=[Choice(purpose=purpose, wording="Ja.")], place="/contact/", at=now, **shown)
            events += 1
        else:
            event = withdraw(subject=people[who], purpose=purpose, place="mail", method=Method.MAIL, at=now)
            # Taking back what was not given is no act.
            assert (event is not None) == expected[who, purpose]
            events += event is not None
        expected[who, purpose] = act == "give"
        assert {key: may(subject=people[key[0]], purpose=key[1]) for key in expected} == expected
    assert ConsentEvent.objects.filter(subject__in=people).count() == events
    assert not list(broken_links())
