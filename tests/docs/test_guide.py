"""The editors' guide and its pictures belong together; `docs/screenshots.py` makes them, and fails when its story does."""

import re
from pathlib import Path

EDITORS = Path(__file__).parents[2] / "docs" / "editors"
PAGES = sorted(EDITORS.glob("*.md"))
IMAGES = {path.name for path in (EDITORS / "images").iterdir()}


def test_every_picture_is_there_and_used() -> None:
    used = [name for page in PAGES for name in re.findall(r"!\[[^\]]+\]\(images/([^)]+)\)", page.read_text())]
    assert set(used) == IMAGES
    assert len(used) == len(IMAGES)


def test_the_script_makes_every_picture() -> None:
    script = (EDITORS.parent / "screenshots.py").read_text()
    for name in IMAGES:
        assert re.search(rf'take\(\s*f?"{re.sub("[0-9]", "{number}", Path(name).stem)}"', script), name


def test_the_pictures_stay_small() -> None:
    assert sum(path.stat().st_size for path in (EDITORS / "images").iterdir()) < 1_500_000


def test_every_page_is_in_the_handbooks_index_and_leads_nowhere_else() -> None:
    index = (EDITORS / "README.md").read_text()
    for page in PAGES:
        assert page.name == "README.md" or f"]({page.name})" in index, page.name
        for link in re.findall(r"\]\(([^):#]+)\)", page.read_text()):
            assert (EDITORS / link).exists(), f"{page.name}: {link}"
