"""One row of each class of data that has a clock of its own, begun at a moment. Needs the demo site."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.utils import timezone
from wagtail.admin.models import EditingSession, FormState
from wagtail.log_actions import log
from wagtail.models import Comment, ModelLogEntry, Page, PageLogEntry, Revision, Workflow, WorkflowState

from privacy.consent.models import Suppression, UnconfirmedConsent
from privacy.mail.models import Mail
from privacy.retention.models import ClassRun, RetentionRun
from privacy.rights.models import DataRequest, Letter, RequestEvent
from privacy.statement.models import StatementVersion
from tests.factories import contact_page, relation


def version() -> StatementVersion:
    found = StatementVersion.objects.in_force()
    assert found
    return found


def user() -> User:
    return User.objects.get_or_create(username="redacteur")[0]


def page() -> Page:
    return contact_page()


def _dated(model: Any, pk: Any, **clock: datetime) -> Any:
    model._base_manager.filter(pk=pk).update(**clock)
    return model._base_manager.filter(pk=pk)


def unconfirmed(at: datetime) -> Any:
    who = relation(at)
    row = UnconfirmedConsent.objects.create(
        subject=who, purpose="newsletter", wording="Ja", version=version(), language="nl", place="/", at=at
    )
    return _dated(UnconfirmedConsent, row.pk, at=at)


def suppression(at: datetime) -> Any:
    return _dated(Suppression, Suppression.objects.create(address_hash="a" * 64, at=at).pk)


def request(at: datetime) -> DataRequest:
    return DataRequest.objects.create(received_at=at - timedelta(days=9), state="delivered", closed_at=at)


def answered(at: datetime) -> Any:
    row = request(at)
    letter = Letter.objects.create(request=row, kind="delivered", language="nl", heading="x", body="y", written_at=at)
    RequestEvent.objects.create(request=row, at=at, actor="site", to_state="delivered", letter=letter)
    return _dated(DataRequest, row.pk)


def archive(at: datetime) -> Any:
    row = request(timezone.now())
    DataRequest.objects.filter(pk=row.pk).update(archive=f"inzage/geen-{row.pk}", built_at=at)
    return DataRequest.objects.filter(pk=row.pk).exclude(archive="")


def mail(at: datetime) -> Any:
    row = Mail.objects.create(kind="x", reference=1, state="sent", created_at=at, sent_at=at)
    return _dated(Mail, row.pk)


def logged(at: datetime) -> Any:
    return _dated(ModelLogEntry, log(instance=user(), action="wagtail.edit").pk, timestamp=at)


def page_logged(at: datetime) -> Any:
    return _dated(PageLogEntry, log(instance=page(), action="wagtail.edit").pk, timestamp=at)


def session(at: datetime) -> Any:
    return _dated(Session, Session.objects.create(session_key="k", session_data="x", expire_date=at).pk)


def editing(at: datetime) -> Any:
    kind = ContentType.objects.get_for_model(Page)
    return _dated(
        EditingSession, EditingSession.objects.create(user=user(), content_type=kind, object_id="1", last_seen_at=at).pk
    )


def form_state(at: datetime) -> Any:
    kind = ContentType.objects.get_for_model(Page)
    row = FormState.objects.create(user=user(), content_type=kind, object_id="1", data="a=b", last_updated_at=at)
    return _dated(FormState, row.pk)


def revision(at: datetime) -> Any:
    old = page().specific.save_revision()
    page().specific.save_revision()
    return _dated(Revision, old.pk, created_at=at)


def comment(at: datetime) -> Any:
    row = Comment.objects.create(page=page(), user=user(), text="x", contentpath="title")
    return _dated(Comment, row.pk, updated_at=at)


def workflow(at: datetime) -> Any:
    kind = ContentType.objects.get_for_model(Page)
    flow = Workflow.objects.create(name="x")
    row = WorkflowState.objects.create(
        workflow=flow, content_type=kind, base_content_type=kind, object_id="1", status=WorkflowState.STATUS_APPROVED
    )
    return _dated(WorkflowState, row.pk, created_at=at)


def run(at: datetime) -> Any:
    row = RetentionRun.objects.create(
        started_at=at, finished_at=at, as_of=at, state="finished", version=version(), months=24, due=0
    )
    return _dated(RetentionRun, row.pk)


def class_run(at: datetime) -> Any:
    row = ClassRun.objects.create(
        source="x", rule="site", months=1, days=0, version=version(), as_of=at, started_at=at, finished_at=at
    )
    return _dated(ClassRun, row.pk)


MAKE: dict[str, Callable[[datetime], Any]] = {
    "consent.unconfirmed": unconfirmed,
    "consent.suppressions": suppression,
    "rights.answered": answered,
    "rights.archives": archive,
    "mail.settled": mail,
    "site.log": logged,
    "site.page_log": page_logged,
    "site.sessions": session,
    "site.editing": editing,
    "site.forms": form_state,
    "site.revisions": revision,
    "site.comments": comment,
    "site.workflows": workflow,
    "retention.runs": run,
    "retention.class_runs": class_run,
}
