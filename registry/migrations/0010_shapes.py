"""What follows from keys and names, by which look-alikes are found without reading the whole register."""

from django.db import migrations, models

from registry.addresses import lookalike
from registry.models.agency import common_spelling

BATCH = 500


def fill(apps, schema_editor):
    key_model, agency_model = apps.get_model("registry", "ChannelKey"), apps.get_model("registry", "Agency")
    fake_model = apps.get_model("registry", "KnownFake")
    rewrite(key_model, ["shape", "profile", "letters"], shape_of)
    rewrite(agency_model, ["page_name"], lambda row: setattr(row, "page_name", common_spelling(row.name_norm)))
    for fake in fake_model.objects.all():
        fake.search_norm = f"{fake.name} {fake.source}".casefold()
        fake.save()


def shape_of(row):
    shape = lookalike.skeleton(lookalike.handle(row.key))
    row.shape, row.profile, row.letters = shape[: lookalike.ANCHOR], lookalike.profile(shape), lookalike.letters(shape)


def rewrite(model, fields, derive):
    rows = list(model.objects.all())
    for row in rows:
        derive(row)
    model.objects.bulk_update(rows, fields, batch_size=BATCH)


class Migration(migrations.Migration):
    dependencies = [("registry", "0009_channel_life")]

    operations = [
        migrations.AddField("agency", "page_name", models.CharField(blank=True, editable=False, max_length=24)),
        migrations.AddField("channelkey", "letters", models.BigIntegerField(default=0, editable=False)),
        migrations.AddField("channelkey", "shape", models.CharField(blank=True, editable=False, max_length=32)),
        migrations.AddField("channelkey", "profile", models.BigIntegerField(default=0, editable=False)),
        migrations.AddField("knownfake", "search_norm", models.CharField(blank=True, editable=False, max_length=600)),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            "agency",
            models.Index(condition=models.Q(status="active"), fields=["page_name"], name="agency_by_page_name"),
        ),
        migrations.AddIndex(
            "channelkey",
            models.Index(condition=models.Q(is_live=True), fields=["shape"], name="live_key_by_shape"),
        ),
        migrations.AddIndex(
            "channelkey",
            models.Index(condition=models.Q(is_live=True), fields=["profile", "letters", "id"], name="live_key_by_letters"),
        ),
    ]
