"""`manage.py merge_agencies PLAN.json`: reorganisation (sắp xếp tổ chức); the same plan and act as the desk's page.

The plan file is one object, or a list of them that is done as a whole or not at all:

    {"kind": "merge", "on": "2026-11-15", "decision": "Nghị quyết số 12/NQ-HĐND ngày 01/11/2026",
     "from": ["xa-suoi-mo", "UBND xã Nà Bản", "XPL"], "to": {"name": "UBND xã Suối Mơ", "kind": "xa", "code": "XSM"}}

    kind       merge | split | rename | close | reparent
    on         the day from which it holds; a later day than today is refused
    decision   number and day of the document that decides it
    from       old agencies: tail of the address (slug), code or name
    to         where they go: the same words, or {"name", "kind", "code", "short_name", "gso_code"} for a new agency;
               one or a list. rename: {"name": "…"}; reparent: the parent; close: nothing
    links      optional, who goes where: [{"from", "to", "part": true, "home": true}]; channels and people go home
    contacts   "move" (default): people go on in the successor; "leave": they end with their agency
    note       optional

`--succession FILE` makes the plans from a table instead (CSV: old_unit, new_unit, how = whole|split, and old_code,
new_code, old_district, old_province, new_province, default when known).

`--dry-run` prints the plan and writes nothing. `--undo ID` puts everything back while nothing new was written.
`--json`: {"outcome": "planned|done|unchanged|undone|refused", "message", "errors": [], "plans": [{"id", "title",
"outcome", "message", "lines": [], "errors": []}]}. Exit 0 done, 1 refused, 2 wrong usage.
"""

import json
from datetime import date
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from campaigns import reorganising
from portal.lib.clock import database_now
from portal.lib.periods import local_day
from registry.models import Reorganisation
from registry.operators import moment, operator
from registry.plan_file import read_request
from registry.reorganising import lines_of
from registry.succession import NEW, OLD, plan_successions, read_moves

REFUSED, WRONG_USAGE = 1, 2
MOST_BYTES = 5 * 1024 * 1024


class Command(BaseCommand):
    help = "Sắp xếp tổ chức: đổi tên, sáp nhập, chia tách, kết thúc, đổi cấp trên; xem trước, thực hiện, hoàn tác."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("plan", type=Path, nargs="?", help="tệp kế hoạch JSON")
        parser.add_argument("--succession", type=Path, metavar="FILE", help="bảng kế thừa CSV thay cho tệp kế hoạch")
        parser.add_argument("--undo", type=int, metavar="ID", help="hoàn tác lần sắp xếp số ID")
        parser.add_argument("--dry-run", action="store_true", help="chỉ xem kế hoạch, không ghi gì")
        parser.add_argument("--on", type=date.fromisoformat, default=date(2025, 7, 1), help="ngày của bảng kế thừa")
        parser.add_argument("--decision", default="", help="văn bản của bảng kế thừa")
        parser.add_argument("--province", default="", help="chỉ các đơn vị mới của tỉnh này")
        parser.add_argument(
            "--treat-as",
            choices=(OLD, NEW),
            default="",
            help="cơ quan trùng tên cũ và mới mà chưa ghi ngày hoạt động là đơn vị cũ hay mới",
        )
        parser.add_argument("--by", default="", help="tên đăng nhập của người thực hiện")
        parser.add_argument("--at", type=moment, default=None, help="coi như lúc này (để diễn tập)")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *, plan, succession, undo, as_json, **options):
        if sum(choice is not None for choice in (plan, succession, undo)) != 1:
            raise CommandError(
                "Hãy ghi đúng một: tệp kế hoạch, --succession FILE, hoặc --undo ID.", returncode=WRONG_USAGE
            )
        options["now"] = options["at"] or database_now()
        preface = []
        try:
            if undo is not None:
                answers = [take_back(undo, **options)]
            else:
                requests, preface = read(plan, succession, **options)
                answers = carry_out(requests, **options)
        except ValidationError as error:
            answers = [answer("refused", "Chưa thực hiện.", errors=error.messages)]
        self.tell(answers, preface, as_json)

    def tell(self, answers, preface, as_json):
        document = joined(answers, preface)
        self.stdout.write(json.dumps(document, ensure_ascii=False) if as_json else words(answers, preface))
        if document["outcome"] == "refused":
            raise CommandError(" ".join(document["errors"]) or document["message"], returncode=REFUSED)


def read(plan, succession, *, on, decision, province, treat_as, **options):
    """The requests of the file, and the lines that stand before the plans."""
    content = content_of(plan or succession)
    if succession:
        reading = plan_successions(read_moves(content, province), on=on, decision=decision, treat_as=treat_as)
        return reading.requests, reading.lines
    try:
        document = json.loads(content)
    except ValueError as error:
        raise ValidationError(f"Tệp kế hoạch không phải JSON đúng: {error}.") from error
    return [read_request(row) for row in (document if isinstance(document, list) else [document])], []


def content_of(path) -> str:
    try:
        with path.open("rb") as stream:
            return stream.read(MOST_BYTES).decode("utf-8-sig")
    except OSError as error:
        raise CommandError(f"Không mở được tệp: {path}", returncode=WRONG_USAGE) from error
    except UnicodeDecodeError as error:
        raise ValidationError("Tệp phải là văn bản UTF-8.") from error


@transaction.atomic
def carry_out(requests, *, dry_run, by, now, **options) -> list[dict]:
    """Every plan, or none: a refusal takes back those before it."""
    if dry_run:
        return [preview(request, local_day(now)) for request in requests]
    actor = operator(by)
    return [run(request, actor, now) for request in requests]


def preview(request, today) -> dict:
    if done := reorganising.done_before(request):
        return answer("unchanged", reorganising.already(done).sentence, row=done)
    plan = reorganising.plan_of(request, today)
    outcome = "refused" if plan.faults else "planned"
    return answer(outcome, "Chưa ghi gì.", title=plan.title, lines=plan.lines, errors=plan.faults)


def run(request, actor, now) -> dict:
    if done := reorganising.done_before(request):
        return answer("unchanged", reorganising.already(done).sentence, row=done)
    ended = reorganising.run(reorganising.prepare(request, actor=actor, now=now), actor=actor, now=now)
    row = ended.reorganisation
    return answer(
        "done" if ended.is_new else "unchanged", f"{ended.sentence} Số {row.pk}.", row=row, lines=lines_of(row.report)
    )


def take_back(pk, *, dry_run, by, now, **options) -> dict:
    row = Reorganisation.objects.filter(pk=pk).first()
    if row is None:
        raise ValidationError(f"Không có lần sắp xếp số {pk}.")
    if dry_run:
        faults = reorganising.obstacles_to_undo(row)
        return answer(
            "refused" if faults else "planned", "Chưa ghi gì.", row=row, lines=lines_of(row.report), errors=faults
        )
    ended = reorganising.undo(row, actor=operator(by), now=now)
    return answer("undone" if ended.is_new else "unchanged", ended.sentence, row=row)


def answer(outcome, message, *, row=None, title="", lines=(), errors=()) -> dict:
    return {
        "id": row.pk if row else None,
        "title": row.title if row else title,
        "outcome": outcome,
        "message": message,
        "lines": list(lines),
        "errors": list(errors),
    }


def joined(answers, preface) -> dict:
    outcomes = {row["outcome"] for row in answers}
    order = ("refused", "done", "undone", "planned", "unchanged")
    return {
        "outcome": next((outcome for outcome in order if outcome in outcomes), "unchanged"),
        "message": " ".join(dict.fromkeys(row["message"] for row in answers)) or "Không có kế hoạch nào.",
        "errors": [error for row in answers for error in row["errors"]],
        "notes": preface,
        "plans": answers,
    }


def words(answers, preface) -> str:
    blocks = ["\n".join(preface)] if preface else []
    blocks += ["\n".join([*row["lines"], row["message"]]) for row in answers]
    return "\n\n".join(blocks)
