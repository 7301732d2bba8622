"""The verbs of this room: `freeze`, and `publish` as a person does it."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from wagtail.models import Revision

from .gate import PublicationRefused
from .models import PrivacyStatementPage, StatementTranslation, StatementVersion
from .notices import notify, receivers


@transaction.atomic
def freeze(*, page: PrivacyStatementPage, revision: Revision) -> StatementVersion:
    """Store what is published now as the next version: text, facts, and the hashes that prove both.

    Whatever language is published, the others that are live are frozen with it, from the same register: no language can
    have facts that another has not (law.md A17). Of a material change everybody whose data is held is told (A20).

    Args:
        page: the statement page as it goes live, in any language; the one in the source language is live.
        revision: the revision that is published; its user is the version's author.

    Returns:
        The new version; it is in force from its `effective_on`.

    Raises:
        PublicationRefused: the gate refuses; nothing is stored.
    """
    # One at a time, so that two publications at once get two numbers and one chain. Before anything is read: what another
    # language published meanwhile is frozen with this one.
    same = PrivacyStatementPage.objects.filter(translation_key=page.translation_key)
    same.select_for_update(of=("self",)).get(locale__language_code=settings.LANGUAGE_CODE)
    pages = page.published_with()
    own = pages[settings.LANGUAGE_CODE]
    if problems := page.refusals():
        raise PublicationRefused(page.pk, problems)
    # The page that is published now knows its revision; the others go on with the one that is live.
    revisions = {language: revision if one is page else one.live_revision for language, one in pages.items()}
    previous = StatementVersion.objects.order_by("-number").defer("html", "facts").first()
    now = timezone.now()
    version = StatementVersion(
        page=own,
        revision=revisions[settings.LANGUAGE_CODE],
        number=previous.number + 1 if previous else 1,
        published_at=now,
        effective_on=page.takes_effect_on(previous),
        author_id=revision.user_id,
        change_note=page.change_note,
        is_material=not page.is_editorial,
        previous_sha256=previous.sha256 if previous else "",
    ).freeze(own)
    translations = [
        StatementTranslation(version=version, language=language, page=one, revision=revisions[language]).freeze(one)
        for language, one in pages.items()
        if one is not own
    ]
    version.sha256 = version.chained_sha256(translations)
    version.save(force_insert=True)
    StatementTranslation.objects.bulk_create(translations)
    notify(version, previous=previous)
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
    return receivers().count() if StatementVersion.objects.exists() else 0
