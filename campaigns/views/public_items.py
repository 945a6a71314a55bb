"""What an agency published, for everybody: only products with a post on a channel that is official now.

Nothing of drafts, reviewers or people stands here, whoever is signed in.
"""

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from campaigns.models import ContentItem, Publication
from registry.models import Agency, Channel

PAGE_SIZE = 10


@login_not_required
@require_safe
def agency_items(request, slug):
    """The newest first, ten on a page, each with the way to its posts."""
    agency = get_object_or_404(Agency.objects.visible_to(request.user), slug=slug)
    official = Publication.objects.filter(channel__in=Channel.objects.published()).select_related("channel")
    rows = ContentItem.objects.filter(agency=agency).shown_to_public().order_by("-published_at", "-pk")
    shown = rows.only("title", "kind", "published_at", "agency_id", "status")
    page = Paginator(shown.prefetch_related(Prefetch("publications", official, to_attr="posts")), PAGE_SIZE)
    context = {"agency": agency, "page": page.get_page(request.GET.get("page"))}
    return render(request, "campaigns/public/agency_items.html", context)
