"""Every main page as each role sees it, on a phone and on a desk: nothing blocked, nothing wider than the screen,
nothing serious for axe. `SCREENSHOTS=folder` keeps a picture of each."""

import os
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from campaigns.demo.province import PASSWORD

pytestmark = pytest.mark.browser

PHONE, DESK = 360, 1366
PICTURES = os.environ.get("SCREENSHOTS")
PUBLIC = {
    "home": "/",
    "verdict-official": "/kiem-tra/?q=https://www.facebook.com/langsondemo.news",
    "verdict-lookalike": "/kiem-tra/?q=https://www.facebook.com/langsondemo.newss",
    "verdict-none": "/kiem-tra/?q=https://example.com/abc",
    "verdict-phone": "/kiem-tra/?q=0990000001",
    "agencies": "/co-quan/",
    "agency": "/co-quan/so-y-te/",
    "channels": "/kenh/",
    "channel": "/kenh/2-trang/",
    "sign-in": "/dang-nhap/",
    "missing": "/khong-co-trang-nay/",
}
WORKSPACE = {
    "my-work": "/viec/",
    "channel-new": "/viec/kenh/moi/",
    "notices": "/viec/thong-bao/",
    "account": "/tai-khoan/",
}
DESK_PAGES = {
    "desk": "/dieu-hanh/",
    "queue": "/dieu-hanh/cho-duyet/",
    "grid": "/dieu-hanh/bang-theo-doi/",
    "report": "/dieu-hanh/bao-cao/",
    "duties": "/dieu-hanh/dau-viec/",
    "campaigns": "/dieu-hanh/dot/",
    "to-publish": "/dieu-hanh/san-pham/cho-dang/",
    "messages": "/dieu-hanh/nhac-han/tin-gui/",
    "unreachable": "/dieu-hanh/nhac-han/can-goi/",
    "import": "/dieu-hanh/nhap-du-lieu/",
    "people": "/dieu-hanh/nguoi-dung/",
    "queue-channels": "/dieu-hanh/cho-duyet/?loai=kenh",
    "channel-at-desk": "/dieu-hanh/kenh/2/",
    "history": "/dieu-hanh/nhat-ky/kenh/2/",
    "neglected": "/dieu-hanh/kenh/qua-han-xac-nhan/",
    "group": "/dieu-hanh/nhom-mang-luoi/1/",
    "lacking": "/dieu-hanh/con-thieu/?thieu=facebook",
    "fake-new": "/dieu-hanh/trang-gia-mao/moi/",
    "reorganisation-new": "/dieu-hanh/sap-xep/moi/",
    "access-log": "/dieu-hanh/nhat-ky-du-lieu-ca-nhan/",
    "admin": "/quan-tri/",
    "admin-agencies": "/quan-tri/registry/agency/",
    "admin-contacts": "/quan-tri/registry/contactpoint/",
}


@pytest.fixture(scope="module")
def town(portal):
    """A small demo province behind a running portal."""
    portal.manage("seed_demo", "--agencies", "60", "--months", "2", "-v0")
    portal.start()
    yield portal
    portal.stop()


def sign_in(page, name):
    page.goto("/dang-nhap/")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button.btn-primary")
    page.wait_for_url(re.compile("/(viec|dieu-hanh)/"))


def look_at(page, name, address):
    """Open a page; what is wrong with it, in words."""
    faults, complaints = [], []

    def listen(message):
        if message.type == "error":
            complaints.append(message.text)

    page.on("console", listen)
    answer = page.goto(address)
    page.remove_listener("console", listen)
    complaints = [text for text in complaints if name != "missing" or "status of 404" not in text]
    if answer.status != (404 if name == "missing" else 200):
        faults.append(f"status {answer.status}")
    faults += complaints
    width = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    if width > 0:
        faults.append(f"{width} px wider than the screen")
    serious = [rule for rule in Axe().run(page).response["violations"] if rule["impact"] in ("serious", "critical")]
    faults += [f"axe {rule['id']}: {rule['nodes'][0]['html'][:160]}" for rule in serious]
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{PICTURES}/{name}-{page.viewport_size['width']}.png", full_page=True)
    return [f"{name}: {fault}" for fault in faults]


def look_at_all(page, addresses):
    return [fault for name, address in addresses.items() for fault in look_at(page, name, address)]


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_public_pages(town, window, width):
    assert look_at_all(window(width, 740), PUBLIC) == []


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_workspace_pages(town, window, width):
    page = window(width, 740, phone=width == PHONE)
    sign_in(page, "dau-moi-syt")
    faults = look_at_all(page, WORKSPACE)
    page.goto("/viec/")
    links = page.eval_on_selector_all("main a[href^='/viec/']", "nodes => nodes.map(node => node.getAttribute('href'))")
    works = sorted({link for link in links if re.fullmatch(r"/viec/\d+/", link)})[:3]
    faults += look_at_all(page, {f"duty-{number}": link for number, link in enumerate(works)})
    for number, link in enumerate(works):
        answer = page.goto(f"{link}san-pham/moi/")
        if answer.status == 200:
            faults += look_at(page, f"submit-form-{number}", f"{link}san-pham/moi/")
        if page.goto(f"{link}dau-moi/").status == 200:
            faults += look_at(page, f"nominate-{number}", f"{link}dau-moi/")
    assert works
    assert faults == []


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_desk_pages(town, window, width):
    page = window(width, 900)
    sign_in(page, "quan-tri")
    faults = look_at_all(page, DESK_PAGES)
    page.goto("/dieu-hanh/cho-duyet/")
    items = page.eval_on_selector_all("main a", "nodes => nodes.map(node => node.getAttribute('href'))")
    item = next(link for link in items if link and re.fullmatch(r"/dieu-hanh/san-pham/\d+/", link))
    faults += look_at(page, "review-item", item)
    page.goto("/dieu-hanh/dot/")
    links = page.eval_on_selector_all("main a", "nodes => nodes.map(node => node.getAttribute('href'))")
    campaign = next(link for link in links if link and re.fullmatch(r"/dieu-hanh/dot/\d+/", link))
    faults += look_at(page, "campaign", campaign)
    assert faults == []


def test_leader_reads(town, window):
    page = window(DESK)
    sign_in(page, "lanh-dao")
    assert look_at_all(page, {f"leader-{name}": DESK_PAGES[name] for name in ("desk", "grid", "report")}) == []
