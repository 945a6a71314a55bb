"""`manage.py close_month MONTH --by USER`: chốt kỳ; `--reopen --reason TEXT` opens the month again.

`--dry-run` only tells what is still open. `--json`: {"outcome": "closed|reopened|unchanged|planned|refused", "month",
"message", "closing", "checksum", "rows", "figures": {…}, "open_work": [{"count", "words"}], "amendments": n,
"errors": []}. Exit 0 done, 1 refused, 2 wrong usage. Closing a closed month, with nothing else asked, changes nothing
and ends with 0.
"""

import json
from argparse import ArgumentTypeError

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from campaigns import closing as closings
from campaigns.models import MonthClosing, Outcome
from portal.lib.clock import database_now
from portal.lib.periods import local_day, month_label, parse_month
from portal.lib.wording import moment_words, month_words
from registry.operators import moment, operator

REFUSED, WRONG_USAGE = 1, 2


def month(text):
    try:
        return parse_month(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error


class Command(BaseCommand):
    help = "Chốt kỳ: giữ lại số liệu của một tháng, ví dụ: close_month 2026-10 --by quan-tri"

    def add_arguments(self, parser):
        parser.add_argument("month", type=month)
        parser.add_argument("--by", default="", help="tên đăng nhập của người chốt")
        parser.add_argument("--reopen", action="store_true", help="mở lại tháng đã chốt")
        parser.add_argument("--reason", default="", help="lý do mở lại")
        parser.add_argument("--dry-run", action="store_true", help="chỉ xem việc còn mở, không ghi gì")
        parser.add_argument("--at", type=moment, default=None, help="coi như lúc này (để diễn tập)")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *, month, reopen, reason, as_json, **options):
        if reason and not reopen:
            raise CommandError("--reason chỉ dùng cùng --reopen.", returncode=WRONG_USAGE)
        now = options["at"] or database_now()
        try:
            actor = operator(options["by"])
            act = take_back(month, actor, reason, now) if reopen else close(month, actor, now, options["dry_run"])
        except ValidationError as error:
            act = {"outcome": "refused", "message": " ".join(error.messages), "errors": error.messages}
        document = {"month": month_label(month), "errors": [], **act}
        self.stdout.write(json.dumps(document, ensure_ascii=False) if as_json else words(document))
        if document["outcome"] == "refused":
            raise CommandError(document["message"], returncode=REFUSED)


def close(month, actor, now, is_dry) -> dict:
    known = MonthClosing.objects.live().filter(month=month).select_related("closed_by").first()
    if known:
        told = f"{month_words(month).capitalize()} đã được {known.closed_by} chốt lúc {moment_words(known.closed_at)}."
        return {"outcome": "unchanged", "message": told, **facts(known)}
    preview = closings.preview(actor, month, local_day(now))
    seen = {
        "figures": {"expected": preview.figures.expected, **counts(preview.figures)},
        "open_work": [{"count": one.count, "words": one.words} for one in preview.open_work],
    }
    if is_dry:
        return {"outcome": "planned", "message": "Chưa ghi gì.", **seen}
    made = MonthClosing.close(actor=actor, month=month, now=now)
    return {"outcome": "closed", "message": f"Đã chốt {month_words(month)}.", **seen, **facts(made)}


def take_back(month, actor, reason, now) -> dict:
    known = MonthClosing.objects.live().filter(month=month).first()
    if known is None:
        raise ValidationError(f"{month_words(month).capitalize()} chưa chốt nên không có gì để mở lại.")
    known.reopen(actor=actor, reason=reason, now=now)
    return {"outcome": "reopened", "message": f"Đã mở lại {month_words(month)}.", **facts(known)}


def counts(line) -> dict:
    return {outcome: getattr(line, outcome) for outcome in Outcome.values}


def facts(closing) -> dict:
    return {
        "closing": closing.pk,
        "checksum": closing.checksum,
        "rows": closing.rows.count(),
        "amendments": closing.amendment_count(),
    }


def words(document) -> str:
    lines = [f"  còn {one['count']} {one['words']}" for one in document.get("open_work", [])]
    if document.get("checksum"):
        lines.append(
            f"  {document['rows']} đầu việc, {document['amendments']} sửa đổi sau chốt, mã {document['checksum']}"
        )
    return "\n".join([document["message"], *lines])
