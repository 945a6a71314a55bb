"""The month's report counted a second way: plain SQL over what was handed in and decided, from the rules of the office.

Shares nothing with `campaigns/figures.py` or with the facts that `settle()` keeps on the duties. A closed month is
counted as it stood at the moment of its closing.
"""

from datetime import UTC, datetime

from django.db import connection
from django.utils import timezone

MEASURES = (
    "expected", "submitted", "on_time", "late", "pending", "nothing", "missing", "not_due", "exempt", "rate",
    "on_time_rate", "accepted", "extra", "agency_days", "province_days",
)  # fmt: skip
PERCENT, DECIMAL = ("rate", "on_time_rate"), ("agency_days", "province_days")
DIALECTS = {
    "sqlite": {
        "local_day": "date({0}, '+7 hours')",
        "seconds": "CAST(strftime('%%s', {0}) AS INTEGER)",
        "days": "(julianday({0}) - julianday({1}))",
    },
    "postgresql": {
        "local_day": "({0} AT TIME ZONE 'Asia/Ho_Chi_Minh')::date",
        "seconds": "extract(epoch from {0})",
        "days": "({0} - {1})",
    },
}
AT_PROVINCE = "'Trực thuộc tỉnh'"
ABOVE = """(
  SELECT (
    SELECT p.name FROM registry_historicalagency p WHERE p.id = own.above
    ORDER BY p.history_date > %(at)s, CASE WHEN p.history_date <= %(at)s THEN -p.history_id ELSE p.history_id END LIMIT 1
  ) FROM (
    SELECT h.parent_id AS above FROM registry_historicalagency h WHERE h.id = o.agency_id
    ORDER BY h.history_date > %(at)s, CASE WHEN h.history_date <= %(at)s THEN -h.history_id ELSE h.history_id END LIMIT 1
  ) AS own)"""
"""The name of the agency above, both as they stood at the moment: the last record until then, else the first one."""
ABOVE_EACH = """
SELECT o.agency_name, COALESCE({above}, {at_province})
FROM campaigns_obligation o JOIN campaigns_period p ON p.id = o.period_id WHERE p.month = %(month)s
"""
DUTIES = """
WITH entry AS (
  SELECT i.obligation_id AS duty, v.submitted_at,
         CASE WHEN v.decided_at <= %(at)s THEN v.decided_at END AS decided_at,
         CASE WHEN v.is_accepted AND v.decided_at <= %(at)s THEN 1 ELSE 0 END AS accepted
  FROM campaigns_contentversion v JOIN campaigns_contentitem i ON i.id = v.item_id
  WHERE i.status <> 'withdrawn' AND v.submitted_at <= %(at)s
), taken AS (
  SELECT duty, submitted_at, ROW_NUMBER() OVER (PARTITION BY duty ORDER BY submitted_at) AS place
  FROM entry WHERE accepted = 1
), handed_in AS (
  SELECT duty, SUM(accepted) AS accepted, SUM(CASE WHEN decided_at IS NULL THEN 1 ELSE 0 END) AS waiting,
         SUM(CASE WHEN decided_at IS NULL THEN 0 ELSE {decided} - {submitted} END) AS province_seconds
  FROM entry GROUP BY duty
), owed AS (
  SELECT o.id, o.agency_name, o.agency_kind, r.title, o.required_count, p.first_on,
         COALESCE(o.extended_to, o.due_on) AS last_day, o.exempt_at, o.nothing_at,
         COALESCE(h.accepted, 0) AS accepted, COALESCE(h.waiting, 0) AS waiting, h.province_seconds,
         {met_day} AS met_day, COALESCE({above}, {at_province}) AS above
  FROM campaigns_obligation o
  JOIN campaigns_requirement r ON r.id = o.requirement_id
  JOIN campaigns_period p ON p.id = o.period_id
  LEFT JOIN handed_in h ON h.duty = o.id
  LEFT JOIN taken t ON t.duty = o.id AND t.place = o.required_count
  WHERE r.kind = 'submit_content' AND p.month = %(month)s
), counted AS (
  SELECT owed.*,
    CASE WHEN exempt_at IS NOT NULL THEN 'exempt'
         WHEN met_day IS NOT NULL AND met_day <= last_day THEN 'on_time'
         WHEN met_day IS NOT NULL THEN 'late'
         WHEN nothing_at IS NOT NULL THEN 'nothing'
         WHEN waiting > 0 THEN 'pending'
         ELSE 'missing' END AS outcome
  FROM owed
)
SELECT {key},
  COUNT(*) FILTER (WHERE outcome <> 'exempt'),
  COUNT(*) FILTER (WHERE outcome IN ('on_time', 'late', 'pending')),
  COUNT(*) FILTER (WHERE outcome = 'on_time'),
  COUNT(*) FILTER (WHERE outcome = 'late'),
  COUNT(*) FILTER (WHERE outcome = 'pending'),
  COUNT(*) FILTER (WHERE outcome = 'nothing'),
  COUNT(*) FILTER (WHERE outcome = 'missing'),
  COUNT(*) FILTER (WHERE outcome = 'missing' AND last_day >= %(day)s),
  COUNT(*) FILTER (WHERE outcome = 'exempt'),
  SUM(accepted),
  SUM(CASE WHEN accepted > required_count THEN accepted - required_count ELSE 0 END),
  SUM({took}) FILTER (WHERE outcome IN ('on_time', 'late')),
  SUM(province_seconds) FILTER (WHERE outcome IN ('on_time', 'late'))
FROM counted GROUP BY {group}
"""
KEYS = {
    "total": "'Tổng cộng'", "kinds": "agency_kind", "parents": "above", "requirements": "title",
    "agencies": "agency_name",
}  # fmt: skip


def counted(month) -> dict[str, dict[str, dict[str, float | int | None]]]:
    """{"total" | "kinds" | "parents" | … : {label: {measure: value}}}; None = nothing to divide by."""
    at, day = moment_of(month)
    words = DIALECTS[connection.vendor]
    facts = {
        "decided": words["seconds"].format("decided_at"),
        "submitted": words["seconds"].format("submitted_at"),
        "met_day": words["local_day"].format("t.submitted_at"),
        "took": words["days"].format("met_day", "first_on"),
        "above": ABOVE,
        "at_province": AT_PROVINCE,
    }
    parameters = {"month": month.isoformat(), "day": day.isoformat(), "at": at}
    found = {}
    with connection.cursor() as cursor:
        for name, key in KEYS.items():
            group = key if name != "total" else "1"
            cursor.execute(DUTIES.format(key=key, group=group, **facts), parameters)
            found[name] = {row[0]: line(*row[1:]) for row in cursor.fetchall()}
    return found


def above_of(month) -> dict[str, str]:
    """The agency above each agency that had something to deliver."""
    at, _ = moment_of(month)
    duties = ABOVE_EACH.format(above=ABOVE, at_province=AT_PROVINCE)
    with connection.cursor() as cursor:
        cursor.execute(duties, {"month": month.isoformat(), "at": at})
        return dict(cursor.fetchall())


def moment_of(month):
    """The moment whose state counts: that of the closing, else now; as the database writes it, and its local day."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT closed_at FROM campaigns_monthclosing WHERE month = %s AND reopened_at IS NULL", [month.isoformat()]
        )
        row = cursor.fetchone()
    at = row[0] if row else timezone.now()
    at = datetime.fromisoformat(at) if isinstance(at, str) else at
    at = at if timezone.is_aware(at) else at.replace(tzinfo=UTC)
    return connection.ops.adapt_datetimefield_value(at), timezone.localdate(at)


def line(
    expected, submitted, on_time, late, pending, nothing, missing, not_due, exempt, accepted, extra, took, seconds
):
    done = on_time + late
    values = (
        expected, submitted, on_time, late, pending, nothing, missing, not_due, exempt,
        done / expected if expected else None, on_time / expected if expected else None, int(accepted), int(extra),
        round(float(took) / done, 1) if done else None, round(float(seconds) / 86400 / done, 1) if done else None,
    )  # fmt: skip
    return dict(zip(MEASURES, values, strict=True))


def in_words(measure, value) -> str:
    """As a Vietnamese office writes it: 1.234 · 87,5 % · 12,5 · "–" for none."""
    if value is None:
        return "–"
    if measure in PERCENT:
        return trimmed(f"{value * 100:.1f}") + " %"
    return trimmed(f"{value:.2f}") if measure in DECIMAL else f"{value:,}".replace(",", ".")


def trimmed(digits) -> str:
    return digits.rstrip("0").rstrip(".").replace(".", ",")
