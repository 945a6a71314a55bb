"""Accounts: who may sign in, with what role; inviting, locking and unlocking."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from registry import inviting
from registry.accounts import full_address
from registry.desk_forms import InviteForm, PeopleFilterForm
from registry.invitations import invitation_path
from registry.models import ContactPoint, User
from registry.permissions import can_invite, can_read_desk, can_review

PEOPLE_ON_PAGE = 50


def people(request):
    """Every account with its agencies: filters, search, pages. Leaders read; e-mails and numbers are not in it."""
    if not can_read_desk(request.user):
        raise PermissionDenied
    form = PeopleFilterForm(request.GET)
    contacts = ContactPoint.objects.confirmed().select_related("agency").order_by("agency__sort_key")
    found = form.narrow(User.objects.all()).prefetch_related(
        Prefetch("contact_points", queryset=contacts, to_attr="posts")
    )
    page = Paginator(found, PEOPLE_ON_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form, "page": page, "waiting": User.objects.never_invited().count(), "today": timezone.localdate(),
        "can_act": can_review(request.user),
    }  # fmt: skip
    return render(request, "registry/desk/people.html", context)


@require_POST
def people_invite_waiting(request):
    """Send the letter to every focal point whose account came from an import or a nomination."""
    if not can_review(request.user):
        raise PermissionDenied
    told = inviting.invite_waiting(actor=request.user, now=timezone.now())
    messages.success(request, f"Đang gửi thư mời tới {told} người." if told else "Mọi người đều đã được mời.")
    return redirect("people")


@never_cache
def invite(request):
    """Invite a person: account, agencies, letter. The next page shows the link to copy."""
    if not can_review(request.user):
        raise PermissionDenied
    initial = {"agencies": [pk for pk in request.GET.getlist("co-quan") if pk.isdigit()]}
    form = InviteForm(request.POST if request.method == "POST" else None, actor=request.user, initial=initial)
    if form.is_valid():
        try:
            invited = inviting.invite(actor=request.user, now=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, f"Đã mời {invited.full_name}. Thư mời đang được gửi tới {invited.email}.")
            return redirect("person", pk=invited.pk)
    return render(request, "registry/desk/invite.html", {"form": form})


@never_cache
def person(request, pk):
    """One account: role, agencies, state, and the invitation link while it waits for its first sign-in."""
    if not can_read_desk(request.user):
        raise PermissionDenied
    account = get_object_or_404(User.objects.select_related("invited_by"), pk=pk)
    may_manage = can_invite(request.user, account.role)
    waits = account.is_active and account.last_login is None and not account.has_usable_password()
    link = full_address(invitation_path(account)) if waits and may_manage else ""
    posts = account.contact_points.select_related("agency").order_by("status", "agency__sort_key")
    context = {
        "account": account, "posts": posts, "link": link, "may_manage": may_manage,
        "is_self": account.pk == request.user.pk, "today": timezone.localdate(), "can_act": can_review(request.user),
        "changes": account.changes.select_related("actor"),
    }  # fmt: skip
    return render(request, "registry/desk/person.html", context)


@require_POST
def person_deactivate(request, pk):
    """Lock an account."""
    return act(request, pk, lambda account: account.deactivate(actor=request.user), "Đã khoá tài khoản của {}.")


@require_POST
def person_reactivate(request, pk):
    """Unlock an account."""
    return act(request, pk, lambda account: account.reactivate(actor=request.user), "Đã mở lại tài khoản của {}.")


@require_POST
def person_invite_again(request, pk):
    """Send the letter with a fresh link."""
    return act(
        request, pk, lambda account: inviting.send_invitation(account, now=timezone.now()), "Đã gửi lại thư mời {}."
    )


def act(request, pk, verb, sentence):
    """Find, allow, do, say, go back."""
    if not can_review(request.user):
        raise PermissionDenied
    account = get_object_or_404(User, pk=pk)
    if not can_invite(request.user, account.role):
        raise PermissionDenied
    try:
        verb(account)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, sentence.format(account.full_name))
    return redirect("person", pk=pk)
