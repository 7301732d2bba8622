"""`make test`: the whole suite in two processes side by side, each with servers of its own; half the time on two cores.

What the first does not take is the second's, so no test can fall between them.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

#: About half of the time; the browser is in the other one.
FIRST = ["tests/privacy", "tests/config"]


def main() -> int:
    """Run both; the second's report is seen as it comes, the first's after it. Return 0 when both are green."""
    pytest = [str(Path(sys.executable).with_name("pytest"))]
    with tempfile.TemporaryFile("w+") as report:
        # Two that write down what failed last would mix it up.
        first = subprocess.Popen([*pytest, *FIRST, "-p", "no:cacheprovider"], stdout=report, stderr=subprocess.STDOUT)
        try:
            second = subprocess.run([*pytest, "tests", *(f"--ignore={folder}" for folder in FIRST)], check=False)
            first.wait()
        finally:
            first.terminate()
        report.seek(0)
        lines = report.read().splitlines()
        # Of a green one what it left out and its counts; what is red in the other should not be far above it.
        left_out = [line for line in lines if line.startswith("SKIPPED")]
        print(*(lines if first.returncode else [*left_out, *lines[-1:]]), sep="\n", flush=True)
    return first.returncode or second.returncode


if __name__ == "__main__":
    sys.exit(main())
