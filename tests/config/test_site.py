"""What every page has in common: language, cookies, headers."""

import pytest

pytestmark = pytest.mark.django_db


def test_the_path_decides_the_language(client):
    dutch = client.get("/", headers={"accept-language": "en"})
    assert dutch.headers["Content-Language"] == "nl"

    english = client.get("/en/", headers={"accept-language": "nl"})
    assert english.headers["Content-Language"] == "en"


@pytest.mark.parametrize("path", ["/", "/en/", "/nergens/"])
def test_a_page_is_the_same_for_every_reader(client, path):
    response = client.get(path)

    assert not response.cookies
    assert response.get("Vary", "Accept-Encoding") == "Accept-Encoding"


def test_the_policy_of_a_public_page_allows_nothing_inline_and_nobody_else(client):
    policy = client.get("/nergens/").headers["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_the_admin_has_a_policy_of_its_own(client):
    policy = client.get("/admin/login/").headers["Content-Security-Policy"]

    assert "script-src 'self' 'unsafe-inline'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "http" not in policy


def test_the_cookies_of_the_admin(client, admin_user):
    client.get("/admin/login/")
    client.post("/admin/login/", {"username": admin_user.username, "password": "password"})

    for name in ("sessionid", "csrftoken"):
        cookie = client.cookies[name]
        assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert client.cookies["csrftoken"]["max-age"] == ""
