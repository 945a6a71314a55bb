"""10,000 reminders due at once: two workers beside a bare loop that sends the same mails over one reused connection.

Floor: mails that are ready as bytes go over one `smtplib` connection; no rows, no second look.
Subject: two processes which carry out the outbox as Celery's workers do (`ticking.send`): claim, a last look at each
reminder, send, write down each ending. Same mails, same mail server (a process of its own), in turns.
"""

import json
import os
import resource
import smtplib
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.db import connection  # noqa: E402

from campaigns import reminders  # noqa: E402
from portal import ticking  # noqa: E402
from portal.lib.periods import OFFICE_ZONE  # noqa: E402
from registry.media.email import as_email  # noqa: E402
from registry.models import DeliveryAttempt, OutgoingMessage  # noqa: E402
from tests import builders, crowd  # noqa: E402
from tests.rig.smtp import SinkProcess  # noqa: E402

COUNTS = {"postgresql": 10_000, "sqlite": 1_000}
PER_AGENCY, ROUNDS, WORKERS, TARGET = 4, 3, 2, 2.0
MORNING = datetime(2026, 9, 28, 8, tzinfo=OFFICE_ZONE)
"""The Monday on which the first step of September's quota has come."""
LATE = MORNING + timedelta(hours=2)
"""When the workers begin, as far as they know."""


def rows():
    """Seconds for all reminders, and the memory that a worker gained after its first thousand."""
    count = COUNTS[connection.vendor]
    plan_reminders(count)
    ready = [ready_mail(message) for message in OutgoingMessage.objects.order_by("pk")]
    taken, gained = {"floor": [], "subject": []}, []
    for _ in range(ROUNDS):
        taken["floor"].append(on_a_new_server(bare_loop, ready))
        seconds, megabytes = on_a_new_server(two_workers, count)
        taken["subject"].append(seconds)
        gained.append(megabytes)
    floor, subject = (statistics.median(taken[side]) for side in ("floor", "subject"))
    yield {
        "name": f"gửi {count} lời nhắc bằng {WORKERS} tiến trình", "value": round(subject, 2), "floor": round(floor, 2),
        "ratio": round(subject / floor, 2), "unit": "s", "target": TARGET if count == 10_000 else None,
    }  # fmt: skip
    yield {"name": "bộ nhớ thêm của một tiến trình khi gửi", "value": max(gained), "unit": "MB"}


def plan_reminders(count):
    """Agencies with four focal points each, their quota of September, and the reminders that the planner writes."""
    staff = builders.make_staff("bench", "Người đo", "administrator")
    agencies = crowd.make_agencies(count // PER_AGENCY)
    crowd.make_people(agencies * PER_AGENCY, actor=staff, role="policy")
    campaign = builders.make_campaign(actor=staff)
    builders.monthly(campaign)
    campaign.issue(actor=staff, now=builders.moment(builders.STARTS_ON))
    ticking.open_periods(MORNING.date(), now=builders.moment(builders.STARTS_ON))
    reminders.plan(MORNING, seconds=600)
    found = OutgoingMessage.objects.count()
    if found != count:
        raise SystemExit(f"{found} reminders planned, not {count}")


def ready_mail(message) -> tuple:
    mail = as_email(message)
    return "khong-tra-loi@localhost", mail.to, mail.message().as_bytes(linesep="\r\n")


def on_a_new_server(run, *arguments):
    with (
        tempfile.TemporaryDirectory(prefix="bench-mail-") as folder,
        SinkProcess(Path(folder), is_brief=True) as server,
    ):
        answer = run(server, *arguments)
        unique = {row["message_id"] for row in server.accepted}
        if not len(unique) == len(server.accepted) == OutgoingMessage.objects.count():
            raise SystemExit(f"{len(server.accepted)} mails arrived, {len(unique)} different")
        return answer


def bare_loop(server, ready) -> float:
    start = time.perf_counter()
    line = smtplib.SMTP("127.0.0.1", server.port)
    for mail in ready:
        line.sendmail(*mail)
    line.quit()
    return time.perf_counter() - start


def two_workers(server, count) -> tuple[float, float]:
    """Seconds from the starting shot until both workers found nothing left, and the larger gain in memory."""
    DeliveryAttempt.objects.all().delete()
    OutgoingMessage.objects.update(state="pending", attempt=0, accepted_at=None, next_at=MORNING)
    values = connection.settings_dict
    url = f"sqlite:///{values['NAME']}"
    if connection.vendor == "postgresql":
        url = f"postgres://{values['USER']}@{values['HOST']}:{values['PORT']}/{values['NAME']}"
    environment = os.environ | {"EMAIL_URL": server.url, "DATABASE_URL": url, "LOG_LEVEL": "WARNING"}
    command = [sys.executable, "-m", "benchmarks.sending"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    workers = [subprocess.Popen(command, env=environment, **pipes) for _ in range(WORKERS)]
    for worker in workers:
        worker.stdout.readline()
    start = time.perf_counter()
    answers = shoot(workers)
    seconds = time.perf_counter() - start
    left = OutgoingMessage.objects.exclude(state="accepted").count()
    if left or sum(answer["sent"] for answer in answers) != count:
        raise SystemExit(f"{left} left; {answers}")
    return seconds, max(answer["megabytes"] for answer in answers)


def shoot(workers) -> list[dict]:
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.close()
    answers = [json.loads(worker.stdout.readline()) for worker in workers]
    for worker in workers:
        worker.wait()
        worker.stdout.close()
    return answers


def used_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def work():
    """A worker: waits for the shot, then sends as the task does until nothing is left."""
    OutgoingMessage.objects.exists()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    sent, warm = 0, 0.0
    while OutgoingMessage.objects.due(LATE).exists():
        found = ticking.delivery.send_due(LATE, prepare=reminders.prepare, seconds=2.0 if not warm else 45.0)
        sent += sum(found.values()) - found["released"]
        warm = warm or (used_megabytes() if found else 0.0)
    answer = {"sent": sent, "megabytes": round(used_megabytes() - warm, 1)}
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    work()
