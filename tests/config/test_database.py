"""A test with real transactions may do anything to the database: the next one has it as migrations left it."""

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from wagtail.models import Locale, Page

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("time", ["first", "second"])
def test_the_database_is_put_back(time):
    assert Page.objects.filter(depth=1).exists()
    assert Locale.objects.get().language_code == "nl"
    assert Group.objects.exclude(name="left over").exists()
    assert not Group.objects.filter(name="left over").exists()

    Group.objects.create(name="left over")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE wagtailcore_locale SET language_code = 'xx'")
        cursor.execute("DROP TABLE taggit_taggeditem")
