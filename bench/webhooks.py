"""How many webhooks a second are taken in and worked off: `python bench/webhooks.py [--rate N] [--seconds N]`.

Starts the product in a folder of its own (database, broker, web, worker, beat; `manage.py run --no-demo`), sends it
signed deliveries at a steady rate whatever it answers, kills the worker and then the broker with SIGKILL on the way,
and counts at the end: every delivery that was answered with 200 has to be a row, and every row worked off. Besides the
seconds that it took it tells the processor time of each part, which others on the machine do not change.
"""

import argparse
import asyncio
import base64
import hashlib
import hmac
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHOP, SECRET = "bench.myshopify.com", "bench-secret"
# What a process is, by a word of its command.
PARTS = ("celeryd", "beat", "valkey", "postgres", "uvicorn", "web")
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)

INSTALL = f"""
from subscribers.models import Connection, Store
store = Store.objects.create(key="bench", name="Bench", currency="EUR", provider="shopify")
Connection.objects.create(store=store, provider="shopify", domain="{SHOP}", webhook_secret="{SECRET}")
"""
COUNT = """
import json
from django.db.models import Count, Max
from subscribers.models import *
rows = WebhookDelivery.objects
print(json.dumps({
    "states": dict(rows.values_list("state").annotate(n=Count("pk"))),
    "errors": dict(rows.exclude(error="").values_list("error").annotate(n=Count("pk"))[:5]),
    "last": str(rows.aggregate(at=Max("processed_at"))["at"]),
    "attempted_again": rows.filter(attempts__gt=1).count(),
    "subscriptions": Subscription.objects.count(),
    "billed_cycles": Cycle.objects.filter(status="billed").count(),
    "ids": [] if not IDS else list(rows.values_list("webhook_id", flat=True)),
}))
"""


class Product:
    """An instance of its own, and its processes."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.folder = Path(tempfile.mkdtemp(prefix="webhooks-bench-"))
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.env = {**kept, "DATA": str(self.folder), "PORT": str(port), "LOG_LEVEL": "WARNING"}
        self.log = (self.folder / "log").open("w")
        command = [sys.executable, "manage.py", "run", "--no-demo", "--stop-with-parent"]
        self.parts: dict[str, str] = {}
        self.used: dict[str, float] = {}
        self.strangers: set[str] = set()
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=self.log, stderr=self.log)

    def wait(self) -> None:
        until = time.monotonic() + 120
        while "is ready" not in (self.folder / "log").read_text():
            if time.monotonic() > until or self.process.poll() is not None:
                sys.exit((self.folder / "log").read_text())
            time.sleep(0.2)

    def look(self) -> None:
        """Notice the processor time of this instance's processes, by what they are; of those that died, the last."""
        for place in Path("/proc").iterdir():
            if not place.name.isdecimal() or place.name in self.strangers:
                continue
            try:
                if place.name not in self.parts:
                    command = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    ours = f"DATA={self.folder}".encode() in (place / "environ").read_bytes()
                    if not ours and str(self.folder) not in command:
                        if "postgres" not in command:  # its children are named by their work alone
                            self.strangers.add(place.name)
                        continue
                    self.parts[place.name] = next((word for word in PARTS if word in command), "other")
                ticks = (place / "stat").read_text().rpartition(")")[2].split()
                self.used[place.name] = (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")
            except (OSError, UnicodeDecodeError):
                continue

    def watch(self) -> None:
        while self.process.poll() is None:
            self.look()
            time.sleep(0.5)

    def processor(self) -> dict[str, float]:
        """Seconds of processor time until now, by part."""
        self.look()
        sums: dict[str, float] = {}
        for pid, seconds in self.used.items():
            sums[self.parts[pid]] = sums.get(self.parts[pid], 0.0) + seconds
        return sums

    def shell(self, code: str) -> str:
        command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
        return subprocess.run(command, cwd=ROOT, env=self.env, check=True, capture_output=True, text=True).stdout

    def kill(self, word: str) -> int:
        """SIGKILL for this instance's processes (known by their folder) of whose command the word is a part."""
        mark, killed = f"DATA={self.folder}".encode(), 0
        for place in Path("/proc").iterdir():
            if not place.name.isdecimal() or int(place.name) == self.process.pid:
                continue
            try:
                command = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                ours = mark in (place / "environ").read_bytes() or str(self.folder) in command
                if ours and word in command:
                    os.kill(int(place.name), signal.SIGKILL)
                    killed += 1
            except (OSError, UnicodeDecodeError):
                continue
        return killed

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def story(number: int) -> tuple[str, dict[str, object], datetime]:
    """The topic and body of the n-th delivery: of each contract its beginning, some payments, a skip, its end."""
    contract, turn = divmod(number, 6)
    contract += 5_000_000
    at = BEGAN + timedelta(seconds=number)
    policy = {"interval": "month", "interval_count": 1, "min_cycles": None, "max_cycles": None}
    if turn in (0, 5):
        topic = "subscription_contracts/create" if turn == 0 else "subscription_contracts/cancel"
        body: dict[str, object] = {
            "admin_graphql_api_id": f"gid://shopify/SubscriptionContract/{contract}",
            "id": contract,
            "billing_policy": policy,
            "currency_code": "EUR",
            "customer_id": contract,
            "admin_graphql_api_customer_id": f"gid://shopify/Customer/{contract}",
            "delivery_policy": {"interval": "month", "interval_count": 1},
            "status": "active" if turn == 0 else "cancelled",
            "admin_graphql_api_origin_order_id": f"gid://shopify/Order/{contract}",
            "origin_order_id": contract,
            "revision_id": str(number),
        }
    elif turn == 3:
        topic = "subscription_billing_cycles/skip"
        body = {
            "subscription_contract_id": contract,
            "cycle_start_at": (BEGAN + timedelta(days=90)).isoformat(),
            "cycle_end_at": (BEGAN + timedelta(days=120)).isoformat(),
            "cycle_index": 4,
            "contract_edit": None,
            "billing_attempt_expected_date": (BEGAN + timedelta(days=90)).isoformat(),
            "skipped": True,
            "edited": True,
        }
    else:
        topic = "subscription_billing_attempts/success"
        body = {
            "id": number,
            "admin_graphql_api_id": f"gid://shopify/SubscriptionBillingAttempt/{number}",
            "idempotency_key": f"key-{number}",
            "order_id": number,
            "admin_graphql_api_order_id": f"gid://shopify/Order/{number}",
            "subscription_contract_id": contract,
            "admin_graphql_api_subscription_contract_id": f"gid://shopify/SubscriptionContract/{contract}",
            "ready": True,
            "error_message": None,
            "error_code": None,
        }
        at = BEGAN + timedelta(days=30 * turn, seconds=number)
    return topic, body, at


def request_of(number: int) -> bytes:
    topic, payload, at = story(number)
    body = json.dumps(payload).encode()
    signed = base64.b64encode(hmac.new(SECRET.encode(), body, hashlib.sha256).digest()).decode()
    head = [
        "POST /webhooks/shopify/ HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        f"X-Shopify-Topic: {topic}",
        f"X-Shopify-Hmac-Sha256: {signed}",
        f"X-Shopify-Shop-Domain: {SHOP}",
        f"X-Shopify-Webhook-Id: webhook-{number}",
        f"X-Shopify-Event-Id: event-{number}",
        f"X-Shopify-Triggered-At: {at.isoformat()}",
    ]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


class Sender:
    def __init__(self, port: int) -> None:
        self.port = port
        self.took: list[float] = []
        self.taken: set[int] = set()
        self.refused: list[tuple[int, str]] = []
        self.idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def send(self, number: int, raw: bytes) -> None:
        began = time.perf_counter()
        try:
            reader, writer = self.idle.pop() if self.idle else await asyncio.open_connection("127.0.0.1", self.port)
            writer.write(raw)
            head = await reader.readuntil(b"\r\n\r\n")
        except (OSError, asyncio.IncompleteReadError) as error:
            self.refused.append((number, repr(error)))
            return
        self.took.append(time.perf_counter() - began)
        status = head.split(b" ", 2)[1]
        if status == b"200":
            self.taken.add(number)
        else:
            self.refused.append((number, status.decode()))
        self.idle.append((reader, writer))

    async def run(self, rate: int, seconds: int, marks: dict[float, object]) -> float:
        requests = [request_of(number) for number in range(rate * seconds)]
        tasks, began = [], time.perf_counter()
        for number, raw in enumerate(requests):
            wait = began + number / rate - time.perf_counter()
            if wait > 0:
                await asyncio.sleep(wait)
            for at in [at for at in marks if number >= at * len(requests)]:
                marks.pop(at)()  # type: ignore[operator]
            tasks.append(asyncio.create_task(self.send(number, raw)))
        await asyncio.gather(*tasks)
        return time.perf_counter() - began


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=300)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--patience", type=int, default=300, help="seconds that the worker may take afterwards")
    parser.add_argument("--no-kill", action="store_true")
    asked = parser.parse_args()
    product = Product(free_port())
    try:
        product.wait()
        product.shell(INSTALL)
        threading.Thread(target=product.watch, daemon=True).start()
        before = product.processor()
        sender = Sender(product.port)
        killed: list[str] = []
        marks = (
            {}
            if asked.no_kill
            else {
                share: (lambda word=word: killed.append(f"{word}: {product.kill(word)}"))
                for share, word in ((0.3, "celeryd"), (0.6, "valkey-server"))
            }
        )
        lasted = asyncio.run(sender.run(asked.rate, asked.seconds, marks))
        sent, ended = asked.rate * asked.seconds, time.perf_counter()
        took = sorted(sender.took)
        print(f"{sent} deliveries in {lasted:.1f} s: {sent / lasted:.0f} a second; killed {killed}")
        print(
            f"  answered in p50 {took[len(took) // 2] * 1000:.1f} ms, p99 {took[len(took) * 99 // 100] * 1000:.1f} ms, "
            f"slowest {took[-1] * 1000:.0f} ms; {len(sender.taken)} taken, {len(sender.refused)} not"
            f" {sender.refused[:2]}"
        )
        while True:
            found = json.loads(product.shell(f"IDS = False\n{COUNT}"))
            print(f"  {time.perf_counter() - ended:6.1f} s later: {found['states']}")
            if not found["states"].get("stored") or time.perf_counter() - ended > asked.patience:
                break
            time.sleep(2)
        spent = {part: used - before.get(part, 0.0) for part, used in product.processor().items()}
        each = ", ".join(f"{part} {1000 * used / sent:.2f} ms" for part, used in sorted(spent.items()) if used > 0.05)
        print(f"  processor time a delivery: {each}")
        found = json.loads(product.shell(f"IDS = True\n{COUNT}"))
        lost = {f"webhook-{number}" for number in sender.taken} - set(found.pop("ids"))
        print(f"  lost: {len(lost)}; {found}")
        sys.exit(bool(lost or found["states"].get("stored")))
    finally:
        product.stop()


if __name__ == "__main__":
    main()
