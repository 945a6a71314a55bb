"""A person's own account, and the first password of someone who was invited."""

from allauth.account.adapter import get_adapter
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from registry.account_forms import FirstPasswordForm, MediaForm, ProfileForm
from registry.appointments import accept_all, make_token, unanswered
from registry.email_change import ask_mailbox, asked_email, change_email
from registry.invitations import invited_person
from registry.media.lines import media_at_work
from registry.models import Medium

MAILBOX_ASKED = "Thư điện tử đổi thành {} khi bạn mở đường link vừa gửi tới địa chỉ đó."


@never_cache
def account_settings(request):
    """Name, e-mail, phone, second factor and password of whoever is signed in."""
    person = get_user_model().objects.get(pk=request.user.pk)
    form = ProfileForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            person = form.save()
            if form.new_email:
                ask_mailbox(person, form.new_email, timezone.now())
        messages.success(request, "Đã lưu tài khoản.")
        if form.new_email:
            messages.info(request, MAILBOX_ASKED.format(form.new_email))
        return redirect("account_settings")
    agencies = [contact.agency for contact in request.user.contact_points.confirmed().select_related("agency")]
    context = {"form": form, "agencies": agencies, "has_second_factor": is_mfa_enabled(request.user)}
    return render(request, "registry/account_settings.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def message_settings(request):
    """Nhận tin nhắc bằng gì: the order of media of whoever is signed in, and what works for them today."""
    person = get_user_model().objects.get(pk=request.user.pk)
    order = dict(zip(("first", "second", "third"), person.media_in_order, strict=False))
    form = MediaForm(request.POST or None, initial=order)
    if request.method == "POST" and form.is_valid():
        person.choose_media(form.media)
        messages.success(request, "Đã lưu cách nhận tin nhắc.")
        if not any(way["works"] and way["medium"] in form.media for way in ways_of(person, timezone.now())):
            messages.warning(request, NONE_WORKS)
        return redirect("message_settings")
    return render(request, "registry/message_settings.html", {"form": form, "ways": ways_of(person, timezone.now())})


NONE_WORKS = (
    "Các cách bạn chọn hiện chưa dùng được, nên tin nhắc chỉ hiện ở mục Thông báo trên cổng. "
    "Hãy chọn thêm một cách đang ghi “Dùng được” ở dưới."
)


def ways_of(person, now):
    """Each medium: where it would go, masked, and in words whether it works."""
    at_work = media_at_work(now)
    for medium in (Medium.EMAIL, Medium.ZALO, Medium.SMS):
        address = person.address_by(medium)
        if not address:
            words = "chưa có địa chỉ" if medium == Medium.EMAIL else "chưa có số điện thoại"
        elif not person.is_reachable_by(medium):
            words = "không đến được địa chỉ này, hãy cập nhật"
        else:
            words = "dùng được" if medium in at_work else "tỉnh chưa dùng"
        yield {"medium": medium, "address": address, "words": words, "works": words == "dùng được"}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def email_change(request, token):
    """The link in the letter to a new address: GET says what would change, POST changes it. For its own person only."""
    email = asked_email(request.user, token)
    if request.method == "POST" and email:
        try:
            change_email(get_user_model().objects.get(pk=request.user.pk), email, timezone.now())
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, f"Từ nay tài khoản dùng thư điện tử {email}.")
        return redirect("account_settings")
    return render(request, "registry/email_change.html", {"email": email}, status=200 if email else 410)


@login_not_required
@never_cache
@sensitive_post_parameters()
def invitation(request, uidb64, token):
    """GET shows who is invited and changes nothing; POST sets the first password and signs the person in."""
    person = invited_person(uidb64, token)
    if person is None:
        return render(request, "registry/invitation_expired.html", status=410)
    form = FirstPasswordForm(person, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save()
            accept_all(person, now=timezone.now())
        get_adapter(request).login(request, person)
        messages.success(request, f"Chào {person.full_name}, tài khoản của bạn đã sẵn sàng.")
        return redirect("account_home")
    agencies = [contact.agency for contact in person.contact_points.confirmed().select_related("agency")]
    declines = [(row.agency, make_token(row)) for row in unanswered(person)]
    context = {"form": form, "person": person, "agencies": agencies, "declines": declines}
    return render(request, "registry/invitation.html", context)
