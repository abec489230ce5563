"""How fast mails are read, in one process: plain ones, alternatives with HTML, and one of 25 MB.

    python bench/parse_mail.py [--mails N]

The mails are made here, so that anybody can repeat it. Counts processor time, so that neighbours do not. Prints
mails a second, and for the large mail its time and the memory that it added at its peak.
"""

import argparse
import base64
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tickets.mail.parsing import parse_mail

REPLY = """Hello,

my box number {number} came on Tuesday and two of the jars were broken. The rest is lovely, thank you.
Could you send the jars again?

Best wishes
Ann

Sent from my iPhone

On Mon, 2 Nov 2026 at 10:{minute:02}, Box Club <help@boxclub.example> wrote:

> Dear Ann,
>
> your box is on its way and should arrive on Tuesday.
>
> Your Box Club
"""
HEADERS = """Return-Path: <ann{number}@customer.example>
Received: from mail.customer.example (mail.customer.example [192.0.2.7])
 by mx.boxclub.example; Tue, 3 Nov 2026 09:00:01 +0000
Authentication-Results: mx.boxclub.example; dkim=pass header.d=customer.example; spf=pass; dmarc=pass
From: Ann Example <ann{number}@customer.example>
To: Box Club <help@boxclub.example>
Subject: Re: =?utf-8?q?Your_box_is_on_its_way_=E2=80=93_number?= {number}
Date: Tue, 3 Nov 2026 10:00:00 +0100
Message-ID: <{number}.1@customer.example>
In-Reply-To: <{number}.0@boxclub.example>
References: <{number}.0@boxclub.example>
MIME-Version: 1.0
"""


def plain(number: int) -> bytes:
    head = HEADERS.format(number=number) + "Content-Type: text/plain; charset=utf-8\n\n"
    return (head + REPLY.format(number=number, minute=number % 60)).encode()


def alternative(number: int) -> bytes:
    text = REPLY.format(number=number, minute=number % 60)
    quoted = text.replace("\n", "<br>\n")
    markup = f'<html><body><div dir="ltr" style="color:#222">{quoted}<img src="https://boxclub.example/o.gif"></div></body></html>'
    return (
        HEADERS.format(number=number)
        + 'Content-Type: multipart/alternative; boundary="=_b"\n\n'
        + f"--=_b\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"
        + f"--=_b\nContent-Type: text/html; charset=utf-8\n\n{markup}\n--=_b--\n"
    ).encode()


def write_large(path: Path, megabytes: int) -> None:
    photo = base64.encodebytes(os.urandom(1024 * 1024 * 3 // 4 // 57 * 57))
    with path.open("wb") as file:
        file.write(HEADERS.format(number=1).encode() + b'Content-Type: multipart/mixed; boundary="=_b"\n\n')
        file.write(b"--=_b\nContent-Type: text/plain\n\nThe photos of my broken box.\n")
        for number in range(megabytes):
            file.write(f"--=_b\nContent-Type: image/jpeg; name=photo{number}.jpg\n".encode())
            file.write(b"Content-Transfer-Encoding: base64\n\n" + photo)
        file.write(b"--=_b--\n")


def measure(name: str, mails: list[bytes]) -> None:
    start = time.process_time()
    for raw in mails:
        parse_mail(raw)
    took = time.process_time() - start
    print(f"{name:24} {len(mails) / took:8.0f} a second")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--mails", type=int, default=2000)
    count = parser.parse_args().mails
    parse_mail(alternative(0))
    measure("plain replies", [plain(number) for number in range(count)])
    measure("text and HTML", [alternative(number) for number in range(count)])
    start = time.process_time()
    for number in range(count // 4):
        _ = parse_mail(alternative(number)).safe_html
    print(f"{'with the HTML made safe':24} {count // 4 / (time.process_time() - start):8.0f} a second")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.eml"
        write_large(path, 25)
        raw_size = path.stat().st_size
        measure_large(path, raw_size)


def measure_large(path: Path, size: int) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    mail = parse_mail(path.read_bytes())
    sizes = sum(attachment.size for attachment in mail.attachments)
    took = time.process_time() - start
    added = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    files = f"{len(mail.attachments)} files decoded ({sizes / 1e6:.0f} MB)"
    print(f"{size / 1e6:.0f} MB, {files}: {took:.2f} s, {added:.0f} MB more memory")


if __name__ == "__main__":
    main()
