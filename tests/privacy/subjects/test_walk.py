"""The walk: after an erasure, nobody is found anywhere in the real schema and the real storages, but where it says so.

It reads the tables from PostgreSQL's own catalogue, whole rows at a time, and every file, so a table or column that is new
cannot escape it, whoever made it.
"""

import base64
import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
import redis
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.files.storage import Storage, storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.models import FormState
from wagtail.log_actions import log
from wagtail.models import Comment, CommentReply, ModelLogEntry, Page, Revision, Task, TaskState, Workflow, WorkflowState

from contact.models import Submission
from home.models import ContentPage
from privacy.consent.erasure import carry_out
from privacy.consent.links import token_for
from privacy.consent.models import ErasureDue, UnconfirmedConsent
from privacy.consent.services import object_to_mailings, withdraw
from privacy.mail.models import Mail
from privacy.mail.services import deliver
from privacy.retention.classes import end_classes
from privacy.retention.services import expire_due
from privacy.rights import acts, delivery, new_address, services
from privacy.rights.models import Correction, DataRequest, OneTimeLink
from privacy.rights.tasks import forget, sweep
from privacy.subjects import ledger, mentions
from privacy.subjects.models import DataSubject, Mention
from privacy.subjects.registry import registry
from privacy.subjects.services import Retained, erase
from tests.documents import PDF
from tests.factories import AttachmentFactory, SubmissionFactory, ask_for_a_file, case_about, send
from tests.sources import MAKE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

EMAIL, NAME, PHONE = "wilhelmina.proefpersoon@voorbeeld.example", "Wilhelmina Proefpersoon", "06-87654321"
#: In one of these everything of her is recognised, however it is spelled: in an address, percent-encoded, in capitals, split.
WORDS = re.compile(r"wilhelmina|proefpersoon|8[ -]?7[ -]?6[ -]?5[ -]?4[ -]?3[ -]?2[ -]?1", re.IGNORECASE)
BYSTANDER = "bob.omstander@voorbeeld.example"

#: Made of a page that names somebody, and gone with it.
DERIVED = {"wagtailsearch_indexentry", "privacy_subjects_mention"}


@pytest.fixture(autouse=True)
def _empty_storages() -> Iterator[None]:
    """No files of other tests, before and after."""
    _clear()
    yield
    _clear()


def _clear() -> None:
    for storage in (storages["default"], storages["private"]):
        for name in list(_files(storage)):
            storage.delete(name)
    with redis.Redis.from_url(settings.REDIS_URL) as broker:
        broker.flushall()


def _files(storage: Storage, folder: str = "") -> Iterator[str]:
    if not storage.exists(folder or "."):
        return
    folders, names = storage.listdir(folder)
    yield from (f"{folder}/{name}".lstrip("/") for name in names)
    for inner in folders:
        yield from _files(storage, f"{folder}/{inner}".lstrip("/"))


# --- Where she is found -------------------------------------------------------------------------------------------------


def tables() -> list[str]:
    """Return every relation that keeps rows, our own or not, as SQL names it; large objects are rows of a catalogue."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT format('%I.%I', nspname, relname) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
            WHERE relkind IN ('r', 'p', 'm', 'f')
              AND (nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') OR relname = 'pg_largeobject')
            """
        )
        return [name for (name,) in cursor.fetchall()]


def found_in_database() -> dict[str, list[str]]:
    """Return table -> columns in which she is found, each as text, whatever its type."""
    found = {}
    with connection.cursor() as cursor:
        for table in tables():
            cursor.execute(
                "SELECT attname, atttypid = 'bytea'::regtype FROM pg_attribute"
                " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
                [table],
            )
            columns = {
                # As text it would be hexadecimal.
                name: f"encode(\"{name}\", 'escape')" if is_binary else f'"{name}"::text'
                for name, is_binary in cursor.fetchall()
            }
            cursor.execute(f"SELECT {', '.join(columns.values()) or 'NULL'} FROM {table}")  # noqa: S608 (from the catalogue)
            rows = cursor.fetchall()
            if hits := [name for at, name in enumerate(columns) if any(_named(row[at] or "") for row in rows)]:
                found[table.removeprefix("public.")] = hits
    # Sealed in the table, so looked at opened.
    if any(WORDS.search(str(session.get_decoded())) for session in Session.objects.all()):
        found["django_session"] = ["session_data"]
    return found


def _named(text: str) -> bool:
    """Say whether she is named in a text, or in what stands in it as base64, as Celery writes its messages."""
    return bool(WORDS.search(text)) or any(
        WORDS.search(_opened(word)) for word in re.findall(r"[A-Za-z0-9+/_-]{24,}={0,2}", text)
    )


def _opened(word: str) -> str:
    try:
        return base64.b64decode(word.replace("-", "+").replace("_", "/") + "==").decode("latin-1")
    except ValueError:
        return ""


def found_in_files() -> list[str]:
    """Return the files in which she is found, and every file of the private storage: what is sealed cannot be looked into."""
    found = list(_files(storages["private"]))
    for name in _files(storages["default"]):
        with storages["default"].open(name) as file:
            if WORDS.search(name) or _named(file.read().decode("latin-1")):
                found.append(name)
    folder = settings.ERASURE_LEDGER_DIR
    found += [path.name for path in folder.rglob("*") if path.is_file() and WORDS.search(path.read_text())]
    return found


def found_in_valkey() -> list[str]:
    """Return the keys of broker and cache in which she is found."""
    with redis.Redis.from_url(settings.REDIS_URL) as broker:
        return [key.decode() for key in broker.scan_iter() if _named(f"{key!r} {_content(broker, key)!r}")]


def _content(broker: Any, key: bytes) -> Any:
    match broker.type(key):
        case b"list":
            return broker.lrange(key, 0, -1)
        case b"hash":
            return broker.hgetall(key)
        case b"set":
            return broker.smembers(key)
        case b"zset":
            return broker.zrange(key, 0, -1)
        case _:
            return broker.get(key)


def nothing_but(retained: list[Retained]) -> None:
    """Fail where she is found and nobody said so."""
    declared = {apps.get_model(kept.source)._meta.db_table for kept in retained}
    declared |= DERIVED if declared else set()
    assert {table: columns for table, columns in found_in_database().items() if table not in declared} == {}
    assert found_in_files() == []
    assert found_in_valkey() == []
    for kept in retained:
        assert kept.reason
        assert kept.until > timezone.localdate()


# --- Where she can be ---------------------------------------------------------------------------------------------------


class Everywhere:
    """Puts a person wherever the site, its editors and its officer can put one."""

    def __init__(self, client: Client, officer: User, run: Callable[..., Any], at: datetime) -> None:
        self.client, self.officer, self.run, self.at = client, officer, run, at
        self.page = ContentPage.objects.filter(live=True).order_by("pk").first()
        assert self.page

    def everything(self) -> DataSubject:
        """Do all of it; return the person."""
        self.strangers_request()
        person = self.visitor()
        self.rights(person)
        self.admin(person)
        self.housekeeping()
        self.whatever_else(person)
        return person

    def visitor(self) -> DataSubject:
        """The form, with a file and every box, and an objection to mailings."""
        ask_for_a_file()
        sent = send(
            self.client,
            email=EMAIL.upper(),
            name=NAME,
            phone=PHONE,
            company=f"{NAME} Tekeningen",
            message=f"Bel {NAME} op {PHONE} of mail {EMAIL}.",
            drawing=SimpleUploadedFile(f"{NAME}.pdf", PDF, content_type="application/pdf"),
            consent_newsletter="on",
            consent_reference="on",
        )
        assert sent.status_code == 302, sent.content.decode()
        person = DataSubject.objects.get(email=EMAIL)
        assert person.submissions.get().attachments.exists()
        object_to_mailings(email=EMAIL, place="/", at=self.at, method="mail")
        assert UnconfirmedConsent.objects.exists() is False
        send(self.client, email=EMAIL, name=NAME, phone=PHONE, consent_newsletter="on", message="Nog iets.")
        token_for(person)
        return person

    def strangers_request(self) -> None:
        """A request from before anybody knew her, answered."""
        services.ask(email=EMAIL, kind="access", message=f"Ik ben {NAME}.", language="nl", at=self.at)
        self.post()
        assert DataRequest.objects.get().subject is None

    def rights(self, person: DataSubject) -> None:
        """An inzage whose archive waits, a question of the officer's, a correction, a refusal: letters, events, notices."""
        taken = services.take(
            email=EMAIL,
            kind="access",
            channel="phone",
            identity="callback",
            message=f"{NAME} belde vanaf {PHONE}.",
            received_at=self.at,
            language="nl",
            user=self.officer,
            at=self.at,
        )
        self.post()
        # What staff wrote down about her is read before it goes out.
        delivery.approve(taken, user=self.officer, at=self.at)
        self.post()
        taken.refresh_from_db()
        assert taken.archive
        asked = services.take(
            email=EMAIL,
            kind="rectification",
            channel="mail",
            identity="reply",
            message="",
            received_at=self.at,
            language="nl",
            user=self.officer,
            at=self.at,
        )
        services.ask_person(asked, question=f"Bent u {NAME} van {PHONE}?", user=self.officer, at=self.at)
        services.refuse(asked, reason=f"{NAME} bedoelde een ander.", user=self.officer, at=self.at)
        Correction.objects.create(request=asked, subject=person, source="contact.submissions", old="Wil", new=NAME, at=self.at)
        self.post()

    def admin(self, person: DataSubject) -> None:
        """The officer opens and edits her: log entries, sessions with messages."""
        for name, key in (("privacy-subjects", person.pk),):
            self.client.force_login(self.officer)
            self.client.get(reverse(f"{name}:edit", args=[key]))
            self.client.post(reverse(f"{name}:edit", args=[key]), {"hold_reason": "", "hold_until": ""})
        assert ModelLogEntry.objects.filter(object_id=str(person.pk)).exists()
        self.client.get(reverse("privacy-subjects:index"), {"q": EMAIL})

    def housekeeping(self) -> None:
        """What staff can write for themselves: remarks, logs, drafts and what Wagtail keeps of an open form."""
        said = f"{NAME} ({EMAIL}, {PHONE}) belde."
        page, user = self.page, self.officer
        entry = log(instance=Submission.objects.order_by("pk").last(), action="wagtail.edit", user=user, data={"note": said})
        ModelLogEntry.objects.filter(pk=entry.pk).update(label=f"{NAME} <{EMAIL}>")
        log(instance=page, action="wagtail.edit", user=user, data={"comment": {"text": said}})
        comment = Comment.objects.create(page=page, user=user, text=f"Regel een\n{said}", contentpath="body")
        CommentReply.objects.create(comment=comment, user=user, text=f"Mail {EMAIL.upper()}")
        FormState.objects.create(
            user=user,
            content_type=ContentType.objects.get_for_model(page),
            object_id=str(page.pk),
            parent_object_id="",
            data=f"title={NAME.replace(' ', '+')}&mail={EMAIL.replace('@', '%40')}&tel=%2B31+6+87654321",
            last_updated_at=self.at,
        )
        was = page.title
        for title in (f"Verhaal van {NAME}", f"Mail {EMAIL}", was):
            page.title = title
            page.save_revision(user=user)
        workflow = Workflow.objects.create(name="Nakijken")
        task = Task.objects.create(name="Lezen", content_type=ContentType.objects.get_for_model(Task))
        state = WorkflowState.objects.create(
            workflow=workflow,
            base_content_type=ContentType.objects.get_for_model(page),
            content_type=ContentType.objects.get_for_model(page),
            object_id=str(page.pk),
            status=WorkflowState.STATUS_APPROVED,
        )
        first = Revision.objects.filter(object_id=str(page.pk)).order_by("pk").first()
        TaskState.objects.create(
            workflow_state=state, task=task, revision=first, status=TaskState.STATUS_APPROVED, comment=said, finished_at=self.at
        )

    def whatever_else(self, person: DataSubject) -> None:
        """Possible spam with a file, a case that tells of her, and something of each source that has nothing of her yet."""
        spam = SubmissionFactory.create(
            subject=person, possible_spam=True, submit_time=self.at, form_data={"message": f"{NAME} koopt."}
        )
        AttachmentFactory.create(submission=spam, filename=f"{NAME}.pdf", file="")
        case = case_about(person)
        case.title, case.client = f"Werk voor {NAME}", NAME
        case.save_revision()
        case.save()
        for key, make in MAKE.items():
            if not registry.sources[key].holders([person.pk]):
                make(person, self.at)

    def live_page(self) -> None:
        """A story about her on the site, and a draft of another page."""
        page = self.page
        page.title = f"Een website voor {NAME}"
        page.save_revision().publish()
        other = ContentPage.objects.exclude(pk=page.pk).order_by("pk").first()
        assert other
        other.search_description = f"Mail {EMAIL}"
        other.save_revision()

    def post(self) -> None:
        """Send what is owed, as worker and beat would."""
        with self.run(execute=True):
            for _ in range(3):
                sweep()
                for pk in Mail.objects.due(timezone.now() + timedelta(minutes=1)).values_list("pk", flat=True):
                    deliver(pk)


@pytest.fixture
def officer() -> User:
    """Who may do everything."""
    return User.objects.create_superuser("officer", "officer@koelict.example", "x")


@pytest.fixture
def everywhere(
    client: Client,
    officer: User,
    django_capture_on_commit_callbacks: Callable[..., Any],
    mailoutbox: list[EmailMessage],
    caplog: pytest.LogCaptureFixture,
) -> Iterator[Everywhere]:
    """Ready to put her everywhere, and with somebody beside her who must stay; whatever is done, no log ever names her."""
    send(client, email=BYSTANDER, name="Bob Omstander", phone="06 11112222")
    yield Everywhere(client, officer, django_capture_on_commit_callbacks, timezone.now())
    said = "\n".join(record.getMessage() for record in caplog.get_records("call"))
    assert not WORDS.search(said), said


def test_the_walk_sees_her_where_she_is(everywhere: Everywhere) -> None:
    """The walk can fail: before the erasure every source has something of her, and she is found in every kind of place."""
    person = everywhere.everything()
    assert [key for key, source in registry.sources.items() if not source.holders([person.pk])] == []
    everywhere.live_page()
    found = found_in_database()
    assert {
        "contact_attachment",
        "contact_submission",
        "home_casepage",
        "home_contentpage",
        "privacy_rights_correction",
        "privacy_rights_datarequest",
        "privacy_rights_letter",
        "privacy_rights_requestevent",
        "privacy_subjects_datasubject",
        "privacy_subjects_mention",
        "wagtailadmin_formstate",
        "wagtailcore_comment",
        "wagtailcore_commentreply",
        "wagtailcore_modellogentry",
        "wagtailcore_page",
        "wagtailcore_pagelogentry",
        "wagtailcore_revision",
        "wagtailcore_taskstate",
        "wagtailsearch_indexentry",
    } <= found.keys() | {"home_contentpage"}
    assert len(found_in_files()) == 2  # what she sent, and the archive that waits


SAID = f"Bel {NAME}, {EMAIL}"


@pytest.mark.parametrize(
    "statements",
    [
        *(
            [f"CREATE TABLE elsewhere.hidden AS SELECT ({value})::{kind} AS it"]
            for kind, value in {
                "text": f"repeat('niets ', 100000) || '{SAID}'",
                "varchar(200)": f"'{SAID}'",
                "char(200)": f"'{SAID}'",
                "name": f"'{EMAIL}'",
                "json": f"""'{{"said": ["{SAID}"]}}'""",
                "jsonb": f"""'{{"said": {{"{SAID}": 1}}}}'""",
                "text[]": f"ARRAY['', '{SAID}']",
                "jsonb[]": f"""ARRAY['"{SAID}"'::jsonb]""",
                "bytea": f"convert_to('{SAID}', 'UTF8')",
                "tsvector": f"to_tsvector('dutch', '{SAID}')",
                "elsewhere.pair": f"ROW(1, '{SAID}')::elsewhere.pair",
                "elsewhere.word": f"'{SAID}'",
                "elsewhere.kind": f"'{NAME}'",
            }.items()
        ),
        [f"CREATE MATERIALIZED VIEW elsewhere.hidden AS SELECT '{SAID}'::text AS it"],
        [f"CREATE UNLOGGED TABLE elsewhere.hidden AS SELECT '{SAID}'::text AS it"],
        [f"CREATE TEMPORARY TABLE hidden AS SELECT '{SAID}'::text AS it"],
        [
            "CREATE TABLE elsewhere.whole (n int, it text) PARTITION BY RANGE (n)",
            "CREATE TABLE elsewhere.hidden PARTITION OF elsewhere.whole FOR VALUES FROM (1) TO (9)",
            f"INSERT INTO elsewhere.whole VALUES (1, '{SAID}')",  # noqa: S608
        ],
        [f"SELECT lo_from_bytea(0, convert_to('{SAID}', 'UTF8'))"],
        [f"CREATE TABLE elsewhere.hidden AS SELECT encode(convert_to('{SAID}', 'UTF8'), 'base64') AS it"],
    ],
    ids=lambda statements: statements[0][:60],
)
def test_no_column_and_no_kind_of_table_hides_her(statements: list[str]) -> None:
    """The walk looks into whatever a new table, of whoever, may be made of."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA elsewhere")
        cursor.execute("CREATE TYPE elsewhere.pair AS (n int, it text)")
        cursor.execute("CREATE DOMAIN elsewhere.word AS text")
        cursor.execute(f"CREATE TYPE elsewhere.kind AS ENUM ('{NAME}')")
        assert found_in_database() == {}
        for statement in statements:
            cursor.execute(statement)
    assert found_in_database()


def test_no_message_to_a_worker_hides_her() -> None:
    """Celery writes what a task is told as base64."""
    body = base64.b64encode(f'[["{EMAIL}"], {{}}, {{}}]'.encode()).decode()
    with redis.Redis.from_url(settings.REDIS_URL) as broker:
        broker.lpush("celery", f'{{"body": "{body}", "headers": {{}}}}')
    assert found_in_valkey() == ["celery"]


@pytest.mark.parametrize("is_published", [False, True], ids=["named for ourselves", "named on the site as well"])
def test_a_request_leaves_nothing_it_does_not_name(everywhere: Everywhere, officer: User, is_published: bool) -> None:
    """C18, I1-I10: by the officer, with the letter that tells her what stays."""
    person = everywhere.everything()
    if is_published:
        everywhere.live_page()
    DataRequest.objects.filter(subject=person, closed_at=None).update(state="delivered", closed_at=everywhere.at)
    taken = services.take(
        email=EMAIL,
        kind="erasure",
        channel="mail",
        identity="reply",
        message=f"Wis alles van {NAME}.",
        received_at=everywhere.at,
        language="nl",
        user=officer,
        at=everywhere.at,
    )
    with everywhere.run(execute=True):
        result = acts.erase_person(taken, actor="officer", user=officer, at=everywhere.at)
    # Her address stays until the letter to it has gone out.
    everywhere.post()
    forget()
    tables = {"home.contentpage", "wagtailcore.page", "wagtailcore.revision"} if is_published else set()
    assert {kept.source for kept in result.retained} <= tables
    assert bool(result.retained) is is_published
    nothing_but(result.retained)
    assert DataSubject.objects.filter(email=BYSTANDER).exists()


def test_the_command_leaves_nothing_it_does_not_name(everywhere: Everywhere) -> None:
    """C18: by `erase()` itself, as the command and the replay call it; of the bystander nothing is missing."""
    person = everywhere.everything()
    log(instance=everywhere.page, action="wagtail.edit", user=everywhere.officer, data={"note": f"{BYSTANDER} belde ook."})
    DataRequest.objects.filter(closed_at=None).update(state="delivered", closed_at=everywhere.at)
    with everywhere.run(execute=True):
        result = erase([person], reason="op verzoek", at=everywhere.at)
    nothing_but(result.retained)
    assert result.retained == []
    assert Mention.objects.filter(address=BYSTANDER).exists()
    assert not Mention.objects.filter(address=EMAIL).exists()
    (line,) = [line for line in ledger.read() if line.subject == ledger.pseudonym(EMAIL)]
    assert line.counts == {key: rows for key, rows in result.by_source.items() if rows}


def test_the_expiry_leaves_nothing(everywhere: Everywhere) -> None:
    """D1, A8: two years of silence later. What named her by name alone ended a year before; the rest ends with her."""
    everywhere.everything()
    DataRequest.objects.filter(closed_at=None).update(state="delivered", closed_at=everywhere.at)
    much_later = everywhere.at + timedelta(days=740)
    with everywhere.run(execute=True):
        end_classes(as_of=much_later)
        # A remark of last week: younger than what a log is kept.
        fresh = log(instance=everywhere.page, action="wagtail.edit", data={"note": f"Mail {EMAIL.upper()} niet meer."})
        assert expire_due(as_of=much_later).erased == 2
    nothing_but([])
    fresh.refresh_from_db()
    assert fresh.data == {"note": "Mail [gewist] niet meer."}


def test_a_withdrawal_leaves_nothing_of_what_it_takes(everywhere: Everywhere) -> None:
    """B8, 17(1)(b): her messages and files go; she stays, and so does what says that she consented."""
    person = everywhere.visitor()
    for purpose in ("enquiry", "reference"):
        withdraw(subject=person, purpose=purpose, place="/", at=everywhere.at, method="link")
    with everywhere.run(execute=True):
        for due in ErasureDue.objects.all():
            carry_out(due.pk, at=everywhere.at)
    assert found_in_database() == {"privacy_subjects_datasubject": ["email"]}
    assert found_in_files() == []
    assert found_in_valkey() == []


@pytest.mark.parametrize("few", [mentions.FEW, 0], ids=["a few at once", "in a crowd"])
def test_a_former_address_is_found_as_well(everywhere: Everywhere, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """C17, C18: what was written about her under the address she had then."""
    everywhere.strangers_request()
    person = everywhere.visitor()
    request = services.take(email=EMAIL, kind="rectification", received_at=everywhere.at, at=everywhere.at)
    everywhere.post()
    log(instance=everywhere.page, action="wagtail.edit", user=everywhere.officer, data={"note": f"Mail {EMAIL} niet meer."})
    services.ask(email=EMAIL, kind="access", message="", language="nl", at=everywhere.at)
    with everywhere.run(execute=True):
        new_address.change(request, email="w@elders.example", reason="Herkend.", user=everywhere.officer, at=everywhere.at)
    assert {"privacy_rights_correction", "wagtailcore_pagelogentry"} <= found_in_database().keys()
    DataRequest.objects.filter(closed_at=None).exclude(state="unconfirmed").update(state="delivered", closed_at=everywhere.at)
    monkeypatch.setattr(mentions, "FEW", few)
    with pytest.raises(ValueError, match="must not name"):
        erase([person], reason=f"{EMAIL} vroeg erom", at=everywhere.at)
    with everywhere.run(execute=True):
        result = erase([person], reason="op verzoek", at=everywhere.at)
    # The link that was asked for with it has its day still; what a name alone gave away goes by its own period.
    assert {kept.source for kept in result.retained} == ({"rights.requests"} if few else set())
    assert found_in_database() == {"privacy_rights_datarequest": ["email"]}
    everywhere.post()
    forget()
    assert found_in_database() == {}


class TestNaming:
    """What is taken for her, and what is not."""

    @pytest.fixture
    def said(self, everywhere: Everywhere) -> Callable[[str], str]:
        """Have staff write something, erase her, and return what is left of it."""
        person = everywhere.visitor()

        def write(text: str) -> str:
            entry = log(instance=everywhere.page, action="wagtail.edit", data={"note": text})
            erase([person], reason="op verzoek", at=everywhere.at)
            entry.refresh_from_db()
            return str(entry.data["note"])

        return write

    @pytest.mark.parametrize(
        "text",
        [
            EMAIL,
            EMAIL.upper(),
            f"<a href='mailto:{EMAIL}'>x</a>",
            EMAIL.replace("@", "%40"),
            EMAIL.replace("@", "&#64;"),
            f"Regel\n{EMAIL}",
            f"Regel\n{NAME}",
            f"“{NAME}”.",
            NAME.upper(),
            NAME.replace(" ", "+"),
            NAME.replace(" ", "%20"),
            NAME.replace(" ", "  "),
            "0687654321",
            "06 87 65 43 21",
            "+31 6 87654321",
            "0031687654321",
            "(06) 8765-4321",
        ],
    )
    def test_is_recognised(self, said: Callable[[str], str], text: str) -> None:
        left = said(text)
        assert "[gewist]" in left
        assert not WORDS.search(left)

    @pytest.mark.parametrize(
        "spell", [str, str.upper, quote, quote_plus, lambda name: unicodedata.normalize("NFD", name)], ids=lambda f: f.__name__
    )
    def test_with_accents_too(self, everywhere: Everywhere, spell: Callable[[str], str]) -> None:
        """As somebody types it, as a Mac stores it, and as Wagtail keeps a form that was left half filled in."""
        name = "Zoë Brûlée"
        send(everywhere.client, email=EMAIL, name=name)
        entry = log(instance=everywhere.page, action="wagtail.edit", data={"note": f"a=b&name={spell(name)}&c=d"})
        erase([DataSubject.objects.get(email=EMAIL)], reason="op verzoek", at=everywhere.at)
        entry.refresh_from_db()
        assert entry.data == {"note": "a=b&name=[gewist]&c=d"}

    @pytest.mark.parametrize(
        "text",
        [
            f"x{EMAIL}",
            f"{EMAIL}x",
            "proefpersoon@voorbeeld.example",
            "Wilhelmina belde.",
            f"{NAME}se straat",
            "1234068765432199",
            "06-87654320",
        ],
    )
    def test_somebody_else_is_not(self, said: Callable[[str], str], text: str) -> None:
        assert said(text) == text


def test_the_register_of_mentions_follows_the_texts(everywhere: Everywhere) -> None:
    """Written by triggers: also for rows no model's `save` ever saw, and gone with them."""
    entry = log(instance=everywhere.page, action="wagtail.edit", data={"note": "niets"})
    mentions = Mention.objects.filter(address=EMAIL)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE wagtailcore_pagelogentry SET label = %s WHERE id = %s", [f"<{EMAIL.upper()}>", entry.pk])
        assert [(one.place, one.row) for one in mentions.all()] == [("wagtailcore_pagelogentry", str(entry.pk))]
        cursor.execute("UPDATE wagtailcore_pagelogentry SET label = 'x' WHERE id = %s", [entry.pk])
        assert not mentions.exists()
        cursor.execute("UPDATE wagtailcore_pagelogentry SET label = %s WHERE id = %s", [EMAIL, entry.pk])
        cursor.execute("DELETE FROM wagtailcore_pagelogentry WHERE id = %s", [entry.pk])
    assert not mentions.exists()


def test_every_table_with_texts_is_watched_or_has_its_reason() -> None:
    """A table is a source, is watched by the trigger, or is exempt by name: there is no fourth way."""
    from privacy.subjects.mentions import _UNWATCHED, watched

    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'privacy_mentions'")
        triggered = {name for (name,) in cursor.fetchall()}
    assert triggered == set(watched())
    sources = {source.model._meta.db_table for source in registry.in_order()}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT relname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
            JOIN pg_namespace ON pg_namespace.oid = relnamespace JOIN pg_type ON pg_type.oid = atttypid
            WHERE relkind IN ('r', 'p', 'm', 'f') AND nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
              -- Numbers, truths and times tell nothing of anybody; whatever else there is, or will be, may.
              AND attnum > 0 AND NOT attisdropped AND typcategory NOT IN ('N', 'B', 'D', 'T') AND typname <> 'uuid'
            """
        )
        with_texts = {table for (table,) in cursor.fetchall()}
    own = {"django_migrations", "privacy_subjects_mention", "privacy_subjects_doomedfile"}
    assert with_texts - triggered - sources - set(_UNWATCHED) - own == set()


def test_looking_for_mentions_is_one_statement_a_batch(everywhere: Everywhere, django_assert_num_queries: Any) -> None:
    """The expiry must not slow down with what editors write: one more statement for a whole batch, and no scan."""
    from privacy.subjects.mentions import FEW, find

    everywhere.housekeeping()
    people = [
        DataSubject.objects.create(email=f"{n}@voorbeeld.example", created_at=everywhere.at, last_contact_at=everywhere.at)
        for n in range(FEW + 1)
    ]
    with django_assert_num_queries(1):
        assert find([person.pk for person in people]) is None


def test_old_drafts_go_and_what_stands_on_one_stays(everywhere: Everywhere) -> None:
    """A22, I4: history ends by the published period; neither a page, nor the statement, nor a consent loses its revision."""
    everywhere.housekeeping()
    everywhere.visitor()
    before = set(Revision.objects.values_list("pk", flat=True))
    kept = {pk for pair in Page.objects.values_list("latest_revision", "live_revision") for pk in pair if pk}
    runs = {run.source: run for run in end_classes(as_of=everywhere.at + timedelta(days=364))}
    assert "site.revisions" not in runs
    runs = {run.source: run for run in end_classes(as_of=everywhere.at + timedelta(days=367))}
    after = set(Revision.objects.values_list("pk", flat=True))
    assert kept <= after < before
    assert runs["site.revisions"].rows == len(before - after)
    assert {run.rule for key, run in runs.items() if key.startswith("site.")} == {"site"}
    assert not OneTimeLink.objects.filter(request__isnull=True).exists()
    call_command("check")
