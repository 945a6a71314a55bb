"""Bàn giao: one act moves a person's work to another; nothing is lost, nobody keeps access, the new person answers."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns import handing_over, links, nominating, reminders
from campaigns.models import Reminder
from campaigns.steps import steps_of
from portal.lib.periods import local_day
from registry import appointments, delivery
from registry.invitations import invitation_path
from registry.models import ContactPoint, ContactRole, ContactStatus, NetworkGroup, Notice, OutgoingMessage
from tests import builders

pytestmark = pytest.mark.django_db
NEW = {"full_name": "Triệu Thị Mới", "position": "Phó phòng", "phone": "0912000111", "email": "moi@yte.example"}
FORM = NEW | {"mandate_number": "15/SYT-VP", "mandate_on": "16/09/2026"}


@pytest.fixture
def old(health_focal):
    return health_focal.contact_points.get()


@pytest.fixture
def new(old, health_focal, reviewer):
    """Handed over and confirmed."""
    row = handing_over.hand_over(old, health_focal, builders.NOW, **NEW)[0]
    nominating.confirm_contact(row, reviewer, builders.NOW)
    old.refresh_from_db()
    return row


def test_one_page_says_what_goes_over_and_proposes_with_the_mandate(client_for, world, old):
    builders.draft_item(world.obligation, actor=world.focal, now=None, title="Bản tin dở dang")
    assert world.channel and world.nomination
    browser = client_for(world.focal)
    page = browser.get(reverse("contact_hand_over", args=[old.pk])).content.decode()
    for words in (world.obligation.requirement.title, "Bản tin dở dang", world.channel.name, "Quản trị kênh"):
        assert words in page
    assert browser.post(reverse("contact_hand_over", args=[old.pk]), FORM)["Location"] == reverse("my_work")
    row = ContactPoint.objects.get(full_name=NEW["full_name"])
    assert (row.replaces, row.status, row.mandate_number) == (old, ContactStatus.PROPOSED, "15/SYT-VP")
    old.refresh_from_db()
    assert old.status == ContactStatus.CONFIRMED  # still at work until the province confirms


def test_old_access_ends_in_the_confirmation_and_drafts_go_on(client_for, world, old, reviewer):
    draft = builders.draft_item(world.obligation, actor=world.focal, now=None)
    link = reverse("signed_link", args=[links.make_token(world.focal, world.obligation)])
    session = client_for(world.focal)
    by_link = client_for(None)
    by_link.post(link)
    assert by_link.get(reverse("obligation", args=[world.obligation.pk])).status_code == 200
    session.post(reverse("contact_hand_over", args=[old.pk]), FORM)
    row = ContactPoint.objects.get(full_name=NEW["full_name"])
    client_for(reviewer).post(reverse("review_contact", args=[row.pk]), {"act": "confirm"})
    for browser in (session, by_link):
        assert browser.get(reverse("obligation", args=[world.obligation.pk])).status_code == 404
    assert client_for(None).get(link).status_code == 410
    row.refresh_from_db()
    newcomer = client_for(row.user)
    assert newcomer.get(reverse("item_edit", args=[draft.pk])).status_code == 200
    assert newcomer.post(reverse("item_edit", args=[draft.pk]), {
        "key": draft.idempotency_key, "seen": 0, "title": "Nộp tiếp", "kind": "article", "body": "x",
        "is_declared": "on", "act": "submit",
    }).status_code == 302  # fmt: skip
    draft.refresh_from_db()
    assert draft.submitted_by == row.user


def test_all_roles_in_the_agency_go_over_together(old, health_focal, health, reviewer):
    policy = builders.make_contact(
        health, old.full_name, health_focal.email, actor=reviewer, role=ContactRole.POLICY, phone=old.phone
    )
    rows = handing_over.hand_over(old, health_focal, builders.NOW, **NEW)
    assert {row.role for row in rows} == {ContactRole.POLICY, ContactRole.CHANNEL_ADMIN}
    nominating.confirm_contact(rows[0], reviewer, builders.NOW)
    statuses = [ContactPoint.objects.get(pk=row.pk).status for row in (*rows, old, policy)]
    assert statuses == ["confirmed", "confirmed", "left", "left"]
    assert OutgoingMessage.objects.filter(purpose="invitation").count() == 1


def test_a_message_that_waits_for_the_old_person_never_goes_and_the_new_one_gets_the_step(world, old, reviewer):
    duty = world.obligation
    step = max((step for step in steps_of(duty, {}) if step.key.startswith("T")), key=lambda step: step.due_at)
    now = step.due_at + timedelta(minutes=5)
    reminders.plan(now, exceptions={})
    told = Reminder.objects.filter(obligation=duty, step=step.key, medium="email")
    message = told.get(person=world.focal).message
    row = handing_over.hand_over(old, world.focal, now, **NEW)[0]
    nominating.confirm_contact(row, reviewer, now)
    assert reminders.prepare([message], now)[message.pk].outcome == delivery.CANCELLED
    assert told.get(person=world.focal).state == "superseded"
    for _ in range(2):
        reminders.plan(now + timedelta(hours=1), exceptions={})
    assert told.filter(person=row.user).count() == 1
    assert told.exclude(person__in=[row.user, world.focal]).count() == 0


def test_a_later_day_is_kept_both_work_until_then(old, health_focal, reviewer):
    today = local_day(builders.NOW)
    later = today + timedelta(days=3)
    row = handing_over.hand_over(old, health_focal, builders.NOW, starts_on=later, **NEW)[0]
    nominating.confirm_contact(row, reviewer, builders.NOW)
    assert [handing_over.finish(later - timedelta(days=1)), handing_over.finish(later)] == [0, 1]
    old.refresh_from_db()
    assert (old.status, old.left_on) == (ContactStatus.LEFT, later)
    assert handing_over.finish(later) == 0


def test_the_tick_asks_one_query_when_nobody_hands_over(old, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert handing_over.finish(builders.TODAY) == 0


def test_whoever_left_already_loses_access_now(old, health_focal, health, reviewer):
    colleague = builders.make_focal(health, "Phó Thị Bên", "ben@yte.example", actor=reviewer, role=ContactRole.POLICY)
    handing_over.hand_over(old, colleague, builders.NOW, has_left=True, **NEW)
    old.refresh_from_db()
    assert old.status == ContactStatus.LEFT


def test_a_returned_hand_over_leaves_everything_as_it_was(old, health_focal, reviewer):
    row = handing_over.hand_over(old, health_focal, builders.NOW, **NEW)[0]
    nominating.return_contact(row, reviewer, "Thiếu công văn.", builders.NOW)
    old.refresh_from_db()
    assert (row.status, old.status) == (ContactStatus.RETURNED, ContactStatus.CONFIRMED)
    nominating.correct_contact(row, health_focal, builders.NOW, **NEW, mandate_number="15/SYT-VP")
    nominating.confirm_contact(row, reviewer, builders.NOW)
    old.refresh_from_db()
    assert old.status == ContactStatus.LEFT


@pytest.mark.parametrize(
    "person",
    [
        {"email": "dau.vi@yte.example"},
        {"email": "DAU.VI@yte.example"},
        {"email": "xet-duyet@tinh.example"},
        {"full_name": "Vi Thị Đầu", "phone": None},
    ],
)
def test_nobody_hands_over_to_themselves_or_to_the_province(old, health_focal, reviewer, person):
    receiver = NEW | person
    receiver["phone"] = receiver["phone"] or old.phone
    with pytest.raises(ValidationError):
        handing_over.hand_over(old, health_focal, builders.NOW, **receiver)
    assert ContactPoint.objects.filter(replaces=old).count() == 0


def test_one_waiting_successor_and_the_same_form_twice_is_one_row(old, health_focal):
    first = handing_over.hand_over(old, health_focal, builders.NOW, **NEW)
    assert handing_over.hand_over(old, health_focal, builders.NOW, **NEW) == first
    with pytest.raises(ValidationError, match="Đã có một người được cử thay"):
        handing_over.hand_over(
            old, health_focal, builders.NOW, **NEW | {"full_name": "Ai Khác", "email": "a@b.example"}
        )
    twin = ContactPoint.objects.get(replaces=old)
    twin.pk, twin.full_name, twin._state.adding = None, "Người Khác", True
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()


def test_a_deputy_takes_over_without_a_second_nomination(old, health_focal, health, reviewer):
    deputy = builders.make_contact(
        health, NEW["full_name"], NEW["email"], actor=reviewer, role=old.role, is_deputy=True
    )
    assert handing_over.hand_over(old, health_focal, builders.NOW, **NEW) == []
    old.refresh_from_db()
    deputy.refresh_from_db()
    assert (old.status, deputy.is_deputy, deputy.status) == (ContactStatus.LEFT, False, ContactStatus.CONFIRMED)


def test_the_new_person_is_asked_into_the_old_ones_groups(old, health_focal, reviewer, health):
    group = NetworkGroup.objects.create(name="Mạng lưới", url="https://zalo.me/g/abcdef123", created_by=reviewer)
    old.memberships.create(group=group, agency=health, noted_by=reviewer)
    row = handing_over.hand_over(old, health_focal, builders.NOW, **NEW)[0]
    nominating.confirm_contact(row, reviewer, builders.NOW)
    assert [member.status for member in row.memberships.all()] == ["asked"]


def test_the_desk_hands_over_and_confirms_in_one_act(client_for, reviewer, old):
    browser = client_for(reviewer)
    assert browser.get(reverse("hand_over", args=[old.pk])).status_code == 200
    browser.post(reverse("hand_over", args=[old.pk]), FORM)
    row = ContactPoint.objects.get(replaces=old)
    old.refresh_from_db()
    assert (row.status, old.status, row.user.email) == ("confirmed", "left", NEW["email"])


def test_the_page_costs_the_same_for_one_duty_and_for_more(client_for, world, old, reviewer):
    browser, costs = client_for(world.focal), []
    assert world.obligation
    for number in (1, 3):
        for _ in range(number):
            builders.make_channel(world.agency, actor=reviewer)
            builders.issue_monthly_campaign(actor=reviewer, today=timezone.localdate())
        with CaptureQueriesContext(connection) as queries:
            browser.get(reverse("contact_hand_over", args=[old.pk]))
        costs.append(len(queries))
    assert costs[0] == costs[1]


# --- the person's own answer ----------------------------------------------------------------------------------------


def test_the_first_letter_asks_and_one_press_takes_the_work_on(client_for, new):
    letter = OutgoingMessage.objects.get(recipient=new.user, purpose="invitation")
    url = appointments.appointment_url(new)
    assert url.split("://")[1].split("/", 1)[1].split(":")[0][:20] in letter.text
    browser, path = client_for(None), "/" + url.split("/", 3)[3]
    assert "Tôi nhận việc" in browser.get(path).content.decode()
    new.refresh_from_db()
    assert new.accepted_at is None and new.waits_for_answer
    for _ in range(2):
        assert browser.post(path, {"act": "accept"})["Location"].startswith("/tai-khoan/moi/")
    new.refresh_from_db()
    assert new.accepted_at is not None and not new.waits_for_answer
    assert new.history.filter(history_change_reason="Tự xác nhận nhận việc").count() == 1


def test_not_me_goes_back_to_the_province_and_gives_the_old_state_back(client_for, new, old, reviewer):
    path = reverse("appointment", args=[appointments.make_token(new)])
    browser = client_for(None)
    assert "Hãy ghi một câu" in browser.post(path, {"act": "decline"}).content.decode()
    assert browser.post(path, {"act": "decline", "reason": "Tôi đã chuyển phòng"})["Location"] == reverse("home")
    new.refresh_from_db()
    old.refresh_from_db()
    assert (new.status, new.user, old.status, old.left_on) == ("proposed", None, "confirmed", None)
    assert "Tôi đã chuyển phòng" in new.status_reason
    assert "báo không nhận việc" in Notice.objects.get(recipient=reviewer, key__startswith="declined").text
    assert browser.get(path).status_code == 410
    nominating.confirm_contact(new, reviewer, builders.NOW + timedelta(days=1))
    old.refresh_from_db()
    assert (new.status, old.status) == ("confirmed", "left")


def test_whoever_took_it_on_does_not_decline_any_more(new):
    new.accept(actor=new.user, now=builders.NOW)
    with pytest.raises(ValidationError, match="Bạn đã nhận việc này"):
        new.decline(actor=new.user, reason="Thôi")


def test_only_the_person_answers(new, health_focal, other_focal):
    with pytest.raises(ValidationError):
        new.accept(actor=other_focal)
    with pytest.raises(ValidationError):
        new.decline(actor=other_focal, reason="x")


def test_a_contact_that_is_not_confirmed_accepts_nothing(world):
    row = world.proposed_contact
    row.accepted_at = builders.NOW
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_the_first_password_takes_the_work_on(client_for, new):
    browser = client_for(None)
    path = invitation_path(new.user)
    assert "Tôi nhận việc" in browser.get(path).content.decode()
    browser.post(path, {"new_password1": builders.PASSWORD, "new_password2": builders.PASSWORD})
    new.refresh_from_db()
    assert new.accepted_at is not None


def test_one_tap_in_my_work(client_for, health_focal, old):
    browser = client_for(health_focal)
    assert "Tôi nhận việc" in browser.get(reverse("my_work")).content.decode()
    answer = browser.post(reverse("contact_answer", args=[old.pk]), {"act": "decline"})
    assert answer["Location"].startswith("/tai-khoan/nhan-viec/")
    browser.post(reverse("contact_answer", args=[old.pk]), {"act": "accept"})
    assert "Tôi nhận việc" not in browser.get(reverse("my_work")).content.decode()


def test_the_desk_sees_who_has_not_answered_for_how_many_days(client_for, reviewer, old, health):
    days = (timezone.localdate() - local_day(old.confirmed_at)).days
    for url in (reverse("people"), reverse("agency_year", args=[health.pk]), reverse("review_contact", args=[old.pk])):
        page = " ".join(client_for(reviewer).get(url).content.decode().split()).lower()
        assert "chưa nhận việc" in page and f"{days} ngày" in page
