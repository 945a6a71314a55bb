"""Every page of the large province beside an empty Django view, in turns, one client: milliseconds, ×E, queries, size.

E is the median of the empty view in the very turns of the page. The target is in ×E; the queries stand beside it.
`ratio_of_processor` compares what worker and database computed, whatever else the machine does.
"""

import os
import statistics
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.urls import reverse

from benchmarks.province import last_period
from benchmarks.serving import Portal, in_turns, served
from benchmarks.site_paths import EMPTY, ME
from campaigns.models import ContentItem, Obligation
from portal.lib.periods import month_label
from registry.models import Agency, Channel, Role, User

ROUNDS, WARM, LONGEST = 40, 3, 6_000
"""Turns of each page, after so many that do not count; fewer when they would take longer than so many milliseconds."""
LIST, DEEP, DETAIL, VERIFY, SEARCH, GRID, REPORT, DESK = 25, 30, 15, 7, 40, 35, 60, 40
MEMORY_MB = 130
ONLY = os.environ.get("BENCH_PAGES", "")
"""A word in the names of the pages to measure."""


@dataclass(frozen=True)
class Page:
    """One address, who asks for it, and how many ×E and queries it may cost."""

    name: str
    path: str
    who: str = ""
    target: float | None = None
    most_queries: int | None = None


def rows() -> Iterator[dict]:
    """One row per page; then the memory of a worker that has served them all."""
    with tempfile.TemporaryDirectory(prefix="bench-site-") as folder, served(Path(folder)) as portal:
        yield from side_by_side(portal, all_pages())
        taken = round(portal.megabytes())
        yield {
            "name": "bộ nhớ một worker sau khi phục vụ mọi trang", "value": taken, "target": MEMORY_MB, "unit": "MB",
            "is_met": taken <= MEMORY_MB,
        }  # fmt: skip


def figures() -> Iterator[dict]:
    """The pages of figures alone: what SQLite is measured by."""
    with tempfile.TemporaryDirectory(prefix="bench-site-") as folder, served(Path(folder)) as portal:
        yield from side_by_side(portal, figure_pages())


def side_by_side(portal: Portal, pages) -> Iterator[dict]:
    sessions = signed_in()
    yield from (measured(portal, page, sessions.get(page.who, "")) for page in pages if ONLY in page.name)


def counts() -> Iterator[dict]:
    """Queries per page alone: how they grow with the province."""
    with tempfile.TemporaryDirectory(prefix="bench-site-") as folder, served(Path(folder)) as portal:
        sessions = signed_in()
        for page in all_pages():
            yield {"name": page.name, "queries": counted(portal, page, sessions.get(page.who, "")).queries}


def counted(portal: Portal, page: Page, session: str):
    """The page once it is warm, with its queries counted."""
    for _ in range(WARM):
        answer = portal.get(page.path, session, is_counted=True)
        if answer.status != 200:
            raise SystemExit(f"{page.name}: {page.path} gives {answer.status}")
    return answer


def measured(portal: Portal, page: Page, session: str) -> dict:
    answer = counted(portal, page, session)
    rounds = max(5, min(ROUNDS, int(LONGEST / answer.milliseconds)))
    busy: dict[str, list[float]] = {"floor": [], "value": []}
    servers = [*portal.workers(), *backends()]

    def timed(side: str, path: str, session: str) -> float:
        before = processor_time(servers)
        milliseconds = portal.get(path, session).milliseconds
        busy[side].append(processor_time(servers) - before)
        return milliseconds

    acts = {"floor": lambda: timed("floor", EMPTY, ""), "value": lambda: timed("value", page.path, session)}
    taken = in_turns(acts, rounds)
    (floor, least_floor), (value, least) = taken["floor"], taken["value"]
    ratio, queries = value / floor, answer.queries
    processor = statistics.median(busy["value"]) / statistics.median(busy["floor"])
    is_met = page.target is None or (ratio <= page.target and queries <= (page.most_queries or queries))
    return {
        "name": page.name, "value": round(value, 2), "floor": round(floor, 3),
        "ratio": round(ratio, 1), "ratio_of_least": round(least / least_floor, 1), "target": page.target, "unit": "ms",
        "ratio_of_processor": round(processor, 1), "queries": queries,
        "most_queries": page.most_queries, "sql_ms": float(answer.head["X-Sql-Ms"]), "rounds": rounds,
        "kilobytes": round(len(answer.body) / 1024), "is_met": is_met,
    }  # fmt: skip


def backends() -> list[int]:
    """Process ids of the database's connections to this portal; none where the database is a file."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return [pid for (pid,) in cursor.fetchall()]


def processor_time(pids: list[int]) -> float:
    """Milliseconds that these processes computed so far, all their threads: others on the machine do not count."""
    clocks = [path for pid in pids for path in Path(f"/proc/{pid}/task").glob("*/schedstat")]
    return sum(int(path.read_text().split()[0]) for path in clocks) / 1e6


def signed_in() -> dict[str, str]:
    """Session keys of an administrator and of a focal point, as signing in leaves them."""
    people = {
        "staff": User.objects.get(username=f"bench-{Role.ADMINISTRATOR}"),
        "focal": User.objects.filter(contact_points__status="confirmed").order_by("pk").first(),
    }
    store, found = import_module(settings.SESSION_ENGINE).SessionStore, {}
    for who, person in people.items():
        session = store()
        session[SESSION_KEY], session[HASH_SESSION_KEY] = str(person.pk), person.get_session_auth_hash()
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session.create()
        found[who] = session.session_key
    return found


def all_pages() -> Iterator[Page]:
    yield from public_pages()
    yield from desk_pages()
    yield from work_pages()


def public_pages() -> Iterator[Page]:
    """What everybody sees."""
    agency = Agency.objects.active().filter(channels__status="confirmed").order_by("pk")[100]
    channel = Channel.objects.published().filter(agency=agency).order_by("pk").first()
    words = " ".join(agency.name.split()[-2:])
    agencies, channels = reverse("agency_list"), reverse("channel_list")
    deep, deeper = Agency.objects.active().count() // 50 - 1, Channel.objects.published().count() // 50 - 1
    yield Page("trang chủ", reverse("home"), "", LIST)
    yield Page("cơ quan, trang đầu", agencies, "", LIST, 8)
    yield Page("cơ quan, trang cuối", f"{agencies}?page={deep}", "", DEEP)
    yield Page("cơ quan, lọc theo chữ", f"{agencies}?q={quote(words)}", "", DEEP)
    yield Page("cơ quan, chữ có ở nhiều tên", f"{agencies}?q=xa", "", DEEP)
    yield Page("kênh, trang đầu", channels, "", LIST, 8)
    yield Page("kênh, trang cuối", f"{channels}?page={deeper}", "", DEEP)
    yield Page("kênh, lọc theo chữ", f"{channels}?q={quote(words)}", "", SEARCH)
    yield Page("kênh, lọc theo loại", f"{channels}?kind=youtube", "", DEEP)
    yield Page("một cơ quan", reverse("agency_detail", args=[agency.slug]), "", DETAIL)
    yield Page("một kênh", reverse("channel_detail", args=[channel.pk, channel.slug]), "", DETAIL)
    yield Page("mã QR đã quét", reverse("qr", args=[channel.qr_code]), "", DETAIL)
    check = reverse("check")
    yield Page("ô kiểm tra còn trống", check, "", VERIFY)
    yield Page("kiểm tra một kênh đã biết", f"{check}?q={quote(channel.url, safe='')}", "", VERIFY)
    yield Page("tìm trong mọi thứ theo tên", f"{check}?q={quote(agency.name)}", "", SEARCH)


def desk_pages() -> Iterator[Page]:
    """The province's desk."""
    period = last_period()
    label, year = month_label(period.month), period.month.year
    duty = period.obligations.filter(accepted_count__gte=1).order_by("pk").first()
    waiting = ContentItem.objects.awaiting_review().order_by("pk").first()
    list_of = f"?thang={label}"
    yield Page("đã đăng nhập, trang trống (me)", ME, "staff")
    yield Page("điều hành", f"{reverse('desk')}{list_of}", "staff", DESK)
    yield from figure_pages()
    yield Page("hàng chờ duyệt", reverse("review_queue"), "staff", LIST)
    yield Page("đầu việc", f"{reverse('obligation_list')}{list_of}", "staff", LIST)
    yield Page("đầu việc, trang sâu", f"{reverse('obligation_list')}{list_of}&page=50", "staff", DEEP)
    yield Page("một đầu việc", reverse("obligation_desk", args=[duty.pk]), "staff", DETAIL)
    if waiting:
        yield Page("xét một sản phẩm", reverse("review_item", args=[waiting.pk]), "staff", LIST)
    yield Page("chờ đăng", reverse("publish_list"), "staff", LIST)
    yield Page("lượt đăng", reverse("publication_list"), "staff", LIST)
    yield Page(
        "số liệu lượt đăng theo đơn vị", f"{reverse('publication_figures')}?theo=don-vi&ky={year}", "staff", REPORT
    )
    yield Page("lịch đăng", f"{reverse('posting')}{list_of}", "staff", DESK)
    yield Page("tin gửi", reverse("messages"), "staff", LIST)
    yield Page("cần gọi", reverse("unreachable"), "staff", DEEP)
    yield Page("người dùng", reverse("people"), "staff", LIST)
    yield Page("người dùng, lọc theo chữ", f"{reverse('people')}?q=thu+mau", "staff", DEEP)
    yield Page("đợt truyền thông", reverse("campaign_list"), "staff", LIST)
    yield Page("còn thiếu gì", reverse("lacking"), "staff", DEEP)
    yield Page("hồ sơ đơn vị", f"{reverse('agency_year', args=[duty.agency_id])}{list_of}", "staff", DETAIL)
    yield Page("sản phẩm của đơn vị trong năm", reverse("agency_products", args=[duty.agency_id, year]), "staff", LIST)


def figure_pages() -> Iterator[Page]:
    """Grid and report of the newest month."""
    label = month_label(last_period().month)
    grid = f"{reverse('grid')}?thang={label}"
    yield Page("bảng theo dõi 50 × 12", grid, "staff", GRID)
    yield Page("bảng theo dõi, trang sâu", f"{grid}&page=90", "staff", GRID)
    yield Page("báo cáo tháng", reverse("month_report", args=[label]), "staff", REPORT)


def work_pages() -> Iterator[Page]:
    """A focal point's workspace."""
    person = User.objects.filter(contact_points__status="confirmed").order_by("pk").first()
    duty = Obligation.objects.visible_to(person).order_by("-due_on").first()
    yield Page("việc của tôi", reverse("my_work"), "focal", LIST)
    yield Page("một việc của tôi", reverse("obligation", args=[duty.pk]), "focal", DETAIL)
    yield Page("thông báo", reverse("notices"), "focal", LIST)
    yield Page("thư viện", reverse("library"), "focal", LIST)
