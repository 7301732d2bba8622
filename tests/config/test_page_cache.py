"""Pages are kept for readers: never what is not for everybody, never a moment too long, and nothing breaks without."""

import gzip
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import redis
from config import freshness, page_cache
from config.guard import guard
from django.apps import apps
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Locale, PageViewRestriction, Site

from contact.models import FormField
from contact.openings import opened
from home.models import ContentPage, HomePage
from privacy.consent.links import consents_url
from privacy.register.models import Controller, Purpose, RetentionRule, RightsTexts
from privacy.statement.models import PrivacyStatementPage, StatementVersion
from tests.conftest import Broker
from tests.factories import DataSubjectFactory, contact_page, relation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site", "kept_pages")]

#: Changes are seen once they are committed.
commits = pytest.mark.django_db(transaction=True)

KEPT = ["/", "/over-ons/", "/privacy/", "/privacy/versies/", "/privacy/versies/1/", "/privacy/verklaring.json", "/en/privacy/"]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The cache's clock, ten seconds into a minute: `clock.now` in seconds since the epoch."""
    clock = SimpleNamespace(now=time.time() // 60 * 60 + 10)
    monkeypatch.setattr(page_cache, "time", SimpleNamespace(time=lambda: clock.now))
    return clock


@pytest.fixture
def kept_pages(settings: Settings, clock: SimpleNamespace) -> None:
    """Switch the cache on, as it is everywhere but in tests; in a minute that does not end by itself."""
    settings.PAGE_CACHE = True


def kept() -> int:
    """Return how many pages are kept."""
    with redis.Redis.from_url(django_settings.REDIS_URL) as client:
        return len(client.keys("koel:*page:1:*"))


def about() -> ContentPage:
    return ContentPage.objects.get(slug="over-ons")


def make_new_version() -> None:
    Controller.objects.update(phone="070 123 45 67")
    page = PrivacyStatementPage.source()
    assert page
    page.change_note = "Nieuw telefoonnummer."
    page.save_revision().publish()


@pytest.mark.parametrize("path", KEPT)
def test_the_second_reader_costs_no_query_and_gets_the_same(path: str) -> None:
    first = Client().get(path)
    with CaptureQueriesContext(connection) as queries:
        second = Client().get(path)

    assert first.status_code == second.status_code == 200
    assert not queries
    assert second.content == first.content
    for name in first.headers:
        if name != "Cache-Control":
            assert second[name] == first[name], name
    assert kept() == 1


@pytest.mark.usefixtures("within_a_minute")
@pytest.mark.parametrize(("path", "queries"), [("/privacy/", 5), ("/en/privacy/", 5), ("/privacy/versies/1/", 5)])
def test_a_statement_page_made_anew_costs_five_queries_at_most(
    client: Client, settings: Settings, path: str, queries: int
) -> None:
    settings.PAGE_CACHE = False
    client.get(path)  # the figures of the foot are kept for a minute
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    assert len(captured) <= queries


CHANGES: dict[str, Callable[[], Any]] = {
    "a page is published": lambda: about().save_revision().publish(),
    "a page is unpublished": lambda: about().unpublish(),
    "a page is moved": lambda: about().move(ContentPage.objects.get(slug="algemene-voorwaarden"), pos="last-child"),
    "the order in the menu changes": lambda: about().move(HomePage.objects.first(), pos="first-child"),
    "a page is deleted": lambda: about().delete(),
    "a page goes behind a password": lambda: PageViewRestriction.objects.create(page=about(), password="geheim"),
    "the controller changes": lambda: Controller.objects.get().save(),
    "texts change": lambda: RightsTexts.objects.update_or_create(site=Site.objects.get(), defaults={"access": "Ja."}),
    "the register changes": lambda: RetentionRule.objects.first().save(),  # type: ignore[union-attr]
    "a purpose gets other data": lambda: Purpose.objects.get(key="enquiry").categories.set([]),
    "a field of the form goes": lambda: FormField.objects.first().delete(),  # type: ignore[union-attr]
    "a version is frozen": make_new_version,
    "an image": lambda: Image.objects.create(title="Foto", file=get_test_image_file()),
    "a document": lambda: Document.objects.create(title="Brief", file=ContentFile(b"%PDF-", "brief.pdf")),
    "a redirect": lambda: Redirect.objects.create(old_path="/oud", redirect_link="/"),
    "the site": lambda: Site.objects.get().save(),
    "a language": lambda: Locale.objects.first().save(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_change_begins_a_new_generation(
    client: Client, change: Callable[[], Any], django_capture_on_commit_callbacks: Any
) -> None:
    client.get("/privacy/")
    before, page = freshness.generation_with("-")[0], client.get("/privacy/")

    # What the making of the demo has put there waits for a commit that a test never makes.
    connection.run_on_commit.clear()
    with django_capture_on_commit_callbacks(execute=True):
        change()

    assert freshness.generation_with("-")[0] != before
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/privacy/").status_code == page.status_code
    assert queries


@commits
def test_readers_see_what_an_editor_published(client: Client) -> None:
    assert "Heel anders" not in client.get("/over-ons/").content.decode()
    page = about()
    page.title = "Heel anders"
    draft = page.save_revision()
    assert "Heel anders" not in client.get("/over-ons/").content.decode()
    draft.publish()
    assert "Heel anders" in client.get("/over-ons/").content.decode()
    assert "Heel anders" in client.get("/").content.decode()  # in the menu
    about().unpublish()
    assert client.get("/over-ons/").status_code == 410


@commits
def test_what_no_page_shows_begins_no_new_generation() -> None:
    page = about()
    before = freshness.generation_with("-")[0]
    page.title = "Een concept"
    page.save_revision()
    opened(relation(timezone.now()).submissions.get(), by=None)
    assert freshness.generation_with("-")[0] == before


def test_the_list_of_what_is_shown_nowhere_names_what_exists() -> None:
    known = {model._meta.label_lower for model in apps.get_models()} | {config.label for config in apps.get_app_configs()}
    assert known >= freshness._SHOWN_NOWHERE
    for model in (ContentPage, StatementVersion, Controller, Image, Site, Purpose.categories.through):
        assert freshness.is_shown(model)


def test_a_page_made_while_something_changed_is_not_served_again(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may have read what was true before; its generation was over before it was kept."""
    serve = ContentPage.serve

    def slowly(self: ContentPage, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        response = serve(self, request, *args, **kwargs).render()
        ContentPage.objects.filter(pk=self.pk).update(title="Nieuw")
        freshness.renew()
        return response

    monkeypatch.setattr(ContentPage, "serve", slowly)
    assert "<h1>Nieuw" not in client.get("/over-ons/").content.decode()
    monkeypatch.undo()
    assert "<h1>Nieuw" in client.get("/over-ons/").content.decode()


@commits
def test_a_change_counts_once_it_is_committed(client: Client) -> None:
    before = freshness.generation_with("-")[0]
    with transaction.atomic():
        Controller.objects.get().save()
        RetentionRule.objects.first().save()  # type: ignore[union-attr]
        assert freshness.generation_with("-")[0] == before
        assert [hook[1] for hook in connection.run_on_commit].count(freshness.renew) == 1
    assert freshness.generation_with("-")[0] != before


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/privacy/?p=1", {}),
        ("/privacy/versies/?p=1", {}),
        ("/privacy/", {"cookie": "sessionid=iemand"}),
        ("/privacy/", {"cookie": "mijn_gegevens=iemand"}),
        ("/privacy/", {"authorization": "Basic x"}),
        ("/contact/", {}),
        ("/contact/bedankt/", {}),
        ("/mijn-gegevens/", {}),
        ("/toestemming/controle/", {}),
        ("/toestemming/sleutel.json", {}),
        ("/admin/login/", {}),
        ("/bestaat-niet/", {}),
        ("/healthz/live", {}),
    ],
)
def test_what_is_not_for_everybody_is_not_kept(path: str, headers: dict[str, str]) -> None:
    """I15: never a form, a page behind a token, an address with more in it than a page, nor anything for somebody known."""
    response = Client().get(path, headers=headers)
    assert kept() == 0
    assert "s-maxage" not in response.get("Cache-Control", "")


def test_a_page_behind_a_token_is_not_kept(client: Client) -> None:
    """I15."""
    path = consents_url(DataSubjectFactory.create())
    assert client.get(path.removeprefix(django_settings.SITE_URL)).status_code == 200
    assert kept() == 0


def test_who_is_logged_in_gets_pages_of_their_own(admin_client: Client) -> None:
    """An editor sees Wagtail's userbar, a page behind a login, and what was published this second."""
    Client().get("/over-ons/")
    with CaptureQueriesContext(connection) as queries:
        admin_client.get("/over-ons/")
    assert queries
    assert kept() == 1


@pytest.mark.parametrize("restriction", [{"restriction_type": "login"}, {"restriction_type": "password", "password": "geheim"}])
def test_a_restricted_page_is_not_kept(client: Client, restriction: dict[str, str]) -> None:
    PageViewRestriction.objects.create(page=about(), **restriction)
    client.get("/over-ons/", follow=True)
    client.force_login(User.objects.create_superuser("redacteur"))
    client.get("/over-ons/")
    assert kept() == 0


def test_a_preview_is_neither_kept_nor_served_from_what_is() -> None:
    """Wagtail renders drafts through the middleware, under the address of the live page and without a cookie."""
    reader = Client(headers={"host": "localhost"})  # as in the address of the page
    reader.get("/over-ons/")
    draft = about()
    draft.title = "Nog geheim"
    assert "Nog geheim" in draft.make_preview_request().content.decode()
    freshness.renew()
    draft.make_preview_request()
    assert "Nog geheim" not in reader.get("/over-ons/").content.decode()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda response: response.set_cookie("iets", "waarde"),
        lambda response: response.headers.__setitem__("Cache-Control", "private"),
        lambda response: response.headers.__setitem__("Cache-Control", "no-store"),
        lambda response: response.headers.__setitem__("Vary", "Cookie"),
        lambda response: setattr(response, "status_code", 203),
    ],
)
def test_an_answer_that_says_more_is_not_kept(client: Client, monkeypatch: pytest.MonkeyPatch, spoil: Any) -> None:
    def serve(self: Any, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        response = HttpResponse("tekst")
        spoil(response)
        return response

    monkeypatch.setattr(ContentPage, "serve", serve)
    client.get("/over-ons/")
    assert kept() == 0


def test_after_reading_a_form_pages_still_cost_nothing(client: Client) -> None:
    """The cookie of a form, which lives as long as the browser is open, tells nothing."""
    client.get("/contact/")
    assert "csrftoken" in client.cookies
    client.get("/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/")
    assert not queries


def test_each_host_and_scheme_has_its_own(client: Client) -> None:
    client.get("/")
    client.get("/", headers={"host": "localhost"})
    client.get("/", secure=True)
    client.get("/en/")
    assert kept() == 4
    assert client.get("/", headers={"host": "elders.example"}).status_code == 400


def test_the_minute_ends_everything(client: Client, clock: SimpleNamespace) -> None:
    """Figures are at most a minute old; the word of a change that got lost is lost for a minute."""
    assert client.get("/over-ons/")["Cache-Control"] == "public, max-age=0, must-revalidate, s-maxage=50"
    ContentPage.objects.update(title="Zonder een woord")
    clock.now += 49.5
    response = client.get("/over-ons/")
    assert "Zonder een woord" not in response.content.decode()
    assert response["Cache-Control"].endswith("s-maxage=0")
    clock.now += 0.5
    assert "Zonder een woord" in client.get("/over-ons/").content.decode()


def test_a_version_takes_effect_at_midnight(client: Client, clock: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody publishes anything at that moment; a minute of the Netherlands begins there."""
    midnight = (timezone.localtime() + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    assert midnight.timestamp() % 60 == 0
    page = PrivacyStatementPage.source()
    assert page
    Controller.objects.update(phone="070 123 45 67")
    page.change_note, page.effective_on = "Nieuw telefoonnummer.", midnight.date()
    page.save_revision().publish()

    def at(moment: datetime) -> str:
        clock.now = moment.timestamp()
        monkeypatch.setattr(timezone, "now", lambda: moment.astimezone(UTC))
        return client.get("/privacy/").content.decode()

    assert "Versie 1," in at(midnight - timedelta(seconds=2))
    assert "Versie 1," in at(midnight - timedelta(seconds=1))
    assert "Versie 2," in at(midnight)


@commits
def test_without_redis_pages_are_made_each_time_and_look_the_same(client: Client, broker: Broker) -> None:
    before = client.get("/over-ons/")
    broker.stop()
    while_gone = client.get("/over-ons/")
    assert while_gone.status_code == 200
    assert while_gone["ETag"] == before["ETag"]
    about().save_revision().publish()
    broker.start()
    assert client.get("/over-ons/").status_code == 200


def test_a_restored_database_closes_what_is_kept_too(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """D5: who was erased may stand on a page."""
    client.get("/")
    monkeypatch.setattr(type(guard), "is_closed", lambda self: True)
    assert client.get("/").status_code == 503


class TestConditionalRequests:
    def test_who_has_the_page_is_told_so(self, client: Client) -> None:
        page = client.get("/privacy/")
        assert page["ETag"].startswith('"')  # strong
        for headers in ({"if-none-match": page["ETag"]}, {"if-modified-since": page["Last-Modified"]}):
            again = client.get("/privacy/", headers=headers)
            assert again.status_code == 304
            assert not again.content
            assert again["ETag"] == page["ETag"]
            assert "s-maxage" in again["Cache-Control"]
        other = client.get("/privacy/", headers={"if-none-match": '"iets-anders"', "if-modified-since": page["Last-Modified"]})
        assert other.status_code == 200

    @commits
    def test_the_first_reader_after_a_change_elsewhere_is_told_so_too(self, client: Client) -> None:
        page = client.get("/privacy/versies/1/")
        ContentPage.objects.get(slug="algemene-voorwaarden").save_revision().publish()
        again = client.get("/privacy/versies/1/", headers={"if-none-match": page["ETag"]})
        assert again.status_code == 304
        assert again["Last-Modified"] == page["Last-Modified"]

    def test_last_modified_never_goes_back(self, client: Client, clock: SimpleNamespace) -> None:
        """What was there before a detour is new again to who only saw the detour."""
        seen = []
        for title in ("Een", "Twee", "Een"):
            clock.now += 100
            ContentPage.objects.filter(slug="over-ons").update(title=title)
            response = client.get("/over-ons/")
            seen.append((response["ETag"], response["Last-Modified"]))
        assert seen[0][0] == seen[2][0]
        assert len({moment for _etag, moment in seen}) == 3

    def test_a_compressed_page_is_another_sequence_of_bytes(self, client: Client) -> None:
        plain = client.get("/privacy/")
        small = client.get("/privacy/", headers={"accept-encoding": "gzip, deflate, br"})
        assert small["Content-Encoding"] == "gzip"
        assert small["ETag"] != plain["ETag"]
        assert small["Vary"] == plain["Vary"] == "Accept-Encoding"
        assert gzip.decompress(small.content) == plain.content
        assert int(small["Content-Length"]) == len(small.content) < len(plain.content) / 3
        refused = client.get("/privacy/", headers={"accept-encoding": "gzip;q=0, br"})
        assert "Content-Encoding" not in refused.headers

    def test_head_says_what_get_would(self, client: Client) -> None:
        page = client.get("/privacy/")
        head = client.head("/privacy/")
        assert not head.content
        assert head["ETag"] == page["ETag"]
        assert head["Content-Length"] == page["Content-Length"]

    def test_head_alone_keeps_nothing(self, client: Client) -> None:
        assert client.head("/privacy/")["ETag"]
        assert kept() == 0


def test_the_contact_page_stays_out_whatever_it_becomes(client: Client) -> None:
    """The form is one of Wagtail's pages: its own headers keep it out, closed and open."""
    contact_page().unpublish()
    client.get("/contact/")
    assert kept() == 0
    assert reverse("wagtail_serve", args=["contact/"]) == "/contact/"
