"""WHAT WE SAY: the page that editors write, and the frozen versions that bind."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.fields import StreamField
from wagtail.models import Page, Revision

from . import blocks
from .changes import changed_facts, changed_text
from .facts import Facts, canonical, collect, sha256
from .forms import StatementPageForm
from .gate import PublicationRefused
from .sections import sections

logger = logging.getLogger(__name__)

#: So that the list costs the same with ten thousand versions.
VERSIONS_PER_PAGE = 20

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


class StatementVersion(models.Model):
    """One published statement, for ever as it was (art. 5(2), 7(1)).

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
    html = models.TextField(_("tekst"))
    facts = models.JSONField(_("feiten"))
    html_sha256 = models.CharField(max_length=64)
    facts_sha256 = models.CharField(max_length=64)
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
    def look(self) -> Facts:
        """Look-ups in the frozen facts."""
        return Facts(self.facts)

    def period_months(self, rule_key: str) -> int:
        """Return the period of a retention rule in calendar months, as this version promised it.

        Raises:
            LookupError: this version has no such rule.
        """
        rule = self.look.rule(rule_key)
        if rule is None:
            raise LookupError(f"Statement version {self.number} has no retention rule {rule_key!r}.")
        return int(rule["months"])

    def chained_sha256(self) -> str:
        """Compute the hash that binds this version to the one before."""
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
                }
            )
        )


class PrivacyStatementPage(RoutablePageMixin, Page):
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

    def current_facts(self) -> dict[str, Any]:
        """Return the facts of the register now, in this page's language: what a publication would freeze."""
        with translation.override(self.locale.language_code):
            return collect(self.get_site())

    def newest_facts(self) -> dict[str, Any] | None:
        """Return the facts of this page's newest version, None before the first."""
        newest: dict[str, Any] | None = self.versions.order_by("-number").values_list("facts", flat=True).first()
        return newest

    def render_article(self, facts: dict[str, Any]) -> str:
        """Return the statement's text as HTML, made from this page's blocks and these facts."""
        with translation.override(self.locale.language_code):
            return render_to_string("privacy_statement/article.html", {"sections": sections(self.body), "facts": Facts(facts)})

    @path("")
    def current(self, request: HttpRequest) -> HttpResponse:
        """Show the version in force."""
        version = StatementVersion.objects.in_force()
        if version is None:
            raise Http404
        return self._page(request, "privacy_statement/statement_page.html", version=version, article=version.html)

    @path("versies/")
    def version_list(self, request: HttpRequest) -> HttpResponse:
        """List all versions, newest first; `?p=` is the page of the list."""
        listed = Paginator(StatementVersion.objects.defer("html", "facts"), VERSIONS_PER_PAGE).get_page(request.GET.get("p"))
        return self._page(request, "privacy_statement/versions.html", versions=listed)

    @path("versies/<int:number>/")
    def one_version(self, request: HttpRequest, number: int) -> HttpResponse:
        """Show one version, byte for byte as it was."""
        version = get_object_or_404(StatementVersion, number=number)
        return self._page(request, "privacy_statement/version.html", version=version, article=version.html)

    @path("versies/<int:number>/verschil/")
    def difference(self, request: HttpRequest, number: int) -> HttpResponse:
        """Show what changed against the version before, or against the one that `?met=` names."""
        version = get_object_or_404(StatementVersion, number=number)
        other = request.GET.get("met", "")
        earlier = StatementVersion.objects.filter(number=int(other) if other.isdecimal() else number - 1).first()
        context: dict[str, Any] = {"version": version, "earlier": earlier}
        if earlier:
            earlier, version = sorted((earlier, version), key=lambda one: one.number)
            context = {
                "version": version,
                "earlier": earlier,
                "changes": changed_facts(earlier.facts, version.facts),
                "difference": changed_text(earlier, version),
            }
        return self._page(request, "privacy_statement/difference.html", **context)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """Show editors the draft with the register as it is now."""
        article = self.render_article(self.current_facts())
        return self._page(request, "privacy_statement/statement_page.html", article=article)

    def _page(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        response: HttpResponse = self.render(request, template=template, context_overrides=context)
        return response


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
