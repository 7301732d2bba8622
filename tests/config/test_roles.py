"""I17, art. 32: four roles, and what each may open and do on every address of the admin that we add."""

import logging
from importlib import import_module
from typing import Any

import pytest
from config import roles
from config.roles import AUDITOR, EDITOR, OFFICER, OWNER, ROLES
from django.apps import apps
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse
from wagtail import hooks
from wagtail.models import (
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)
from wagtail.permissions import policy_registry

from home.models import HomePage
from privacy.permissions import LimitedPolicy
from privacy.statement.models import PrivacyStatementPage
from privacy.subjects.checks import is_ours
from tests.admin_addresses import ADDRESSES, BY_PAGE, SPECIAL, TABLE, VIEWS, fill, setting, url_of

pytestmark = pytest.mark.usefixtures("rows")

NAMES = [name for name, _ in ADDRESSES if name != BY_PAGE]


@pytest.fixture
def rows(demo_site: None, caplog: pytest.LogCaptureFixture) -> None:
    """Something on every address; refusals are not logged, which takes longer than refusing."""
    caplog.set_level(logging.CRITICAL, "django.request")
    fill()


def client_of(*names: str) -> Client:
    """Log in somebody who is in these groups; the one without a group may enter the admin and nothing else."""
    user = User.objects.create_user("medewerker")
    user.groups.set(Group.objects.filter(name__in=names))
    if not names:
        user.user_permissions.set(Permission.objects.filter(codename="access_admin"))
    client = Client()
    client.force_login(user)
    return client


def allowed(client: Client, method: str, url: str) -> bool:
    """Say whether this somebody gets past the door; what comes after it is undone."""
    with transaction.atomic():
        # So asked, Wagtail answers a refusal with 403 and not by going home, where success goes too.
        response = client.generic(method, url, headers={"X-Requested-With": "XMLHttpRequest"})
        b"".join(response.streaming_content if response.streaming else ())  # which closes the file
        transaction.set_rollback(True)
    assert response.status_code < 500, f"{method} {url}: {response.status_code}"
    return response.status_code not in {403, 405}


def expected(name: str, actions: str) -> set[str]:
    """Return the methods that somebody with these actions may use on an address."""
    view = name.rpartition(":")[2]
    may = set(actions.split())
    if may:
        may.add("view")
    if may & {"add", "change", "delete"}:
        may.add("write")
    if "change" in may or ("add" in may and "privacy-subjects" in name):
        may.add("moment")
    return {method for method, action in SPECIAL.get(name, VIEWS[view]).items() if action in may}


@pytest.mark.parametrize("role", [None, EDITOR.name, OFFICER.name, OWNER.name, AUDITOR.name])
def test_each_role_on_every_address(role: str | None) -> None:
    """Least privilege, address by address and for both methods; the resolver lists them, so that none is forgotten."""
    client = client_of(*[role] if role else [])
    wrong = {}
    for name in NAMES:
        of_officer, of_auditor = TABLE[name.rpartition(":")[0] or name]
        actions = {OFFICER.name: of_officer, OWNER.name: of_officer, AUDITOR.name: of_auditor}.get(role or "", "")
        found = {method for method in ("GET", "POST") if allowed(client, method, url_of(name))}
        if found != (wanted := expected(name, actions)):
            wrong[name] = f"may {sorted(found)}, and not {sorted(wanted)}"
    assert not wrong


def test_a_stranger_is_sent_to_the_login_from_every_address(client: Client) -> None:
    for name in NAMES:
        for method in ("GET", "POST"):
            response = client.generic(method, url_of(name))
            assert response.status_code == 302, name
            assert response["Location"].startswith("/admin/login/"), name


def test_every_address_is_in_the_table() -> None:
    """A new address fails here until somebody has said who may open it."""
    assert len(NAMES) > 150
    assert {name.rpartition(":")[0] or name for name in NAMES} == TABLE.keys()
    assert {name.rpartition(":")[2] for name in NAMES} <= VIEWS.keys()


def _name(value: Any) -> str:
    return getattr(value, "name", str(value))


@pytest.mark.parametrize(
    ("role", "may"), [(None, False), (EDITOR, True), (OFFICER, True), (OWNER, True), (AUDITOR, False)], ids=_name
)
def test_the_statement_is_published_by_who_writes_or_answers_for_it(role: roles.Role | None, may: bool) -> None:
    page = PrivacyStatementPage.source()
    assert page is not None
    client = client_of(*[role.name] if role else [])
    assert allowed(client, "GET", reverse("wagtailadmin_pages:edit", args=[page.pk])) is may
    assert allowed(client, "GET", reverse(BY_PAGE, args=[page.pk])) is may
    assert allowed(client, "POST", reverse(BY_PAGE, args=[page.pk])) is may


#: Wagtail's own screens, by who may open them.
WAGTAILS = {
    "pages": ({EDITOR, OWNER}, lambda: reverse("wagtailadmin_pages:edit", args=[Page.objects.get(slug="over-ons").pk])),
    "images": ({EDITOR, OWNER}, lambda: reverse("wagtailimages:add")),
    "documents": ({EDITOR, OWNER}, lambda: reverse("wagtaildocs:add")),
    "who we are": ({OFFICER, OWNER}, lambda: setting("controller")),
    "rights": ({OFFICER, OWNER}, lambda: setting("rightstexts")),
    "users": ({OWNER}, lambda: reverse("wagtailusers_users:index")),
    "groups": ({OWNER}, lambda: reverse("wagtailusers_groups:index")),
    "sites": ({OWNER}, lambda: reverse("wagtailsites:index")),
    "redirects": ({OWNER}, lambda: reverse("wagtailredirects:index")),
    "collections": ({OWNER}, lambda: reverse("wagtailadmin_collections:index")),
    "workflows": ({OWNER}, lambda: reverse("wagtailadmin_workflows:index")),
    "bulk": ({OFFICER, OWNER}, lambda: f"{reverse('wagtail_bulk_action', args=['contact', 'submission', 'closed'])}?id=1"),
}


@pytest.mark.parametrize("role", [None, *ROLES], ids=_name)
def test_each_role_on_wagtails_own_screens(role: roles.Role | None) -> None:
    """An officer has no settings of the site, no users and no pages but the statement; an auditor has nothing of these."""
    client = client_of(*[role.name] if role else [])
    found = {name for name, (_, url) in WAGTAILS.items() if allowed(client, "GET", url())}
    assert found == {name for name, (who, _) in WAGTAILS.items() if role in who}


class TestMaking:
    def test_every_permission_exists(self) -> None:
        """A codename with a typing error would give nothing, without a word."""
        for role in ROLES:
            for name in (*role.may, *role.pages, *role.statement, *role.files):
                assert roles._named([name]).count() == 1, name

    def test_the_officer_has_everything_of_ours_that_a_policy_knows(self) -> None:
        """What a new room adds is given to a role, or this fails."""
        known = set()
        for model in apps.get_models():
            policy = policy_registry.get_by_type(model)
            if is_ours(apps.get_app_config(model._meta.app_label)) and isinstance(policy, LimitedPolicy):
                known |= {f"{model._meta.app_label}.{action}_{model._meta.model_name}" for action in policy.actions}
        assert known
        assert known <= set(OFFICER.may)

    def test_the_owner_has_everything_that_wagtail_offers(self) -> None:
        offered = {pk for hook in hooks.get_hooks("register_permissions") for pk in hook().values_list("pk", flat=True)}
        owner = Group.objects.get(name=OWNER.name)
        assert set(owner.permissions.values_list("pk", flat=True)) == offered

    def test_whatever_a_role_may_can_be_given_to_another_group_too(self) -> None:
        """An owner makes a group of their own with Wagtail's boxes: each permission has one."""
        offered = {pk for hook in hooks.get_hooks("register_permissions") for pk in hook().values_list("pk", flat=True)}
        assert (
            set(Permission.objects.filter(group__name__in=[role.name for role in ROLES]).values_list("pk", flat=True))
            <= offered
        )

    def test_a_migration_puts_roles_back_and_keeps_who_is_in_them(self) -> None:
        """Idempotent; a group of somebody's own is left alone."""
        before = _state()
        user = User.objects.create_user("anna")
        editor = Group.objects.get(name=EDITOR.name)
        user.groups.add(editor)
        editor.permissions.add(Permission.objects.get(codename="view_submission"))
        GroupPagePermission.objects.filter(group=editor).delete()
        Group.objects.get(name=AUDITOR.name).delete()
        own = Group.objects.create(name="Eigen groep")
        own.permissions.add(Permission.objects.get(codename="view_submission"))
        call_command("migrate", verbosity=0)
        assert _state() == before
        assert list(user.groups.all()) == [editor]
        assert own.permissions.count() == 1

    def test_a_new_statement_is_the_officers_too(self) -> None:
        page = PrivacyStatementPage.objects.first()
        assert page is not None
        GroupPagePermission.objects.filter(page=page).delete()
        roles._new_statement(created=True)
        assert set(
            GroupPagePermission.objects.filter(page=page, group__name=OFFICER.name).values_list(
                "permission__codename", flat=True
            )
        ) == set(OFFICER.statement)


def _state() -> dict[str, Any]:
    return {
        role.name: (
            sorted(Permission.objects.filter(group__name=role.name).values_list("pk", flat=True)),
            sorted(GroupPagePermission.objects.filter(group__name=role.name).values_list("page", "permission")),
            sorted(GroupCollectionPermission.objects.filter(group__name=role.name).values_list("collection", "permission")),
        )
        for role in ROLES
    }


class TestStockGroups:
    """Least privilege (art. 32): no group that nobody made stands beside the four."""

    take_away = staticmethod(import_module("home.migrations.0003_without_stock_groups").take_away)

    def test_a_new_site_has_our_groups_alone(self) -> None:
        assert {group.name for group in Group.objects.all()} == {role.name for role in roles.ROLES}
        assert not WorkflowPage.objects.exists()

    def _stock(self) -> tuple[Group, Workflow]:
        """Bring back what Wagtail makes."""
        Group.objects.create(name="Editors")
        moderators = Group.objects.create(name="Moderators")
        workflow = Workflow.objects.create(name="Moderators approval", active=True)
        task = GroupApprovalTask.objects.create(name="Moderators approval", active=True)
        task.groups.add(moderators)
        WorkflowTask.objects.create(workflow=workflow, task=task)
        WorkflowPage.objects.create(workflow=workflow, page=Page.objects.get(depth=1))
        return moderators, workflow

    def test_an_empty_one_goes_with_the_approval_that_only_it_could_give(self) -> None:
        _, workflow = self._stock()
        self.take_away(apps, None)
        assert not Group.objects.filter(name__in=["Editors", "Moderators"]).exists()
        workflow.refresh_from_db()
        assert not workflow.active
        assert not WorkflowPage.objects.exists()
        assert not GroupApprovalTask.objects.filter(active=True).exists()

    def test_a_site_in_use_keeps_what_it_uses(self) -> None:
        moderators, workflow = self._stock()
        User.objects.create_user("anna").groups.add(moderators)
        self.take_away(apps, None)
        assert not Group.objects.filter(name="Editors").exists()
        workflow.refresh_from_db()
        assert workflow.active
        assert WorkflowPage.objects.get().workflow == workflow
        assert list(GroupApprovalTask.objects.get(active=True).groups.all()) == [moderators]

    def test_an_approval_under_way_keeps_its_group(self) -> None:
        moderators, workflow = self._stock()
        page = HomePage.objects.get(locale__language_code="nl")
        page.save_revision()
        workflow.start(page, User.objects.create_superuser("beheer"))
        self.take_away(apps, None)
        assert Group.objects.filter(pk=moderators.pk).exists()
        workflow.refresh_from_db()
        assert workflow.active
