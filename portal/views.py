"""Pages that belong to the house itself: where a signed-in person starts, and the error pages."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render

from portal.start import start_page


def account_home(request):
    """Send a person to the page where their work begins."""
    return redirect(start_page(request.user))


@login_not_required
def bad_request(request, exception=None):
    return render(request, "400.html", status=400)


@login_not_required
def forbidden(request, exception=None):
    return render(request, "403.html", status=403)


@login_not_required
def not_found(request, exception=None):
    return render(request, "404.html", status=404)


@login_not_required
def server_error(request):
    """Plain page without database or session: whatever broke may be one of them."""
    return render(None, "500.html", status=500)


@login_not_required
def csrf_failure(request, reason=""):
    return render(request, "403_csrf.html", status=403)
