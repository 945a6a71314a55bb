"""The page of the link in the first letter: who was put forward for what, and the person's own answer."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from registry import appointments
from registry.invitations import invitation_path


class DeclineForm(forms.Form):
    """Why not; one sentence that the province reads."""

    reason = forms.CharField(
        label="Vì sao không phải ông/bà?",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Ví dụ: tôi đã chuyển công tác, người phụ trách là ông/bà …",
        error_messages={"required": "Hãy ghi một câu để tỉnh biết cần làm gì."},
    )


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def appointment(request, token):
    """GET says who, where, since when and changes nothing; POST takes the work on or sends it back."""
    contact = appointments.appointed(token)
    if contact is None:
        return render(request, "registry/appointment_expired.html", status=410)
    form = DeclineForm(request.POST if request.POST.get("act") == "decline" else None)
    if request.method == "POST" and answered(request, contact, form):
        return onward(request, contact)
    context = {"contact": contact, "posts": appointments.posts_of(contact), "form": form}
    return render(request, "registry/appointment.html", context)


def answered(request, contact, form) -> bool:
    """Whether the answer was written down; a refusal stands in the form."""
    now = timezone.now()
    try:
        if request.POST.get("act") == "accept":
            appointments.accept(contact, now=now)
            messages.success(request, "Cảm ơn ông/bà đã nhận việc.")
        elif form.is_valid():
            appointments.decline(contact, reason=form.cleaned_data["reason"], now=now)
            messages.success(request, "Đã báo cho tỉnh. Ông/bà không cần làm gì thêm.")
        else:
            return False
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return False
    return True


def onward(request, contact):
    """To the first password, to one's work, or to the first page for whoever declined."""
    if request.POST.get("act") != "accept":
        return redirect("home")
    if not contact.user.has_usable_password():
        return redirect(invitation_path(contact.user))
    return redirect("my_work")
