"""A process of its own for race and crash tests: waits for the starting shot, then runs one tick at a given moment.

python -m tests.portal.racing GO_FILE MOMENT HOW, where HOW is `safe`, `unsafe` (claims without a claim: the negative
control), `plan_only` (leaves its mails to the racers), `die_after_claim` or `die_after_send`.
"""

import os
import sys
import time
import uuid
from datetime import datetime
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from portal.ticking import tick  # noqa: E402
from registry import delivery  # noqa: E402
from registry.models import OutgoingMessage  # noqa: E402
from registry.noting import Hand  # noqa: E402


def meet(place: str, seconds=20):
    """Wait until all racers came to this place: what happens rarely by itself happens now."""
    folder = Path(os.environ["RACE_FOLDER"]) / place
    folder.mkdir(exist_ok=True)
    (folder / str(os.getpid())).touch()
    until = time.monotonic() + seconds
    while len(list(folder.iterdir())) < int(os.environ["RACERS"]) and time.monotonic() < until:
        time.sleep(0.005)


def claim_without_claim(now, *, limit=delivery.BATCH, **more):
    """What a naive sender does: read what is due, and write down that it is being sent a moment later."""
    meet("before reading")
    due = list(OutgoingMessage.objects.due(now).select_related("recipient").order_by("pk")[:limit])
    meet("after reading")
    for message in due:
        message.state, message.lease_token, message.lease_until = "sending", uuid.uuid4(), now + delivery.LEASE
        message.save(update_fields=["state", "lease_token", "lease_until"])
    return due


class BareHand(Hand):
    """Sends whatever it read, without asking whether it is still its own."""

    def begin(self, few):
        return few

    def write_down(self):
        pks = [message.pk for message, _ in self.done]
        self.done = []
        OutgoingMessage.objects.filter(pk__in=pks).update(
            state="accepted", accepted_at=self.moment, lease_token=None, attempt=1
        )


def die(*args, **kwargs):
    os._exit(137)


def main(go_file, moment, how):
    if how == "unsafe":
        delivery.claim, delivery.Hand = claim_without_claim, BareHand
    elif how == "plan_only":
        delivery.send_due = lambda *args, **kwargs: {}
    elif how == "die_after_claim":
        delivery.send_batch = die
    elif how == "die_after_send":
        Hand.note = die
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while not Path(go_file).exists():
        time.sleep(0.005)
    result = tick(datetime.fromisoformat(moment))
    Path(f"{go_file}.{os.getpid()}.faults").write_text("\n".join(result.faults))
    sys.exit(1 if result.faults else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
