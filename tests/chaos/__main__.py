"""`make chaos`: reminders under kill -9 (docs/reliability.md). `SEEDS="1 2 3" KILLS=200 python -m tests.chaos`.

For each seed: four workers, two clocks, web, PostgreSQL, Redis; four campaigns are issued while workers, their children and
clocks are killed, PostgreSQL and Redis crash, Redis freezes, workers are restarted. Then all is left to settle and judged.
Two negative controls follow in the same harness. Ends with 1 when a promise is broken, or a control looks innocent.
"""

import json
import os
import sys
import time

import django

from tests.chaos.stage import CHILDREN, CLOCKS, QUICK, ROOT, WORKERS, Company, Services, wait_until

GAP = 0.3
"""Seconds between the mail server's acceptance and its answer: where a kill makes a copy."""
SERVICES = Services(GAP)
os.environ.update(SERVICES.environment)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from portal.lib.clock import database_now  # noqa: E402
from registry.models import Heartbeat, OutgoingMessage, User  # noqa: E402
from tests.chaos import judge, script  # noqa: E402
from tests.chaos.mischief import Mischief  # noqa: E402
from tests.chaos.script import persist  # noqa: E402
from tests.chaos.web import Clerk  # noqa: E402

SEEDS = os.environ.get("SEEDS", "1 2 3").split()
KILLS = int(os.environ.get("KILLS", "200"))
CONTROL_KILLS = 60
CONTROLS = {
    "select_send_mark": ("mail_copies",),
    "mark_send": ("mails_recorded_but_never_left", "texts_recorded_but_never_left"),
}
"""Senders of `naive.py`, and the fault that each must show."""
SETTLING = 300
SHEET = SERVICES.folder / "roles.json"
LOG = ROOT / "var" / "chaos.jsonl"


def main() -> int:
    say(f"{WORKERS} workers of {CHILDREN}, {CLOCKS} clocks, web; lease {QUICK['SENDING_LEASE_SECONDS']} s")
    call_command("migrate", verbosity=0)
    acts = script.write_roles(SHEET)
    connection.close()
    SERVICES.keep()
    results = [play(f"seed {seed}", int(seed), KILLS, acts) for seed in SEEDS]
    results += [play(f"control {name}", 7, CONTROL_KILLS, acts, control=name) for name in CONTROLS]
    LOG.parent.mkdir(exist_ok=True)
    LOG.write_text("".join(json.dumps(result, ensure_ascii=False) + "\n" for result in results))
    broken = [result["name"] for result in results if result["faults"]]
    say("BROKEN: " + ", ".join(broken) if broken else "every promise kept; both controls show their fault")
    return bool(broken)


def play(name, seed, kills, acts, control="") -> dict:
    """One run, from the beginning."""
    began = time.monotonic()
    connection.close()
    SERVICES.begin_anew()
    os.environ["CHAOS_CONTROL"] = SERVICES.environment["CHAOS_CONTROL"] = control
    company = Company(SERVICES, "tests.chaos.naive" if control else "portal")
    company.start_all()
    clerk = Clerk(f"http://127.0.0.1:{SERVICES.web_port}", User.objects.get(username="chaos"))
    clerk.start()
    try:
        if not wait_until(Heartbeat.objects.exists, 120):
            raise SystemExit("the workers did not begin")
        mischief = Mischief(company, seed, kills, acts)
        mischief.run()
        company.replace_the_dead()
        settled = settle(company, 60 if control else SETTLING)
        faults = [] if settled or control else ["did not settle"]
        faults += faults_of_control(control) if control else faults_of_portal(company)
        clerk.is_over.set()
        clerk.join(30)
        faults += clerk.faults()
    finally:
        company.stop()
    return told(name, mischief, clerk, faults, time.monotonic() - began)


def settle(company, seconds=SETTLING) -> bool:
    """Wait until nothing is left to do without a person."""
    expected = judge.expected_messages(SHEET, "email")

    def is_calm():
        company.replace_the_dead()
        waiting = OutgoingMessage.objects.filter(state__in=("pending", "sending", "retry")).exists()
        return not waiting and not judge.to_go_once_more().exists() and judge.of("email").count() == expected

    return wait_until(lambda: persist(is_calm) and time.sleep(2) is None and persist(is_calm), seconds, pause=1)


def faults_of_portal(company) -> list:
    faults = judge.faults_before_a_person(SERVICES, SHEET)
    staff = User.objects.get(username="chaos")
    for message in OutgoingMessage.objects.to_decide().select_related("recipient"):
        message.send_again(actor=staff, reason="Đã hỏi, chưa nhận được", now=database_now())
    if not settle(company):
        faults.append("did not settle after the person's decisions")
    return faults + judge.faults_at_the_end(SERVICES)


def faults_of_control(control) -> list:
    """A control that shows no fault makes the whole run worthless."""
    found = judge.figures(SERVICES)
    shown = CONTROLS[control]
    return [] if any(found[name] for name in shown) else [f"the harness is blind: {' and '.join(shown)} 0"]


def told(name, mischief, clerk, faults, seconds) -> dict:
    result = {
        "name": name, "kills": mischief.kills, "hurts": mischief.log, **judge.figures(SERVICES), "faults": faults,
        "forms": len(clerk.confirmed), "slowest_form": round(clerk.slowest, 1), "seconds": round(seconds),
    }  # fmt: skip
    say(
        f"{name:<26}{mischief.total:>4} kill -9 {mischief.kills}; mails {result['mails']}: copies {result['mail_copies']} "
        f"of {result['mails_unknown_tries']} unknown tries, recorded but never left {result['mails_recorded_but_never_left']}; "
        f"texts {result['texts']}: copies {result['text_copies']} of {result['texts_unknown_tries']} unknown tries, "
        f"never left {result['texts_recorded_but_never_left']}; {len(clerk.confirmed)} forms kept, slowest "
        f"{clerk.slowest:.1f} s; {seconds:.0f} s · {'; '.join(faults) or 'ok'}"
    )
    return result


def say(words):
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        code = main()
    finally:
        SERVICES.stop()
    sys.exit(code)
