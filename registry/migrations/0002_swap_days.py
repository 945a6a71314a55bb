"""Swap days of 2026 that the library `holidays` does not know: 02/01 off, made up for on Saturday 10/01."""

from datetime import date

from django.db import migrations

SWAP_DAYS = [
    (date(2026, 1, 2), False, "Nghỉ hoán đổi dịp Tết Dương lịch 2026"),
    (date(2026, 1, 10), True, "Làm bù cho ngày 02/01/2026"),
]


def enter_swap_days(apps, schema_editor):
    calendar = apps.get_model("registry", "CalendarDay")
    for day, is_working, note in SWAP_DAYS:
        calendar.objects.get_or_create(day=day, defaults={"is_working": is_working, "note": note})


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial")]

    operations = [migrations.RunPython(enter_swap_days, migrations.RunPython.noop)]
