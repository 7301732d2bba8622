"""The environment is read strictly: what is missing or malformed is named, and no secret is repeated."""

import pytest
from config.settings.environment import Environment
from django.core.exceptions import ImproperlyConfigured

COMPLETE = {
    "SECRET_KEY": "secret-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ",
    "ERASURE_KEY": "erasure-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ",
    "ERASURE_LEDGER_DIR": "/var/lib/koel/ledger",
    "ALLOWED_HOSTS": "www.example.nl, example.nl",
    "SITE_URL": "https://www.example.nl/",
    "DATABASE_URL": "postgresql://koel:hush@db:5432/koel",
    "REDIS_URL": "redis://redis:6379/0",
    "EMAIL_URL": "smtp+tls://user:hush@mail.example.nl:587",
    "DEFAULT_FROM_EMAIL": "Koel ICT <site@example.nl>",
    "PRIVACY_EMAIL": "privacy@example.nl",
    "MEDIA_STORAGE_URL": "file:///var/lib/koel/media",
    "PRIVATE_STORAGE_URL": "file:///var/lib/koel/priv%C3%A9",
}


def test_a_complete_environment():
    environment = Environment.read(COMPLETE)

    assert environment.allowed_hosts == ["www.example.nl", "example.nl"]
    assert environment.site_url == "https://www.example.nl"
    assert environment.database_url["ENGINE"] == "django.db.backends.postgresql"
    assert (environment.database_url["HOST"], environment.database_url["PASSWORD"]) == ("db", "hush")
    assert environment.email_url["EMAIL_HOST"] == "mail.example.nl"
    assert environment.email_url["EMAIL_USE_TLS"] is True
    assert str(environment.private_storage_url) == "/var/lib/koel/privé"


def test_a_bucket():
    url = "s3://key:se%2Fcret%40@s3.example.nl:9000/koel/files/private/?region=nl-ams&tls=no"

    bucket = Environment.read(COMPLETE | {"PRIVATE_STORAGE_URL": url}).private_storage_url

    assert (bucket.endpoint, bucket.region) == ("http://s3.example.nl:9000", "nl-ams")
    assert (bucket.name, bucket.prefix) == ("koel", "files/private/")
    assert (bucket.key, bucket.secret) == ("key", "se/cret@")
    assert "cret" not in repr(bucket)


def test_a_bucket_without_more():
    url = "s3://key:secret@s3.example.nl/koel"

    bucket = Environment.read(COMPLETE | {"MEDIA_STORAGE_URL": url}).media_storage_url

    assert (bucket.endpoint, bucket.name, bucket.prefix) == ("https://s3.example.nl", "koel", "")


@pytest.mark.parametrize(
    ("media", "private", "is_one"),
    [
        ("file:///koel", "file:///koel", True),
        ("file:///koel", "file:///koel/private", True),
        ("file:///koel/private/media", "file:///koel/private", True),
        ("file:///koel/private", "file:///koel/private2", False),
        ("s3://a:b@host/koel", "s3://a:b@host/koel/private", True),
        ("s3://a:b@host/koel/x", "s3://c:d@host/koel/x/", True),
        ("s3://a:b@host/koel/x", "s3://a:b@host/koel/x2", False),
        ("s3://a:b@host/koel", "s3://a:b@host/other", False),
        ("s3://a:b@host/koel", "file:///koel", False),
    ],
)
def test_what_is_private_never_lies_where_anybody_may_read(media, private, is_one):
    variables = COMPLETE | {"MEDIA_STORAGE_URL": media, "PRIVATE_STORAGE_URL": private}

    if is_one:
        with pytest.raises(ImproperlyConfigured, match="MEDIA_STORAGE_URL and PRIVATE_STORAGE_URL are one place"):
            Environment.read(variables)
    else:
        assert Environment.read(variables)


@pytest.mark.parametrize("name", COMPLETE)
@pytest.mark.parametrize("absence", [{}, {"": ""}], ids=["unset", "empty"])
def test_a_missing_variable_is_named_with_an_example(name, absence):
    variables = COMPLETE | {name: ""} if absence else {key: value for key, value in COMPLETE.items() if key != name}

    with pytest.raises(ImproperlyConfigured, match=rf"{name} is missing\. It looks like: ."):
        Environment.read(variables)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALLOWED_HOSTS", ".example.nl,[::1],127.0.0.1,WWW.Example.nl"),
        ("SITE_URL", "http://localhost:8000"),
        ("REDIS_URL", "redis://redis"),
        ("REDIS_URL", "rediss://:word@redis:6380/1?ssl_cert_reqs=required"),
        ("REDIS_URL", "unix:///run/valkey.sock?db=1"),
        ("EMAIL_URL", "filemail:///var/mail"),
        ("DEFAULT_FROM_EMAIL", "Kôel <site@example.nl>"),
    ],
)
def test_what_is_written_in_another_way_is_read(name, value):
    assert Environment.read(COMPLETE | {name: value})


def test_all_problems_are_named_together():
    with pytest.raises(ImproperlyConfigured) as refused:
        Environment.read({})

    assert all(f"{name} is missing" in str(refused.value) for name in COMPLETE)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "hush"),
        ("ERASURE_KEY", "hush" * 20),
        ("ERASURE_LEDGER_DIR", "ledger/hush"),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", ","),
        ("ALLOWED_HOSTS", "www.example.nl,https://hush.example.nl"),
        ("ALLOWED_HOSTS", "hush.example.nl:8000"),
        ("ALLOWED_HOSTS", "www.example.nl/hush"),
        ("ALLOWED_HOSTS", "www.example.nl hush.example.nl"),
        ("SITE_URL", "hush.example.nl"),
        ("SITE_URL", "https://www.example.nl/hush"),
        ("SITE_URL", "https://www.example.nl#hush"),
        ("SITE_URL", "https://user:hush@www.example.nl"),
        ("SITE_URL", "https://www.example.nl:hush"),
        ("DATABASE_URL", "sqlite:///hush"),
        ("DATABASE_URL", "postgresql://user:hush@[::1/name"),
        ("DATABASE_URL", "postgresql://user:password@host:hush/name"),
        ("DATABASE_URL", "postgresql://user:hush@host/"),
        ("DATABASE_URL", "postgresql:///hush"),
        ("REDIS_URL", "amqp://hush"),
        ("REDIS_URL", "redis://:hush@"),
        ("REDIS_URL", "redis://redis:hush/0"),
        ("REDIS_URL", "redis://redis:6379/hush"),
        ("REDIS_URL", "unix://"),
        ("EMAIL_URL", "mailgun://hush"),
        ("EMAIL_URL", "smtp+tls://user:hush@"),
        ("DEFAULT_FROM_EMAIL", "Koel ICT (hush)"),
        ("DEFAULT_FROM_EMAIL", "Koel ICT <site@example.nl>\nBcc: hush@example.nl"),
        ("PRIVACY_EMAIL", "hush"),
        ("MEDIA_STORAGE_URL", "ftp://hush"),
        ("MEDIA_STORAGE_URL", "s3://hush"),
        ("MEDIA_STORAGE_URL", "s3://s3.example.nl/hush"),
        ("MEDIA_STORAGE_URL", "s3://hush@s3.example.nl/koel"),
        ("MEDIA_STORAGE_URL", "s3://key:hush@/koel"),
        ("MEDIA_STORAGE_URL", "s3://key:hush@s3.example.nl"),
        ("MEDIA_STORAGE_URL", "s3://key:hush@s3.example.nl/Koel"),
        ("MEDIA_STORAGE_URL", "s3://key:hush@s3.example.nl:port/koel"),
        ("MEDIA_STORAGE_URL", "s3://key:hu/sh@s3.example.nl/koel"),
        ("MEDIA_STORAGE_URL", "s3://key:hush@s3.example.nl/koel?tls=yes"),
        ("MEDIA_STORAGE_URL", "s3://key:hush@s3.example.nl/koel?acl=hush"),
        ("MEDIA_STORAGE_URL", "s3://key:hush@s3.example.nl/koel?hush"),
        ("MEDIA_STORAGE_URL", "s3://key:hush@s3.example.nl/koel#hush"),
        ("SENTRY_DSN", "https://sentry.example.nl/hush"),
        ("SENTRY_DSN", "https://hush@sentry.example.nl"),
        ("PRIVATE_STORAGE_URL", "file://hush/folder"),
    ],
)
def test_a_malformed_variable_is_named_without_its_value(name, value):
    with pytest.raises(ImproperlyConfigured, match=f"{name} is malformed: .+ It looks like: .") as refused:
        Environment.read(COMPLETE | {name: value})

    assert "hush" not in str(refused.value)


def test_a_variable_can_be_a_file(tmp_path):
    secret = tmp_path / "site-url"
    secret.write_text("https://other.example.nl\n")
    variables = COMPLETE | {"SITE_URL": "", "SITE_URL_FILE": str(secret)}

    assert Environment.read(variables).site_url == "https://other.example.nl"

    with pytest.raises(ImproperlyConfigured, match="both SITE_URL and SITE_URL_FILE are set"):
        Environment.read(variables | {"SITE_URL": "https://www.example.nl"})

    secret.unlink()
    with pytest.raises(ImproperlyConfigured, match="SITE_URL_FILE cannot be read, No such file or directory"):
        Environment.read(variables)
