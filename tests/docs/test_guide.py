"""The editors' guide and its pictures belong together; `docs/screenshots.py` makes them, and fails when its story does."""

import re
from pathlib import Path

EDITORS = Path(__file__).parents[2] / "docs" / "editors"
IMAGES = {path.name for path in (EDITORS / "images").iterdir()}


def test_every_picture_is_there_and_used() -> None:
    used = re.findall(r"!\[[^\]]+\]\(images/([^)]+)\)", (EDITORS / "verklaring.md").read_text())
    assert set(used) == IMAGES
    assert len(used) == len(IMAGES)


def test_the_script_makes_every_picture() -> None:
    script = (EDITORS.parent / "screenshots.py").read_text()
    for name in IMAGES:
        assert re.search(rf'take\(\s*f?"{re.sub("[0-9]", "{number}", Path(name).stem)}"', script), name


def test_the_pictures_stay_small() -> None:
    assert sum(path.stat().st_size for path in (EDITORS / "images").iterdir()) < 1_500_000
