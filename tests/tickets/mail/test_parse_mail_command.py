"""The command: a path a line in, a JSON object a line out, bad lines answered too."""

import io
import json
import sys

from django.core.management import call_command


def run(monkeypatch, lines: str, *arguments: str) -> list[dict]:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines.encode())))
    out = io.StringIO()
    call_command("parse_mail", *arguments, stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_answers_every_line_in_order(monkeypatch, tmp_path):
    (tmp_path / "a.eml").write_bytes(b"From: ann@example.com\nSubject: One\n\nHi")
    (tmp_path / "b.eml").write_bytes(b"Subject: Two\n\nHi")
    answers = run(monkeypatch, f"{tmp_path}/a.eml\n{tmp_path}/missing\n\n{tmp_path}\n{tmp_path}/b.eml\n")
    assert [answer.get("subject") for answer in answers] == ["One", None, None, None, "Two"]
    assert [list(answer) for answer in answers[1:4]] == [["error"]] * 3


def test_bare_bodies(monkeypatch, tmp_path):
    path = tmp_path / "body"
    path.write_text("Hello\n\n-- \nAnn")
    assert run(monkeypatch, "", "--format", "text", str(path))[0]["visible_reply"] == "Hello"
    path.write_text("<p>Hello</p>")
    assert run(monkeypatch, "", "--format", "html", str(path))[0]["text_body"] == "Hello"
