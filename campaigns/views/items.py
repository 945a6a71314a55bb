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

from campaigns import attaching, prefilling, writing
from campaigns.forms.products import ItemForm
from campaigns.forms.workspace import hint_about, tell
from campaigns.models import ContentFile, ContentItem, ContentStatus, Dispatch, RequirementKind
from campaigns.permissions import can_answer, can_submit, can_withdraw
from campaigns.views.doorway import focal_points_only, item_or_404, own_duty, own_item
from portal.lib.periods import local_day
from portal.middleware import open_to_signed_link
from portal.unsent import keeps_unsent_words, take

SANDBOX = "default-src 'none'; sandbox"
MAIN_FIELDS = ("title", "body", "month", "topic", "late_reason")
GIVEN_BACK = "Đây là những gì bạn gõ trước khi phiên làm việc hết. Hãy xem lại, chọn lại tệp nếu có, rồi bấm Nộp."
FILLED = "Đã lấy tiêu đề và nội dung từ tệp Word. Hãy xem lại rồi bấm Nộp."


@keeps_unsent_words
@open_to_signed_link
@focal_points_only
@require_http_methods(["GET", "HEAD", "POST"])
def item_new(request, pk):
    """A new product for a duty. Sent twice with the same key, or saved before while it was typed, it is one product."""
    duty = own_duty(request, pk, RequirementKind.SUBMIT_CONTENT)
    if request.method != "POST":
        return show_form(request, duty, form_for(request, duty))
    form = form_for(request, duty)
    is_valid = form.is_valid()
    item = writing.item_begun(request.user, duty, form.cleaned_data.get("key"))
    if item is not None:
        return save(request, item, form)
    if not is_valid and ("key" in form.errors or not form.cleaned_data["files"]):
        return show_form(request, duty, form)
    try:
        item = begin(request, chosen_duty(form, duty), form)
    except ValidationError as error:
        tell(form, error)
        return show_form(request, duty, form)
    return save(request, item, form)


@keeps_unsent_words
@open_to_signed_link
@focal_points_only
@require_http_methods(["GET", "HEAD", "POST"])
def item_edit(request, pk):
    """Change a draft or a returned product, and hand it in."""
    item = own_item(request, pk)
    if request.method != "POST":
        if not item.is_editable:
            return redirect("item", pk)
        return show_form(request, item.obligation, form_for(request, item.obligation, item), item)
    form = form_for(request, item.obligation, item)
    form.is_valid()
    return save(request, item, form)


def form_for(request, duty, item=None):
    """The form of this request: with what was sent, with what the item holds, or blank."""
    today = timezone.localdate()
    is_copy = item is not None and item.shared_from_id is not None
    others = [] if is_copy or item is not None and item.version else writing.other_months(request.user, duty, today)
    about = {"duty": duty, "today": today, "others": others, "is_copy": is_copy}
    if request.method == "POST":
        form = ItemForm(request.POST, request.FILES, **about)
    else:
        form = ItemForm(initial=stored_words(request, duty, item), **about)
    form.duties = {row.pk: row for row in (duty, *others)}
    return form


def stored_words(request, duty, item):
    """What the form begins with: the item's words or none, and over them what was typed when the session ended."""
    if item is not None:
        words = ItemForm.stored(item, names_of(item))
    else:
        words = ItemForm.blank(writing.usual_responsible(request.user, duty.agency_id))
    if typed := take(request):
        words |= typed
        messages.info(request, GIVEN_BACK)
    return words


def names_of(item):
    return list(item.current_files.values_list("name", flat=True))


def chosen_duty(form, duty):
    """The duty of the month that was chosen; the one at hand when nothing was."""
    return form.duties.get(form.cleaned_data.get("month"), duty)


def begin(request, duty, form):
    """The draft of this form; two clicks at once begin one."""
    key, page = form.cleaned_data["key"] or uuid.uuid4(), form.cleaned_data.get("page")
    about = {"idempotency_key": key, "written_in": page, **form.content()}
    return ContentItem.start(actor=request.user, obligation=duty, **about)


def save(request, item, form):
    """Keep what was typed and sent, then go on as the button said."""
    if not item.is_editable:
        return too_late(request, item, form)
    duty = chosen_duty(form, item.obligation) if "month" in form.fields else None
    content = form.content(names_of(item))
    try:
        writing.write(item, request.user, content, page=form.page_marks(), duty=duty)
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
    files = form.cleaned_data.get("files", [])
    refused = attaching.attach(item, files, request.user)
    if filled := prefilling.fill_from_files(item, request.user) if files else {}:
        form.put(**filled)
        form.errors.pop("title", None)
        messages.info(request, FILLED)
        return show_form(request, item.obligation, form, item, refused=refused)
    if form.is_valid() and not refused and request.POST.get("act") == "submit":
        return hand_in(request, item, form)
    if form.is_valid() and not refused and "remove" not in request.POST:
        messages.success(request, "Đã lưu nháp. Sản phẩm chưa được nộp.")
        return redirect("item", item.pk)
    return show_form(request, item.obligation, form, item, refused=refused)


def hand_in(request, item, form):
    try:
        item.submit(actor=request.user, is_declared=form.cleaned_data["is_declared"], now=timezone.now())
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
    is_same = all(getattr(item, name) == value for name, value in form.content(names_of(item)).items())
    if is_same and item.status == ContentStatus.SUBMITTED and item.version == seen + 1:
        messages.success(request, "Đã nộp sản phẩm.")
        return redirect("item", item.pk)
    tell(form, ValidationError(f"Sản phẩm {item.get_status_display().lower()} nên không sửa được nữa."))
    return show_form(request, item.obligation, form, item)


def show_form(request, duty, form, item=None, *, refused=()):
    """The form page, new or existing; with what the reviewer said on top."""
    if refused:
        form.add_error("files", list(refused))
    if form.is_bound and item is not None:
        form.data = form.data.copy()
        form.data["base"] = item.written_in or ""
    is_returned = item is not None and item.status == ContentStatus.CHANGES
    context = {
        "duty": duty,
        "form": form,
        "item": item,
        "decision": item.last_decision if is_returned else None,
        "files": list(item.current_files) if item else [],
        "locked": duty.is_locked(timezone.localdate()),
        "main": [form[name] for name in MAIN_FIELDS if name in form.fields],
        "folded": [form[name] for name in form.OTHERS if name in form.fields],
    }
    return render(request, "campaigns/workspace/item_edit.html", context)


@open_to_signed_link
@focal_points_only
@require_safe
def item(request, pk):
    """One product: where it stands, what the reviewer said, its versions and files, what comes next."""
    product = item_or_404(request, pk)
    versions = product.versions.select_related("submitted_by").prefetch_related("decisions__actor", "files")
    wait = writing.usual_wait(timezone.now()) if product.status == ContentStatus.SUBMITTED else None
    locked = product.obligation.is_locked(local_day(timezone.now()))
    context = {
        "item": product,
        "duty": product.obligation,
        "handed_on": local_day(product.submitted_at) if product.submitted_at else None,
        "wait_words": writing.wait_words(wait) if wait else "",
        "versions": list(versions.order_by("-number")),
        "decision": product.last_decision,
        "files": list(product.current_files),
        "publications": list(product.publications.select_related("channel")),
        "appeals": list(product.appeals.select_related("answered_by")),
        "may_edit": product.is_editable and can_submit(request.user, product),
        "may_withdraw": can_withdraw(request.user, product),
        "may_send_another": not locked and can_answer(request.user, product.obligation),
        "locked": locked,
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
