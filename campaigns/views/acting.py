"""What the desk's views share: whose page it is, a verb's refusal as a form error, a page that asks for a reason."""

from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from portal.lib.paging import LongPaginator
from registry.permissions import can_read_desk, can_review

PER_PAGE = 50


def desk_page(view):
    """A page of the desk: the province's staff read it, everybody else gets 403."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not can_read_desk(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def desk_act(view):
    """An act of the desk: reviewers and administrators; leaders read only."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not can_review(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def carried_out(form, act) -> bool:
    """Do the act; what the verb refuses becomes an error of the form and False comes back."""
    try:
        act()
    except ValidationError as error:
        put_into(form, error)
        return False
    return True


def put_into(form, error):
    """A refusal beside its field where the form has it, else at the top."""
    for field, sentences in getattr(error, "message_dict", {None: error.messages}).items():
        for sentence in sentences:
            form.add_error(field if field in form.fields else None, sentence)


def ask(request, form_class, *, verb, done, back, **context):
    """One page for one act: a form of values, the verb, a sentence. `context`: title, button, and what to read first."""
    form = form_class(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and carried_out(form, lambda: verb(**form.cleaned_data)):
        messages.success(request, done)
        return redirect(back)
    context = {"eyebrow": "", "consequences": [], "is_grave": False} | context
    return render(request, "campaigns/desk/act.html", {"form": form, "back": back, **context})


def page_of(request, rows, per_page=PER_PAGE, *, keys_first=False, count=None):
    """The asked page of a list; `count` where the page knows already how long the list is."""
    pages = LongPaginator(rows, per_page)
    pages.keys_first = keys_first
    if count is not None:
        pages.count = count
    return pages.get_page(request.GET.get("page"))


def way_back(request, default):
    """The address in `next` when it is one of ours, else the default page's."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return reverse(default)
