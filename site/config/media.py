"""The pictures of editors from whatever storage they are in, at an address of our own: readers ask nobody else (law.md G1-G3).

nginx hands them out itself where they lie in its folder. What comes from here it keeps for a minute, as it keeps pages, so a
bucket is asked once a minute for a picture that everybody looks at.
"""

import mimetypes
import posixpath

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.http import require_safe

#: As nginx answers from a folder: browsers keep a picture for 30 days, and what an editor uploads is shown and never run.
_HEADERS = {
    "Cache-Control": f"public, max-age={30 * 24 * 3600}, s-maxage=60",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
}

# Python learns of it with 3.13; as anything else browsers do not show it.
mimetypes.add_type("image/webp", ".webp")


@require_safe
def picture(request: HttpRequest, name: str) -> HttpResponseBase:
    """Hand out a file of the public storage, all but documents: those go through Wagtail, which knows who may have them."""
    if posixpath.normpath(name) != name or name.startswith("documents/"):
        raise Http404
    try:
        written = int(default_storage.get_modified_time(name).timestamp())
        response: HttpResponseBase | None = get_conditional_response(request, last_modified=written)
        if response is None:
            response = FileResponse(default_storage.open(name))
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, SuspiciousFileOperation):
        raise Http404 from None
    for header, value in (_HEADERS | {"Last-Modified": http_date(written)}).items():
        response.headers[header] = value
    return response
