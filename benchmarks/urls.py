"""The site's addresses, and a bare view that returns what `BENCH_PAGE` names: the least that Django can do with these bytes."""

import os
from pathlib import Path

from config.urls import urlpatterns as ours
from django.http import HttpRequest, HttpResponse
from django.urls import path

_PAGE = Path(os.environ.get("BENCH_PAGE", os.devnull)).read_bytes()


def bare(request: HttpRequest) -> HttpResponse:
    """Return the bytes."""
    return HttpResponse(_PAGE, headers={"Content-Encoding": "gzip"})


urlpatterns = [path("kaal/", bare), *ours]
