"""Submit in a minute on a phone, nothing typed is lost: with a real browser at 360 px that says it is Zalo's."""

import os
import random
import re
import sys
import time
from io import BytesIO

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image

pytestmark = pytest.mark.browser

PHONE = (360, 740)
POST = "https://www.facebook.com/soythunghiem/posts/123456"
JOURNEYS = ("giay", "khong-script", "dut-mang", "dong-the", "het-phien", "mat-mang")
SET_UP = f"""
from django.utils import timezone
from campaigns.links import make_token
from tests import builders
actor, today = builders.make_staff("xet-duyet", "Nông Văn Duyệt", "reviewer"), timezone.localdate()
people = []
for name in {JOURNEYS!r}:
    agency = builders.make_agency(f"Cơ quan {{name}}", actor=actor)
    people.append((agency, builders.make_focal(agency, f"Vi Thị {{len(people)}}", f"{{name}}@co-quan.example", actor=actor)))
campaign = builders.make_campaign(actor=actor, starts_on=today.replace(day=1))
builders.monthly(campaign)
builders.issue(campaign, actor=actor, today=today)
for agency, person in people:
    print("LINK", make_token(person, agency.obligations.get()))
"""
SECONDS_PER_TAP, SECONDS_PER_LETTER = 2.0, 0.35
"""What a slow thumb needs, added to what the pages took."""


@pytest.fixture(scope="module")
def links(portal):
    """The signed link of each journey's reminder."""
    printed = portal.manage("shell", "-v0", "-c", SET_UP)
    portal.start()
    yield dict(zip(JOURNEYS, [f"/viec/l/{token}/" for token in re.findall(r"LINK (\S+)", printed)], strict=True))
    portal.stop()


class Thumb:
    """Counts what a person does on the phone, and the seconds that the pages take."""

    def __init__(self, page):
        self.page, self.taps, self.letters, self.begun = page, 0, 0, time.monotonic()

    def go(self, found):
        """Tap what leads to another page."""
        self.taps += 1
        with self.page.expect_navigation():
            found.first.click()

    def paste(self, name, words):
        """Hold the field, tap "Dán"."""
        self.taps += 2
        self.page.fill(f"[name={name}]", words)

    def write(self, name, words):
        self.taps += 1
        self.letters += len(words)
        self.page.fill(f"[name={name}]", words)

    def tick(self, name):
        self.taps += 1
        self.page.check(f"[name={name}]")

    def open_form(self, link):
        self.page.goto(link)
        self.go(self.page.get_by_role("button", name="mở việc này"))
        self.go(self.page.get_by_role("link", name="Nộp sản phẩm"))

    def hand_in(self):
        self.go(self.page.locator("button[name=act][value=submit]"))
        sees(self.page, "Đã nộp lúc")

    def report(self, words):
        seconds = time.monotonic() - self.begun
        whole = seconds + self.taps * SECONDS_PER_TAP + self.letters * SECONDS_PER_LETTER
        counts = f"{self.taps} taps, {self.letters} letters"
        sys.stdout.write(f"{words}: {counts}; pages {seconds:.1f} s, by a slow thumb {whole:.0f} s\n")
        return whole


def sees(page, words):
    page.get_by_text(words).first.wait_for(state="visible")


def picture(folder, name):
    """Where the pictures of a run go, when they are wanted."""
    return {"path": f"{folder}/{name}-360.png", "full_page": True}


def keep_picture(page, name):
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(**picture(folder, name))


def remembered(page):
    """What the device keeps of unsent forms."""
    return page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('portal-draft:')).length")


def faults_of(page):
    """What is wider than the screen, and what is serious for axe (which needs scripts)."""
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    found = Axe().run(page).response["violations"]
    return ["too wide"] * wide + [rule["id"] for rule in found if rule["impact"] in ("serious", "critical")]


@pytest.mark.parametrize(("journey", "javascript"), [("giay", True), ("khong-script", False)])
def test_link_of_a_reminder_to_submitted_within_a_minute(links, window, capsys, journey, javascript):
    page = window(*PHONE, phone=True, javascript=javascript)
    thumb = Thumb(page)
    thumb.open_form(links[journey])
    keep_picture(page, f"form-{journey}")
    assert not javascript or faults_of(page) == []
    thumb.paste("link", POST)
    thumb.write("title", "Hướng dẫn nộp hồ sơ trực tuyến")
    thumb.tick("is_declared")
    thumb.hand_in()
    sees(page, "Tiếp theo:")
    keep_picture(page, f"submitted-{journey}")
    with capsys.disabled():
        seconds = thumb.report(f"\nJavaScript {'on' if javascript else 'off'}")
    assert thumb.taps <= 7
    assert seconds < 60
    if javascript:
        assert remembered(page) == 0


def photo(folder):
    """A picture of some megabytes, as a phone makes them."""
    path, stream = folder / "anh-su-kien.png", BytesIO()
    Image.frombytes("RGB", (900, 800), random.Random(1).randbytes(900 * 800 * 3)).save(stream, "PNG", compress_level=0)
    path.write_bytes(stream.getvalue())
    return path


def test_connection_cut_in_mid_upload_goes_on_where_it_stopped(links, window, tmp_path, capsys):
    page, places, cut = window(*PHONE, phone=True), [], {"on": False}

    def carry(route):
        place = int(route.request.url.rpartition("=")[2])
        if cut["on"] or len(places) == 2:
            cut["on"] = True
            route.abort("internetdisconnected")
        else:
            places.append(place)
            route.continue_()

    page.route(re.compile(r"/tai-len/[^/]+/\?tu="), carry)
    thumb = Thumb(page)
    thumb.open_form(links["dut-mang"])
    page.set_input_files("[name=files]", photo(tmp_path))
    thumb.taps += 2
    sees(page, "mất mạng, sẽ tự gửi tiếp")
    page.context.set_offline(True)
    thumb.write("title", "Ngày hội chuyển đổi số")
    sees(page, "Chưa có mạng")
    keep_picture(page, "cut")
    thumb.tick("is_declared")
    page.locator("button[name=act][value=submit]").first.click()
    thumb.taps += 1
    sees(page, "cổng sẽ tự nộp khi xong")
    sent_before = list(places)
    places.append("cut")
    cut["on"] = False
    page.context.set_offline(False)
    sees(page, "Đã nộp lúc")
    sees(page, "anh-su-kien.png")
    sees(page, "Ngày hội chuyển đổi số")
    with capsys.disabled():
        thumb.report(f"cut after {len(sent_before)} pieces of {len(places) - 1}")
    places.remove("cut")
    assert places == [number * 512 * 1024 for number in range(len(places))]
    assert len(places) == 5


def test_what_was_typed_outlives_a_closed_tab(links, window):
    page = window(*PHONE, phone=True)
    Thumb(page).open_form(links["dong-the"])
    new_form = page.url
    page.fill("[name=body]", "Gõ dở rồi đóng ngay")
    page.close()
    page = page.context.new_page()
    page.goto(new_form)
    page.get_by_role("button", name="Khôi phục").click()
    assert page.input_value("[name=body]") == "Gõ dở rồi đóng ngay"
    page.fill("[name=title]", "Đã lưu ở cổng")
    sees(page, re.compile(r"Đã lưu nháp \d\d:\d\d"))
    assert remembered(page) == 0
    keep_picture(page, "saved")
    duty = re.sub("san-pham/moi/$", "", new_form)
    page.close()
    page = page.context.new_page()
    page.goto(duty)
    page.get_by_role("link", name="Hoàn thiện bản nháp").click()
    page.wait_for_url("**/sua/")
    assert page.input_value("[name=title]") == "Đã lưu ở cổng"
    page.evaluate("localStorage.setItem('portal-draft:1:1:x', JSON.stringify({at: Date.now(), fields: {}}))")
    page.get_by_role("button", name="Thoát").click()
    page.wait_for_url("**/")
    assert remembered(page) == 0


def test_session_that_ended_loses_nothing(links, window):
    page = window(*PHONE, phone=True)
    Thumb(page).open_form(links["het-phien"])
    page.fill("[name=title]", "Trước khi hết phiên")
    sees(page, re.compile(r"Đã lưu nháp"))
    page.context.clear_cookies(name="sessionid")
    page.fill("[name=body]", "Gõ tiếp khi phiên đã hết")
    sees(page, "Phiên làm việc đã hết")
    page.locator("button[name=act][value=submit]").first.click()
    sees(page, "Phiên làm việc đã hết")
    keep_picture(page, "session-ended")
    page.goto(links["het-phien"])
    page.get_by_role("button", name="mở việc này").click()
    page.get_by_role("link", name="Hoàn thiện bản nháp").click()
    sees(page, "Khôi phục nội dung đang nhập dở")
    keep_picture(page, "restore")
    page.get_by_role("button", name="Khôi phục").click()
    assert page.input_value("[name=body]") == "Gõ tiếp khi phiên đã hết"
    page.check("[name=is_declared]")
    Thumb(page).hand_in()
    sees(page, "Gõ tiếp khi phiên đã hết")
    assert remembered(page) == 0


def test_pressed_without_a_connection_is_handed_in_when_there_is_one(links, window):
    page = window(*PHONE, phone=True)
    Thumb(page).open_form(links["mat-mang"])
    page.context.set_offline(True)
    page.fill("[name=title]", "Gõ khi mất mạng")
    page.fill("[name=link]", f"Mời xem {POST}")
    page.check("[name=is_declared]")
    page.locator("button[name=act][value=submit]").first.click()
    sees(page, "có mạng lại cổng sẽ tự nộp")
    assert remembered(page) == 1
    page.context.set_offline(False)
    sees(page, "Đã nộp lúc")
    sees(page, "Gõ khi mất mạng")
    assert remembered(page) == 0
