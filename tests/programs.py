"""Programs of the machine that some tests cannot do without: where one is missing they are skipped, and say so.

CI sets `REQUIRE_BROWSER`, `REQUIRE_JAVA` and `REQUIRE_NGINX` to 1: there a missing one is a failure.
"""

import os

import pytest


def needed(kind: str, found: str | None, *, package: str) -> str:
    """Return the program that was found; where there is none skip the test, or fail it when `REQUIRE_<KIND>=1`.

    Args:
        kind: "browser", "java" or "nginx".
        found: where it is; None where it is not.
        package: which of Debian's packages has it.
    """
    if found:
        return found
    reason = f"no {kind} on this machine (Debian's package {package} has one)"
    if os.environ.get(f"REQUIRE_{kind.upper()}") == "1":
        pytest.fail(reason)
    pytest.skip(reason)
