"""Nothing in use can be deleted, and the editor reads who uses it."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import ReferenceIndex

from privacy.register.models import DataCategory, Processor, Purpose, RetentionRule, System
from privacy.register.usage import in_words, users_of

pytestmark = pytest.mark.usefixtures("demo_site")

#: A row in use -> a name of whoever uses it. A message is asked for by a purpose and by the form.
IN_USE = [
    pytest.param(DataCategory, "message", "Uw vraag beantwoorden", id="category of a purpose"),
    pytest.param(DataCategory, "message", "Contact", id="category of a form field"),
    pytest.param(System, "phones", "Onze relaties kennen", id="system"),
    pytest.param(Processor, "zoho", "Opdrachten uitvoeren", id="recipient"),
    pytest.param(RetentionRule, "relations", "Uw vraag beantwoorden", id="period"),
    pytest.param(Purpose, "enquiry", "contactpagina: Contact", id="purpose of a form"),
]


def address(row: models.Model, view: str) -> str:
    """Return the address of a screen about `row`."""
    return reverse(f"privacy-{row._meta.model_name}:{view}", args=[row.pk])


@pytest.fixture(params=["empty", "full"])
def reference_index(request: pytest.FixtureRequest) -> None:
    """Wagtail's index as it is right after a change, and as it is later."""
    ReferenceIndex.objects.all().delete()
    if request.param == "full":
        call_command("rebuild_references_index", verbosity=0)


@pytest.mark.usefixtures("reference_index")
@pytest.mark.parametrize(("model", "key", "user"), IN_USE)
def test_a_row_in_use_stays_and_the_editor_reads_why(admin_client: Client, model: Any, key: str, user: str) -> None:
    """E1, A7, A15: whatever Wagtail's reference index knows."""
    row = model.objects.get(key=key)
    asked = admin_client.get(address(row, "delete")).content.decode()
    assert "Wordt gebruikt door: " in asked
    assert user in asked
    assert "Ja, verwijderen" not in asked

    answer = admin_client.post(address(row, "delete"), follow=True)
    assert answer.status_code == 200
    assert user in str(next(iter(answer.context["messages"])))
    assert model.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("model", [DataCategory, System, Processor, RetentionRule])
def test_a_row_that_nobody_uses_goes(admin_client: Client, model: Any) -> None:
    extra = {"months": 1} if model is RetentionRule else {}
    row = model.objects.create(key="spare", name="Reserve", **extra)
    assert "Ja, verwijderen" in admin_client.get(address(row, "delete")).content.decode()
    assert admin_client.post(address(row, "delete")).status_code == 302
    assert not model.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize(("model", "key"), [(Purpose, "enquiry"), (DataCategory, "message"), (RetentionRule, "relations")])
def test_the_database_keeps_what_a_form_asks_and_what_a_purpose_lives_by(model: Any, key: str) -> None:
    """A7, A15: also without the admin."""
    with pytest.raises(models.ProtectedError):
        model.objects.get(key=key).delete()


def test_a_form_is_named_once_however_many_of_its_fields_and_translations_use_the_row() -> None:
    row = DataCategory.objects.get(key="contact_details")
    assert in_words(users_of([row])[row.pk]).count("Contact") == 1


def test_nobody_uses_nothing() -> None:
    assert users_of([]) == {}
    assert in_words([]) == ""


@pytest.mark.parametrize(("model", "key", "user"), IN_USE)
def test_list_and_form_name_the_users(admin_client: Client, model: Any, key: str, user: str) -> None:
    row = model.objects.get(key=key)
    listed = admin_client.get(reverse(f"privacy-{model._meta.model_name}:index")).content.decode()
    assert "Gebruikt door" in listed
    assert user in listed
    assert user in admin_client.get(address(row, "edit")).content.decode()


@pytest.mark.parametrize("model", [DataCategory, System, Processor, RetentionRule, Purpose])
def test_a_list_asks_as_often_for_many_rows_as_for_few(admin_client: Client, model: Any) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert admin_client.get(reverse(f"privacy-{model._meta.model_name}:index")).status_code == 200
        return len(seen)

    def add(n: int) -> None:
        rule = RetentionRule.objects.create(key=f"r{n}", name=f"Termijn {n}", months=1)
        purpose = Purpose.objects.create(key=f"p{n}", name=f"Doel {n}", legal_basis="b", retention_rule=rule)
        for relation in (purpose.categories, purpose.systems, purpose.recipients):
            relation.create(key=f"row{n}", name=f"Rij {n}")

    add(0)
    queries()
    few = queries()
    for n in range(1, 6):
        add(n)
    assert queries() == few
