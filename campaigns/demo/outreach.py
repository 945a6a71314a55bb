"""The demo's outreach: agencies were asked how many followers their pages have won, most have answered with a link."""

from datetime import timedelta

from campaigns.demo.province import FOCAL_ACCOUNTS, moment
from campaigns.models import Campaign, Dispatch, Obligation, OutreachReport, Recurrence, Requirement, RequirementKind
from campaigns.opening import open_periods
from registry.models import Channel

ANSWERED = 0.7


def live_outreach(province):
    began_on = province.today - timedelta(days=20)
    campaign = ask_for_followers(province, began_on)
    pages = dict(Channel.objects.published().exclude(url="").order_by("-pk").values_list("agency", "url"))
    duties = Obligation.objects.filter(requirement__campaign=campaign).select_related("requirement", "agency", "period")
    for duty in duties.order_by("pk"):
        page = pages.get(duty.agency_id)
        if page and duty.agency.name not in FOCAL_ACCOUNTS and province.dice.random() < ANSWERED:
            at = moment(began_on + timedelta(days=province.dice.randint(2, 17)), province.dice.randint(8, 16))
            OutreachReport.report(
                actor=province.speakers[duty.agency_id], obligation=duty, link=page, now=at,
                number=province.dice.randint(40, 4000),
            )  # fmt: skip


def ask_for_followers(province, began_on):
    """The dispatch and its one number."""
    campaign = Campaign.objects.create(
        title="Phổ biến kênh chính thống đến người dân",
        purpose="Mỗi cơ quan, đơn vị vận động cán bộ và người dân theo dõi kênh chính thống của mình.",
        starts_on=began_on,
        created_by=province.reviewer,
    )
    Dispatch.objects.create(
        campaign=campaign, number="2311/SKHCN-CĐS", issued_on=began_on, issuer="Sở Khoa học và Công nghệ",
        subject="phổ biến kênh chính thống của cơ quan, đơn vị đến người dân",
    )  # fmt: skip
    Requirement.objects.create(
        campaign=campaign, kind=RequirementKind.OUTREACH, measure="người theo dõi kênh",
        title="Báo số người theo dõi kênh chính thống", recurrence=Recurrence.ONCE, starts_on=began_on,
        guidance="Ghi số người theo dõi của kênh có nhiều người theo dõi nhất, kèm đường link hoặc ảnh chụp màn hình.",
        due_on=province.today - timedelta(days=3), lock_after_days=15,
    )  # fmt: skip
    campaign.issue(actor=province.reviewer, now=moment(began_on, 11))
    open_periods(province.today, campaign=campaign, now=moment(began_on, 11))
    return campaign
