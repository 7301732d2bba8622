"""Roles: four groups that every installation has, each with what its task asks and no more (art. 32, law.md I17).

They are made after every migration and put back to what stands here, so that an update that brings a screen brings who may
open it, and nobody's group grows by accident. Who needs another set makes a group of their own; that one is left alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import AppConfig, apps
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.signals import post_migrate, post_save
from django.urls import get_resolver
from wagtail import hooks
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from privacy.statement.models import PrivacyStatementPage


@dataclass(frozen=True, kw_only=True)
class Role:
    """A group.

    Args:
        name: of the group; stable, since people are in it.
        may: permissions, as `app.codename`.
        pages: what it may do with every page.
        statement: what it may do with the privacy statement, in each language.
        files: what it may do with images and documents.
    """

    name: str
    may: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    statement: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


_ADMIN = "wagtailadmin.access_admin"
_PAGES = ("add_page", "change_page", "publish_page", "lock_page", "unlock_page")
_FILES = (
    "wagtailimages.add_image",
    "wagtailimages.change_image",
    "wagtailimages.choose_image",
    "wagtaildocs.add_document",
    "wagtaildocs.change_document",
    "wagtaildocs.choose_document",
)
_FOLDERS = ("wagtailcore.add_collection", "wagtailcore.change_collection", "wagtailcore.delete_collection")
_REGISTER = ("purpose", "datacategory", "retentionrule", "processor", "system", "securitymeasure", "cookie")

#: What can be seen below "Privacy"; nothing of it changes anything.
_SEE = (
    *(f"privacy_register.view_{model}" for model in _REGISTER),
    "privacy_statement.view_statementversion",
    "privacy_rights.view_datarequest",
    "privacy_rights.view_lettertemplate",
    "privacy_subjects.view_datasubject",
    "privacy_subjects.view_contactmoment",
    "privacy_consent.view_consentevent",
    "privacy_consent.view_consentlink",
    "privacy_retention.view_retentionrun",
    "privacy_retention.view_classrun",
    "privacy_mail.view_mail",
    "contact.view_opening",
)

EDITOR = Role(name="Redacteur", may=(_ADMIN, "simple_translation.submit_translation"), pages=_PAGES, files=_FILES)
OFFICER = Role(
    name="Functionaris",
    may=(
        _ADMIN,
        *_SEE,
        *(f"privacy_register.{action}_{model}" for model in _REGISTER for action in ("add", "change", "delete")),
        "privacy_register.change_controller",
        "privacy_register.change_rightstexts",
        "privacy_rights.add_datarequest",
        "privacy_rights.handle_datarequest",
        "privacy_rights.change_lettertemplate",
        "privacy_subjects.change_datasubject",
        "privacy_subjects.add_contactmoment",
        "privacy_consent.record_consentevent",
        "privacy_consent.revoke_consentlink",
        "privacy_retention.pause_retentionrun",
        "privacy_mail.retry_mail",
        "contact.view_submission",
        "contact.handle_submission",
        "contact.erase_submission",
        "contact.export_submission",
    ),
    statement=("change_page", "publish_page", "lock_page", "unlock_page"),
)
AUDITOR = Role(name="Controleur", may=(_ADMIN, *_SEE))
#: Everything that Wagtail lets a group have, whatever an update adds; see `_permissions`.
OWNER = Role(name="Eigenaar", pages=(*_PAGES, "bulk_delete_page"), files=(*_FILES, *_FOLDERS))

_NEEDED = (("wagtailcore", "groupcollectionpermission"), ("privacy_statement", "privacystatementpage"))

ROLES = (EDITOR, OFFICER, OWNER, AUDITOR)


def connect() -> None:
    """Make the roles after each migration, and let the officer into a statement as soon as there is one."""
    post_migrate.connect(_after_migration, dispatch_uid="config.roles")
    post_save.connect(_new_statement, sender=PrivacyStatementPage, dispatch_uid="config.roles")


@transaction.atomic
def make() -> None:
    """Make the roles, or put them back to what stands here; may run twice. Who is in them stays in them."""
    root, files = Page.objects.get(depth=1), Collection.get_first_root_node()
    statements = PrivacyStatementPage.objects.all()
    for role in ROLES:
        group, _ = Group.objects.get_or_create(name=role.name)
        group.permissions.set(_permissions(role))
        _grant(GroupPagePermission, group, [(root, role.pages), *((page, role.statement) for page in statements)], "page")
        _grant(GroupCollectionPermission, group, [(files, role.files)], "collection")


def _permissions(role: Role) -> QuerySet[Permission]:
    if role is OWNER:
        # Screens tell Wagtail of their permissions once their addresses are known; a bare `migrate` asks for no address.
        _ = get_resolver().url_patterns
        found = Permission.objects.none()
        for hook in hooks.get_hooks("register_permissions"):
            found |= Permission.objects.filter(pk__in=hook().values("pk"))
        return found
    return _named(role.may)


def _named(names: Iterable[str]) -> QuerySet[Permission]:
    wanted = Q(pk=None)
    for name in names:
        app, codename = name.split(".") if "." in name else ("wagtailcore", name)
        wanted |= Q(content_type__app_label=app, codename=codename)
    return Permission.objects.filter(wanted)


def _grant(model: Any, group: Group, wanted: Iterable[tuple[Any, tuple[str, ...]]], place: str) -> None:
    """Give `group` these permissions in these places, and take away every other that it has."""
    rows = {(where.pk, permission.pk) for where, names in wanted for permission in _named(names)}
    had = {(getattr(row, f"{place}_id"), row.permission_id): row for row in model.objects.filter(group=group)}
    model.objects.filter(pk__in=[row.pk for key, row in had.items() if key not in rows]).delete()
    new = sorted(rows - had.keys())
    model.objects.bulk_create(model(group=group, permission_id=what, **{f"{place}_id": where}) for where, what in new)


def _after_migration(sender: AppConfig, **kwargs: Any) -> None:
    """Make the roles once all apps have got their permissions.

    Django makes those app by app, in this same signal; so it is the last app with models that tells.
    """
    last = [config for config in apps.get_app_configs() if config.models_module][-1]
    migrated = kwargs["apps"].all_models
    if sender.label == last.label and all(model in migrated[label] for label, model in _NEEDED):  # not part of the way
        make()


def _new_statement(created: bool, **kwargs: Any) -> None:
    if created:
        make()
