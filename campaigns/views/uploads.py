"""What the product form's script asks for, answered as JSON: drafts saved while they are typed, files in pieces."""

import logging

from django.core.exceptions import ValidationError
from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaigns import prefilling, uploading, writing
from campaigns.models import RequirementKind, Upload
from campaigns.views.doorway import focal_points_only, own_duty, own_item
from campaigns.views.items import begin, form_for, names_of
from portal.middleware import open_to_signed_link

logger = logging.getLogger(__name__)

CONFLICT, REFUSED, FULL = 409, 422, 503


def refuse(error, status):
    return JsonResponse({"message": " ".join(error.messages)}, status=status)


@open_to_signed_link
@focal_points_only
@require_POST
def draft_save(request, pk):
    """Save what is typed so far. `missing` names fields with a fault, which are not in the draft yet."""
    duty = own_duty(request, pk, RequirementKind.SUBMIT_CONTENT)
    form = form_for(request, duty)
    form.is_valid()
    if not form.cleaned_data.get("key"):
        return refuse(ValidationError("Hãy tải lại trang này."), REFUSED)
    item = writing.item_begun(request.user, duty, form.cleaned_data["key"])
    try:
        if item is None:
            item = begin(request, duty, form)
        else:
            write(request, item, form)
    except ValidationError as error:
        return refuse(error, CONFLICT)
    return JsonResponse(told(request, item, form))


def write(request, item, form):
    content, page = form.content(names_of(item)), form.page_marks()
    writing.write(item, request.user, content, page=page, is_typing=True)


def told(request, item, form):
    """What the page needs to know of the draft that was saved."""
    content = ("title", "body") if request.POST.get("pasted") else ()
    return {
        "at": f"{timezone.localtime():%H:%M}",
        "missing": [name for name in form.errors if name in form.CONTENT],
        "edit": reverse("item_edit", args=[item.pk]),
        "upload": reverse("upload_start", args=[item.pk]),
        "filled": {name: form.cleaned_data.get(name, "") for name in content},
    }


@open_to_signed_link
@focal_points_only
@require_POST
def upload_start(request, pk):
    """Begin a file, or learn how much of it came before the connection was cut."""
    item = own_item(request, pk)
    name, mark, size = (request.POST.get(field, "") for field in ("name", "mark", "size"))
    if not size.isdecimal() or len(size) > 15:
        return refuse(ValidationError("Không đọc được cỡ của tệp. Hãy chọn lại tệp."), REFUSED)
    try:
        upload = uploading.start(item, request.user, name[-120:], int(size), mark, timezone.now())
    except ValidationError as error:
        return refuse(error, REFUSED)
    urls = {act: reverse(f"upload_{act}", args=[upload.key]) for act in ("piece", "finish", "cancel")}
    return JsonResponse({"received": upload.received, "piece_size": uploading.PIECE, **urls})


@open_to_signed_link
@focal_points_only
@require_POST
def upload_piece(request, key):
    """One piece, by its place in the file (`?tu=`). Answers where the next one begins."""
    upload = own_upload(request, key)
    place, length = request.GET.get("tu", ""), int(request.headers.get("Content-Length") or 0)
    if not place.isdecimal() or len(place) > 15 or length > uploading.LARGEST_PIECE:
        return refuse(ValidationError("Phần này của tệp không nhận được."), REFUSED)
    try:
        upload.take(int(place), request.body, timezone.now())
    except ValidationError:
        return JsonResponse({"received": upload.received}, status=CONFLICT)
    except OSError:
        logger.exception("a piece of a file could not be stored")
        return refuse(ValidationError("Máy chủ chưa lưu được tệp, sẽ thử lại."), FULL)
    return JsonResponse({"received": upload.received})


@open_to_signed_link
@focal_points_only
@require_POST
def upload_finish(request, key):
    """The file is whole: check it, attach it, and take title and text from it when there are none."""
    upload = own_upload(request, key)
    if not upload.is_whole:
        return JsonResponse({"received": upload.received}, status=CONFLICT)
    row, refusal = uploading.finish(upload, timezone.now())
    if row is None:
        return refuse(ValidationError(refusal), REFUSED)
    filled = prefilling.fill_from_files(upload.item, request.user)
    return JsonResponse({"pk": row.pk, "name": row.name, "size": row.size, "filled": filled})


@open_to_signed_link
@focal_points_only
@require_POST
def upload_cancel(request, key):
    """The person changed their mind."""
    own_upload(request, key).drop()
    return JsonResponse({})


def own_upload(request, key):
    """An upload that this person began, onto a product that they can see; 404 for everybody else."""
    rows = Upload.objects.visible_to(request.user).select_related("item__obligation", "person", "file")
    return get_object_or_404(rows, key=key)
