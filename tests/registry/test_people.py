"""Accounts at the desk: listing, inviting, locking; who may do what to whom."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry.models import ContactPoint, OutgoingMessage, User
from tests import builders

pytestmark = pytest.mark.django_db


def invitation(health, **changes):
    return {
        "full_name": "Mông Thị Mời", "email": "Moi.Mong@yte.example", "phone": "0912 000 666", "role": "focal_point",
        "agencies": [health.pk], "contact_role": "policy",
    } | changes  # fmt: skip


def test_an_invited_focal_point_gets_account_agency_and_letter(client_for, reviewer, health):
    answer = client_for(reviewer).post(reverse("invite"), invitation(health), follow=True)
    person = User.objects.get(email="moi.mong@yte.example")
    contact = ContactPoint.objects.get(user=person)
    assert (contact.agency, contact.role, contact.status, contact.phone) == (
        health,
        "policy",
        "confirmed",
        "0912000666",
    )
    letter = OutgoingMessage.objects.get(recipient=person)
    assert letter.purpose == "invitation"
    link = answer.context["link"]
    assert link.rsplit("/", 2)[0] in letter.text
    assert client_for(None).get(link.removeprefix("http://localhost:8000")).status_code == 200


def test_an_email_that_has_an_account_is_refused_with_a_sentence(client_for, reviewer, health, health_focal):
    answer = client_for(reviewer).post(reverse("invite"), invitation(health, email=health_focal.email))
    assert "Thư điện tử này đã có tài khoản" in answer.content.decode()


def test_a_focal_point_needs_an_agency(client_for, reviewer, health):
    answer = client_for(reviewer).post(reverse("invite"), invitation(health, agencies=[]))
    assert "Hãy chọn cơ quan mà người này làm đầu mối" in answer.content.decode()
    assert OutgoingMessage.objects.count() == 0


def test_agencies_are_ticked_in_a_list_that_can_be_searched(client_for, reviewer, health, other_agency):
    browser = client_for(reviewer)
    page = browser.get(reverse("invite"), {"co-quan": health.pk}).content.decode()
    assert "multiple" not in page and "Ctrl" not in page
    assert 'data-filter="#id_agencies"' in page and 'id="id_agencies"' in page
    ticked = [box for box in page.split("<input") if 'name="agencies"' in box and "checked" in box]
    assert len(ticked) == 1 and f'value="{health.pk}"' in ticked[0]
    browser.post(reverse("invite"), invitation(health, agencies=[health.pk, other_agency.pk]))
    invited = ContactPoint.objects.filter(user__email="moi.mong@yte.example")
    assert {contact.agency for contact in invited} == {health, other_agency}


def test_only_administrators_make_staff(client_for, reviewer, administrator, health):
    data = invitation(health, role="leader", agencies=[])
    assert client_for(reviewer).post(reverse("invite"), data).status_code == 200
    assert not User.objects.filter(email="moi.mong@yte.example").exists()
    assert client_for(administrator).post(reverse("invite"), data).status_code == 302
    assert User.objects.get(email="moi.mong@yte.example").role == "leader"


def test_locking_ends_the_session_and_unlocking_gives_it_back(client_for, reviewer, health_focal):
    theirs = client_for(health_focal)
    assert theirs.get(reverse("account_settings")).status_code == 200
    client_for(reviewer).post(reverse("person_deactivate", args=[health_focal.pk]))
    assert theirs.get(reverse("account_settings")).status_code == 302
    client_for(reviewer).post(reverse("person_reactivate", args=[health_focal.pk]))
    health_focal.refresh_from_db()
    assert health_focal.is_active


def test_reviewers_do_not_lock_staff_and_nobody_locks_themselves(client_for, reviewer, administrator):
    assert client_for(reviewer).post(reverse("person_deactivate", args=[administrator.pk])).status_code == 403
    client_for(administrator).post(reverse("person_deactivate", args=[administrator.pk]))
    administrator.refresh_from_db()
    assert administrator.is_active
    assert client_for(administrator).post(reverse("person_deactivate", args=[reviewer.pk])).status_code == 302


def test_a_letter_is_sent_again_on_request(client_for, reviewer, health):
    client_for(reviewer).post(reverse("invite"), invitation(health))
    person = User.objects.get(email="moi.mong@yte.example")
    client_for(reviewer).post(reverse("person_invite_again", args=[person.pk]))
    assert OutgoingMessage.objects.filter(recipient=person, purpose="invitation").count() == 2


def test_those_who_came_by_an_import_get_their_letter_once(client_for, reviewer, health, other_focal):
    made = [
        builders.make_contact(health, f"Người Mới {n}", f"moi{n}@yte.example", actor=reviewer).user for n in range(2)
    ]
    browser = client_for(reviewer)
    assert browser.get(reverse("people")).context["waiting"] == 2
    browser.post(reverse("people_invite_waiting"))
    browser.post(reverse("people_invite_waiting"))
    assert sorted(OutgoingMessage.objects.values_list("recipient", flat=True)) == [person.pk for person in made]
    made[0].refresh_from_db()
    assert made[0].invited_by == reviewer


def test_the_link_is_shown_only_to_those_who_may_invite_that_role(client_for, reviewer, administrator, health):
    client_for(administrator).post(reverse("invite"), invitation(health, role="reviewer", agencies=[]))
    address = reverse("person", args=[User.objects.get(email="moi.mong@yte.example").pk])
    assert client_for(administrator).get(address).context["link"]
    assert client_for(reviewer).get(address).context["link"] == ""


def test_phones_are_masked(client_for, reviewer, health):
    client_for(reviewer).post(reverse("invite"), invitation(health))
    person = User.objects.get(email="moi.mong@yte.example")
    page = client_for(reviewer).get(reverse("person", args=[person.pk])).content.decode()
    assert ("0912•••666" in page, "0912000666" in page) == (True, False)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "vi thi dau"}, ["Vi Thị Đầu"]),
        ({"q": "dau.vi@"}, ["Vi Thị Đầu"]),
        ({"role": "focal_point"}, ["Vi Thị Đầu", "Lương Văn Khác"]),
        ({"role": "khong-co"}, ["Nông Văn Duyệt", "Vi Thị Đầu", "Lương Văn Khác"]),
        ({"state": "locked"}, []),
    ],
)
def test_filters(client_for, reviewer, health_focal, other_focal, query, found):
    page = client_for(reviewer).get(reverse("people"), query).context["page"]
    assert sorted(person.full_name for person in page) == sorted(found)


def test_the_list_costs_the_same_for_one_person_and_for_five(client_for, reviewer, health):
    browser, counts = client_for(reviewer), []
    for number in (1, 4):
        for n in range(number):
            builders.make_focal(health, f"Người Đếm {number} {n}", f"dem{number}{n}@yte.example", actor=reviewer)
        with CaptureQueriesContext(connection) as queries:
            browser.get(reverse("people"))
        counts.append(len(queries))
    assert counts[0] == counts[1]
