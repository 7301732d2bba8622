"""Bring the data of `make run` up to date: migrations and the demo, in one process, since each start takes a second."""

import django
from django.core.management import call_command

if __name__ == "__main__":
    django.setup()
    call_command("migrate", verbosity=0)
    # Does nothing the second time; the first time it says the administrator's name and password.
    call_command("demo")
