"""Files at the desk: the words of a document in the page, and what the browser itself can open or play."""

from django.conf import settings
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from campaigns import previewing
from campaigns.models import ContentFile
from campaigns.views.acting import desk_page
from campaigns.views.items import private_file
from portal.lib.ranges import BeyondTheEnd


@desk_page
@require_safe
def file_words(request, pk):
    """The words of a Word or PDF file as plain text of ours; desk.js puts them into the page of the product."""
    row = get_object_or_404(ContentFile.objects.visible_to(request.user).select_related("item"), pk=pk)
    if not row.is_document:
        raise Http404
    try:
        reading = previewing.words_of(row)
    except FileNotFoundError as error:
        raise Http404 from error
    opens = row.media_type in previewing.POLICIES
    return render(request, "campaigns/desk/file_words.html", {"file": row, "reading": reading, "opens": opens})


@desk_page
@require_safe
def file_open(request, pk):
    """A PDF for the browser's viewer, a video or sound for its player, by pieces when they are asked for."""
    row = get_object_or_404(ContentFile.objects.visible_to(request.user), pk=pk)
    if row.media_type not in previewing.POLICIES:
        raise Http404
    if settings.X_ACCEL_PREFIX:
        response = private_file(row.file, row.name, row.media_type, as_attachment=False)
    else:
        response = in_pieces(request, row)
    response.headers["Content-Security-Policy"] = previewing.POLICIES[row.media_type]
    return response


def in_pieces(request, row):
    """206 with the wanted piece, 200 with all, 416 for a piece behind the end."""
    try:
        wanted = previewing.piece_wanted(request, row)
    except BeyondTheEnd:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{row.size}"})
    try:
        file = row.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    first, last = wanted or (0, row.size - 1)
    response = StreamingHttpResponse(previewing.pieces_of(file, first, last), content_type=row.media_type)
    if wanted:
        response.status_code, response.headers["Content-Range"] = 206, f"bytes {first}-{last}/{row.size}"
    response.headers["Content-Length"] = str(last - first + 1)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["ETag"] = previewing.etag_of(row)
    response.headers["Content-Disposition"] = content_disposition_header(False, row.name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
