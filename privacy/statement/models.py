"""WHAT WE SAY: the page that editors write, and the frozen versions that bind."""

from __future__ import annotations

import logging
from datetime import UTC, date
from typing import Any, ClassVar

from django.conf import settings
from django.core.paginator import Paginator
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.fields import StreamField
from wagtail.models import Page, Revision

from . import blocks
from .changes import changed_facts, changed_text
from .facts import Facts, canonical, collect, sha256
from .forms import StatementPageForm
from .gate import Missing, PublicationRefused, concerns_the_change, not_described, outdated, refused
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
        """Return the version that binds now, None when there is none.

        Of a page that is live, the highest number whose day has come: one published later replaces what was announced.
        """
        return self.filter(page__live=True, effective_on__lte=timezone.localdate()).order_by("-number").first()

    def announced(self, *, after: StatementVersion | None) -> StatementVersion | None:
        """Return the version that binds next: published, and its day is still to come; None when there is none.

        Args:
            after: the version in force; what an announced one with a lower number said is replaced by it.
        """
        to_come = self.filter(page__live=True, effective_on__gt=timezone.localdate(), number__gt=after.number if after else 0)
        return to_come.order_by("effective_on", "-number").first()

    def with_fate(self) -> StatementVersionQuerySet:
        """Add `was_replaced`: a later version took its place before its day came, so it never bound anybody."""
        sooner = StatementVersion.objects.filter(
            number__gt=models.OuterRef("number"),
            published_at__date__lt=models.OuterRef("effective_on"),
            effective_on__lte=models.OuterRef("effective_on"),
        )
        return self.annotate(was_replaced=models.Exists(sooner))

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
    def is_to_come(self) -> bool:
        """Whether the day from which it holds is later than today."""
        return self.effective_on > timezone.localdate()

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

    content_panels = [*Page.content_panels, FieldPanel("body")]
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
            PublicationRefused: the gate refuses, or a person has not said what changed. Only where the clock publishes it is
                logged instead: that command takes one page after the other, and the next ones must not wait for this one. It
                stays planned, the first page of the admin says what is missing, and every run of the command tries again.
        """
        try:
            with transaction.atomic():
                if user is not None and not self._is_described(revision):
                    draft = revision.as_object()
                    raise PublicationRefused(self.pk, draft.lacking(draft.current_facts()) or [not_described()])
                super().publish(revision, user=user, **kwargs)
                if user is not None and not self._is_as_shown(revision):
                    raise PublicationRefused(self.pk, [outdated()])
        except PublicationRefused as refusal:
            if kwargs.get("log_action") != SCHEDULED:
                raise
            codes = ", ".join(problem.code for problem in refusal.problems)
            logger.warning("The planned publication of the statement is refused: %s", codes)

    def _is_described(self, revision: Revision) -> bool:
        # What described a version is used up by it.
        return bool(revision.content.get("change_note")) and not StatementVersion.objects.filter(revision=revision).exists()

    def _is_as_shown(self, revision: Revision) -> bool:
        # Afterwards, since the register may change until the very moment in which it is frozen. A plan freezes nothing yet.
        frozen = StatementVersion.objects.filter(revision=revision).values_list("facts_sha256", flat=True)
        return all(sha256 == revision.content["shown_facts"] for sha256 in frozen)

    def lacking(self, facts: dict[str, Any]) -> list[Missing]:
        """Return what text and register lack; what is to be said of the change is asked when publishing."""
        return [problem for problem in self.refusals(facts) if not concerns_the_change(problem)]

    def refusals(self, facts: dict[str, Any]) -> list[Missing]:
        """Return everything that keeps this draft, with these facts, from being published as it is."""
        return refused(
            facts,
            self.body,
            editorial=self.is_editorial,
            previous=self.newest_facts(),
            effective_on=self.effective_on,
            live_on=self.goes_live_on(),
        )

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
        """Show the version in force, and say which comes next.

        Raises:
            Http404: nothing is in force, and nothing announced.
        """
        version = StatementVersion.objects.in_force()
        announced = StatementVersion.objects.defer("html", "facts").announced(after=version)
        if version is None and announced is None:
            raise Http404
        article = version.html if version else ""
        return self._page(
            request, "privacy_statement/statement_page.html", version=version, announced=announced, article=article
        )

    @path("versies/")
    def version_list(self, request: HttpRequest) -> HttpResponse:
        """List all versions, newest first; `?p=` is the page of the list."""
        versions = StatementVersion.objects.with_fate().defer("html", "facts")
        listed = Paginator(versions, VERSIONS_PER_PAGE).get_page(request.GET.get("p"))
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
