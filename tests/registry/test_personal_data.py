"""Personal data: the log of who looked is append-only in the database itself; what is no longer needed is erased."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from registry import retention
from registry.models import AccountChange, OutgoingMessage, PersonalDataAccess
from tests import builders

pytestmark = pytest.mark.django_db


def note(actor, number=1, **fields):
    for n in range(number):
        PersonalDataAccess.objects.create(
            actor=actor, **({"act": "Xem liên hệ", "subject": f"Vi Thị Đầu {n}", "reason": "Gọi nhắc"} | fields)
        )


@pytest.mark.parametrize("table", ["registry_personaldataaccess", "registry_accountchange"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET at = at", "DELETE FROM {}"])
def test_the_database_itself_refuses_to_change_the_logs(reviewer, health_focal, table, statement):
    note(reviewer)
    health_focal.note_change(reviewer, "Thử")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))
    assert PersonalDataAccess.objects.count() == AccountChange.objects.filter(what="Thử").count() == 1


@pytest.mark.parametrize(
    "act",
    [
        lambda row: type(row).objects.update(reason=""),
        lambda row: type(row).objects.all().delete(),
        lambda row: type(row).objects.bulk_update([row], ["reason"]),
        lambda row: row.delete(),
        lambda row: row.save(),
        lambda row: type(row).objects.filter(pk=row.pk)._raw_delete("default"),
    ],
)
def test_no_way_of_django_changes_the_log_either(reviewer, act):
    note(reviewer)
    with pytest.raises((DatabaseError, ValidationError)), transaction.atomic():
        act(PersonalDataAccess.objects.get())
    assert PersonalDataAccess.objects.values_list("reason", flat=True).get() == "Gọi nhắc"


def test_administrators_filter_the_log(client_for, administrator, reviewer):
    note(reviewer)
    note(administrator, act="Xuất danh sách", subject="Đầu mối toàn tỉnh", reason="In danh bạ")
    browser, url = client_for(administrator), reverse("access_log")

    def found(**query):
        return [row.act for row in browser.get(url, query).context["page"]]

    today = timezone.localdate()
    assert found() == ["Xuất danh sách", "Xem liên hệ"]
    assert found(q="nong van duyet") == ["Xem liên hệ"]
    assert found(q="danh bạ") == ["Xuất danh sách"]
    assert found(act="Xem liên hệ") == ["Xem liên hệ"]
    assert found(first=f"{today + timedelta(days=1):%d/%m/%Y}") == []
    assert found(last=f"{today:%d/%m/%Y}") == ["Xuất danh sách", "Xem liên hệ"]
    assert found(first="hôm qua", act="không có") == ["Xuất danh sách", "Xem liên hệ"]


def test_taking_the_log_out_is_an_entry_of_the_log(client_for, administrator, reviewer):
    note(reviewer, subject="=cmd|calc")
    answer = client_for(administrator).get(reverse("access_log"), {"dang": "csv", "act": "Xem liên hệ"})
    lines = b"".join(answer.streaming_content).decode()
    assert "Nông Văn Duyệt" in lines and ",=cmd" not in lines
    assert PersonalDataAccess.objects.first().subject == "1 dòng"


def test_the_log_costs_the_same_for_one_row_and_for_four(client_for, administrator, reviewer):
    browser, costs = client_for(administrator), []
    for number in (1, 3):
        note(reviewer, number)
        with CaptureQueriesContext(connection) as queries:
            browser.get(reverse("access_log"))
        costs.append(len(queries))
    assert costs[0] == costs[1]


# --- retention ------------------------------------------------------------------------------------------------------


@pytest.fixture
def gone(health, reviewer):
    """Left on 16/09/2026, with an account and an old letter."""
    contact = builders.make_contact(health, "Hà Thị Nghỉ", "nghi@yte.example", actor=reviewer, phone="0912000777")
    OutgoingMessage.objects.create(
        recipient=contact.user, address="nghi@yte.example", purpose="reminder", subject="x", text="x"
    )
    contact.leave(actor=reviewer, on=builders.TODAY, reason="Nghỉ hưu")
    return contact


def test_contact_data_is_erased_after_the_set_time_and_the_fact_stays(gone, settings):
    settings.CONTACT_RETENTION_DAYS = 100
    assert retention.erase_left(builders.TODAY + timedelta(days=99)) == 0
    gone.refresh_from_db()
    assert gone.phone == "0912000777"
    assert retention.erase_left(builders.TODAY + timedelta(days=100)) == 2, "the contact point and the account"
    assert retention.erase_left(builders.TODAY + timedelta(days=101)) == 0
    gone.refresh_from_db()
    gone.user.refresh_from_db()
    assert (gone.phone, gone.email, gone.full_name, gone.status) == ("", "", "Hà Thị Nghỉ", "left")
    assert (gone.user.phone, gone.user.email, gone.user.is_active) == ("", "", False)
    assert OutgoingMessage.objects.get(recipient=gone.user).address == ""
    assert gone.history.first().history_change_reason == retention.REASON


def test_whoever_still_answers_for_another_agency_keeps_the_account(gone, other_agency, reviewer):
    builders.make_contact(other_agency, "Hà Thị Nghỉ", "nghi@yte.example", actor=reviewer)
    retention.erase_left(builders.TODAY + timedelta(days=400))
    gone.refresh_from_db()
    gone.user.refresh_from_db()
    assert (gone.email, gone.user.email, gone.user.is_active) == ("", "nghi@yte.example", True)


def test_those_who_work_and_the_provinces_staff_are_left_alone(health_focal, reviewer):
    assert retention.erase_left(builders.TODAY + timedelta(days=4000)) == 0
    health_focal.refresh_from_db()
    reviewer.refresh_from_db()
    assert health_focal.email and reviewer.email


def test_nothing_to_erase_costs_two_queries(health_focal, django_assert_num_queries):
    with django_assert_num_queries(2):
        retention.erase_left(builders.TODAY)
