"""What appears where: a bundle for posting by hand, posts with their figures, the topics of a month."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from campaigns.bundling import bundle_of
from campaigns.filters import PublicationFilter
from campaigns.forms.publishing import MetricsForm, TopicForm
from campaigns.models import ContentItem, Publication, Topic
from campaigns.views.acting import desk_act, desk_page, page_of
from campaigns.views.desk import month_asked, months_context
from portal.lib import periods, text
from registry.permissions import can_review

OF_POST = ("url", "published_at", "item__title", "item__agency__name", "channel__name")
"""What a line of the list of posts shows."""


@desk_page
def publication_list(request):
    """Posts, newest first, with their newest figures."""
    rows = Publication.objects.visible_to(request.user)
    found = PublicationFilter(request.GET, rows)
    shown = found.qs.select_related("item__agency", "channel").only(*OF_POST).prefetch_related("metrics")
    page = page_of(request, shown)
    context = {
        "filter": found, "page": page, "can_act": can_review(request.user),
        "lines": [(row, row.latest_figures) for row in page],
    }  # fmt: skip
    return render(request, "campaigns/desk/publication_list.html", context)


@desk_act
def publication_metrics(request, pk):
    """Note how a post did by a day."""
    rows = Publication.objects.visible_to(request.user)
    publication = get_object_or_404(rows.select_related("item__agency", "channel"), pk=pk)
    form = MetricsForm(request.POST or None, publication=publication)
    if form.is_valid():
        values = form.cleaned_data
        publication.note_figures(actor=request.user, **values)
        messages.success(request, f"Đã ghi số liệu của “{publication.item.title}”.")
        return redirect("publication_list")
    context = {"publication": publication, "form": form, "metrics": publication.metrics.select_related("noted_by")}
    return render(request, "campaigns/desk/publication_metrics.html", context)


@desk_page
def topic_list(request):
    """Topics of a month, with how many products took them up; a form for one more."""
    month = month_asked(request, timezone.localdate())
    form = TopicForm(request.POST or None, instance=Topic(month=month, created_by=request.user))
    if request.method == "POST" and not can_review(request.user):
        raise PermissionDenied
    if form.is_valid():
        topic = form.save()
        messages.success(request, f"Đã thêm nội dung trọng tâm “{topic.title}”.")
        return redirect(f"{reverse('topic_list')}?thang={periods.month_label(month)}")
    topics = Topic.objects.filter(month=month).with_counts()
    context = {"topics": topics, "form": form, "can_act": can_review(request.user)}
    return render(request, "campaigns/desk/topic_list.html", context | months_context(request.user, month))


@desk_act
def topic_edit(request, pk):
    topic = get_object_or_404(Topic, pk=pk)
    form = TopicForm(request.POST or None, instance=topic)
    if form.is_valid():
        form.save()
        messages.success(request, "Đã lưu nội dung trọng tâm.")
        return redirect(f"{reverse('topic_list')}?thang={periods.month_label(topic.month)}")
    return render(request, "campaigns/desk/topic_edit.html", {"topic": topic, "form": form})


@require_POST
@desk_act
def topic_remove(request, pk):
    """Take a topic off its month; products that took it up stay, without it."""
    topic = get_object_or_404(Topic, pk=pk)
    topic.delete()
    messages.success(request, f"Đã bỏ nội dung trọng tâm “{topic.title}”.")
    return redirect(f"{reverse('topic_list')}?thang={periods.month_label(topic.month)}")


@desk_page
def item_bundle(request, pk):
    """Everything for posting by hand in one ZIP: the caption as text, and the files of the accepted version."""
    rows = ContentItem.objects.visible_to(request.user).accepted().select_related("agency")
    item = get_object_or_404(rows, pk=pk)
    version = get_object_or_404(item.versions.prefetch_related("files"), is_accepted=True)
    answer = FileResponse(bundle_of(item, version), content_type="application/zip")
    name = f"{text.slugify_vi(item.title)[:60] or 'san-pham'}.zip"
    answer.headers["Content-Disposition"] = content_disposition_header(True, name)
    return answer
