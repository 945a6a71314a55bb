"""`seed_demo`: a demo province with a year of history, built through the verbs. Only into an empty register."""

import random

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from campaigns.demo import codes, history, network, outreach, rounds, showcase
from campaigns.demo.province import demo_accounts, found_province
from campaigns.models import ContentItem, Obligation
from portal.lib import periods
from registry.models import Agency, User
from registry.outbox import silence

REAL_AGENCIES = 121


class Command(BaseCommand):
    help = "Dựng tỉnh mẫu: cơ quan có thật, người và kênh giả định, lịch sử 12 tháng."

    def add_arguments(self, parser):
        parser.add_argument("--agencies", type=int, default=REAL_AGENCIES)
        parser.add_argument("--months", type=int, default=12)
        parser.add_argument("--seed", type=int, default=2026)
        parser.add_argument("--stage", choices=history.STAGES, help="dừng tháng cuối ở bước này")

    def handle(self, *args, agencies, months, seed, stage, **options):
        if Agency.objects.exists() or User.objects.exists():
            raise CommandError("Cơ sở dữ liệu đã có dữ liệu: chỉ dựng tỉnh mẫu vào cơ sở dữ liệu trống.")
        with transaction.atomic(), silence():
            self.seed(random.Random(seed), agencies, months, stage, options["verbosity"])
        if options["verbosity"]:
            self.stdout.write(
                f"Đã dựng {Agency.objects.count()} cơ quan, {Obligation.objects.count()} đầu việc, "
                f"{ContentItem.objects.count()} sản phẩm."
            )
            for username, password, role in demo_accounts():
                self.stdout.write(f"  {username:16} {password:16} {role}")

    def seed(self, dice, agencies, months, stage, verbosity):
        """Found the province, then live the months one after the other, the running one last."""
        today = timezone.localdate()
        began_on = periods.months_back(today.replace(day=1), months - 1)
        province = found_province(dice, today, agencies, began_on)
        history.issue_quota(province, began_on)
        stories, month = history.tell_stories(province), began_on
        while month <= today:
            following = periods.next_month(month)
            history.live_month(province, stories, month, stage if following > today else None)
            if verbosity:
                self.stdout.write(f"  tháng {month:%m/%Y}", ending="\n")
            month = following
        history.close_past_months(province, began_on)
        if stage == "closed":
            history.close_month(province, today.replace(day=1), timezone.now())
        history.issue_nomination(province)
        if stage is None:
            history.answer_nominations(province)
            network.live_network(province)
            rounds.live_rounds(province)
            showcase.live_showcase(province)
            codes.live_codes(province)
            outreach.live_outreach(province)
