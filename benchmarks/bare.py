"""A bare Django project with the libraries that the portal loads: the floor of starting and of memory."""

import importlib
import json
import os
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

from benchmarks.site_paths import EMPTY

settings.configure(
    SECRET_KEY="bare", ALLOWED_HOSTS=["*"], ROOT_URLCONF="benchmarks.bare", USE_TZ=True,
    INSTALLED_APPS=[
        "django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
        "django.contrib.messages", "django.contrib.staticfiles", "django.contrib.humanize", "django.forms",
        "allauth", "allauth.account", "allauth.mfa", "django_filters", "django_htmx", "simple_history", "template_partials",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware", "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware", "allauth.account.middleware.AccountMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
            "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
        }
    ],
)  # fmt: skip


def empty(request):
    return HttpResponse("")


urlpatterns = [path(EMPTY[1:], empty)]
application = get_wsgi_application()
for name in json.loads(Path(os.environ["BARE_MODULES"]).read_text()):
    with suppress(Exception):  # modules that only load inside their own project
        importlib.import_module(name)
