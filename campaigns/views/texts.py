"""Mẫu chữ: the texts of reports, dispatches and letters that the office may change, with what they will look like."""

from itertools import groupby

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render

from campaigns import texts
from campaigns.forms.texts import TextForm
from campaigns.views.acting import carried_out, desk_act, desk_page
from portal.lib.filling import EditableText, fill
from registry.models import TextTemplate

ENTRIES = 20


@desk_page
def text_list(request):
    """Every text, by group, with the words in force."""
    words = TextTemplate.objects.wordings(texts.ALL)
    changed = {row.key: row for row in TextTemplate.objects.changed().select_related("changed_by")}
    groups = [
        (group, [(known, words[known], changed.get(known.key), words.is_broken(known)) for known in members])
        for group, members in groupby(texts.ALL, key=lambda known: known.group)
    ]
    return render(request, "campaigns/desk/text_list.html", {"groups": groups})


@desk_act
def text_edit(request, key):
    """The words, what they will look like, who changed them; `act`: save, preview, or back to the original."""
    known = known_or_404(key)
    row = TextTemplate.objects.filter(key=key).select_related("changed_by").first()
    act = request.POST.get("act", "save") if request.method == "POST" else ""
    if act == "original":
        TextTemplate.put_back(actor=request.user, known=known)
        messages.success(request, f"“{known.title}” đã trở về mẫu gốc.")
        return redirect("text_edit", key=key)
    form = (
        TextForm(request.POST, known=known) if act else TextForm(known=known, initial=first_values(request, known, row))
    )
    if act == "save" and form.is_valid() and carried_out(form, lambda: save(request, known, form.cleaned_data)):
        messages.success(request, f"Đã lưu “{known.title}”. Các văn bản lập từ bây giờ dùng nội dung này.")
        return redirect("text_list")
    typed = form["text"].value() or ""
    context = {
        "known": known,
        "form": form,
        "row": row if row and not row.is_original else None,
        "preview": preview(known, typed),
        "entries": entries(key),
    }
    return render(request, "campaigns/desk/text_edit.html", context)


def save(request, known, data):
    TextTemplate.write(actor=request.user, known=known, text=data["text"], seen=data["seen"])


def first_values(request, known: EditableText, row) -> dict:
    """The text in force, or an earlier one (`?ban=` its entry in the history) to be looked at and saved."""
    values = {"text": TextTemplate.objects.wordings([known])[known], "seen": row.mark if row else ""}
    wanted = request.GET.get("ban", "")
    if wanted.isdecimal() and len(wanted) < 19:
        found = TextTemplate.history.filter(key=known.key, history_id=wanted).first()
        values |= {"text": known.default if found.is_original else found.text} if found else {}
    return values


def preview(known: EditableText, typed: str) -> list[str] | None:
    """The paragraphs as they will come out with sample values; None while the text can't be used."""
    text = known.cleaned(typed)
    return None if known.faults(text) else fill(text, known.samples).split("\n")


def entries(key):
    """What the text said, newest first, and who wrote it when."""
    return (
        TextTemplate.history.filter(key=key)
        .select_related("history_user")
        .order_by("-history_date", "-history_id")[:ENTRIES]
    )


def known_or_404(key) -> EditableText:
    try:
        return texts.BY_KEY[key]
    except KeyError:
        raise Http404 from None
