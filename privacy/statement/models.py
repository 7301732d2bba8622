"""WHAT WE SAY: the page that editors write, and the frozen versions that bind."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import UTC
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.blocks import StreamValue
from wagtail.fields import StreamField
from wagtail.models import Page, Revision, Site

from . import blocks
from .facts import Facts, canonical, collect, sha256
from .forms import StatementPageForm
from .gate import Missing, PublicationRefused, refused
from .sections import sections

logger = logging.getLogger(__name__)

#: What Wagtail's command `publish_scheduled` calls its publications in its log.
SCHEDULED = "wagtail.publish.scheduled"


class NoStatementInForce(Exception):
    """Nothing is published: there is no purpose, no period and no right to act on (invariant 1)."""


class StatementVersionQuerySet(models.QuerySet["StatementVersion"]):
    """Named scopes."""

    def in_force(self) -> StatementVersion | None:
        """Return the version that binds now: the newest one of a page that is live; None when there is none."""
        return self.filter(page__live=True).order_by("-number").first()

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
        rule = self.look.rule(rule_key)
        if rule is None:
            raise LookupError(f"Statement version {self.number} has no retention rule {rule_key!r}.")
        return int(rule["months"])

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

    What visitors read is never this page but the newest frozen version; a draft, a preview and a half-filled register
    change nothing for them.
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

    content_panels = [
        *Page.content_panels,
        MultiFieldPanel([FieldPanel("change_note"), FieldPanel("is_editorial")], heading=_("Deze wijziging")),
        FieldPanel("body"),
    ]
    base_form_class = StatementPageForm
    page_description = _("De privacyverklaring. Elke publicatie wordt een versie die altijd leesbaar blijft.")
    max_count = 1
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("privacyverklaring")
        verbose_name_plural = _("privacyverklaringen")

    def publish(self, *args: Any, **kwargs: Any) -> None:
        """Go live together with a version or not at all; Wagtail itself would save the page first.

        Every way of publishing comes here except the admin's publish button, whose requests are transactions themselves
        (`config.urls`).

        Raises:
            PublicationRefused: the gate refuses. Only where the clock publishes it is logged instead: that command takes one
                page after the other, and the next ones must not wait for this one. It stays planned, the first page of
                the admin says what is missing, and every run of the command tries again.
        """
        try:
            with transaction.atomic():
                super().publish(*args, **kwargs)
        except PublicationRefused as refusal:
            if kwargs.get("log_action") != SCHEDULED:
                raise
            codes = ", ".join(problem.code for problem in refusal.problems)
            logger.warning("The planned publication of the statement is refused: %s", codes)

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

    def lacking(self, body: StreamValue | None, *, editorial: bool) -> list[Missing]:
        """Return everything that keeps this page from being published as it is now (see `gate.refused`).

        Args:
            body: its sections; None when they could not be read at all, which the form says by itself.
            editorial: whether the editor calls this a change of text alone.
        """
        return refused(
            self.current_facts(),
            body,
            editorial=editorial,
            previous=StatementVersion.objects.newest_facts(),
            languages=self.published_with() if self.pk else {self.locale.language_code},
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
