"""Who must get which reminder when: product.md's rules worked out anew, with a calendar of its own.

Nothing of the portal is imported. The rules, in the words of product.md: steps lie in working days around the last day and
come at seven in the morning; a step goes when it has come, is not told yet and the work is still open; one found more than
48 hours late gives way; T+3 and later also to the head; an extension begins its own steps; quiet hours and days off hold a
letter; before it leaves, everything is looked at once more.
"""

from datetime import date, datetime, timedelta, timezone

HANOI = timezone(timedelta(hours=7))
DAY = timedelta(days=1)
OFF = """2025-01-01 2025-01-27 2025-01-28 2025-01-29 2025-01-30 2025-01-31 2025-04-07 2025-04-30 2025-05-01 2025-05-02
2025-09-01 2025-09-02 2026-01-01 2026-01-02 2026-02-16 2026-02-17 2026-02-18 2026-02-19 2026-02-20 2026-04-27 2026-04-30
2026-05-01 2026-08-31 2026-09-01 2026-09-02 2026-11-24 2027-01-01"""
MADE_UP = "2025-04-26 2026-01-10 2026-08-22"
"""Saturdays on which offices work: announced by the government for the bridging days above."""


class Oracle:
    """Is told what happened (`facts`) and when the portal woke (`wake`); keeps who must have got what."""

    def __init__(self):
        self.works = dict.fromkeys(map(date.fromisoformat, OFF.split()), False)
        self.works |= dict.fromkeys(map(date.fromisoformat, MADE_UP.split()), True)
        self.asks, self.agencies, self.posts, self.duties = {}, {}, [], {}
        self.ledger, self.newest, self.letters, self.paused = {}, {}, [], False

    # --- what product.md says ----------------------------------------------------------------------------------------

    def is_worked(self, day):
        return self.works.get(day, day.weekday() < 5)

    def step_time(self, last_day, offset):
        """Seven in the morning of the working day that lies `offset` working days from the last day."""
        day = last_day
        for _ in range(abs(offset)):
            day += DAY if offset > 0 else -DAY
            while not self.is_worked(day):
                day += DAY if offset > 0 else -DAY
        return datetime(day.year, day.month, day.day, 7, tzinfo=HANOI)

    def newest_step(self, duty, now):
        """(time, name, also to the head) of the newest step that has come, None when it is over 48 hours late."""
        mark = f" {duty['extended']:%d/%m/%Y}" if duty["extended"] else ""
        last_day = duty["extended"] or duty["due"]
        steps = [(self.step_time(last_day, n), f"T{n:+d}{mark}", n >= 3) for n in duty["steps"]]
        if abs(duty["opened"] - duty["issued"]) < DAY:
            steps.append((duty["opened"], "mo-ky", False))
        come = max((step for step in steps if step[0] <= now), default=None)
        return come if come and now - come[0] <= timedelta(hours=48) else None

    def is_open(self, duty, today):
        lasts = today <= max(duty["locks"], duty["extended"] or duty["locks"])
        lives = self.agencies[duty["agency"]]["closed"] is None and not self.asks[duty["asked"]]["over"]
        return duty["state"] == "open" and lasts and lives

    def audience(self, agency, with_head):
        """Focal points, a spokesperson where there is none; the head when it is their turn."""
        roles = {role: {person for a, person, r in self.posts if (a, r) == (agency, role)} for role in "fsh"}
        focal = roles["f"] or roles["s"]
        return {(person, False) for person in focal} | {(p, True) for p in roles["h"] - focal if with_head}

    def wake(self, now):
        """One pass of the portal at that moment."""
        today = now.astimezone(HANOI).date()
        self.open_windows(today, now)
        steps = {key: self.newest_step(duty, now) for key, duty in self.duties.items() if self.is_open(duty, today)}
        self.tell([(key, step) for key, step in steps.items() if step], now)
        if not self.paused and self.is_worked(today) and 7 <= now.astimezone(HANOI).hour < 20:
            self.carry_out(today, now)

    def tell(self, steps, now):
        """One letter per person and run with every step that they have not been told."""
        letters = {}
        for key, (at, name, with_head) in steps:
            for person, as_head in self.audience(key[2], with_head):
                if (*key, name, person) not in self.ledger:
                    self.ledger[*key, name, person] = [now, at, "waiting"]
                    self.newest[key, person] = max(at, self.newest.get((key, person), at))
                    letters.setdefault((person, as_head), []).append((*key, name, person))
        self.letters += letters.values()

    def carry_out(self, today, now):
        """Waiting letters leave; one of which nothing stands any more ends, and says of each part why."""
        for rows in self.letters:
            fate = f"sent {now:%Y-%m-%d %H:%M}"
            for row in rows:
                self.ledger[row][2] = fate if any(self.stands(one, today) for one in rows) else self.why(row, today)
        self.letters = []

    def stands(self, row, today):
        duty, person = row[:3], row[4]
        is_theirs = person in {name for name, _ in self.audience(duty[2], True)}
        is_newest = self.ledger[row][1] == self.newest[duty, person]
        return self.is_open(self.duties[duty], today) and is_newest and is_theirs

    def why(self, row, today):
        return "superseded" if self.is_open(self.duties[row[:3]], today) else "met"

    def merge_away(self, agency, day):
        """An agency that goes into another: what it was still to be told is cancelled."""
        self.agencies[agency]["closed"] = day
        for row in [row for rows in self.letters for row in rows if row[2] == agency]:
            self.ledger[row][2] = "cancelled"
        self.letters = [[row for row in rows if row[2] != agency] for rows in self.letters]

    # --- periods -----------------------------------------------------------------------------------------------------

    def open_windows(self, today, now):
        """Agencies that lived on the first day of a period owe it: once, whoever comes or goes later."""
        for name, ask in self.asks.items():
            for first, last in [] if ask["over"] else windows(ask, today):
                if first not in ask["known"]:
                    ask["known"].add(first)
                    due = due_day(ask, last)
                    facts = {"due": due, "locks": due + ask["lock"] * DAY, "opened": now, "issued": ask["issued"]}
                    facts |= {"steps": ask["steps"], "state": "open", "extended": None, "asked": name}
                    for code, life in self.agencies.items():
                        lived = life["founded"] <= first and (life["closed"] is None or life["closed"] > first)
                        if lived and life["kind"] in ask["kinds"]:
                            self.duties[name, first, code] = facts | {"agency": code}


def windows(ask, today):
    """(first day, last day) of every period that has begun."""
    if ask["once"]:
        return [(ask["start"], ask["once"])] if ask["start"] <= today else []
    found, year, month = [], ask["start"].year, ask["start"].month
    while (first := window_first(year, month, ask["from_day"])) <= today:
        last = window_first(*following(year, month), ask["from_day"]) - DAY
        found += [(first, last)] if last >= ask["start"] else []
        year, month = following(year, month)
    return found


def window_first(year, month, from_day):
    """A window that begins on the 15th begins in the month before the one whose name it bears."""
    return date(year, month, 1) if from_day == 1 else (date(year, month, 1) - DAY).replace(day=from_day)


def following(year, month):
    return (year + month // 12, month % 12 + 1)


def due_day(ask, last):
    """ "Trước ngày" ends the day before; a day that February has not becomes its last."""
    if ask["once"]:
        return ask["once"] - DAY if ask["strict"] else ask["once"]
    year, month = following(last.year, last.month) if ask["next"] else (last.year, last.month)
    longest = (date(*following(year, month), 1) - DAY).day
    return date(year, month, min(ask["day"] - ask["strict"], longest))
