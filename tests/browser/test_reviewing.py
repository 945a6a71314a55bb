"""Fifty products reviewed by keyboard alone: seconds for each, and one decision for each."""

import sys
import time

import pytest

from tests.browser.test_month import PASSWORD, press

pytestmark = pytest.mark.browser

ITEMS, RETURN_EACH, READING_MS = 50, 10, 270
SET_UP = f"""
from datetime import UTC, datetime
from django.contrib.auth.hashers import make_password
from campaigns.models import Obligation
from registry.models import User
from tests import builders
reviewer = builders.make_staff("xet-duyet", "Nông Văn Duyệt", "reviewer")
User.objects.filter(pk=reviewer.pk).update(password=make_password({PASSWORD!r}))
agency = builders.make_agency("Sở Y tế", code="SYT", actor=reviewer)
focal = builders.make_focal(agency, "Vi Thị Đầu", "dau.vi@yte.example", actor=reviewer)
duty = builders.World(agency, focal, reviewer).obligation
for number in range({ITEMS}):
    builders.submit_item(
        duty, actor=focal, title=f"Tin số {{number:02d}}", body=f"Lời {{number}}.", now=datetime.now(UTC)
    )
"""
DECISIONS = """
from campaigns.models import ContentItem, Decision
acts = list(Decision.objects.order_by("pk").values_list("item_id", "act"))
waiting = ContentItem.objects.awaiting_review().count()
notes = sum(item.internal_notes.count() for item in ContentItem.objects.all())
print("FOUND", len(acts), len({item for item, _ in acts}), sum(act == "return" for _, act in acts), waiting, notes)
"""


@pytest.fixture(scope="module")
def desk(portal):
    """A running portal with fifty products that wait."""
    portal.manage("shell", stdin=SET_UP)
    portal.start()
    yield portal
    portal.stop()


def decide(page, keys):
    """Press these keys as soon as the page takes them, and wait for the page that follows."""
    with page.expect_navigation(wait_until="domcontentloaded"):
        for key in keys:
            page.keyboard.press(key)


def test_fifty_products_are_reviewed_by_keyboard_alone(desk, window):
    page = window()
    page.goto("/dang-nhap/")
    page.fill("[name=login]", "xet-duyet")
    page.fill("[name=password]", PASSWORD)
    press(page, "Đăng nhập")
    page.goto("/dieu-hanh/cho-duyet/")
    for key in "jjkx":
        page.keyboard.press(key)
    assert page.eval_on_selector_all("[name=chon]:checked", "boxes => boxes.length") == 1
    decide(page, ["Enter"])
    page.keyboard.press("?")
    assert page.get_by_text("chọn lý do trả lại").is_visible()
    page.keyboard.press("n")
    page.keyboard.type("area 1 hr")  # letters that are keys elsewhere
    page.keyboard.press("Escape")
    assert page.input_value("[name=text]") == "area 1 hr"
    start = time.monotonic()
    for number in range(ITEMS):
        page.wait_for_timeout(READING_MS)  # a reader of flesh and blood takes longer
        decide(page, ["r", "4", "Control+Enter"] if number % RETURN_EACH == 0 else ["a"])
    seconds = (time.monotonic() - start) / ITEMS
    assert page.url.endswith("/cho-duyet/")
    found = next(line for line in desk.manage("shell", stdin=DECISIONS).splitlines() if line.startswith("FOUND"))
    sys.stdout.write(f"{seconds:.2f} s per product, with {READING_MS / 1000} s of reading\n")
    assert found.split()[1:] == ["50", "50", "5", "0", "0"]
