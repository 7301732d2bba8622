"""WHAT WE SAY: the page that editors write, and the frozen versions that bind."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import StreamValue
from wagtail.fields import StreamField
from wagtail.models import Page, Revision, Site

from privacy.register.periods import Period

from . import blocks
from .completeness import Missing
from .facts import Facts, canonical, collect, sha256
from .forms import SectionsPanel, StatementPageForm
from .gate import PublicationRefused, live_or_not_at_all, not_described, outdated, refused
from .sections import sections


def texts_of(version: str) -> tuple[str, str]:
    """Return the fields of a version that are as long as the statement itself, for a query of rows that name one to defer.

    Args:
        version: name of the key that leads to the version, or the way to it ("submission__version").
    """
    return f"{version}__html", f"{version}__facts"


class NoStatementInForce(Exception):
    """Nothing is published: there is no purpose, no period and no right to act on (invariant 1)."""


class StatementVersionQuerySet(models.QuerySet["StatementVersion"]):
    """Named scopes."""

    def in_force(self) -> StatementVersion | None:
        """Return the version that binds now, None when there is none.

        Of a page that is live, the highest number whose day has come: one published later replaces what was announced. Its
        `html`, which is long and of which few ask anything, is fetched when it is asked for.
        """
        return self.that_may_bind().defer("html").order_by("-number").first()

    def that_may_bind(self) -> StatementVersionQuerySet:
        """Versions of a page that is live, whose day has come."""
        return self.filter(page__live=True, effective_on__lte=timezone.localdate())

    def in_force_at(self, at: datetime) -> StatementVersion | None:
        """Return the version that bound at a moment (aware) in the past, None before the first.

        Whether its page was live at that moment is not known any more.
        """
        return self.filter(published_at__lte=at, effective_on__lte=timezone.localdate(at)).order_by("-number").first()

    def announced(self, *, after: StatementVersion | None) -> StatementVersion | None:
        """Return the version that binds next: published, and its day is still to come; None when there is none.

        Args:
            after: the version in force; what an announced one with a lower number said is replaced by it.
        """
        to_come = self.filter(page__live=True, effective_on__gt=timezone.localdate(), number__gt=after.number if after else 0)
        return to_come.order_by("effective_on", "-number").first()

    def now_and_next(self) -> tuple[StatementVersion | None, StatementVersion | None]:
        """Return `in_force()` and what is `announced()` after it, with one query: readers ask for both."""
        live, today = self.filter(page__live=True), timezone.localdate()
        now = models.Subquery(live.filter(effective_on__lte=today).order_by("-number").values("number")[:1])
        rows = list(live.select_related("page").filter(number__gte=Coalesce(now, 0)).order_by("effective_on", "-number"))
        binding = max((row for row in rows if row.effective_on <= today), key=lambda row: row.number, default=None)
        return binding, next((row for row in rows if row.effective_on > today), None)

    def with_fate(self) -> StatementVersionQuerySet:
        """Add `was_replaced`: a later version took its place before its day came, so it never bound anybody."""
        sooner = StatementVersion.objects.filter(
            number__gt=models.OuterRef("number"),
            published_at__date__lt=models.OuterRef("effective_on"),
            effective_on__lte=models.OuterRef("effective_on"),
        )
        return self.annotate(was_replaced=models.Exists(sooner))

    def with_a_way_on(self) -> StatementVersionQuerySet:
        """Add `is_any_in_force`: an editor may have taken the statement off, and its versions stay."""
        return self.annotate(is_any_in_force=models.Exists(StatementVersion.objects.that_may_bind()))

    def made_from(self, revision: Revision) -> StatementVersionQuerySet:
        """Versions that froze this revision, in whatever language it is; newest first."""
        source, translated = models.Q(revision=revision), models.Q(translations__revision=revision)
        return self.filter(source | translated).order_by("-number").distinct()

    def binding(self) -> StatementVersion:
        """Return the version in force, for what cannot go on without one.

        Raises:
            NoStatementInForce: nothing is published.
        """
        version = self.in_force()
        if version is None:
            raise NoStatementInForce
        return version

    def newest_facts(self) -> dict[str, Any] | None:
        """Return the facts published last, to compare with; None before the first version."""
        newest: dict[str, Any] | None = self.order_by("-number").values_list("facts", flat=True).first()
        return newest


class FrozenWords(models.Model):
    """A statement in one language, as it was published: text, facts, and the hashes of both."""

    html = models.TextField(_("tekst"))
    facts = models.JSONField(_("feiten"))
    html_sha256 = models.CharField(max_length=64)
    facts_sha256 = models.CharField(max_length=64)

    class Meta:
        abstract = True

    def freeze(self, page: PrivacyStatementPage) -> Self:
        """Take over text and facts of `page` as they are now, in its language."""
        facts = page.current_facts(page.locale.language_code)
        html = page.render_article(facts)
        self.html, self.html_sha256 = html, sha256(html)
        self.facts, self.facts_sha256 = facts, sha256(canonical(facts))
        return self

    @property
    def look(self) -> Facts:
        """Look-ups in the frozen facts."""
        return Facts(self.facts)


class StatementVersion(FrozenWords):
    """One published statement, for ever as it was (art. 5(2), 7(1)).

    It speaks the source language; its `translations` say the same in others, under the same number (law.md A17).
    Rows are proof: PostgreSQL refuses to change or delete them. The revision is protected, since Wagtail's autosave
    overwrites revisions and `purge_revisions` deletes them. Hashes form a chain: `sha256` covers the version before.
    """

    wagtail_reference_index_ignore = True

    page = models.ForeignKey(
        "privacy_statement.PrivacyStatementPage", verbose_name=_("pagina"), on_delete=models.PROTECT, related_name="versions"
    )
    revision = models.ForeignKey(Revision, verbose_name=_("revisie"), on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(_("versie"), unique=True)
    published_at = models.DateTimeField(_("gepubliceerd"))
    effective_on = models.DateField(_("geldt vanaf"))
    # The proof outlives the account of who published it, so the number stays when the account goes.
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("gepubliceerd door"),
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
    )
    change_note = models.CharField(_("wat is er veranderd"), max_length=255, blank=True)
    is_material = models.BooleanField(_("wezenlijk"), default=True, help_text=_("Meer dan alleen de tekst is veranderd."))
    previous_sha256 = models.CharField(max_length=64, blank=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64)

    objects = StatementVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("versie van de verklaring")
        verbose_name_plural = _("versies van de verklaring")
        ordering = ["-number"]

    def __str__(self) -> str:
        return _("Versie %(number)s") % {"number": self.number}

    @property
    def is_to_come(self) -> bool:
        """Whether the day from which it holds is later than today."""
        return self.effective_on > timezone.localdate()

    @property
    def language(self) -> str:
        """The language of the version itself."""
        return settings.LANGUAGE_CODE

    def in_language(self, language: str | None) -> StatementVersion | StatementTranslation:
        """Return the words of this version in that language; its own where it was never published in it.

        Args:
            language: language code, such as the active one; the source language costs no query.
        """
        if language in {None, self.language}:
            return self
        return self.translations.select_related("page").filter(language=language).first() or self

    def period_months(self, rule_key: str) -> int:
        """Return the period of a retention rule in calendar months, as this version promised it.

        Raises:
            LookupError: this version has no such rule.
        """
        return self.period(rule_key).months

    def period(self, rule_key: str) -> Period:
        """Return the period of a retention rule, in months or in days, as this version promised it.

        Raises:
            LookupError: this version has no such rule.
        """
        period = self.look.period(rule_key)
        if period is None:
            raise LookupError(f"Statement version {self.number} has no retention rule {rule_key!r}.")
        return period

    def chained_sha256(self, translations: Iterable[StatementTranslation] | None = None) -> str:
        """Compute the hash that binds this version, in all its languages, to the one before.

        Args:
            translations: its words in other languages; those in the database when None.
        """
        others = self.translations.all() if translations is None else translations
        return sha256(
            canonical(
                {
                    "number": self.number,
                    "published_at": self.published_at.astimezone(UTC).isoformat(),
                    "effective_on": self.effective_on.isoformat(),
                    "change_note": self.change_note,
                    "is_material": self.is_material,
                    "html_sha256": self.html_sha256,
                    "facts_sha256": self.facts_sha256,
                    "previous_sha256": self.previous_sha256,
                    "translations": {row.language: [row.html_sha256, row.facts_sha256] for row in others},
                }
            )
        )


class StatementTranslation(FrozenWords):
    """The words of a version in another language, frozen in the same moment from the page in that language.

    Rows are proof, as those of the version are.
    """

    wagtail_reference_index_ignore = True

    version = models.ForeignKey(StatementVersion, on_delete=models.PROTECT, related_name="translations")
    language = models.CharField(_("taal"), max_length=10)
    page = models.ForeignKey("privacy_statement.PrivacyStatementPage", on_delete=models.PROTECT, related_name="+")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("vertaling van de verklaring")
        verbose_name_plural = _("vertalingen van de verklaring")
        constraints = [models.UniqueConstraint(fields=["version", "language"], name="privacy_statement_one_text_per_language")]

    def __str__(self) -> str:
        return f"{self.version} ({self.language})"


class PrivacyStatementPage(Page):
    """The statement as editors write it: their own sections, and blocks that render from the register.

    What visitors read is never this page but a frozen version; a draft, a preview and a half-filled register change nothing
    for them.

    What describes a change (`NEW_ROUND`) is asked when publishing (`publish_views`) and travels in the revision, so that a
    publication planned for later has it; it is no part of the editing form, and empty again for the next change.
    """

    body = StreamField(blocks.STATEMENT_BLOCKS, verbose_name=_("inhoud"), blank=True)
    change_note = models.CharField(
        _("wat is er veranderd"),
        max_length=255,
        blank=True,
        help_text=_("Eén regel voor de lijst van versies: wat is er veranderd, en waarom."),
    )

    is_editorial = models.BooleanField(
        _("alleen redactioneel"),
        default=False,
        help_text=_("Alleen de tekst is beter; aan wat wij met gegevens doen is niets veranderd."),
    )

    effective_on = models.DateField(
        _("geldt vanaf"),
        null=True,
        blank=True,
        help_text=_("Alleen voor een wezenlijke wijziging; leeg betekent meteen."),
    )

    # The SHA-256 of the facts that stood on the screen when the change was described.
    shown_facts = models.CharField(max_length=64, blank=True, editable=False)

    #: What describes one change, before anybody has described it.
    NEW_ROUND: ClassVar[dict[str, Any]] = {"change_note": "", "is_editorial": False, "effective_on": None, "shown_facts": ""}

    content_panels = [*Page.content_panels, SectionsPanel("body")]
    base_form_class = StatementPageForm
    page_description = _("De privacyverklaring. Elke publicatie wordt een versie die altijd leesbaar blijft.")
    max_count = 1
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("privacyverklaring")
        verbose_name_plural = _("privacyverklaringen")

    def publish(self, revision: Revision, user: Any = None, **kwargs: Any) -> None:
        """Go live together with a version or not at all; Wagtail itself would save the page first.

        Every way of publishing comes here except the admin's publish button, whose requests are transactions themselves
        (`config.urls`), and which leads to the screen that asks what changed (`publish_views`).

        Args:
            revision: what goes live.
            user: who publishes. A person says what changed and why (A20), a script or the clock need not.
            **kwargs: as Wagtail has them.

        Raises:
            PublicationRefused: the gate refuses, or a person has not said what changed; see `live_or_not_at_all` for the clock.
                The first page of the admin then says what is missing.
        """
        asked = user is not None and self.makes_a_version
        with live_or_not_at_all(kwargs.get("log_action")):
            if asked and not self._is_described(revision):
                draft = revision.as_object()
                raise PublicationRefused(self.pk, draft.lacking(draft.body) or [not_described()])
            super().publish(revision, user=user, **kwargs)
            if asked and not self._is_as_shown(revision):
                raise PublicationRefused(self.pk, [outdated()])

    def _is_described(self, revision: Revision) -> bool:
        # What described a version is used up by it.
        return bool(revision.content.get("change_note")) and not StatementVersion.objects.made_from(revision).exists()

    def _is_as_shown(self, revision: Revision) -> bool:
        # Afterwards, since the register may change until the very moment in which it is frozen. A plan freezes nothing yet.
        shown = revision.content.get("shown_facts")
        frozen = StatementVersion.objects.made_from(revision).first()
        return not (shown and frozen) or frozen.facts_sha256 == shown

    @classmethod
    def source(cls) -> PrivacyStatementPage | None:
        """Return the page in the source language, of which others are translations; None before there is one."""
        found: PrivacyStatementPage | None = (
            cls.objects.select_related("locale").filter(locale__language_code=settings.LANGUAGE_CODE).first()
        )
        return found

    def published_with(self) -> dict[str, PrivacyStatementPage]:
        """Return by language the pages of which a publication of this one makes one version: itself and what is live."""
        others = self.get_translations().live().select_related("locale", "live_revision") if self.pk else ()
        return {page.locale.language_code: page for page in (*others, self)}

    @property
    def makes_a_version(self) -> bool:
        """Whether publishing this page makes one: a translation waits until its source is live."""
        return settings.LANGUAGE_CODE in self.published_with()

    def goes_live_on(self) -> date:
        """Return the day for which this draft is planned; today when it is not."""
        return timezone.localdate(self.go_live_at) if self.go_live_at else timezone.localdate()

    def takes_effect_on(self, newest: StatementVersion | None) -> date:
        """Return the day from which a version made now holds: never before today.

        Unless an editor chose a day for a material change, what an earlier version announced does not come sooner with it.

        Args:
            newest: the version before; None for the first.
        """
        chosen = None if self.is_editorial else self.effective_on
        return max(timezone.localdate(), chosen or (newest.effective_on if newest else date.min))

    def refusals(self) -> list[Missing]:
        """Return everything that keeps this draft, with what is said of its change, from being published as it is now."""
        return self.lacking(self.body, editorial=self.is_editorial, effective_on=self.effective_on, live_on=self.goes_live_on())

    def lacking(self, body: StreamValue | None, **said: Any) -> list[Missing]:
        """Return what keeps this page from being published now; without more, what text and register lack.

        Args:
            body: its sections; None when they could not be read at all, which the form says by itself.
            **said: what is said of the change (see `gate.refused`), which is asked when publishing.
        """
        return refused(
            self.current_facts(),
            body,
            previous=StatementVersion.objects.newest_facts(),
            languages=self.published_with() if self.pk else {self.locale.language_code},
            **said,
        )

    def current_facts(self, language: str = settings.LANGUAGE_CODE) -> dict[str, Any]:
        """Return the facts of the register now: what a publication would freeze.

        Args:
            language: the language of their words.
        """
        with translation.override(language):
            # A page that was never saved has no place in the tree yet.
            return collect((self.get_site() if self.pk else None) or Site.objects.get(is_default_site=True))

    def render_article(self, facts: dict[str, Any]) -> str:
        """Return the statement's text as HTML in this page's language, made from its blocks and these facts."""
        with translation.override(self.locale.language_code):
            return render_to_string("privacy_statement/article.html", {"sections": sections(self.body), "facts": Facts(facts)})

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the version in force, also where an editor moved the page to."""
        from . import views  # the views need these models

        return views.current(request)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """Show editors the draft with the register as it is now."""
        article = self.render_article(self.current_facts(self.locale.language_code))
        context = self.get_context(request) | {"article": article}
        return TemplateResponse(request, "privacy_statement/statement_page.html", context)


class LinkCheckQuerySet(models.QuerySet["LinkCheck"]):
    """Named scopes."""

    def due(self, before: datetime) -> LinkCheckQuerySet:
        """Return the links that were last asked before that moment (aware), or never."""
        return self.filter(models.Q(checked_at=None) | models.Q(checked_at__lt=before))

    def broken(self) -> LinkCheckQuerySet:
        """Return the links that failed twice in a row: a server may have a bad day."""
        return self.filter(ok=False, first_failed_at__lt=models.F("checked_at"))


class LinkCheck(models.Model):
    """Whether one address to which the statement links answers; a worker asks, readers never wait for it (law.md A18)."""

    url = models.URLField(_("adres"), max_length=1000, unique=True)
    checked_at = models.DateTimeField(_("gevraagd op"), null=True)
    status = models.PositiveSmallIntegerField(_("antwoord"), null=True, help_text=_("Status van HTTP; leeg zonder antwoord."))
    ok = models.BooleanField(_("werkt"), default=True)
    first_failed_at = models.DateTimeField(_("werkt niet sinds"), null=True)

    objects = LinkCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("link in de verklaring")
        verbose_name_plural = _("links in de verklaring")
        ordering = ["url"]

    def __str__(self) -> str:
        return self.url
