"""What `page` promises the other browser tests: it sees a page's offences, and the admin works under its policy."""

import pytest
from config.testing import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_editor_can_work_under_the_policy_of_the_admin(page, admin_user):
    page.goto("/admin/")
    page.locator("input[name=username]").fill(admin_user.username)
    page.locator("input[name=password]").fill("password")
    page.locator("button[type=submit]").click()

    page.wait_for_url("**/admin/")
    page.goto("/admin/pages/")
    page.get_by_role("heading", level=1).wait_for()


def test_a_visitor_without_javascript(page_without_javascript):
    page_without_javascript.set_content("<noscript>off</noscript>")

    assert page_without_javascript.get_by_text("off").is_visible()


OFFENCES = {
    "an error in a script": "throw new Error('oops')",
    "an inline style": "document.body.setAttribute('style', 'color: red')",
    "another host": "fetch('http://127.0.0.2:9/').catch(() => {})",
}


@pytest.mark.parametrize("script", OFFENCES.values(), ids=OFFENCES)
def test_an_offence_is_seen(new_page, offences, script):
    page = new_page()
    page.goto("/nergens/")

    page.evaluate(f"setTimeout(() => {{ {script} }})")

    wait_until(lambda: page.wait_for_timeout(20) or offences)
    offences.clear()
