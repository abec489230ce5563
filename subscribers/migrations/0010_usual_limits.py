"""Stores that are there have the usual limits, as new ones do."""

from django.db import migrations

USUAL = {
    ("agent", "refund"): 50,
    ("agent", "replacement"): 100,
    ("agent", "gift"): 25,
    ("agent", "discount"): 25,
    ("success", "refund"): 50,
    ("success", "replacement"): 100,
    ("success", "gift"): 50,
    ("success", "discount"): 50,
}


def install(apps, schema_editor):
    limits = apps.get_model("subscribers", "ApprovalLimit").objects
    shared = set(limits.filter(store=None).values_list("role", "kind"))
    rows = [
        limits.model(store=store, role=role, kind=kind, amount=amount)
        for store in apps.get_model("subscribers", "Store").objects.all()
        for (role, kind), amount in USUAL.items()
        if (role, kind) not in shared
    ]
    limits.bulk_create(rows, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("subscribers", "0009_charges_are_asked_for")]

    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
