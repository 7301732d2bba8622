"""People for the benchmarks, made set-wise: each with a message and two consent events."""

from django.db import connection

from contact.models import ContactPage
from privacy.statement.models import StatementVersion


def fill(relations: int) -> None:
    """Make people until there are `relations` of them.

    One in ten was last in contact five years ago, four in ten three, the others one.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0), count(*) FROM privacy_subjects_datasubject")
        last, known = cursor.fetchone()
        # An index of words grows by itself much slower than it is made at once.
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'contact_words'")
        (words,) = cursor.fetchone()
        cursor.execute("DROP INDEX contact_words")
        cursor.execute("SET synchronous_commit = off")
        cursor.execute(
            """
            INSERT INTO privacy_subjects_datasubject (email, created_at, last_contact_at, hold_reason)
            SELECT 'n' || n || '@voorbeeld.example', now(),
                   now() - (ARRAY[5, 3, 1, 3, 1, 3, 1, 3, 1, 1])[1 + n %% 10] * interval '1 year', ''
            FROM generate_series(%s, %s) AS n
            """,
            # Numbered on from the last one made, since a run has erased some of those before.
            [last + 1, last + relations - known],
        )
        _messages(cursor, f"who.id > {last}", 1)
        cursor.execute(
            """
            INSERT INTO privacy_consent_consentevent (subject_id, number, purpose, action, method, wording, version_id,
                                                      language, place, at, wording_sha256, previous_sha256, sha256)
            SELECT who.id, number, purpose, 'given', 'form', 'Ja, dat mag.', %s, 'nl', '/contact/', who.last_contact_at,
                   repeat('0', 64), repeat('0', 64), repeat('0', 64)
            FROM privacy_subjects_datasubject AS who,
                 unnest(ARRAY['enquiry', 'newsletter']) WITH ORDINALITY AS asked (purpose, number)
            WHERE who.id > %s
            """,
            [StatementVersion.objects.get().pk, last],
        )
        cursor.execute("SET synchronous_commit = on")
        cursor.execute(words)
        cursor.execute("VACUUM (FREEZE, ANALYZE)")
        cursor.execute("CHECKPOINT")


def name() -> str:
    """Return the name of the database that is filled."""
    return str(connection.settings_dict["NAME"])


def keep_copy(name_of_copy: str) -> None:
    """Keep the database as it is now, under another name."""
    connection.close()
    with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]  # no database can be copied from inside
        cursor.execute(f'CREATE DATABASE "{name_of_copy}" TEMPLATE "{name()}"')
    connection.close()


def one_person(records: int, email: str = "een@voorbeeld.example") -> str:
    """Make one person with this many messages; return their address."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO privacy_subjects_datasubject (email, created_at, last_contact_at, hold_reason)"
            " VALUES (%s, now(), now(), '')",
            [email],
        )
        _messages(cursor, f"who.email = '{email}'", records)
        cursor.execute("ANALYZE")
    return email


def _messages(cursor: object, who: str, each: int) -> None:
    cursor.execute(  # type: ignore[attr-defined]
        f"""
        INSERT INTO contact_submission (form_data, page_id, subject_id, submission_id, labels, version_id, submit_time,
                                        state, suspicions)
        SELECT jsonb_build_object('email', who.email, 'message', repeat('Hoe duur is een website? ', 10)), %s, who.id,
               gen_random_uuid(), '[["email", "E-mailadres"], ["message", "Uw bericht"]]', %s, who.last_contact_at,
               'new', '[]'
        FROM privacy_subjects_datasubject AS who, generate_series(1, %s) WHERE {who}
        """,  # noqa: S608 (both conditions stand above)
        [ContactPage.objects.get(locale__language_code="nl").pk, StatementVersion.objects.get().pk, each],
    )
