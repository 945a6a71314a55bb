"""Two years of reminders on a moving clock, by `make replay`: takes minutes, so it is no part of the suite."""

import hashlib
import os
from collections import Counter
from datetime import date

import pytest
from django.conf import settings

from tests.replay.test_replay import replay, wake_or_tick

pytestmark = pytest.mark.django_db
TWO_YEARS = (date(2025, 1, 1), date(2026, 12, 31))


def test_two_years(reviewer, capsys):
    seed = int(os.environ.get("REPLAY_SEED", "1"))
    life, got, expected = replay(reviewer, wake_or_tick, *TWO_YEARS, agencies=36, seed=seed)
    lines = sorted("\t".join((*map(str, key), f"{row[0]:%Y-%m-%d %H:%M}", row[1])) for key, row in got.items())
    (settings.BASE_DIR / "var" / "replay.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    fates = Counter(row[1].split()[0] for row in got.values())
    differing = sum(got.get(key) != expected.get(key) for key in got.keys() | expected.keys())
    with capsys.disabled():
        print(f"\n{life.wakes} wakings, {len(life.known)} duties, {len(expected)} reminders compared, ", end="")  # noqa: T201
        print(f"{differing} differ; {dict(fates)}; {hashlib.sha256(repr(lines).encode()).hexdigest()[:12]}")  # noqa: T201
    assert got == expected
