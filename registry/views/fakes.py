"""The list of known fakes at the desk: leaders read it, reviewers add, mend and take off."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from registry.fake_forms import EnlistForm, FakeFacts, FakeFilterForm, RemoveForm
from registry.models import FakeStatus, KnownFake
from registry.permissions import can_read_desk, can_review

FAKES_ON_PAGE = 50
FACTS = ("name", "imitates", "noted_on", "source", "detail")


def fake_list(request):
    """Every entry: search, filter, pages."""
    if not can_read_desk(request.user):
        raise PermissionDenied
    form = FakeFilterForm(request.GET)
    fakes = form.narrow(KnownFake.objects.visible_to(request.user)).select_related(
        "imitates", "listed_by", "removed_by"
    )
    page = Paginator(fakes, FAKES_ON_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "may_review": can_review(request.user)}
    return render(request, "registry/desk/fake_list.html", context)


def fake_new(request):
    """Add one or many; the page then says for each line what became of it, and keeps the lines that were refused."""
    if not can_review(request.user):
        raise PermissionDenied
    form = EnlistForm(request.POST if request.method == "POST" else None, initial={"noted_on": timezone.localdate()})
    results = []
    if form.is_valid():
        results = enlist_each(request.user, form.cleaned_data, timezone.now())
        added = sum(not refusal for _, refusal in results)
        if added:
            messages.success(request, f"Đã ghi {added}/{len(results)} địa chỉ vào danh sách.")
        if added == len(results):
            return redirect("fake_list")
        form = EnlistForm(initial=form.cleaned_data | {"urls": "\n".join(line for line, refusal in results if refusal)})
    return render(request, "registry/desk/fake_new.html", {"form": form, "results": results})


def enlist_each(actor, facts, now):
    """(line, refusal) for each line; "" for those that were added."""
    said = {name: facts[name] for name in FACTS}
    results = []
    for url in facts["urls"]:
        try:
            KnownFake.enlist(actor=actor, url=url, now=now, **said)
        except ValidationError as error:
            results.append((url, " ".join(error.messages)))
        else:
            results.append((url, ""))
    return results


def fake_edit(request, pk):
    """Mend what is said about an entry."""
    fake = listed_or_404(request, pk)
    initial = {name: getattr(fake, name) for name in FACTS}
    form = FakeFacts(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid() and carried_out(
        form, lambda: fake.correct(actor=request.user, now=timezone.now(), **form.cleaned_data)
    ):
        messages.success(request, "Đã sửa thông tin trang giả mạo.")
        return redirect("fake_list")
    return render(request, "registry/desk/fake_edit.html", {"form": form, "fake": fake})


def fake_remove(request, pk):
    """Take an entry off the list, with a reason."""
    fake = listed_or_404(request, pk)
    form = RemoveForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and carried_out(
        form, lambda: fake.remove(actor=request.user, now=timezone.now(), **form.cleaned_data)
    ):
        messages.success(request, "Đã đưa địa chỉ ra khỏi danh sách.")
        return redirect("fake_list")
    return render(request, "registry/desk/fake_remove.html", {"form": form, "fake": fake})


def listed_or_404(request, pk):
    """First the row, then the right to act on it."""
    if not can_read_desk(request.user):
        raise PermissionDenied
    fake = get_object_or_404(KnownFake.objects.visible_to(request.user), pk=pk, status=FakeStatus.LISTED)
    if not can_review(request.user):
        raise PermissionDenied
    return fake


def carried_out(form, act) -> bool:
    """Do the act; what the verb refuses becomes an error of the form and False comes back."""
    try:
        act()
    except ValidationError as error:
        for sentence in error.messages:
            form.add_error(None, sentence)
        return False
    return True
