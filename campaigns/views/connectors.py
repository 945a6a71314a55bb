"""Connectors of the province's channels: what is pasted is kept sealed and never shown again."""

from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from campaigns.forms.connectors import SECRETS, ConnectorForm
from campaigns.models import Connector
from campaigns.models.connector import NO_KEY, PROVIDER_OF
from campaigns.permissions import can_manage_connectors
from campaigns.publishing.checking import check
from campaigns.views.acting import carried_out, page_of
from portal.lib import sealing
from registry.models import Channel


def administrators(view):
    """Settings that hold the keys of the province's channels."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not can_manage_connectors(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def channels(user):
    """Channels of a kind that can be connected."""
    rows = Channel.objects.visible_to(user).filter(kind__in=PROVIDER_OF)
    return rows.select_related("agency", "connector")


@administrators
def connector_list(request):
    """Connected channels, then those of the province that could be."""
    connected = channels(request.user).exclude(connector=None).order_by("sort_key", "pk")
    rest = channels(request.user).published().filter(connector=None).order_by("-is_featured", "sort_key", "pk")
    context = {"connected": connected, "page": page_of(request, rest), "has_key": sealing.is_ready(), "no_key": NO_KEY}
    return render(request, "campaigns/desk/connector_list.html", context)


@never_cache
@sensitive_post_parameters(*SECRETS)
@administrators
def connector(request, pk):
    """The settings of one channel's connector."""
    channel = get_object_or_404(channels(request.user), pk=pk)
    known = getattr(channel, "connector", None)
    form = ConnectorForm(request.POST or None, channel=channel, connector=known, initial=typed(known))
    if request.method == "POST" and form.is_valid() and carried_out(form, lambda: save(channel, form, request.user)):
        messages.success(request, f"Đã lưu kết nối của kênh “{channel.name}”. Hãy bấm Kiểm tra kết nối.")
        return redirect("connector", pk)
    if known:
        known.refresh_from_db()
    context = {"channel": channel, "connector": known, "form": form, "has_key": sealing.is_ready(), "no_key": NO_KEY}
    return render(request, "campaigns/desk/connector.html", context)


def typed(known) -> dict:
    """What stands in the form: never a secret."""
    names = ("account_id", "app_id", "default_cover_url", "is_broadcasting")
    return {name: getattr(known, name) for name in names} if known else {}


def save(channel, form, actor):
    Connector.arrange(actor=actor, channel=channel, secrets=form.secrets, now=timezone.now(), **form.facts)


@require_POST
@administrators
def connector_act(request, pk):
    """Check, switch on or off, let it go on after a stop."""
    found = get_object_or_404(Connector.objects.visible_to(request.user).select_related("channel"), channel=pk)
    acts = {
        "check": lambda: told(check(found, timezone.now())),
        "on": lambda: found.switch_on(actor=request.user) or "Đã bật kết nối.",
        "off": lambda: found.switch_off(actor=request.user) or "Đã tắt kết nối. Các lịch đăng còn lại sẽ chờ.",
        "resume": lambda: found.resume(actor=request.user) or "Kết nối chạy lại. Các lượt đăng đang chờ sẽ đi tiếp.",
    }
    act = acts.get(request.POST.get("act"), lambda: refuse("Hãy bấm một nút trên trang."))
    try:
        messages.success(request, act())
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("connector", pk)


def told(account) -> str:
    followers = "" if account.followers is None else f", {account.followers} người theo dõi"
    return f"Kết nối được: “{account.name}”{followers}."


def refuse(sentence):
    raise ValidationError(sentence)
