"""Every page that came with the registry's life and the network under hostile addresses and forms: pages, never faults."""

from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.urls import reverse

from registry.models import GroupMembership, KnownFake, NetworkGroup, PersonalDataAccess
from tests import builders
from tests.access import Row
from tests.builders import NOW, TODAY
from tests.test_access import ROWS as TABLE

pytestmark = pytest.mark.django_db

PARAMETERS = (
    "q page thang nhom tinh_trang xem thieu nhom_zalo sap loai act first last state kind agency chon url address "
    "channel known on until reason note name source noted_on urls imitates purpose roles kinds answer seen"
).split()
HOSTILE = {
    "nul bytes": "\x00", "huge": "9" * 40, "last day": "31/12/9999", "first day": "01/01/0001", "superscript": "²",
    "broken utf-8": b"\xed\xa0\x80", "much": "'\"><script>=cmd|%_*\\" + "a" * 3000, "script": "javascript:alert(1)",
}  # fmt: skip
AS_FORM = ("nul bytes", "huge", "last day", "much")
STAFF_PAGES = (
    "access_log", "channels_neglected", "fake_list", "fake_new", "fake_edit", "fake_remove", "group_list", "group_new",
    "group", "group_edit", "group_close", "group_invite", "group_note", "group_export", "lacking", "lacking_export",
    "lacking_ask", "record_history", "record_restore", "review_change", "review_channel", "channel_change_now",
    "channel_add_address", "channel_end_address", "request_list", "extension_decide", "appeal_decide", "topic_list",
    "publication_list", "hand_over", "requirement_edit", "invite",
)  # fmt: skip
OWN_PAGES = (
    "join_group", "register_channel", "round_right", "round_change", "round_drop", "channel_change", "channel_give_up",
    "channel_change_correct", "channel_change_withdraw", "channels_still_right", "contact_hand_over", "contact_answer",
    "extension_ask", "item_appeal",
)  # fmt: skip
LEADERS_WRITE_NONE = (
    "topic_list", "fake_new", "fake_edit", "fake_remove", "group_new", "group_edit", "group_close", "group_invite",
    "group_note", "lacking_ask", "record_restore", "channel_change_now", "channel_add_address", "extension_decide",
)  # fmt: skip
SHUT_TO_SIGNED_LINKS = (
    "access_log", "fake_list", "fake_edit", "group_list", "group_new", "group", "lacking", "lacking_export",
    "request_list", "topic_list", "review_channel", "channel_change_now", "record_history", "invite", "channel_change",
    "channel_give_up", "channel_change_correct", "channels_still_right", "contact_hand_over", "contact_answer",
    "round_change",
)  # fmt: skip
SAID = {200, 302, 404, 405, 409}
"""A page, a way on, "no such thing", "not by this method", "somebody was faster"."""


def access_of(name):
    rows = TABLE[name]
    return [rows] if isinstance(rows, Row) else rows


def url_of(name, world):
    row = access_of(name)[0]
    return reverse(name, kwargs=row.kwargs(world)) + (row.query or "?")


def answer_of(browser, method, url, values):
    with transaction.atomic():
        if method == "GET":
            answer = browser.get(f"{url}&{urlencode(values)}")
        else:
            answer = browser.post(url, values)
        if answer.streaming:
            b"".join(answer.streaming_content)
        transaction.set_rollback(True)
    return answer


def tried(browser, url):
    """How every hostile value was answered, in all parameters at once, in the address and as a form."""
    for words, value in HOSTILE.items():
        for method in ("GET", "POST") if words in AS_FORM else ("GET",):
            answer = answer_of(browser, method, url, dict.fromkeys(PARAMETERS, value))
            yield f"{method} {url} with {words}: {answer.status_code}", answer.status_code in SAID


@pytest.mark.parametrize("name", STAFF_PAGES)
def test_pages_of_the_desk_answer_hostile_input_with_pages(name, world, client_for, administrator):
    results = tried(client_for(administrator), url_of(name, world))
    assert [words for words, is_said in results if not is_said] == []


@pytest.mark.parametrize("name", OWN_PAGES)
def test_pages_of_the_workspace_answer_hostile_input_with_pages(name, world, client_for):
    results = tried(client_for(world.focal), url_of(name, world))
    assert [words for words, is_said in results if not is_said] == []


@pytest.mark.parametrize("name", [*STAFF_PAGES, *OWN_PAGES])
def test_rows_that_no_table_can_hold_are_not_found(name, world, client_for, administrator):
    kwargs = access_of(name)[0].kwargs(world)
    names = [key for key, value in kwargs.items() if isinstance(value, int) and key != "entry"]
    person = administrator if name in STAFF_PAGES else world.focal
    browser = client_for(person)
    for number in (0, 2**63, 10**40):
        for key in names:
            url = reverse(name, kwargs=kwargs | {key: number})
            assert {browser.get(url).status_code, browser.post(url, {}).status_code} <= {404, 405}, url


@pytest.mark.parametrize("name", LEADERS_WRITE_NONE)
def test_a_leader_writes_nothing(name, world, client_for, leader):
    kwargs = access_of(name)[0].kwargs(world)
    facts = {"title": "x", "reason": "x", "chon": "1", "act": "right", "note": "x"}
    assert client_for(leader).post(reverse(name, kwargs=kwargs), facts).status_code == 403


# --- Nothing leaks, nothing runs ------------------------------------------------------------------------------------


FORMULA = "=HYPERLINK(1)"


@pytest.fixture
def network(reviewer, health):
    """A group with one member whose every text is a formula and whose number must stay masked."""
    group = NetworkGroup.found(actor=reviewer, name=FORMULA, url="https://zalo.me/g/mangluoi1", now=NOW)
    facts = {"phone": "0912345678", "position": "+84912", "role": "policy"}
    contact = builders.make_contact(health, "@Vi Thị Đầu", "dau.vi@yte.example", actor=reviewer, **facts)
    GroupMembership.ask(actor=reviewer, group=group, contacts=[contact], now=NOW)
    group.memberships.get().leave(actor=reviewer, reason=FORMULA, now=NOW)
    health.amend(actor=reviewer, reason="Thử", code="-2+3")
    return group


@pytest.mark.parametrize("query", ["", "&xem=chua-co-ai"])
def test_files_of_a_group_carry_no_formula_and_no_number(network, client_for, administrator, query):
    url = reverse("group_export", args=[network.pk])
    lines = b"".join(client_for(administrator).get(f"{url}?dang=csv{query}").streaming_content).decode()
    cells = [cell.strip('"') for line in lines.splitlines() for cell in line.split(",")]
    assert [cell for cell in cells if cell[:1] in ("=", "+", "@")] == []
    assert "12345678" not in lines and "dau.vi" not in lines and "Sở Y tế" in lines


def test_the_file_of_who_lacks_what_carries_no_formula_and_no_person(network, client_for, leader):
    answer = client_for(leader).get(reverse("lacking_export") + f"?dang=csv&nhom_zalo={network.pk}")
    lines = b"".join(answer.streaming_content).decode()
    assert "Sở Y tế" in lines and "Vi Thị Đầu" not in lines and "0912" not in lines
    assert not [line for line in lines.splitlines() if line.lstrip('"')[:1] in ("=", "+", "-", "@")]


def test_what_is_said_of_a_fake_is_shown_as_text_and_the_note_stays_inside(client_for, reviewer, health):
    said = {"name": "<b>Giả</b>", "source": "<script>x</script>", "detail": "GHI CHÚ NỘI BỘ <img onerror=x>"}
    url = "https://www.facebook.com/soytegiamao"
    KnownFake.enlist(actor=reviewer, url=url, noted_on=TODAY, imitates=health, now=NOW, **said)
    public = client_for(None).get(reverse("check"), {"q": url}).content.decode()
    inside = client_for(reviewer).get(reverse("fake_list")).content.decode()
    for page in (public, inside):
        assert "<script>x" not in page and "<b>Giả" not in page and "<img onerror" not in page
    assert "GHI CHÚ NỘI BỘ" not in public and "&lt;script&gt;x" in public


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)//zalo.me/g/abcdef123", "data:text/html,x", "https://evil.example/g/x"]
)
def test_no_group_with_a_link_that_is_none(client_for, reviewer, url):
    page = client_for(reviewer).post(reverse("group_new"), {"name": "Nhóm", "url": url})
    assert (page.status_code, NetworkGroup.objects.count()) == (200, 0)
    assert f'href="{url}' not in page.content.decode()


def test_history_pages_and_the_log_mask_numbers_and_addresses(client_for, leader, reviewer, network):
    contact = network.memberships.get().contact
    contact.amend(actor=reviewer, reason="Đổi số", phone="0987654321", email="so.moi@yte.example")
    pages = [("dau-moi", contact.pk), ("thanh-vien-nhom", network.memberships.get().pk), ("nhom", network.pk)]
    for args in pages:
        text = client_for(leader).get(reverse("record_history", args=args)).content.decode()
        assert not [
            secret for secret in ("0987654321", "987654321", "0912345678", "so.moi@", "dau.vi@") if secret in text
        ]


def test_taking_lists_out_and_wrong_days_leave_no_false_entry(client_for, administrator):
    browser = client_for(administrator)
    for day in ("31/12/9999", "01/01/0001", "32/01/2026"):
        assert browser.get(reverse("access_log"), {"first": day, "last": day}).status_code == 200
    assert not PersonalDataAccess.objects.exists()


def test_a_signed_link_opens_its_duty_and_nothing_else(client_for, world):
    """Every other page of the workspace and the desk sends its holder to sign in, or knows nothing."""
    browser = client_for(None)
    token = reverse("signed_link", kwargs=access_of("signed_link")[0].kwargs(world))
    browser.post(token)
    open_urls = {
        reverse("obligation", args=[world.obligation.pk]),
        reverse("extension_ask", args=[world.obligation.pk]),
    }
    assert {browser.get(url).status_code for url in open_urls} == {200}
    for name in SHUT_TO_SIGNED_LINKS:
        url = url_of(name, world)
        if url.rstrip("?") not in open_urls:
            for answer in (browser.get(url), browser.post(url, {})):
                assert answer.status_code in (302, 403, 404, 405), (url, answer.status_code)
                assert answer.status_code != 302 or answer["Location"].startswith("/dang-nhap/"), (
                    url,
                    answer["Location"],
                )
