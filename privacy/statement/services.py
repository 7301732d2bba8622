"""The verb of this room: `freeze`."""

from django.db import transaction
from django.utils import timezone
from wagtail.models import Revision

from .facts import canonical, sha256
from .gate import PublicationRefused, refused
from .models import PrivacyStatementPage, StatementVersion


@transaction.atomic
def freeze(*, page: PrivacyStatementPage, revision: Revision) -> StatementVersion:
    """Store what is published now as the next version: text, facts, and the hashes that prove both.

    Args:
        page: the statement page as it goes live.
        revision: the revision that is published; its user is the version's author.

    Returns:
        The new version; it is in force from now on.

    Raises:
        PublicationRefused: the gate refuses; nothing is stored.
    """
    # One at a time, so that two publications at once get two numbers and one chain.
    PrivacyStatementPage.objects.select_for_update(of=("self",)).get(pk=page.pk)
    facts = page.current_facts()
    if problems := refused(facts, page.body, editorial=page.is_editorial, previous=page.newest_facts()):
        raise PublicationRefused(page.pk, problems)
    previous = StatementVersion.objects.order_by("-number").defer("html", "facts").first()
    now = timezone.now()
    html = page.render_article(facts)
    version = StatementVersion(
        page=page,
        revision=revision,
        number=previous.number + 1 if previous else 1,
        published_at=now,
        effective_on=timezone.localdate(now),
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
    return version
