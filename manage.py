#!/usr/bin/env python
"""Django's command line, on the data of `make run`: its servers are started when they are not running."""

import os
import sys

DEVELOPMENT = "config.settings.dev"


def main() -> None:
    """Run the command in `sys.argv`."""
    if os.environ.setdefault("DJANGO_SETTINGS_MODULE", DEVELOPMENT) == DEVELOPMENT:
        from config.embedded import start

        start()

    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
