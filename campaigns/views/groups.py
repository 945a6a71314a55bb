"""Network groups at the desk: who was asked, who is inside, which agencies nobody joined for; acts on many at once."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaigns import joining, network
from campaigns.forms.network import CloseGroupForm, GroupForm, InviteForm, MembersActForm, MembersFilterForm
from campaigns.overview import people_to_phone
from campaigns.views.acting import ask, carried_out, desk_act, desk_page, page_of
from registry import qr
from registry.lacking import without_any_channel
from registry.models import NetworkGroup
from registry.permissions import can_review
from registry.views.exports import download

MEMBERS, ABSENT, TO_REMOVE = "thanh-vien", "chua-co-ai", "can-dua-ra"
MOST_KEPT = 100
"""Ticks that stay when an act is refused: a page has fewer."""


def found_group(request, pk):
    return get_object_or_404(NetworkGroup.objects.visible_to(request.user).with_counts(), pk=pk)


@desk_page
def group_list(request):
    """All groups with their counts; those that are no longer used at the end."""
    rows = NetworkGroup.objects.visible_to(request.user).with_counts().order_by("closed_on", "name", "pk")
    rows = sorted(rows, key=lambda row: row.closed_on is not None)
    context = {
        "page": page_of(request, rows),
        "can_act": can_review(request.user),
        "bare_count": without_any_channel(),
    }
    return render(request, "campaigns/desk/group_list.html", context)


@desk_act
def group_new(request):
    form = GroupForm(request.POST if request.method == "POST" else None)
    made = []
    if form.is_valid() and carried_out(
        form,
        lambda: made.append(NetworkGroup.found(actor=request.user, now=timezone.now(), **form.cleaned_data)),
    ):
        messages.success(request, "Đã lập nhóm. Hãy chọn những người cần mời.")
        return redirect("group_invite", made[0].pk)
    context = {"form": form, "title": "Thêm nhóm mạng lưới", "back": reverse("group_list"), "button": "Thêm nhóm"}
    return render(request, "campaigns/desk/group_edit.html", context)


@desk_page
def group(request, pk):
    """One group: its people, agencies without anybody, people to take out; a text to paste, the QR code of its link."""
    found = found_group(request, pk)
    view = request.GET.get("xem") if request.GET.get("xem") in (ABSENT, TO_REMOVE) else MEMBERS
    form = MembersFilterForm(request.GET)
    page = page_of(request, rows_of(request, found, view, form))
    absent = list(network.agencies_without_member(found))
    people = people_to_phone([row.pk for row in page]) if view == ABSENT else {}
    context = {
        "group": found,
        "view": view,
        "form": form,
        "page": page,
        "absent_count": len(absent),
        "to_remove_count": found.memberships.to_remove().count(),
        "absent": [(agency, people.get(agency.pk)) for agency in page] if view == ABSENT else [],
        "text": network.words_to_paste(found, absent) if not found.closed_on else "",
        "qr": qr.picture(found.url, f"Mã QR mở nhóm {found.name}"),
        "history": found.history.select_related("history_user").order_by("-history_date", "-history_id"),
        "can_act": can_review(request.user) and not found.closed_on,
        "address": request.get_full_path(),
        "ticked": request.GET.getlist("chon"),
    }
    return render(request, "campaigns/desk/group.html", context)


def rows_of(request, found, view, form):
    """What one tab of the group lists, filtered."""
    if view == ABSENT:
        return form.narrow_agencies(network.agencies_without_member(found))
    members = network.members_of(found, request.user)
    return form.narrow(members.to_remove() if view == TO_REMOVE else members)


@desk_page
def group_export(request, pk):
    """Exactly what is filtered, as XLSX or CSV; numbers are masked."""
    found = found_group(request, pk)
    view, form = request.GET.get("xem", MEMBERS), MembersFilterForm(request.GET)
    rows = rows_of(request, found, view, form)
    table = network.agencies_table(found, rows) if view == ABSENT else network.members_table(found, rows)
    return download(f"nhom-{found.pk}", request.GET.get("dang"), table)


@desk_page
def group_qr(request, pk):
    """The QR code of the invitation link, to print or to put into a document."""
    found = found_group(request, pk)
    answer = HttpResponse(qr.picture(found.url, f"Mã QR mở nhóm {found.name}"), content_type="image/svg+xml")
    answer["Content-Disposition"] = f'inline; filename="nhom-{found.pk}.svg"'
    return answer


@desk_act
def group_edit(request, pk):
    """Other words, or a new invitation link when the old one was revoked."""
    found = found_group(request, pk)
    form = GroupForm(request.POST) if request.method == "POST" else GroupForm.of(found)
    if form.is_valid() and carried_out(form, lambda: found.amend(actor=request.user, **form.cleaned_data)):
        messages.success(request, "Đã lưu. Ai chưa tham gia sẽ thấy đường link mới.")
        return redirect("group", pk)
    back = reverse("group", args=[pk])
    context = {"form": form, "title": f"Sửa: {found.name}", "back": back, "button": "Lưu"}
    return render(request, "campaigns/desk/group_edit.html", context)


@desk_act
def group_close(request, pk):
    found = found_group(request, pk)
    return ask(
        request, CloseGroupForm, verb=lambda on, reason: found.close(actor=request.user, on=on, reason=reason),
        done="Đã ghi nhận thôi dùng nhóm.", back=reverse("group", args=[pk]), title="Thôi dùng nhóm",
        eyebrow=found.name, button="Thôi dùng nhóm", is_grave=True,
        consequences=["Không mời và không ghi nhận ai vào nhóm này nữa.", "Danh sách thành viên vẫn giữ để tra cứu."],
    )  # fmt: skip


@desk_act
def group_invite(request, pk):
    """Ask everybody in some roles of some kinds of agencies; who is on the list already stays as they are."""
    found = found_group(request, pk)
    form = InviteForm(request.POST if request.method == "POST" else None)
    asked = []
    if form.is_valid() and carried_out(form, lambda: asked.append(invite(request.user, found, form.cleaned_data))):
        words = f"Đã mời {asked[0]} người." if asked[0] else "Những người này đều đã có trong danh sách của nhóm."
        messages.success(request, words)
        return redirect("group", pk)
    back = reverse("group", args=[pk])
    return render(request, "campaigns/desk/group_invite.html", {"form": form, "group": found, "back": back})


def invite(actor, found, values) -> int:
    return joining.invite(actor, found, values["roles"], values["kinds"], timezone.now())


@require_POST
@desk_act
def group_note(request, pk):
    """Note for the ticked people that they joined, left, are not found, or are asked again; a result for each."""
    found = found_group(request, pk)
    form = MembersActForm(request.POST, group=found)
    if not form.is_valid():
        messages.error(request, " ".join(words for errors in form.errors.values() for words in errors))
        ticked = request.POST.getlist("chon")[:MOST_KEPT]
        return redirect(reverse("group", args=[pk], query={"chon": ticked} if ticked else None))
    values = form.cleaned_data
    results = joining.do_for_each(values["act"], values["chon"], request.user, values["reason"], timezone.now())
    done = sum(not result.refusal for result in results)
    context = {
        "group": found,
        "results": results,
        "done": done,
        "refused": len(results) - done,
        "words": joining.BULK_ACTS[values["act"]][1],
    }
    return render(request, "campaigns/desk/group_note.html", context)
