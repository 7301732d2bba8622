"""The site as `make bench` serves it: the tests' values with production's ways, in processes of its own."""

import os

from config.settings.test import *  # noqa: F403
from config.settings.test import DATABASES, STORAGES

PAGE_CACHE = os.environ.get("BENCH_PAGE_CACHE") == "1"
WHITENOISE_AUTOREFRESH = False
ROOT_URLCONF = "benchmarks.urls"
DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 8, "timeout": 10}
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
