"""HTML of strangers: nothing runs, nothing is fetched, and what can be shown is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.mail.markup import safe_html
from tickets.mail.parsing import parse_html


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>Hi <b>Ann</b></p>", "<p>Hi <b>Ann</b></p>"),
        ("<script>alert(1)</script>x", "x"),
        ('<p onclick="x()">y</p>', "<p>y</p>"),
        ('<img src="https://t.example/o.gif">', '<img data-src="https://t.example/o.gif">'),
        ('<img src="cid:one@x">', '<img src="cid:one@x">'),
        ('<img src="data:text/html,x">', "<img>"),
        ('<img src="//t.example/o.gif">', "<img>"),
        ('<div style="background:url(https://t.example/o.gif);color:red">x</div>', '<div style="color:red">x</div>'),
        ('<form action="https://evil.example"><input name="p">go</form>', "go"),
        ("<svg><a href=x>y</a></svg>z", "z"),
    ],
)
def test_markup_is_shown_without_what_harms(markup, expected):
    assert safe_html(markup) == expected


def test_links_open_apart_and_only_to_the_web_mail_and_telephone():
    safe = {'target="_blank"', 'rel="noopener', "noreferrer", 'nofollow"'}  # in any order
    assert parts('<a href="https://x.example/">x</a>') == {'href="https://x.example/"', *safe}
    assert parts('<a href="java\tscript:alert(1)">x</a>') == safe
    assert parts('<a href="data:text/html,x">x</a>') == safe


def parts(link: str) -> set[str]:
    return set(safe_html(link).removeprefix("<a ").removesuffix(">x</a>").split())


@pytest.mark.parametrize("markup", ["<div>" * 50_000 + "deep", "<b><i>" * 3000 + "<p>x</p>" * 3000 + "deep"])
def test_markup_without_end_is_shown_as_text(markup):
    parsed = parse_html(markup.encode())
    assert parsed.safe_html.startswith("<pre>")
    assert parsed.text_body.strip().endswith("deep")


@given(st.text(alphabet="<>=\"'/ abijmgscrptonldvhef:;&#x0\n", max_size=200))
def test_cleaned_markup_stays_as_it_is_when_cleaned_again(markup):
    once = safe_html(markup)
    assert "<script" not in once
    assert len(safe_html(once)) <= len(once)
