"""What code, tests and documents cite is there: a criterion of law.md, an invariant, a decision."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
CITED = {
    "law": re.compile(r"law\.md`? ([A-I]\d+)"),
    "invariant": re.compile(r"\binvariants? (\d)\b", re.IGNORECASE),
    "decision": re.compile(r"\bdecisions?[ /](\d{4})\b", re.IGNORECASE),
}
THERE = {
    "law": set(re.findall(r"^- \*\*([A-I]\d+)\*\*", (DOCS / "law.md").read_text(), re.MULTILINE)),
    "invariant": set(
        re.findall(
            r"^(\d)\. ", (DOCS / "architecture.md").read_text().split("\n## Invariants\n")[1].split("\n## ")[0], re.MULTILINE
        )
    ),
    "decision": {path.name[:4] for path in (DOCS / "decisions").glob("*.md")},
}


@pytest.mark.parametrize("kind", CITED)
def test_what_is_cited_is_there(kind: str) -> None:
    command = ["git", "grep", "-hIiE", "law\\.md|invariant|decision", "--", ":!*.po", ":!requirements"]
    lines = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    cited = set(CITED[kind].findall(lines))
    assert cited
    assert cited <= THERE[kind], sorted(cited - THERE[kind])
