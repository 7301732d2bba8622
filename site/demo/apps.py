"""The demo site of Koel ICT: `manage.py demo` builds it from the client's facts."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "demo"
