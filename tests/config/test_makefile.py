"""What `make` says to a machine that cannot run us."""

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

OLD = """#!/bin/sh
exec python3 -c 'import sys; sys.version_info = (3, 10, 4); exec(sys.argv[2])' "$@"
"""


def test_an_old_python_gets_one_clear_sentence(tmp_path):
    for name in ("Makefile", "requirements.lock", "requirements-dev.lock"):
        shutil.copy(ROOT / name, tmp_path)
    old = tmp_path / "python3.10"
    old.write_text(OLD)
    old.chmod(0o755)

    result = subprocess.run(["make", "run", f"PYTHON={old}"], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert result.returncode != 0
    sentence, *rest = result.stderr.splitlines()
    assert sentence.startswith(f"This project needs Python 3.11 or newer; {old} is 3.10.")
    assert len(rest) == 1, "nothing but make's own line"
    assert rest[0].startswith("make")
    assert not (tmp_path / ".venv").exists()
