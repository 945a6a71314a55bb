"""Pages for everybody: the check box, the directory of agencies and channels, the landing page of QR codes.

Only `known_to_public()` channels exist here, whoever is signed in; only `published()` ones are official.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, OuterRef, Prefetch, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.lib.paging import LongPaginator, SearchPaginator
from registry import confirming, limiting, recognising, scans, verdict
from registry import qr as qr_codes
from registry.addresses.parser import read_address
from registry.filters import AgencyFilter, ChannelFilter
from registry.models import Agency, AgencyName, Channel, ChannelKind, ChannelStatus, ContactPoint
from registry.verdict_words import WARNING_SITE

PAGE_SIZE = 50
FEATURED = 6
PICTURE_SECONDS = 60
CONFIRMED_OF_AGENCY = Channel.objects.filter(agency=OuterRef("pk"), status=ChannelStatus.CONFIRMED).order_by()
CHANNEL_COUNT = Coalesce(Subquery(CONFIRMED_OF_AGENCY.values("agency").annotate(Count("pk")).values("pk__count")), 0)
"""Counted for the agencies of a page only, not for all of which the page is a part."""
AGENCY_LINE = ("slug", "name", "kind", "status", "closed_on", "closed_reason")
CHANNEL_LINE = ("agency__name", "kind", "name", "url", "reconfirmed_on")
"""What a line of the list shows."""


@login_not_required
@require_safe
def home(request):
    published = Channel.objects.published()
    counts = published.order_by("kind").values_list("kind").annotate(Count("pk"))
    by_kind = [(kind, ChannelKind(kind).label, count) for kind, count in counts]
    featured = list(published.filter(is_featured=True).select_related("agency")[:FEATURED])
    context = {
        "featured": featured,
        "lapsed": lapsed(featured),
        "agency_count": Agency.objects.active().count(),
        "channel_count": sum(count for *_, count in by_kind),
        "by_kind": by_kind,
    }
    return render(request, "registry/home.html", context)


@login_not_required
@require_safe
@never_cache
def check(request):
    text = request.GET.get("q", "").strip()
    if text and (wait := limiting.seconds_to_wait(request, text, timezone.now())):
        answer = render(request, "registry/check_later.html", {"minutes": wait // 60 + 1}, status=429)
        answer["Retry-After"] = str(wait)
        return answer
    answer = verdict.judge(text, timezone.localdate()) if text else None
    return render(request, "registry/check.html", {"q": text[:500], "answer": answer, "warning_site": WARNING_SITE})


@login_not_required
@require_safe
def agency_list(request):
    agencies = Agency.objects.visible_to(request.user).annotate(channel_count=CHANNEL_COUNT).only(*AGENCY_LINE)
    former_names = Prefetch("names", AgencyName.objects.exclude(valid_to=None))
    chosen = AgencyFilter(request.GET, queryset=agencies.order_by("sort_key", "pk").prefetch_related(former_names))
    page = page_of(request, chosen)
    return render(request, "registry/agency_list.html", {"filter": chosen, "page": page})


@login_not_required
@require_safe
def agency_detail(request, slug):
    agency = get_object_or_404(Agency.objects.visible_to(request.user).select_related("parent"), slug=slug)
    channels = agency.channels.known_to_public().prefetch_related("keys")
    context = {
        "agency": agency,
        "lapsed": lapsed(channels),
        "official": [channel for channel in channels if channel.is_published],
        "ended": [channel for channel in channels if not channel.is_published],
        "former_names": AgencyName.objects.filter(agency=agency, valid_to__isnull=False),
        "children": agency.children.active(),
        "successions": agency.successions.select_related("successor"),
        "inheritances": agency.inheritances.select_related("predecessor"),
        "spokespersons": ContactPoint.objects.public_spokespersons().filter(agency=agency),
    }
    return render(request, "registry/agency_detail.html", context)


@login_not_required
@require_safe
def channel_list(request):
    channels = Channel.objects.published().select_related("agency").only(*CHANNEL_LINE)
    chosen = ChannelFilter(request.GET, queryset=channels)
    page = page_of(request, chosen)
    return render(request, "registry/channel_list.html", {"filter": chosen, "page": page, "lapsed": lapsed(page)})


@login_not_required
@require_safe
def channel_detail(request, pk, slug):
    channel = get_object_or_404(recognising.with_agency(Channel.objects.known_to_public()), pk=pk)
    if slug != channel.slug:
        return redirect("channel_detail", pk=channel.pk, slug=channel.slug)
    context = {
        "channel": channel,
        "answer": verdict.judge_channel(channel, read_address(channel.url), timezone.localdate()),
        "landing_url": qr_codes.landing_url(channel),
    }
    return render(request, "registry/channel_detail.html", context)


@login_not_required
@require_safe
def channel_qr_svg(request, pk):
    channel = get_object_or_404(Channel.objects.published(), pk=pk)
    return picture(qr_codes.svg(channel), "image/svg+xml", f"qr-{channel.slug}.svg")


@login_not_required
@require_safe
def channel_qr_png(request, pk):
    channel = get_object_or_404(Channel.objects.published(), pk=pk)
    return picture(qr_codes.png(channel), "image/png", f"qr-{channel.slug}.png")


def page_of(request, chosen):
    """The page asked for of the rows that a filter leaves."""
    rows = chosen.qs
    paginator = SearchPaginator if chosen.form.cleaned_data.get("q") else LongPaginator
    return paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))


def lapsed(channels):
    """Which of these the public is told about as not confirmed lately."""
    today = timezone.localdate()
    return {channel.pk for channel in channels if confirming.is_lapsed(channel, today)}


def picture(content, content_type, name):
    """A picture of ours, cached for a minute: a channel that is closed must not live on in caches."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["Cache-Control"] = f"public, max-age={PICTURE_SECONDS}"
    return response


@login_not_required
@require_safe
@never_cache
def qr(request, code):
    """Where a scanned code lands. It goes on only to the address on record; nothing in the request changes that.

    The scan is counted when the page is made: it must not wait for the counter, nor fail with it."""
    channel = get_object_or_404(recognising.with_agency(Channel.objects.known_to_public()), qr_code=code.upper())
    answer = verdict.judge_channel(channel, read_address(channel.url), timezone.localdate())
    host = (urlsplit(channel.url).hostname or "").removeprefix("www.")
    page = render(request, "registry/qr.html", {"channel": channel, "answer": answer, "host": host})
    scans.note(request, channel, timezone.now())
    return page


@login_not_required
@require_safe
def robots(request):
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in ("/viec/", "/dieu-hanh/", "/quan-tri/", "/kiem-tra/?"))]
    lines += [f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
def sitemap(request):
    """One address a line: agencies that live and channels that are official."""
    paths = [reverse(name) for name in ("home", "check", "agency_list", "channel_list")]
    slugs = Agency.objects.active().values_list("slug", flat=True)
    paths += [reverse("agency_detail", kwargs={"slug": slug}) for slug in slugs]
    for channel in Channel.objects.published().only("name"):
        paths.append(reverse("channel_detail", kwargs={"pk": channel.pk, "slug": channel.slug}))
    return HttpResponse("".join(f"{settings.SITE_URL}{path}\n" for path in paths), content_type="text/plain")
