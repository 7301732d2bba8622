"""The two site settings of the register: found where an editor looks for facts, and as much a draft as any row."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client, RequestFactory
from django.urls import reverse
from wagtail.models import Site

from privacy.menu import register_menu
from privacy.register.models import Controller
from privacy.statement.models import PrivacyStatementPage

NAMES = {"controller": "Wie wij zijn", "rightstexts": "Rechten en klachten"}


class TestMenu:
    """A1, A9: Privacy > Register leads to the settings, for who may change them."""

    @staticmethod
    def items(user: User) -> list[str]:
        """Return what `user` sees under Privacy > Register."""
        request = RequestFactory().get("/admin/")
        request.user = user
        return [str(item.label) for item in register_menu.menu_items_for_request(request)]

    def test_the_administrator_finds_both(self, admin_client: Client, admin_user: User) -> None:
        assert set(NAMES.values()) <= set(self.items(admin_user))
        for setting in NAMES:
            address = reverse("wagtailsettings:edit", args=["privacy_register", setting])
            assert any(item.url == address for item in register_menu.registered_menu_items)
            assert admin_client.get(address, follow=True).status_code == 200

    @pytest.mark.parametrize("setting", NAMES)
    def test_who_may_change_one_finds_that_one(self, db: None, setting: str) -> None:
        """32: access by task."""
        user = User.objects.create_user("medewerker")
        user.user_permissions.add(Permission.objects.get(codename=f"change_{setting}"))
        assert self.items(user) == [NAMES[setting]]

    def test_others_find_neither(self, db: None) -> None:
        user = User.objects.create_user("medewerker")
        user.user_permissions.add(Permission.objects.get(codename="view_purpose"))
        assert not set(NAMES.values()) & set(self.items(user))


@pytest.mark.usefixtures("demo_site")
@pytest.mark.parametrize("setting", NAMES)
def test_the_form_says_that_a_change_is_not_in_force(admin_client: Client, setting: str) -> None:
    """A8: the screen is Wagtail's own, but what is typed there waits for a publication all the same."""
    sentence = "Wijzigingen gelden pas als de verklaring is gepubliceerd."
    url = reverse("wagtailsettings:edit", args=["privacy_register", setting, Site.objects.get().pk])
    assert sentence not in admin_client.get(url).content.decode()
    Controller.objects.update(phone="085 111 11 11")
    page = PrivacyStatementPage.source()
    assert page
    shown = admin_client.get(url).content.decode()
    assert shown.count(sentence) == 1
    assert reverse("wagtailadmin_pages:edit", args=[page.pk]) in shown
