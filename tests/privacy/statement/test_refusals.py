"""Refused where there is no form to say it in: by a workflow, in bulk, by the clock (law.md A; invariant 1)."""

import json
import logging
from datetime import timedelta
from typing import Any

import pytest
from config.tasks import publish_scheduled
from django.contrib.messages import get_messages
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupApprovalTask, Page, TaskState, Workflow, WorkflowPage, WorkflowTask

from privacy.register.models import Controller, Purpose
from privacy.statement.models import PrivacyStatementPage, StatementVersion
from tests.factories import confirm, statement_form

pytestmark = pytest.mark.usefixtures("demo_site")


def page() -> PrivacyStatementPage:
    """Return the statement page as the database has it."""
    return PrivacyStatementPage.objects.get(locale__language_code="nl")


def spoil() -> None:
    """Let the register lack something, under a name that must not become markup."""
    Controller.objects.update(kvk_number="")
    Purpose.objects.filter(key="relations").update(interest="", name="<script>")


def mend() -> None:
    """Undo `spoil`."""
    Controller.objects.update(kvk_number="57680701")
    Purpose.objects.filter(key="relations").update(interest="een belang", name="Onze relaties kennen")


def edit_url() -> str:
    """Return the address of the page's form in the admin."""
    return reverse("wagtailadmin_pages:edit", args=[page().pk])


def screen_url() -> str:
    """Return the address of the screen that asks what changes."""
    return reverse("privacy_statement_publish", args=[page().pk])


def said(response: Any) -> str:
    """Return the messages that come with a response."""
    return " ".join(message.message for message in get_messages(response.wsgi_request))


@pytest.fixture
def awaiting(admin_user: Any) -> TaskState:
    """The statement, changed and waiting for approval."""
    task = GroupApprovalTask.objects.create(name="Nakijken")
    workflow = Workflow.objects.create(name="Nakijken")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=1)
    WorkflowPage.objects.create(workflow=workflow, page=page())
    draft = page()
    draft.title = "Nagekeken titel"
    draft.save_revision()
    state: TaskState = workflow.start(page(), admin_user).current_task_state
    return state


class TestWorkflow:
    @staticmethod
    def act(client: Client, state: TaskState, action: str, **headers: str) -> Any:
        """Answer the task from the admin's first page."""
        return client.post(
            reverse("wagtailadmin_pages:workflow_action", args=[page().pk, action, state.pk]), {"comment": "Ok."}, **headers
        )

    def test_refuses_an_approval_and_says_why(self, admin_client: Client, awaiting: TaskState) -> None:
        """A1, A4: the approver gets the list with links; task and page stay as they were."""
        spoil()
        response = self.act(admin_client, awaiting, "approve")
        assert (response.status_code, response["Location"]) == (302, edit_url())
        assert "Vul het KvK-nummer in" in said(response)
        assert f'href="{reverse("wagtailsettings:edit", args=["privacy_register", "controller", 1])}' in said(response)
        assert "<script>" not in said(response)
        assert "Vul het KvK-nummer in" in admin_client.get(edit_url()).content.decode()
        awaiting.refresh_from_db()
        assert awaiting.status == TaskState.STATUS_IN_PROGRESS
        assert (page().title, StatementVersion.objects.get().number) == ("Privacyverklaring", 1)

    def test_refuses_in_the_window_for_a_comment(self, admin_client: Client, awaiting: TaskState) -> None:
        """The window is filled by a script, which wants to be told where to go."""
        spoil()
        response = self.act(admin_client, awaiting, "approve", HTTP_X_REQUESTED_WITH="XMLHttpRequest")
        assert json.loads(response.content) == {"step": "success", "redirect": edit_url()}

    def test_publishes_what_is_approved(self, admin_client: Client, awaiting: TaskState) -> None:
        """A20: the last approval leads to the screen that asks what changes; there it is approved and published."""
        response = self.act(admin_client, awaiting, "approve")
        assert (response.status_code, response["Location"]) == (302, screen_url())
        assert "Vertel eerst wat er verandert" in said(response)
        assert StatementVersion.objects.count() == 1
        assert confirm(admin_client, kind="editorial").status_code == 302
        awaiting.refresh_from_db()
        assert awaiting.status == TaskState.STATUS_APPROVED
        assert (page().title, StatementVersion.objects.count()) == ("Nagekeken titel", 2)

    def test_asks_in_the_window_for_a_comment(self, admin_client: Client, awaiting: TaskState) -> None:
        response = self.act(admin_client, awaiting, "approve", HTTP_X_REQUESTED_WITH="XMLHttpRequest")
        assert json.loads(response.content) == {"step": "success", "redirect": screen_url()}

    def test_approving_in_the_editor_loses_nothing_that_was_typed(self, admin_client: Client, awaiting: TaskState) -> None:
        """The refusal would take it along, so it is to be saved first."""
        answers = {"action-workflow-action": "true", "workflow-action-name": "approve"}
        typed = statement_form(page(), publish=False, title="Nog getypt") | answers
        response = admin_client.post(edit_url(), typed)
        assert response.status_code == 200
        assert "Bewaar eerst wat u hier veranderde" in response.content.decode()
        assert "Nog getypt" in response.content.decode()
        admin_client.post(edit_url(), statement_form(page(), publish=False, title="Nog getypt"))
        assert self.act(admin_client, awaiting, "approve")["Location"] == screen_url()
        confirm(admin_client, kind="editorial")
        assert (page().title, StatementVersion.objects.count()) == ("Nog getypt", 2)

    def test_an_approval_before_the_last_asks_nothing(self, admin_client: Client, awaiting: TaskState) -> None:
        second = GroupApprovalTask.objects.create(name="Nog eens nakijken")
        WorkflowTask.objects.create(workflow=awaiting.workflow_state.workflow, task=second, sort_order=2)
        response = self.act(admin_client, awaiting, "approve")
        assert response["Location"] == edit_url()
        awaiting.refresh_from_db()
        assert awaiting.status == TaskState.STATUS_APPROVED
        assert StatementVersion.objects.count() == 1

    def test_publishing_before_the_last_approval_ends_the_workflow(self, admin_client: Client, awaiting: TaskState) -> None:
        """As Wagtail has it: who may publish need not wait."""
        second = GroupApprovalTask.objects.create(name="Nog eens nakijken")
        WorkflowTask.objects.create(workflow=awaiting.workflow_state.workflow, task=second, sort_order=2)
        confirm(admin_client, kind="editorial")
        awaiting.refresh_from_db()
        assert awaiting.status == TaskState.STATUS_CANCELLED
        assert (page().title, StatementVersion.objects.count()) == ("Nagekeken titel", 2)

    @pytest.mark.parametrize(("action", "status"), [("approve", 200), ("reject", 302)])
    def test_can_be_sent_back_just_because_something_is_missing(
        self, admin_client: Client, awaiting: TaskState, action: str, status: int
    ) -> None:
        """The editor's own buttons: approving is refused by the form, asking for changes is not."""
        spoil()
        answers = {"action-workflow-action": "true", "workflow-action-name": action}
        response = admin_client.post(edit_url(), statement_form(page(), publish=False) | answers)
        assert response.status_code == status
        awaiting.refresh_from_db()
        assert awaiting.status == (TaskState.STATUS_REJECTED if action == "reject" else TaskState.STATUS_IN_PROGRESS)


def test_publishing_in_bulk_is_refused_as_a_whole(admin_client: Client) -> None:
    """A1: another page that was chosen with it stays as it was too, and the editor is told so."""
    other = Page.objects.exclude(pk=page().pk).filter(depth=3).first()
    assert other
    other.unpublish()
    spoil()
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    response = admin_client.post(f"{url}?id={other.pk}&id={page().pk}&next=/admin/")
    assert (response.status_code, response["Location"]) == (302, edit_url())
    assert "niet doorgegaan" in said(response)
    other.refresh_from_db()
    assert not other.live
    assert StatementVersion.objects.get().number == 1


def test_publishing_in_bulk_leads_to_the_screen(admin_client: Client) -> None:
    """A20: also right after a publication, whose note is used up."""
    confirm(admin_client, kind="editorial")
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    response = admin_client.post(f"{url}?id={page().pk}&next=/admin/")
    assert (response.status_code, response["Location"]) == (302, screen_url())
    assert StatementVersion.objects.count() == 2


def test_any_other_error_stays_one(admin_client: Client, monkeypatch: pytest.MonkeyPatch, awaiting: TaskState) -> None:
    """Only the gate's own refusal is turned into a message."""

    def broken(**kwargs: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("privacy.statement.signal_handlers.freeze", broken)
    with pytest.raises(ZeroDivisionError):
        confirm(admin_client, kind="editorial")


class TestClock:
    @pytest.fixture
    def later(self, monkeypatch: pytest.MonkeyPatch) -> Page:
        """A week on: the statement was planned for then, and another page for a moment after it; return that page."""
        other = Page.objects.exclude(pk=page().pk).filter(depth=3).first()
        assert other
        for number, planned in enumerate((page(), other.specific)):
            planned.title = f"Gepland {number}"
            planned.go_live_at = timezone.now() + timedelta(days=7, minutes=number)
            planned.save_revision().publish()
        moment = timezone.now() + timedelta(days=8)
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
        return other

    @pytest.mark.parametrize("run", [publish_scheduled, lambda: call_command("publish_scheduled")], ids=["task", "command"])
    def test_other_pages_do_not_wait(self, run: Any, later: Page, caplog: pytest.LogCaptureFixture) -> None:
        """A1: what the gate refuses stays planned, is in the log by its code, and goes live once it is mended."""
        spoil()
        with caplog.at_level(logging.WARNING, logger="privacy.statement"):
            run()
        later.refresh_from_db()
        assert later.title == "Gepland 1"
        assert (page().title, page().live_revision) == ("Privacyverklaring", StatementVersion.objects.get().revision)
        assert [record.message for record in caplog.records if record.name.startswith("privacy.")] == [
            f"The planned publication of page {page().pk} is refused: A1.controller, A4.interest"
        ]

        mend()
        run()
        assert (page().title, StatementVersion.objects.count()) == ("Gepland 0", 2)
