"""A site of which nobody has written the statement yet: nothing is in force, and the commands say so."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from privacy.statement.models import StatementVersion

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("command", ["statement_check", "data_map"])
def test_the_commands_fail(command: str) -> None:
    out = StringIO()
    with pytest.raises(SystemExit) as stop:
        call_command(command, stdout=out)
    result = json.loads(out.getvalue())
    assert stop.value.code == 1
    assert result.get("error") or result["unclassified"]


def test_nothing_is_in_force() -> None:
    """Invariant 1."""
    assert StatementVersion.objects.in_force() is None
