"""Who lacks what: agencies × what is there, filtered by what is missing; the same as a file; asking them for it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaigns.drafting import ASKS, draft_asking_for
from campaigns.forms.network import LackingForm
from campaigns.views.acting import desk_act, desk_page, page_of
from registry.lacking import flags_of, lacking_table
from registry.permissions import can_review
from registry.views.exports import download


@desk_page
def lacking(request):
    """The table, as filtered in the address."""
    form = LackingForm(request.GET)
    page = page_of(request, form.rows().only("name"), keys_first=True)
    asked_for = form.missing[0].key if len(form.missing) == 1 else ""
    context = {
        "form": form,
        "things": form.things,
        "page": page,
        "rows": [(agency, flags_of(agency, form.things)) for agency in page],
        "ask_words": ASKS[asked_for][0] if asked_for in ASKS and can_review(request.user) else "",
        "address": request.GET.urlencode(),
    }
    return render(request, "campaigns/desk/lacking.html", context)


@desk_page
def lacking_export(request):
    """Exactly what is filtered, as XLSX or CSV."""
    form = LackingForm(request.GET)
    return download("con-thieu", request.GET.get("dang"), lacking_table(form.rows(), form.things))


@require_POST
@desk_act
def lacking_ask(request):
    """A draft campaign which asks the filtered agencies for the one thing that they lack."""
    address = request.POST.get("address", "")[:2000]
    form = LackingForm(QueryDict(address))
    what = form.missing[0].key if len(form.missing) == 1 else ""
    try:
        requirement = draft_asking_for(
            what, form.rows(), actor=request.user, today=timezone.localdate(), group=form.group
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(f"{reverse('lacking')}?{address}")
    messages.success(request, "Đã lập bản nháp. Hãy kiểm tra hạn và cơ quan, thêm công văn rồi ban hành.")
    return redirect("requirement_edit", requirement.pk)
