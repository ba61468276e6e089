"""What the pages load: the front end of all examples, the browser's half of Exeunt, React, and the admin's files."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable
from pathlib import Path
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.contrib.staticfiles.finders import find
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import sync_and_async_middleware

REPOSITORY = Path(__file__).resolve().parents[3]
MODULES = Path("/usr/share/nodejs")
"""Where Debian's packages of JavaScript are."""

ELSEWHERE = {
    "/static/exeunt.js": REPOSITORY / "clients/browser/exeunt.js",
    "/static/react.js": MODULES / "react/umd/react.production.min.js",
    "/static/react-dom.js": MODULES / "react-dom/umd/react-dom.production.min.js",
    # At the top, because a service worker is in charge of what is below it.
    "/sw.js": REPOSITORY / "examples/frontend/sw.js",
}


@sync_and_async_middleware
def Assets(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Answers requests for files before anybody is asked who they are. A real application has a web server do that."""
    if iscoroutinefunction(get_response):

        async def answer_async(request: HttpRequest) -> Any:
            return file_for(request) or await get_response(request)

        return answer_async
    return lambda request: file_for(request) or get_response(request)


def file_for(request: HttpRequest) -> HttpResponse | None:
    """The file that a request asks for."""
    path: str = request.path_info
    if request.method not in ("GET", "HEAD") or not (path.startswith("/static/") or path in ELSEWHERE):
        return None
    found = ELSEWHERE.get(path) or find(path.removeprefix("/static/"))
    if found is None or not Path(found).is_file():
        return HttpResponse("There is no such file.", status=404, content_type="text/plain")
    return HttpResponse(Path(found).read_bytes(), content_type=mimetypes.guess_type(path)[0])
