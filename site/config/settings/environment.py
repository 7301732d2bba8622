"""Reads the environment, once and strictly: a missing or malformed variable stops the start with its name.

`DATABASE_URL` may be given as such, or as `DATABASE_URL_FILE`, the path of a file that holds it (Docker secrets). Every
variable is described in `docs/operations.md`; development and tests go through the same reading, with values of their own.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from email.utils import parseaddr
from pathlib import Path
from typing import Any, Self
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email
from environ import Env


class Malformed(ValueError):
    """A variable cannot be read; the message says why and never repeats the value, which may be a secret and goes to a log."""


def _secret(text: str) -> str:
    if len(text) < 50 or len(set(text)) < 10:
        raise Malformed("too easy to guess: at least 50 random characters")
    return text


def _token(text: str) -> str:
    if len(text) < 32 or len(set(text)) < 10:
        raise Malformed("too easy to guess: at least 32 random characters")
    return text


def _hosts(text: str) -> list[str]:
    hosts = [host.strip() for host in text.split(",") if host.strip()]
    # Django compares bare names: one with a scheme, port or path would refuse every visitor. A dot in front: and all below it.
    if not hosts or not all(re.fullmatch(r"[a-z0-9.-]+|\[[a-f0-9:.]+\]", host, re.IGNORECASE) for host in hosts):
        raise Malformed("names of hosts, separated by commas, without scheme, port or path, not *")
    return hosts


def _site_url(text: str) -> str:
    url = urlsplit(text)
    more = (url.path.strip("/"), url.query, url.fragment, url.username)
    # Reading the port raises ValueError where it is no number.
    if url.scheme not in {"http", "https"} or not url.hostname or url.port == 0 or any(more):
        raise Malformed("a scheme and a host, nothing after it")
    return text.rstrip("/")


def _database(text: str) -> dict[str, Any]:
    if urlsplit(text).scheme not in {"postgres", "postgresql"}:
        raise Malformed("only PostgreSQL is supported")
    database: dict[str, Any] = Env.db_url_config(text)
    if not database["NAME"] or not (database["HOST"] or database.get("OPTIONS", {}).get("host")):
        raise Malformed("it names no host or no database")
    return database


def _redis(text: str) -> str:
    url = urlsplit(text)
    if url.scheme not in {"redis", "rediss", "unix"}:
        raise Malformed("a server that speaks the Redis protocol")
    if url.scheme == "unix":
        if not url.path.startswith("/"):
            raise Malformed("it names no socket")
    elif not url.hostname or url.port == 0 or not re.fullmatch(r"/?\d*", url.path):
        raise Malformed("it names no host, or its port or database is no number")
    return text


def _email_server(text: str) -> dict[str, Any]:
    url = urlsplit(text)
    if url.scheme not in {"smtp", "smtp+tls", "smtp+ssl", "filemail"}:
        raise Malformed("smtp, smtp+tls, smtp+ssl or filemail")
    if url.scheme != "filemail" and not url.hostname:
        raise Malformed("it names no host")
    config = dict(Env.email_url_config(text))
    if url.scheme == "filemail":
        # django-environ takes the first slash of the path for part of the address.
        config["EMAIL_FILE_PATH"] = str(_folder(unquote(url.path)))
    return config


def _email_address(text: str) -> str:
    try:
        validate_email(parseaddr(text)[1])
    except ValidationError:
        raise Malformed("not an e-mail address") from None
    if not text.isprintable():
        # It becomes a header of every mail.
        raise Malformed("one line, and nothing that cannot be seen")
    return text


def _folder(text: str) -> Path:
    path = Path(text)
    if not path.is_absolute():
        raise Malformed("an absolute path")
    return path


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """Where files lie with a server that speaks S3.

    Args:
        endpoint: address of the server.
        name: of the bucket.
        prefix: with which the names of all objects begin, ending in a slash; "" for the whole bucket.
        region: in which the server says that it is; signatures name it.
        key: says who we are.
        secret: proves it.
    """

    endpoint: str
    name: str
    prefix: str
    region: str
    key: str
    secret: str = field(repr=False)


def _storage(text: str) -> Path | Bucket:
    url = urlsplit(text)
    if url.scheme == "s3":
        return _bucket(url)
    if url.scheme != "file" or url.netloc:
        raise Malformed("a folder, file:///..., or a bucket, s3://...")
    return _folder(unquote(url.path))


def _bucket(url: SplitResult) -> Bucket:
    if not url.username or not url.password:
        raise Malformed("it names no key and secret; special characters in them are percent-encoded")
    if not url.hostname or url.port == 0:
        raise Malformed("it names no host")
    name, _, prefix = unquote(url.path).strip("/").partition("/")
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", name):
        raise Malformed("it names no bucket")
    more = dict(parse_qsl(url.query, keep_blank_values=True, strict_parsing=bool(url.query)))
    if more.keys() - {"region", "tls"} or more.get("tls", "no") != "no" or url.fragment:
        raise Malformed("after the bucket only ?region=... and tls=no are known")
    host = url.netloc.rpartition("@")[2]
    return Bucket(
        endpoint=f"{'http' if 'tls' in more else 'https'}://{host}",
        name=name,
        prefix=f"{prefix}/" if prefix else "",
        region=more.get("region", "us-east-1"),
        key=unquote(url.username),
        secret=unquote(url.password),
    )


def _is_one_place(*storages: Path | Bucket) -> bool:
    """Say whether one of two lies in the other."""
    outer, inner = sorted(f"{at.endpoint}/{at.name}/{at.prefix}" if isinstance(at, Bucket) else f"{at}/" for at in storages)
    return inner.startswith(outer)


def _google_key(text: str) -> str:
    if not text.isascii() or not text.replace("-", "").replace("_", "").isalnum():
        raise Malformed("letters, digits, - and _ only")
    return text


def _error_service(text: str) -> str:
    url = urlsplit(text)
    if url.scheme not in {"http", "https"} or not url.hostname or not url.username or url.port == 0:
        raise Malformed("an address with a key in it, as the service shows it")
    if not url.path.rpartition("/")[2].isdecimal():
        raise Malformed("it names no project")
    return text


def _scanner(text: str) -> str:
    url = urlsplit(text)
    if not (url.scheme == "tcp" and url.hostname and not url.path) and not (url.scheme == "unix" and url.path.startswith("/")):
        raise Malformed("tcp with a host, or unix with a path")
    return text


_A_BUCKET = "s3://key:secret@s3.example.nl/bucket"


def _variable(parse: Callable[[str], Any], *, like: str, default: Any = MISSING) -> Any:
    """Declare a variable, required without a `default`: `parse` raises Malformed; `like` is an example for the message."""
    return field(default=default, metadata={"parse": parse, "like": like})


@dataclass(frozen=True, kw_only=True)
class Environment:
    """What the environment says; a field `site_url` is the variable `SITE_URL`."""

    secret_key: str = _variable(_secret, like="50 or more random characters")
    allowed_hosts: list[str] = _variable(_hosts, like="www.example.nl,example.nl")
    site_url: str = _variable(_site_url, like="https://www.example.nl")
    database_url: dict[str, Any] = _variable(_database, like="postgresql://user:password@host:5432/name")
    redis_url: str = _variable(_redis, like="redis://:password@host:6379/0")
    email_url: dict[str, Any] = _variable(_email_server, like="smtp+tls://user:password@host:587")
    default_from_email: str = _variable(_email_address, like="Koel ICT <site@example.nl>")
    privacy_email: str = _variable(_email_address, like="privacy@example.nl")
    erasure_key: str = _variable(_secret, like="50 or more random characters, kept for ever and not in the database's backup")
    erasure_ledger_dir: Path = _variable(_folder, like="/var/lib/koel/ledger")
    media_storage_url: Path | Bucket = _variable(_storage, like=f"file:///var/lib/koel/media or {_A_BUCKET}/media?region=nl")
    private_storage_url: Path | Bucket = _variable(
        _storage, like=f"file:///var/lib/koel/private or {_A_BUCKET}/private?region=nl"
    )
    recaptcha_public_key: str = _variable(_google_key, like="the site key that Google gave, 40 characters", default="")
    recaptcha_private_key: str = _variable(_google_key, like="the secret key that Google gave, 40 characters", default="")

    clamav_url: str = _variable(_scanner, like="tcp://clamav:3310 or unix:///run/clamav/clamd.sock", default="")
    frontend_cache_url: str = _variable(_site_url, like="http://nginx:8081", default="")
    sentry_dsn: str = _variable(_error_service, like="https://key@sentry.example.nl/1", default="")
    metrics_token: str = _variable(_token, like="32 or more random characters", default="")

    @classmethod
    def read(cls, variables: Mapping[str, str] = os.environ) -> Self:
        """Return the environment, or raise ImproperlyConfigured naming all that is missing or malformed."""
        values: dict[str, Any] = {}
        problems: list[str] = []
        for item in fields(cls):
            name, like = item.name.upper(), item.metadata["like"]
            try:
                text = _text(name, variables)
                if text:
                    values[item.name] = item.metadata["parse"](text)
                elif item.default is MISSING:
                    problems.append(f"{name} is missing. It looks like: {like}")
            except Malformed as error:
                problems.append(f"{name} is malformed: {error}. It looks like: {like}")
            except ValueError:
                # From a parser of others, whose message may repeat the value.
                problems.append(f"{name} is malformed: it cannot be read. It looks like: {like}")
        if not problems and bool(values.get("recaptcha_public_key")) != bool(values.get("recaptcha_private_key")):
            problems.append("RECAPTCHA_PUBLIC_KEY and RECAPTCHA_PRIVATE_KEY come together: set both, or neither")
        if not problems and _is_one_place(values["media_storage_url"], values["private_storage_url"]):
            problems.append("MEDIA_STORAGE_URL and PRIVATE_STORAGE_URL are one place: what is in the first anybody may read")
        if problems:
            raise ImproperlyConfigured("\n  ".join(["The environment is not complete (docs/operations.md):", *problems]))
        return cls(**values)


def provide(**values: str) -> None:
    """Set the variables that the environment does not give (as NAME or NAME_FILE), for this process and its children."""
    for name, value in values.items():
        if not os.environ.get(f"{name}_FILE"):
            os.environ.setdefault(name, value)


def _text(name: str, variables: Mapping[str, str]) -> str:
    value, file = variables.get(name, "").strip(), variables.get(f"{name}_FILE", "").strip()
    if not file:
        return value
    if value:
        raise Malformed(f"both {name} and {name}_FILE are set, keep one")
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise Malformed(f"{name}_FILE cannot be read, {error.strerror}") from None
