"""The verdict with 50,000 channels on record: `judge` beside the same look-ups in raw SQL, in turns, one connection.

Floor of a known address: one join by the key's index, every column that the answer needs, through the driver's cursor.
Floors of the others: the indexed statements that `judge` would send for that question, ready-made, without Django.
`python -m benchmarks.verdict` measures on the database of the environment, which must be empty.
"""

import json
import os
import random
import statistics
import sys
import time
from datetime import date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import django
from django.db import connection
from django.test.utils import CaptureQueriesContext

AGENCIES, PER_AGENCY, ROUNDS = 5_000, 10, 400
TARGET, LIMIT_MS = 3.0, 50.0
ONSETS = "b c ch d g h kh l m n nh ng ph qu r s t th tr v x".split()
RIMES = "a an ang ao at anh e en em i in inh o on ong oi u un ung uoi uong y ien".split()
KINDS = ("xa", "phuong", "so", "ban", "trungtam")
PREFIXES = {"xa": "ubndxa", "phuong": "ubndphuong", "so": "so", "ban": "banquanly", "trungtam": "trungtam"}
WORDS = {
    "xa": "Ủy ban nhân dân xã", "phuong": "Ủy ban nhân dân phường", "so": "Sở", "ban": "Ban Quản lý",
    "trungtam": "Trung tâm",
}  # fmt: skip
CHANNELS = (
    ("facebook_page", "facebook:{name}", "https://www.facebook.com/{name}"),
    ("zalo_oa", "zalo:oa:{number}", "https://zalo.me/{number}"),
    ("zalo_oa", "zalo:alias:{name}", "https://zalo.me/{name}"),
    ("youtube", "youtube:@{name}", "https://www.youtube.com/@{name}"),
    ("tiktok", "tiktok:@{name}", "https://www.tiktok.com/@{name}"),
    ("website", "web:{name}.tinhmau.gov.vn", "https://{name}.tinhmau.gov.vn"),
    ("x", "x:{short}", "https://x.com/{short}"),
    ("facebook_group", "facebook:group:hoidap{name}", "https://www.facebook.com/groups/hoidap{name}"),
    ("facebook_page", "facebook:tuoitre{name}", "https://www.facebook.com/tuoitre{name}"),
    ("facebook_page", "facebook:phunu{name}tinhmau", "https://www.facebook.com/phunu{name}tinhmau"),
)
TODAY = date(2026, 11, 21)
KNOWN_SQL = """
SELECT key_row.id, key_row.key, key_row.is_live, key_row.ended_on, channel.*, agency.*
FROM registry_channelkey key_row
JOIN registry_channel channel ON channel.id = key_row.channel_id
JOIN registry_agency agency ON agency.id = channel.agency_id
WHERE key_row.key = %s
"""


def rows():
    """One row per kind of question: p95 of `judge` and of its floor in milliseconds, and the queries of one question."""
    names = load(random.Random(2026))
    analyse()
    for title, texts, target in questions(names, random.Random(7)):
        yield measured(title, texts, target)


def questions(names, chance):
    """What people paste, by kind of answer."""
    chosen = [chance.choice(names) for _ in range(ROUNDS)]
    spellings = (
        "https://www.facebook.com/{}", "m.facebook.com/{}/?fbclid=x", "Trang: https://facebook.com/{}.",
        "https://www.tiktok.com/@{}?lang=vi", "youtube.com/@{}/videos", "https://{}.tinhmau.gov.vn/trang-chu",
    )  # fmt: skip
    yield "kênh đã biết, nhiều cách viết", [spellings[i % 6].format(name) for i, name in enumerate(chosen)], TARGET
    unknown = [f"https://www.facebook.com/{word(chance, 5)}{i}" for i in range(ROUNDS)]
    yield "kênh chưa biết", unknown, None
    likes = (
        lambda name: f"{name}.official",
        lambda name: name.replace("a", "4", 1),
        lambda name: name[:-2] + name[-1:],
    )
    yield "kênh na ná", [f"https://www.facebook.com/{likes[i % 3](name)}" for i, name in enumerate(chosen)], None
    yield "số điện thoại", [f"09{chance.randrange(10**8):08d}" for _ in range(ROUNDS)], None
    yield "tên cơ quan", [f"{name[4:6]} {name[6:]}" for name in chosen[: ROUNDS // 4]], None
    long = [f"https://{'.'.join(word(chance, 20)[:60] for _ in range(4))}.vn" for _ in range(ROUNDS // 8)]
    yield "tên miền rất dài", long, None


def measured(title, texts, target):
    from registry.verdict import judge  # noqa: PLC0415  the apps are not ready when this module is imported

    judge(texts[0], TODAY)
    with CaptureQueriesContext(connection) as captured:
        judge(texts[0], TODAY)
    taken, floors = [], []
    for text in texts:
        with CaptureQueriesContext(connection) as sent:
            judge(text, TODAY)
        floors.append(timed(statements(text, sent)))
        taken.append(timed([lambda text=text: judge(text, TODAY)]))
    value, floor = p95(taken), p95(floors)
    return {
        "name": f"{title}, p95", "value": round(value, 3), "floor": round(floor, 3), "ratio": round(value / floor, 2),
        "target": target, "unit": "ms", "queries": len(captured), "p50": round(statistics.median(taken), 3),
        "p50_floor": round(statistics.median(floors), 3), "slowest": round(max(taken), 2), "limit_ms": LIMIT_MS,
    }  # fmt: skip


def statements(text, sent):
    """The floor: the same look-ups as raw statements."""
    from registry.addresses.parser import read_address  # noqa: PLC0415

    address = read_address(text)
    if len(sent) == 1 and address.is_account:
        return [lambda: fetched(KNOWN_SQL, [address.key])]
    return [lambda query=query: fetched(query["sql"], None) for query in sent.captured_queries]


def fetched(sql, parameters):
    connection.ensure_connection()
    cursor = connection.connection.cursor()
    try:
        if connection.vendor == "sqlite":
            cursor.execute(sql.replace("%s", "?"), parameters or [])
        else:
            cursor.execute(sql, parameters)
        return cursor.fetchall()
    finally:
        cursor.close()


def timed(acts) -> float:
    """Milliseconds."""
    start = time.perf_counter()
    for act in acts:
        act()
    return (time.perf_counter() - start) * 1000


def p95(values) -> float:
    return sorted(values)[int(len(values) * 0.95)]


def word(chance, syllables) -> str:
    return "".join(chance.choice(ONSETS) + chance.choice(RIMES) for _ in range(syllables))


def load(chance) -> list[str]:
    """5,000 agencies and 50,000 confirmed channels, all invented; gives the handles."""
    from registry.models import Agency, Channel, ChannelKey, User  # noqa: PLC0415

    if Channel.objects.exists():
        raise SystemExit("The database is not empty: nothing measured.")
    actor = User.objects.create(username="bench", role="administrator", full_name="Người đo", email="do@tinh.example")
    syllables = ["".join(pair) for pair in product(ONSETS, RIMES)]
    agencies, names = [], {}
    while len(agencies) < AGENCIES:
        kind, own = KINDS[len(agencies) % 5], f"{chance.choice(syllables)} {chance.choice(syllables)}"
        handle = PREFIXES[kind] + own.replace(" ", "")
        if handle in names:
            continue
        agency = Agency(name=f"{WORDS[kind]} {own.title()}", kind="xa", code=f"C{len(agencies)}", slug=handle)
        agency.derive()
        names[handle] = agency
        agencies.append(agency)
    Agency.objects.bulk_create(agencies, batch_size=500)
    now = datetime(2026, 10, 1, 9, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
    confirmed = {
        "status": "confirmed", "proposed_by": actor, "proposed_at": now, "confirmed_by": actor, "confirmed_at": now,
        "reconfirmed_on": now.date() - timedelta(days=1),
    }  # fmt: skip
    channels, keys = [], []
    for number, (handle, agency) in enumerate(names.items()):
        for kind, key, url in CHANNELS[:PER_AGENCY]:
            facts = {"name": handle, "number": 10**17 + number, "short": f"{handle[-9:]}{number}"}
            channel = Channel(
                agency=agency, kind=kind, name=f"Trang {agency.name}", url=url.format(**facts), **confirmed
            )
            channel.derive()
            row = ChannelKey(channel=channel, key=key.format(**facts), is_live=True)
            row.derive()
            channels.append(channel)
            keys.append(row)
    Channel.objects.bulk_create(channels, batch_size=500)
    ChannelKey.objects.bulk_create(keys, batch_size=500)
    return list(names)


def analyse():
    """What the database does by itself in the hours after so much was written."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    found = []
    for row in rows():
        found.append(row)
        sys.stdout.write(
            f"{row['name']:<36} p50 {row['p50']:>8.3f} / {row['p50_floor']:>7.3f}   p95 {row['value']:>8.3f} / "
            f"{row['floor']:>7.3f} = {row['ratio']:>5.2f} ×   slowest {row['slowest']:>7.2f} ms   {row['queries']} queries\n"
        )
        sys.stdout.flush()
    sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
