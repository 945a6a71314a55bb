"""The demo's QR codes: some channels have theirs printed and hanging, people scan most of these and some of the others."""

from datetime import timedelta

from campaigns.demo.province import moment
from registry.models import AgencyKind, Channel, PrintedCode, ScanDay

PLACES = ("Bộ phận một cửa", "Nhà văn hoá trung tâm", "Bảng tin chợ")
PRINTED, SCANNED, DAYS = 0.45, 0.8, 300


def live_codes(province):
    scans = []
    for channel in Channel.objects.published().select_related("agency").order_by("pk"):
        if province.dice.random() >= PRINTED:
            continue
        since = province.today - timedelta(days=province.dice.randint(5, DAYS))
        put_up(province, channel, since)
        if province.dice.random() < SCANNED:
            scans += scans_of(province, channel, since)
    ScanDay.objects.bulk_create(scans, batch_size=500)


def put_up(province, channel, since):
    """Noted by the focal point, or by the desk where there is none; communes hang it at up to three places."""
    actor = province.speakers.get(channel.agency_id, province.reviewer)
    is_commune = channel.agency.kind in (AgencyKind.COMMUNE, AgencyKind.WARD)
    for place in PLACES[: province.dice.randint(1, 3) if is_commune else 1]:
        PrintedCode.put_up(actor=actor, channel=channel, place=place, on=since, now=moment(since, 15))


def scans_of(province, channel, since):
    """A few on some days, more on working days: rows as the counter leaves them."""
    most = province.dice.choice((1, 2, 4, 9))
    days = [since + timedelta(days=number) for number in range((province.today - since).days + 1)]
    counts = [province.dice.randint(0, most // 2 if day.weekday() > 4 else most) for day in days]
    return [ScanDay(channel=channel, day=day, count=count) for day, count in zip(days, counts, strict=True) if count]
