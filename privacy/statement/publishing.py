"""What would be published now, and how it differs from what is: the screen that asks what changed is made from this."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from .changes import Change, changed_facts, compared
from .completeness import Missing
from .facts import canonical, sha256
from .models import PrivacyStatementPage, StatementTranslation, StatementVersion

#: What Wagtail keeps in a revision about saving and publishing it, and what editors say to each other: nobody publishes these.
_BOOKKEEPING = {
    "latest_revision",
    "latest_revision_created_at",
    "live_revision",
    "live",
    "has_unpublished_changes",
    "first_published_at",
    "last_published_at",
    "draft_title",
    "wagtail_admin_comments",
}
_BLOCK_KEY = re.compile(r' data-block-key="[^"]*"')


def _bare(value: Any) -> Any:
    """Return what is said, without what a save may give anew to the same text: names of blocks, the order of their parts."""
    if isinstance(value, dict):
        return {name: _bare(part) for name, part in value.items() if name != "id"}
    if isinstance(value, list):
        return [_bare(part) for part in value]
    if not isinstance(value, str):
        return value
    # Wagtail keeps the blocks of a page as text.
    return _bare(json.loads(value)) if value.startswith("[{") else _BLOCK_KEY.sub("", value)


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """The draft with the register as it is now, beside the newest version.

    Args:
        draft: the page as it would go live.
        facts: of the register.
        newest: the version published last, also when its day is still to come; None before the first.
    """

    draft: PrivacyStatementPage
    facts: dict[str, Any]
    newest: StatementVersion | None

    @property
    def number(self) -> int:
        """The number that it would get."""
        return self.newest.number + 1 if self.newest else 1

    @cached_property
    def problems(self) -> list[Missing]:
        """What the gate says of text and register."""
        return self.draft.lacking(self.draft.body)

    @property
    def is_complete(self) -> bool:
        """Whether the draft can be published at all: drafts are saved half-filled too."""
        try:
            self.draft.full_clean()
        except ValidationError:
            return False
        return True

    @cached_property
    def changes(self) -> list[Change]:
        """The facts that differ; none for the first version, which has nothing to differ from."""
        return changed_facts(self.newest.facts, self.facts) if self.newest else []

    @cached_property
    def published_words(self) -> StatementVersion | StatementTranslation | None:
        """The newest text in the draft's language; None when there was none yet."""
        language = self.draft.locale.language_code
        words = self.newest.in_language(language) if self.newest else None
        return words if words and words.language == language else None

    @cached_property
    def text(self) -> str:
        """The HTML that would be frozen of this page, in its language."""
        return self.draft.render_article(self.draft.current_facts(self.draft.locale.language_code))

    @cached_property
    def difference(self) -> str:
        """The text with what differs marked; empty when nothing does. It is shown inside a panel, where no landmark may be."""
        words = self.published_words
        marked = compared(words.html, self.text) if words and words.html != self.text else ""
        return marked.replace("<aside ", '<div role="note" ').replace("</aside>", "</div>")

    @property
    def is_material(self) -> bool:
        """Whether it is material by itself (A20, invariant 8): facts changed, or it is the first."""
        return self.newest is None or bool(self.changes)

    @property
    def planned_for(self) -> date | None:
        """The day on which it goes live by itself, None when it does at once."""
        going_live = self.draft.go_live_at
        return self.draft.goes_live_on() if going_live and going_live > timezone.now() else None

    @property
    def earliest(self) -> date:
        """The first day from which it may hold."""
        return self.planned_for or timezone.localdate()

    @property
    def without_choice(self) -> date:
        """The day from which it holds when nobody chooses one: not before what is announced already."""
        return max(self.earliest, self.newest.effective_on if self.newest else date.min)

    @property
    def announced(self) -> StatementVersion | None:
        """The newest version, when its day is still to come."""
        return self.newest if self.newest and self.newest.is_to_come else None

    @property
    def facts_sha256(self) -> str:
        """The hash that a version with these facts has of them."""
        return sha256(canonical(self.facts))

    @property
    def fingerprint(self) -> str:
        """A hash of all that the screen shows: when it is another one, the editor has to look again."""
        revision = self.draft.latest_revision
        said = revision.content if revision else {}
        # Not which revision it is, nor when it was saved: the editor's page saves by itself, also just after it was left.
        draft = {name: _bare(value) for name, value in said.items() if name not in _BOOKKEEPING}
        return sha256(canonical({"facts": self.facts, "text": _bare(self.text), "draft": draft, "number": self.number}))

    @property
    def what_to_do(self) -> str:
        """The words on the button."""
        return _("Inplannen") if self.planned_for else _("Publiceren")


def proposed(page: PrivacyStatementPage) -> Proposal:
    """Return what would be published of this page now.

    Args:
        page: the statement as the database has it.
    """
    draft = page.get_latest_revision_as_object()
    return Proposal(draft=draft, facts=draft.current_facts(), newest=StatementVersion.objects.order_by("-number").first())
