"""What makes the newer pages of the demo worth opening: a fake, a moved channel, a waiting change, topics, figures, sharing."""

from datetime import timedelta

from campaigns.demo import words
from campaigns.demo.province import moment
from campaigns.models import ContentItem, Publication, Topic
from portal.lib import periods
from registry.models import Channel, ChannelChange, ChannelKind, KnownFake

SHARED, MEASURED = 12, 60


def set_topics(province, months):
    """Three topics for each month, before anything is handed in."""
    for month in months:
        for title in province.dice.sample(words.TOPICS, 3):
            Topic.objects.create(month=month, title=title[0].upper() + title[1:], created_by=province.reviewer)


def live_showcase(province):
    note_fakes(province)
    move_channels(province)
    note_figures(province)
    share_products(province)
    months = [periods.months_back(province.today.replace(day=1), back) for back in (1, 0)]
    set_topics(province, [*months, periods.next_month(months[-1])])


def note_fakes(province):
    """Two pages that imitate agencies, one of them by letters that look alike."""
    day = province.today - timedelta(days=20)
    for agency, address in zip(
        province.agencies[:2], ("hotro.trungthuong.langsondemo", "langsondem0.xacminh"), strict=False
    ):
        KnownFake.enlist(
            actor=province.reviewer,
            url=f"https://www.facebook.com/{address}",
            name=f"{agency.name} – Hỗ trợ trực tuyến",
            imitates=agency,
            noted_on=day,
            source="Thông báo số 15/TB-DEMO của Phòng An ninh mạng (giả định)",
            now=moment(day, 15),
        )


def move_channels(province):
    """One page has moved to a new address, and the change of another waits for the province."""
    pages = Channel.objects.published().filter(kind=ChannelKind.FACEBOOK_PAGE, is_featured=False)
    moved, waiting = list(pages.exclude(agency__name="Sở Y tế").select_related("agency").order_by("pk")[:2])
    ChannelChange.make(
        actor=province.reviewer,
        channel=moved,
        url=f"{moved.url}.moi",
        reason="Đơn vị lập trang mới sau khi trang cũ bị mất quyền quản trị",
        now=moment(province.today - timedelta(days=40), 10),
    )
    ChannelChange.propose(
        actor=province.speakers[waiting.agency_id],
        channel=waiting,
        name=f"{waiting.name} – Chính thức",
        note="Đổi tên trang cho thống nhất",
        now=moment(province.today - timedelta(days=1), 14),
    )


def note_figures(province):
    """What the platforms showed a week after posting."""
    for row in Publication.objects.order_by("-published_at", "-pk")[:MEASURED]:
        day = min(periods.local_day(row.published_at) + timedelta(days=7), province.today)
        views = province.dice.randint(80, 9000)
        row.note_figures(
            actor=province.reviewer,
            measured_on=day,
            views=views,
            likes=views // 14,
            comments=views // 90,
            shares=views // 40,
        )


def share_products(province):
    """Some of the latest accepted products may be used by others."""
    for item in ContentItem.objects.accepted().order_by("-decided_at", "-pk")[:SHARED]:
        item.put_in_library(actor=province.reviewer)
