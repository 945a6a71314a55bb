"""Headers that every answer carries, and the signed link that stands in for a sign-in on one duty."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import render
from django.utils import timezone

SESSION_KEY = "signed_link"
PRIVATE = "private, no-store"
PRIVATE_PLACES = ("/viec/", "/dieu-hanh/", "/quan-tri/", "/tai-khoan/", "/dang-nhap/", "/dang-xuat/")


def open_to_signed_link(view):
    """Mark a view that a person who came by a signed link may use for the one duty of that link."""
    view.open_to_signed_link = True
    return view


class SecurityHeadersMiddleware:
    """Content-Security-Policy from `SECURE_CSP`, Permissions-Policy, and no caching of signed-in pages."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.policy = "; ".join(f"{name} {' '.join(values)}" for name, values in settings.SECURE_CSP.items())

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        if request.path_info.startswith(PRIVATE_PLACES) or settings.SESSION_COOKIE_NAME in request.COOKIES:
            response.headers.setdefault("Cache-Control", PRIVATE)
        return response


class SignedLinkMiddleware:
    """Let the session of an opened signed link act as its person, for the one duty and the views marked for it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.signed_link = None
        if request.path_info.startswith("/viec/") and not request.user.is_authenticated:
            self.assume(request)
        return self.get_response(request)

    def assume(self, request):
        """Put the link's person on the request, narrowed to the link's obligation, while it is valid."""
        link = request.session.get(SESSION_KEY)
        if not link or link["until"] < timezone.now().timestamp():
            return
        person = get_user_model().objects.filter(pk=link["person"], is_active=True).first()
        if person is None or person.is_province_staff or person.get_session_auth_hash() != link["hash"]:
            return
        person.scope = link["obligation"]
        request.user = person
        request.signed_link = link

    def process_view(self, request, view, args, kwargs):
        if not request.signed_link:
            return None
        if getattr(view, "open_to_signed_link", False) or not getattr(view, "login_required", True):
            return None
        return redirect_to_login(request.get_full_path())


class OnlyByButtonMiddleware:
    """A page with a way on where somebody opens an address that takes only what a form sends: after signing in again, by F5."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        is_person = request.method == "GET" and request.path_info.startswith(PRIVATE_PLACES)
        if response.status_code != 405 or not is_person:
            return response
        page = render(request, "405.html", status=405)
        page.headers["Allow"] = response.headers["Allow"]
        return page
