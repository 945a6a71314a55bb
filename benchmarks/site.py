"""What gunicorn serves during the bench: the portal as it is, an empty view beside it, and a count of queries on demand.

`gunicorn benchmarks.site` with the settings of production.
"""

import os
import time

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpResponse
from django.urls import get_resolver, path

from benchmarks.site_paths import EMPTY, ME

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

COUNT = "HTTP_X_COUNT_QUERIES"


class CountQueries:
    """Tells the number of queries and their milliseconds in the answer's head, only when the request asks for it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if COUNT not in request.META:
            return self.get_response(request)
        count, seconds = 0, 0.0

        def counted(execute, *arguments):
            nonlocal count, seconds
            count, start = count + 1, time.perf_counter()
            try:
                return execute(*arguments)
            finally:
                seconds += time.perf_counter() - start

        with connection.execute_wrapper(counted):
            response = self.get_response(request)
        response["X-Queries"], response["X-Sql-Ms"] = str(count), f"{seconds * 1000:.2f}"
        return response


@login_not_required
def empty(request):
    """E: what any page costs before it does anything."""
    return HttpResponse("")


def me(request):
    """A signed-in page with nothing on it: session and person."""
    return HttpResponse(request.user.full_name)


settings.MIDDLEWARE = ["benchmarks.site.CountQueries", *settings.MIDDLEWARE]
settings.ROOT_URLCONF = "benchmarks.site_urls"
own_paths = [path(EMPTY[1:], empty), path(ME[1:], me)]
application = get_wsgi_application()
urls = get_resolver().url_patterns  # as portal/wsgi.py does
