"""The verb of this room: `freeze`."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from wagtail.models import Revision

from .gate import PublicationRefused
from .models import PrivacyStatementPage, StatementTranslation, StatementVersion


@transaction.atomic
def freeze(*, page: PrivacyStatementPage, revision: Revision) -> StatementVersion:
    """Store what is published now as the next version: text, facts, and the hashes that prove both.

    Whatever language is published, the others that are live are frozen with it, from the same register: no language can
    have facts that another has not (law.md A17).

    Args:
        page: the statement page as it goes live, in any language; the one in the source language is live.
        revision: the revision that is published; its user is the version's author.

    Returns:
        The new version; it is in force from now on.

    Raises:
        PublicationRefused: the gate refuses; nothing is stored.
    """
    pages = page.published_with()
    own = pages[settings.LANGUAGE_CODE]
    # One at a time, so that two publications at once get two numbers and one chain.
    PrivacyStatementPage.objects.select_for_update(of=("self",)).get(pk=own.pk)
    if problems := page.lacking(page.body, editorial=page.is_editorial):
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
        effective_on=timezone.localdate(now),
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
    return version
