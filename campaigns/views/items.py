"""Products that agencies hand in: write, attach, hand in, read the decision, mend, take back. And their files."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from campaigns import attaching
from campaigns.forms.workspace import ItemForm, hint_about, tell
from campaigns.models import ContentFile, ContentItem, ContentStatus, Dispatch, RequirementKind
from campaigns.permissions import can_submit, can_withdraw
from campaigns.views.doorway import focal_points_only, item_or_404, own_duty, own_item
from portal.lib.periods import local_day
from portal.middleware import open_to_signed_link

SANDBOX = "default-src 'none'; sandbox"


@open_to_signed_link
@focal_points_only
@require_http_methods(["GET", "HEAD", "POST"])
def item_new(request, pk):
    """A new product for a duty. Sent twice with the same key it is one product."""
    duty = own_duty(request, pk, RequirementKind.SUBMIT_CONTENT)
    locked = duty.is_locked(timezone.localdate())
    if request.method != "POST":
        return show_form(request, duty, ItemForm.blank(request.user), locked=locked)
    form = ItemForm(request.POST, request.FILES)
    if not form.is_valid() and ("key" in form.errors or not form.cleaned_data["files"]):
        return show_form(request, duty, form, locked=locked)
    try:
        item = begin(request, duty, form)
    except ValidationError as error:
        tell(form, error)
        return show_form(request, duty, form, locked=locked)
    return go_on(request, item, form)


def begin(request, duty, form):
    """The draft of this form; a draft begun by an earlier click takes what is in the form now."""
    content, key = form.content(), form.cleaned_data["key"] or uuid.uuid4()
    item = ContentItem.start(actor=request.user, obligation=duty, idempotency_key=key, **content)
    if item.is_editable and any(getattr(item, name) != value for name, value in content.items()):
        item.edit(actor=request.user, **content)
    return item


@open_to_signed_link
@focal_points_only
@require_http_methods(["GET", "HEAD", "POST"])
def item_edit(request, pk):
    """Change a draft or a returned product, and hand it in."""
    item = own_item(request, pk)
    if request.method != "POST":
        if not item.is_editable:
            return redirect("item", pk)
        return show_form(request, item.obligation, ItemForm.of(item), item)
    form = ItemForm(request.POST, request.FILES)
    form.is_valid()
    if not item.is_editable:
        return too_late(request, item, form)
    try:
        item.edit(actor=request.user, **form.content())
        remove_file(request, item)
    except ValidationError as error:
        tell(form, error)
    return go_on(request, item, form)


def remove_file(request, item):
    """The button "Gỡ" beside a file, which saves what was typed as well."""
    if (chosen := request.POST.get("remove", "")).isdecimal() and len(chosen) < 19:
        attaching.detach(item, int(chosen))


def go_on(request, item, form):
    """After the draft is kept: attach, then hand in when asked. Faults bring the form back with everything kept."""
    if not item.is_editable:
        return too_late(request, item, form)
    refused = attaching.attach(item, form.cleaned_data.get("files", []), request.user)
    if refused:
        form.add_error("files", refused)
    if form.is_valid() and request.POST.get("act") == "submit":
        return hand_in(request, item, form)
    if form.is_valid() and "remove" not in request.POST:
        messages.success(request, "Đã lưu nháp. Sản phẩm chưa được nộp.")
        return redirect("item", item.pk)
    return show_form(request, item.obligation, form, item)


def hand_in(request, item, form):
    try:
        item.submit(actor=request.user, now=timezone.now())
    except ValidationError as error:
        item.refresh_from_db()
        if not item.is_editable:
            return too_late(request, item, form)
        tell(form, error)
        return show_form(request, item.obligation, form, item)
    messages.success(request, "Đã nộp sản phẩm.")
    if hint := hint_about(item.link):
        messages.warning(request, hint)
    return redirect("item", item.pk)


def too_late(request, item, form):
    """The row is not a draft any more: a second click of "Nộp" finds its work done, anything else is told why."""
    seen = form.cleaned_data.get("seen") or 0
    is_same = all(getattr(item, name) == value for name, value in form.content().items())
    if is_same and item.status == ContentStatus.SUBMITTED and item.version == seen + 1:
        messages.success(request, "Đã nộp sản phẩm.")
        return redirect("item", item.pk)
    tell(form, ValidationError(f"Sản phẩm {item.get_status_display().lower()} nên không sửa được nữa."))
    return show_form(request, item.obligation, form, item)


def show_form(request, duty, form, item=None, *, locked=None):
    """The form page, new or existing; with what the reviewer said on top."""
    if locked is None:
        locked = duty.is_locked(timezone.localdate())
    is_returned = item is not None and item.status == ContentStatus.CHANGES
    context = {
        "duty": duty,
        "form": form,
        "item": item,
        "decision": item.last_decision if is_returned else None,
        "files": list(item.current_files) if item else [],
        "locked": locked,
    }
    return render(request, "campaigns/workspace/item_edit.html", context)


@open_to_signed_link
@focal_points_only
@require_safe
def item(request, pk):
    """One product: where it stands, what the reviewer said, its versions and files, what comes next."""
    product = item_or_404(request, pk)
    versions = product.versions.select_related("submitted_by").prefetch_related("decisions__actor", "files")
    context = {
        "item": product,
        "duty": product.obligation,
        "versions": list(versions.order_by("-number")),
        "decision": product.last_decision,
        "files": list(product.current_files),
        "publications": list(product.publications.select_related("channel")),
        "appeals": list(product.appeals.select_related("answered_by")),
        "may_edit": product.is_editable and can_submit(request.user, product),
        "may_withdraw": can_withdraw(request.user, product),
        "locked": product.obligation.is_locked(local_day(timezone.now())),
    }
    return render(request, "campaigns/workspace/item.html", context)


@open_to_signed_link
@focal_points_only
@require_http_methods(["GET", "HEAD", "POST"])
def item_withdraw(request, pk):
    """Take a product back. It can't be undone, so the page says what follows first."""
    product = own_item(request, pk)
    if request.method == "POST":
        try:
            product.withdraw(actor=request.user, now=timezone.now())
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("item", pk)
        messages.success(request, "Đã rút sản phẩm.")
        return redirect("obligation", product.obligation_id)
    if not can_withdraw(request.user, product):
        return redirect("item", pk)
    return render(request, "campaigns/workspace/item_withdraw.html", {"item": product})


@open_to_signed_link
@require_safe
def file_download(request, pk):
    """A file of an item, always as a download."""
    row = get_object_or_404(ContentFile.objects.visible_to(request.user), pk=pk)
    return private_file(row.file, row.name, row.media_type)


@open_to_signed_link
@require_safe
def file_preview(request, pk):
    """A picture of an item, shown in the page. Only pictures: they were drawn anew when they were taken in.

    `?nho=1`: the small one, for videos the first frame.
    """
    row = get_object_or_404(ContentFile.objects.visible_to(request.user), pk=pk)
    if request.GET.get("nho") and row.thumbnail:
        return private_file(row.thumbnail, "anh-nho.jpg", "image/jpeg", as_attachment=False)
    if not row.is_image:
        raise Http404
    return private_file(row.file, row.name, row.media_type, as_attachment=False)


@open_to_signed_link
@require_safe
def dispatch_download(request, pk):
    """The dispatch that a duty rests on."""
    row = get_object_or_404(Dispatch.objects.visible_to(request.user).exclude(file=""), pk=pk)
    return private_file(row.file, row.file_name, row.file_type)


def private_file(file, name, media_type, *, as_attachment=True):
    """A stored file, sent by the web server in front when there is one; nothing in it may run."""
    media_type = media_type or "application/octet-stream"
    if settings.X_ACCEL_PREFIX:
        response = HttpResponse(content_type=media_type)
        response.headers["X-Accel-Redirect"] = f"{settings.X_ACCEL_PREFIX.rstrip('/')}/{file.name}"
    else:
        try:
            response = FileResponse(file.open("rb"), content_type=media_type)
        except FileNotFoundError as error:
            raise Http404 from error
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment, name or "tep")
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
