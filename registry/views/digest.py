"""The link at the foot of the morning digest: GET asks, POST stops it. A mail program posts by itself, without a cookie."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from registry.unsubscribing import person_of


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def digest_stop(request, token):
    """The signed token is the whole permission: it says whose digest ends, and can do nothing else."""
    person = person_of(token)
    if person is None:
        raise Http404
    if request.method == "POST":
        person.stop_digest()
    return render(request, "registry/digest_stop.html", {"person": person})
