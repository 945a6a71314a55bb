"""Signing in, the second factor, one's own account, and the first password of an invited person."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from registry.email_change import make_token
from registry.invitations import invitation_path
from registry.models import ContactPoint, OutgoingMessage, PersonalDataAccess, User
from tests.builders import PASSWORD

NEW = "mot-cau-ngan-de-nho-7"
SIGN_IN = "/dang-nhap/"


def sign_in(browser, name, password=PASSWORD, **extra):
    return browser.post(SIGN_IN, {"login": name, "password": password, **extra})


@pytest.fixture
def person(health_focal):
    """The focal point of Sở Y tế, with a password of their own."""
    health_focal.set_password(PASSWORD)
    health_focal.save()
    return health_focal


@pytest.fixture
def invited(reviewer):
    return User.invite(actor=reviewer, email="moi.duoc@yte.example", full_name="Hà Thị Mới")


@pytest.mark.parametrize("field", ["username", "email"])
def test_sign_in_with_name_or_email_leads_to_my_work(client_for, person, field):
    answer = sign_in(client_for(), getattr(person, field))
    assert (answer.status_code, answer["Location"]) == (302, reverse("my_work"))


def test_every_sign_in_is_noted(client_for, person, invited):
    sign_in(client_for(), person.username, "sai")
    sign_in(client_for(), person.username)
    client_for().post(invitation_path(invited), {"new_password1": NEW, "new_password2": NEW})
    noted = PersonalDataAccess.objects.filter(act="Đăng nhập").order_by("pk")
    assert [(line.actor, line.subject) for line in noted] == [
        (person, "từ địa chỉ mạng 127.0.0.1"),
        (invited, "từ địa chỉ mạng 127.0.0.1"),
    ]


def test_staff_start_at_the_desk(client_for, reviewer):
    assert sign_in(client_for(), reviewer.username)["Location"] == reverse("desk")


def test_sign_in_returns_to_the_page_asked_for(client_for, person):
    browser = client_for()
    asked = browser.get(reverse("account_settings"))
    assert asked["Location"] == f"{SIGN_IN}?next=/tai-khoan/"
    assert sign_in(browser, person.username, next="/tai-khoan/")["Location"] == "/tai-khoan/"


def test_sign_in_never_leads_to_another_site(client_for, person):
    answer = sign_in(client_for(), person.username, next="https://evil.example/")
    assert answer["Location"] == reverse("my_work")


def test_a_wrong_password_says_what_to_do(client_for, person):
    page = sign_in(client_for(), person.username, "sai").content.decode()
    assert "Tên đăng nhập hoặc mật khẩu chưa đúng. Hãy gõ lại" in page
    assert person.username in page


def test_guessing_passwords_is_stopped(client_for, person):
    browser = client_for()
    for _ in range(5):
        sign_in(browser, person.username, "sai")
    page = sign_in(browser, person.username).content.decode()
    assert "Đã gõ sai quá nhiều lần" in page
    assert "_auth_user_id" not in browser.session


def test_someone_whose_account_is_off_cannot_sign_in(client_for, person):
    person.is_active = False
    person.save()
    browser = client_for()
    sign_in(browser, person.username)
    assert "_auth_user_id" not in browser.session


def test_nobody_can_sign_up(client_for):
    assert client_for().get("/accounts/signup/").status_code == 404
    assert "dang-ky" not in client_for().get(SIGN_IN).content.decode()


def test_looking_at_the_sign_out_page_signs_nobody_out(client_for, person):
    browser = client_for(person)
    assert browser.get(reverse("account_logout")).status_code == 200
    assert "_auth_user_id" in browser.session
    assert browser.post(reverse("account_logout"))["Location"] == reverse("home")
    assert "_auth_user_id" not in browser.session


def test_a_forgotten_password_is_set_anew_once(client_for, person):
    browser = client_for()
    browser.post(reverse("account_reset_password"), {"email": person.email}, headers={"host": "localhost"})
    message = OutgoingMessage.objects.get(purpose="account")
    assert (message.address, message.recipient) == (person.email, person)
    link = next(word for word in message.text.split() if word.startswith(settings.SITE_URL + "/dang-nhap/"))
    form_url = browser.get(urlsplit(link).path)["Location"]
    assert browser.get(form_url).status_code == 200
    done = browser.post(form_url, {"password1": NEW, "password2": NEW})
    assert done["Location"] == reverse("account_reset_password_from_key_done")
    person.refresh_from_db()
    assert person.check_password(NEW)
    assert "Đường link không còn dùng được" in client_for().get(urlsplit(link).path).content.decode()


def test_asking_for_an_unknown_address_tells_nothing(client_for, person):
    answers = [
        client_for().post(reverse("account_reset_password"), {"email": address})
        for address in (person.email, "khong.co@yte.example")
    ]
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [
        (302, reverse("account_reset_password_done"))
    ] * 2
    assert list(OutgoingMessage.objects.values_list("address", flat=True)) == [person.email]


def test_changing_the_password_tells_its_owner(client_for, person):
    browser = client_for(person)
    data = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert browser.post(reverse("account_change_password"), data)["Location"] == reverse("account_settings")
    assert "Mật khẩu của bạn vừa được đổi." in OutgoingMessage.objects.get().text
    assert browser.get(reverse("account_settings")).status_code == 200


def turn_on_second_factor(browser):
    """Re-enter the password, scan, type the first code. Gives the secret."""
    browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = browser.get(reverse("mfa_activate_totp"))
    assert page.status_code == 200
    secret = page.context["form"].secret
    answer = browser.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert answer["Location"] == reverse("mfa_view_recovery_codes")
    return secret


def code_of(secret):
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def test_a_second_factor_is_asked_for_at_sign_in(client_for, person):
    sign_in(browser := client_for(), person.username)
    with time_machine.travel("2026-11-21T03:00:00Z", tick=False):
        secret = turn_on_second_factor(browser)
        assert browser.get(reverse("mfa_view_recovery_codes")).status_code == 200
    other = client_for()
    with time_machine.travel("2026-11-21T04:00:00Z", tick=False):
        assert sign_in(other, person.email)["Location"] == reverse("mfa_authenticate")
        assert "Nhập mã xác thực" in other.get(reverse("mfa_authenticate")).content.decode()
        assert "_auth_user_id" not in other.session
        assert "Mã chưa đúng" in other.post(reverse("mfa_authenticate"), {"code": "000000"}).content.decode()
        assert other.post(reverse("mfa_authenticate"), {"code": code_of(secret)})["Location"] == reverse("my_work")
        assert other.get(reverse("account_settings")).status_code == 200


def test_turning_on_the_second_factor_asks_for_the_password_again(client_for, person):
    answer = client_for(person).get(reverse("mfa_activate_totp"))
    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert not Authenticator.objects.exists()


def test_the_second_factor_can_be_turned_off(client_for, person):
    sign_in(browser := client_for(), person.username)
    turn_on_second_factor(browser)
    assert "đang bật" in browser.get(reverse("mfa_index")).content.decode()
    assert browser.get(reverse("mfa_deactivate_totp")).status_code == 200
    assert browser.post(reverse("mfa_deactivate_totp"))["Location"] == reverse("mfa_index")
    assert not Authenticator.objects.filter(type="totp").exists()


def test_own_name_and_phone_are_cleaned(client_for, person):
    data = {"full_name": "  Vi  Thị   Đầu ", "phone": "+84 912 345 678", "email": person.email}
    assert client_for(person).post(reverse("account_settings"), data).status_code == 302
    person.refresh_from_db()
    assert (person.full_name, person.phone) == ("Vi Thị Đầu", "0912345678")
    assert not OutgoingMessage.objects.exists()


def test_a_wrong_phone_keeps_what_was_typed(client_for, person):
    data = {"full_name": "Vi Thị Đầu", "phone": "12", "email": person.email}
    page = client_for(person).post(reverse("account_settings"), data).content.decode()
    assert 'value="12"' in page and "Số điện thoại không đúng" in page
    assert 'href="#id_phone"' in page and 'aria-invalid="true"' in page


def test_a_new_email_needs_the_password_and_tells_the_old_address(client_for, person):
    browser, old = client_for(person), person.email
    data = {"full_name": person.full_name, "phone": "", "email": "moi@yte.example"}
    page = browser.post(reverse("account_settings"), data).content.decode()
    assert "Hãy nhập đúng mật khẩu hiện tại để đổi thư điện tử." in page
    assert browser.post(reverse("account_settings"), {**data, "password": PASSWORD}).status_code == 302
    person.refresh_from_db()
    assert person.email == old
    assert set(OutgoingMessage.objects.values_list("address", flat=True)) == {"moi@yte.example", old}


def test_a_new_email_counts_once_its_mailbox_answered(client_for, person, invited):
    browser, link = client_for(person), link_to_new_address(person, "moi@yte.example")
    assert client_for(invited).get(link).status_code == 410
    assert client_for().get(link).url.startswith(SIGN_IN)
    assert "moi@yte.example" in browser.get(link).content.decode()
    person.refresh_from_db()
    assert person.email == "dau.vi@yte.example"
    browser.post(link)
    person.refresh_from_db()
    assert person.email == "moi@yte.example"
    assert browser.post(link).status_code == 410


def test_an_email_that_somebody_has_by_now_is_refused(client_for, person, reviewer):
    link = link_to_new_address(person, "moi@yte.example")
    User.invite(actor=reviewer, email="Moi@yte.example", full_name="Hà Thị Mới")
    assert "Thư điện tử này đã có tài khoản" in client_for(person).post(link, follow=True).content.decode()
    person.refresh_from_db()
    assert person.email == "dau.vi@yte.example"


def test_nobody_receives_an_agency_by_typing_the_email_of_its_next_focal_point(
    client_for, person, other_focal, other_agency, reviewer
):
    data = {"full_name": person.full_name, "phone": "", "email": "ke.tiep@xa.example", "password": PASSWORD}
    client_for(person).post(reverse("account_settings"), data)
    nominated = ContactPoint.propose(
        actor=other_focal, agency=other_agency, role="spokesperson", full_name="Ma Kế Tiếp", email="ke.tiep@xa.example"
    )
    nominated.confirm(actor=reviewer)
    assert nominated.user != person
    assert not person.contact_points.filter(agency=other_agency).exists()


def link_to_new_address(person, email):
    return reverse("email_change", args=[make_token(User.objects.get(pk=person.pk), email)])


def test_looking_at_an_invitation_changes_nothing(client_for, invited):
    before = User.objects.filter(pk=invited.pk).values().get()
    page = client_for().get(invitation_path(invited))
    assert page.status_code == 200 and "Hà Thị Mới" in page.content.decode()
    assert User.objects.filter(pk=invited.pk).values().get() == before


def test_an_invited_person_sets_a_password_and_is_in(client_for, invited):
    link, browser = invitation_path(invited), client_for()
    answer = browser.post(link, {"new_password1": NEW, "new_password2": NEW})
    assert answer["Location"] == reverse("account_home")
    invited.refresh_from_db()
    assert invited.check_password(NEW)
    assert browser.get(reverse("account_home"))["Location"] == reverse("my_work")
    assert client_for().get(link).status_code == 410
    assert client_for().post(link, {"new_password1": "khac-han-lan-truoc-9"}).status_code == 410


@pytest.mark.parametrize("password", ["ngan-1", "1234567890123", "password123"])
def test_a_weak_first_password_is_refused(client_for, invited, password):
    answer = client_for().post(invitation_path(invited), {"new_password1": password, "new_password2": password})
    assert answer.status_code == 200
    invited.refresh_from_db()
    assert not invited.has_usable_password()


def test_an_invitation_ends(client_for, invited):
    link = invitation_path(invited)
    with time_machine.travel(timezone.now() + timedelta(days=settings.INVITATION_DAYS - 1)):
        assert client_for().get(link).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=settings.INVITATION_DAYS + 1)):
        assert client_for().get(link).status_code == 410


def test_an_invitation_is_for_one_person(client_for, invited, person):
    own, foreign = invitation_path(invited).split("/"), invitation_path(person).split("/")
    mixed = "/".join([*foreign[:-2], own[-2], ""])
    assert client_for().get(mixed).status_code == 410


def test_an_invitation_does_not_reset_a_password_nor_the_other_way(client_for, invited):
    uid, token = invitation_path(invited).strip("/").split("/")[-2:]
    reset = reverse("account_reset_password_from_key", kwargs={"uidb36": str(invited.pk), "key": token})
    assert "Đường link không còn dùng được" in client_for().get(reset).content.decode()


def test_the_admin_signs_in_on_our_page(client_for):
    answer = client_for().get("/quan-tri/", follow=True)
    assert answer.redirect_chain[-1][0].startswith(SIGN_IN)
