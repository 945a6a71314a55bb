"""Nhật ký of records: field by field in Vietnamese, nothing personal in it, and earlier values put back by the verbs."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.views.history import MODELS
from registry import history
from registry.models import ContactPoint, NetworkGroup
from tests import builders

pytestmark = pytest.mark.django_db


def entries(record):
    return history.entries_of(record, list(history.rows_of(record)))


def lines(record):
    return [(change.label, change.before, change.after) for change in entries(record)[0].changes]


def test_an_edit_reads_before_and_after_with_who_and_why(health, reviewer):
    channel = builders.make_channel(health, actor=reviewer, name="Trang cũ")
    channel.amend(actor=reviewer, reason="Sai tên", name="Trang mới", decision_on=date(2026, 9, 1))
    entry = entries(channel)[0]
    assert (entry.who, entry.why) == (reviewer.full_name, "Sai tên")
    assert lines(channel) == [("Tên kênh", "Trang cũ", "Trang mới"), ("Ngày quyết định", "(trống)", "01/09/2026")]


def test_choices_people_and_yes_no_are_words(health, reviewer, other_agency):
    contact = builders.make_contact(health, actor=reviewer)
    contact.amend(actor=reviewer, reason="x", is_deputy=True)
    assert lines(contact) == [("Là người thay thế", "không", "có")]
    contact.leave(actor=reviewer, on=date(2026, 9, 1), reason="Nghỉ")
    assert ("Tình trạng", "Đã xác nhận", "Đã thôi") in lines(contact)
    health.amend(actor=reviewer, reason="x", parent=other_agency)
    assert lines(health) == [("Cơ quan cấp trên", "(trống)", other_agency.name)]


def test_no_phone_and_no_email_is_in_the_history_or_on_its_page(client_for, health, reviewer, health_focal):
    contact = health_focal.contact_points.get()
    contact.amend(actor=reviewer, reason="Đổi số", phone="0912999888", email="moi.so@yte.example")
    page = client_for(reviewer).get(reverse("record_history", args=["dau-moi", contact.pk])).content.decode()
    assert "Đổi số" in page
    assert not any(secret in page for secret in ("0912999888", "moi.so@", contact.history.first().id and "dau.vi@"))
    kept = {one.name for one in ContactPoint.history.model._meta.fields}
    assert not kept & {"phone", "email"}
    assert not hasattr(type(health_focal), "history")


def test_every_kind_with_history_has_its_page(client_for, world, reviewer, django_user_model):
    tracked = {model._meta.model_name for model in MODELS.values()}
    assert tracked == set(history.KINDS)
    group = NetworkGroup.objects.create(name="Nhóm", url="https://zalo.me/g/abcdef123", created_by=reviewer)
    browser = client_for(reviewer)
    for kind, pk in (
        ("co-quan", world.agency.pk), ("dau-moi", world.contact.pk), ("dot", world.campaign.pk),
        ("yeu-cau", world.requirement.pk), ("dau-viec", world.obligation.pk), ("san-pham", world.item.pk),
        ("nhom", group.pk), ("cong-van", world.dispatch.pk),
    ):  # fmt: skip
        assert (kind, browser.get(reverse("record_history", args=[kind, pk])).status_code) == (kind, 200)


def test_the_page_costs_the_same_for_one_change_and_for_more(client_for, health, reviewer):
    channel, browser, costs = builders.make_channel(health, actor=reviewer), client_for(reviewer), []
    for number in (1, 4):
        for n in range(number):
            channel.amend(actor=reviewer, reason=f"Sửa {n}", name=f"Tên {number} {n}")
        with CaptureQueriesContext(connection) as queries:
            browser.get(reverse("record_history", args=["kenh", channel.pk]))
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_an_edit_is_put_back_through_the_verb(client_for, health, reviewer):
    channel = builders.make_channel(health, actor=reviewer, name="Trang đúng")
    channel.amend(actor=reviewer, reason="Nhầm", name="Trang sai")
    browser = client_for(reviewer)
    link = reverse("record_restore", args=["kenh", channel.pk, channel.history.first().pk, "name"])
    assert link in browser.get(reverse("record_history", args=["kenh", channel.pk])).content.decode()
    page = browser.get(link).content.decode()
    assert "Hiện nay: Trang sai" in page and "Sẽ trở lại: Trang đúng" in page
    browser.post(link, {"reason": "Sửa nhầm kênh"})
    channel.refresh_from_db()
    newest = channel.history.first()
    assert (channel.name, newest.history_user) == ("Trang đúng", reviewer)
    assert newest.history_change_reason.startswith("Khôi phục tên kênh: Trang sai → Trang đúng")
    assert "đã đúng như vậy" in browser.post(link, {"reason": ""}).content.decode()


@pytest.mark.parametrize("field", ["status", "url", "qr_code", "confirmed_by", "agency"])
def test_status_addresses_and_people_never_come_back(health, reviewer, field):
    channel = builders.make_channel(health, actor=reviewer)
    channel.suspend(actor=reviewer, reason="x")
    assert history.restoring(channel, channel.history.first().pk, field) is None


def test_a_value_that_does_not_fit_any_more_is_refused_with_a_sentence(client_for, health, other_agency, reviewer):
    health.amend(actor=reviewer, reason="x", code="MOI")
    other_agency.amend(actor=reviewer, reason="x", code="SYT")
    entry = health.history.first().pk
    what = history.restoring(health, entry, "code")
    with pytest.raises(ValidationError, match="Mã này đang thuộc một cơ quan khác"):
        history.restore(what, actor=reviewer, today=builders.TODAY)
    page = client_for(reviewer).post(reverse("record_restore", args=["co-quan", health.pk, entry, "code"]), {})
    assert "Mã này đang thuộc một cơ quan khác" in page.content.decode()
    channel = builders.make_channel(health, actor=reviewer)
    channel.amend(actor=reviewer, reason="x", name="Khác")
    channel.close(actor=reviewer, reason="Hết")
    row = channel.history.all()[1]
    with pytest.raises(ValidationError, match="đã đóng"):
        history.restore(history.restoring(channel, row.pk, "name"), actor=reviewer, today=builders.TODAY)


def test_a_name_of_an_agency_comes_back_as_a_dated_name(health, reviewer):
    health.rename(actor=reviewer, name="Sở Y Tê", on=date(2026, 9, 1))
    what = history.restoring(health, health.history.first().pk, "name")
    history.restore(what, actor=reviewer, today=builders.TODAY)
    assert (health.name, health.names.count(), health.name_on(date(2026, 9, 5))) == ("Sở Y tế", 3, "Sở Y Tê")


def test_texts_of_campaigns_and_requirements_come_back(world, reviewer):
    for record, field, old in ((world.campaign, "purpose", ""), (world.requirement, "guidance", "")):
        record.amend(actor=reviewer, reason="x", **{field: "Nội dung sai"})
        history.restore(
            history.restoring(record, record.history.first().pk, field), actor=reviewer, today=builders.TODAY
        )
        record.refresh_from_db()
        assert getattr(record, field) == old
