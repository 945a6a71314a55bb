"""A signed link from a reminder: looking changes nothing, one press opens one duty for one person."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from campaigns import links, short_links
from campaigns.models import Obligation
from portal.middleware import SESSION_KEY, open_to_signed_link
from registry.models import User

GONE, UNKNOWN = 410, 404


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables("token")
def signed_link(request, token):
    """Show whose link this is and what it opens; on POST check again and open it."""
    return show_or_open(request, lambda: links.read_token(token))


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables("code")
def short_link(request, code):
    """The same from the short code of a text message."""
    return show_or_open(request, lambda: short_links.read_code(code, timezone.now()))


def show_or_open(request, read):
    """What a signed link shows on GET and does on POST. `read()` gives the link, or raises what is wrong with it."""
    try:
        person, duty = person_and_duty(*read())
    except signing.SignatureExpired:
        return refuse(request, GONE)
    except (signing.BadSignature, ValueError, TypeError):
        return refuse(request, UNKNOWN)
    if duty is None:
        return refuse(request, GONE)
    if request.user.is_authenticated and request.user.pk == person.pk and request.user.scope in (None, duty.pk):
        return redirect("obligation", duty.pk)
    somebody_else = request.user.is_authenticated and not request.user.scope
    if request.method == "POST" and not somebody_else:
        open_duty(request, person, duty)
        return redirect("obligation", duty.pk)
    context = {"person": person, "duty": duty, "somebody_else": somebody_else, "today": timezone.localdate()}
    return render(request, "campaigns/workspace/signed_link.html", context)


def person_and_duty(link, mark):
    """The person and the duty of a link; no duty when either has ended since: left, password changed, agency closed."""
    person = User.objects.filter(pk=link.person, is_active=True).first()
    if person is None or not constant_time_compare(links.fingerprint(person), mark):
        return None, None
    duties = Obligation.objects.visible_to(person).filter(agency__status="active")
    if person.is_province_staff:
        return None, None
    return person, duties.select_related("requirement__campaign", "period", "agency").filter(pk=link.obligation).first()


def open_duty(request, person, duty):
    """Let this browser act as the person for this duty, as long as a sign-in would last."""
    request.session.cycle_key()
    request.session[SESSION_KEY] = {
        "person": person.pk,
        "obligation": duty.pk,
        "until": timezone.now().timestamp() + settings.SESSION_COOKIE_AGE,
        "hash": person.get_session_auth_hash(),
    }


def refuse(request, status):
    return render(request, "campaigns/workspace/signed_link_ended.html", {"is_gone": status == GONE}, status=status)


@open_to_signed_link
@login_not_required
@require_POST
def signed_link_leave(request):
    """End what the link opened in this browser. A real sign-in stays."""
    request.session.pop(SESSION_KEY, None)
    return redirect("home")
