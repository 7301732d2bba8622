"""The verbs of this room: `freeze`, and `publish` as a person does it."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.models import Revision

from privacy.subjects.models import DataSubject

from .facts import canonical, sha256
from .gate import PublicationRefused
from .models import PrivacyStatementPage, StatementVersion


@transaction.atomic
def freeze(*, page: PrivacyStatementPage, revision: Revision) -> StatementVersion:
    """Store what is published now as the next version: text, facts, and the hashes that prove both.

    Args:
        page: the statement page as it goes live.
        revision: the revision that is published; its user is the version's author.

    Returns:
        The new version; it is in force from its `effective_on`.

    Raises:
        PublicationRefused: the gate refuses; nothing is stored.
    """
    # One at a time, so that two publications at once get two numbers and one chain.
    PrivacyStatementPage.objects.select_for_update(of=("self",)).get(pk=page.pk)
    facts = page.current_facts()
    if problems := page.refusals(facts):
        raise PublicationRefused(page.pk, problems)
    previous = StatementVersion.objects.order_by("-number").defer("html", "facts").first()
    now = timezone.now()
    html = page.render_article(facts)
    version = StatementVersion(
        page=page,
        revision=revision,
        number=previous.number + 1 if previous else 1,
        published_at=now,
        effective_on=page.takes_effect_on(previous),
        author_id=revision.user_id,
        change_note=page.change_note,
        is_material=not page.is_editorial,
        html=html,
        facts=facts,
        html_sha256=sha256(html),
        facts_sha256=sha256(canonical(facts)),
        previous_sha256=previous.sha256 if previous else "",
    )
    version.sha256 = version.chained_sha256()
    version.save(force_insert=True)
    # What described the change belongs to the version now. The next change has not been described by anybody.
    PrivacyStatementPage.objects.filter(pk=page.pk).update(**page.NEW_ROUND)
    return version


@transaction.atomic
def publish(
    *,
    draft: PrivacyStatementPage,
    change_note: str,
    is_editorial: bool,
    effective_on: date | None,
    shown_facts: str,
    user: Any,
) -> None:
    """Publish the statement, or plan it when the draft says so, with what a person says of the change (A19, A20).

    A draft that waits for the approval of this person is approved with it; another workflow ends, as Wagtail has it.

    Args:
        draft: the page as it goes live.
        change_note: what changed and why, one line.
        is_editorial: whether the text alone is better; refused when facts changed (invariant 8).
        effective_on: the day from which a material change holds; None for as soon as possible.
        shown_facts: SHA-256 of the facts that the person saw.
        user: the person.

    Raises:
        PublicationRefused: the gate refuses, or the register has changed since; nothing is published.
    """
    draft.change_note = change_note
    draft.is_editorial = is_editorial
    draft.effective_on = effective_on
    draft.shown_facts = shown_facts
    revision = draft.save_revision(user=user)
    state, waiting = draft.current_workflow_state, draft.current_workflow_task_state
    task = waiting.task.specific if waiting and state.is_at_final_task else None
    if task and any(name == "approve" for name, *_ in task.get_actions(draft, user)):
        task.on_action(waiting, user, "approve")
    else:
        revision.publish(user=user)


def people_to_notify() -> int:
    """Return how many people a material version is told to (A20); nobody has to be told of the first."""
    return DataSubject.objects.count() if StatementVersion.objects.exists() else 0
