"""What Django and Wagtail keep beside our own tables, when it ends, and why the rest needs no end (law.md I3-I9, I17).

All of it is one class to a reader of the statement: what running a website leaves behind. So it has one rule, `site`, and
one row in the statement. Sessions and what Wagtail keeps of an open form go sooner by themselves; the rule is what
holds them if those ever do not.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import connection, models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from taggit.models import Tag, TaggedItem
from wagtail.admin.models import Admin, EditingSession, FormState
from wagtail.contrib.forms.models import FormSubmission
from wagtail.contrib.redirects.models import Redirect
from wagtail.contrib.simple_translation.models import SimpleTranslation
from wagtail.documents.models import Document
from wagtail.embeds.models import Embed
from wagtail.images.models import Image, Rendition
from wagtail.models import (
    COMMENTS_RELATION_NAME,
    APIToken,
    Collection,
    CollectionViewRestriction,
    Comment,
    CommentReply,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    GroupSitePermission,
    Locale,
    ModelLogEntry,
    Page,
    PageLogEntry,
    PageSubscription,
    PageViewRestriction,
    ReferenceIndex,
    Revision,
    Site,
    Task,
    TaskState,
    UploadedFile,
    Workflow,
    WorkflowContentType,
    WorkflowPage,
    WorkflowState,
    WorkflowTask,
)
from wagtail.search.models import IndexEntry
from wagtail.users.models import UserProfile

from privacy.subjects.registry import Clock, Scrubbed, registry

#: Key of the rule.
SITE = "site"


def history() -> Q:
    """Return the condition for revisions that are nothing but history: nothing stands on them, nobody is working on them.

    Whatever refers to a revision keeps it, so that neither a page nor a proof ever loses its own (law.md A22); what only
    accompanied it (a workflow that is over, a log entry) does not.
    """
    condition = Q(approved_go_live_at__isnull=True)
    for relation in Revision._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel) and relation.related_model not in {TaskState, PageLogEntry}:
            rows = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
            condition &= ~Q(Exists(rows))
    return condition & ~Q(Exists(TaskState.objects.filter(revision=OuterRef("pk"), status=TaskState.STATUS_IN_PROGRESS)))


def with_dependants(model: type[models.Model]) -> Callable[[Sequence[Any]], int]:
    """Return how rows end of which others hang by keys of Django's own: by its own delete, which knows them."""

    def end(keys: Sequence[Any]) -> int:
        return model._base_manager.filter(pk__in=keys).delete()[1].get(model._meta.label, 0)

    return end


def end_comments(keys: Sequence[int]) -> int:
    """Delete remarks with their replies, and what revisions repeat of them, of which Wagtail reads but the positions."""
    pages = [str(key) for key in Comment.objects.filter(pk__in=keys).values_list("page", flat=True).distinct()]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE {Revision._meta.db_table} SET content = jsonb_set(content, ARRAY[%(key)s], (
                SELECT coalesce(jsonb_agg(remark), '[]') FROM jsonb_array_elements(content->%(key)s) AS remark
                WHERE NOT (remark->>'pk')::bigint = ANY (%(gone)s::bigint[])
            ))
            WHERE base_content_type_id = %(page)s AND object_id = ANY (%(pages)s) AND jsonb_typeof(content->%(key)s) = 'array'
            """,  # noqa: S608 (Wagtail's own table)
            {
                "key": COMMENTS_RELATION_NAME,
                "gone": list(keys),
                "page": ContentType.objects.get_for_model(Page).pk,
                "pages": pages,
            },
        )
    return with_dependants(Comment)(keys)


def declare() -> None:
    """Tell the registry."""
    for key, label, model, start in (
        ("site.log", _("Logboek van het beheer"), ModelLogEntry, "timestamp"),
        ("site.page_log", _("Logboek van de pagina's"), PageLogEntry, "timestamp"),
        ("site.sessions", _("Inlogsessies van medewerkers"), Session, "expire_date"),
        ("site.editing", _("Wie wat aan het bewerken is"), EditingSession, "last_seen_at"),
        ("site.forms", _("Halverwege ingevulde formulieren in het beheer"), FormState, "last_updated_at"),
    ):
        registry.clock(Clock(key=key, label=label, rule=SITE, model=model, start=start))
    registry.clock(
        Clock(
            key="site.revisions",
            label=_("Oude concepten van pagina's"),
            rule=SITE,
            model=Revision,
            start="created_at",
            only=history(),
            end=with_dependants(Revision),
        )
    )
    registry.clock(
        Clock(
            key="site.comments",
            label=_("Opmerkingen van redacteuren bij pagina's"),
            rule=SITE,
            model=Comment,
            start="updated_at",
            end=end_comments,
            along=[CommentReply],
        )
    )
    registry.clock(
        Clock(
            key="site.workflows",
            label=_("Afgeronde beoordelingen van pagina's"),
            rule=SITE,
            model=WorkflowState,
            start="created_at",
            only=Q(status__in=[WorkflowState.STATUS_APPROVED, WorkflowState.STATUS_CANCELLED]),
            end=with_dependants(WorkflowState),
            along=[TaskState],
        )
    )
    for model in (ModelLogEntry, PageLogEntry, Comment, CommentReply, TaskState, FormState):
        registry.scrub(Scrubbed(model=model))
    # Every revision repeats the remarks of its day and the title of the draft before it, neither of which is read from there.
    registry.scrub(Scrubbed(model=Revision, only=history(), parts={"content": [COMMENTS_RELATION_NAME, "draft_title"]}))

    registry.leave(
        Page,
        Image,
        Rendition,
        Document,
        Embed,
        Redirect,
        Collection,
        Tag,
        TaggedItem,
        IndexEntry,
        ReferenceIndex,
        UploadedFile,
        reason="The company's own pages and files, and what is derived from them. They end when an editor says so; who is "
        "erased and still named in one is reported.",
    )
    registry.leave(
        User,
        Group,
        UserProfile,
        APIToken,
        PageSubscription,
        reason="Accounts of staff, who are told of them at work; an administrator ends them when somebody leaves.",
    )
    registry.leave(
        FormSubmission, reason="Nobody writes here: the contact form has a table of its own, with a clock (law.md I1)."
    )
    registry.leave(
        Admin,
        CollectionViewRestriction,
        ContentType,
        GroupApprovalTask,
        GroupCollectionPermission,
        GroupPagePermission,
        GroupSitePermission,
        Locale,
        PageViewRestriction,
        Permission,
        SimpleTranslation,
        Site,
        Task,
        Workflow,
        WorkflowContentType,
        WorkflowPage,
        WorkflowTask,
        reason="How the site is set up; no data about anybody.",
    )
