"""Whether a mail is from whom it says, and nobody can say so but our own receiver."""

# ruff: noqa: E501 (samples)
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.thorough import examples
from tickets.mail.authentication import Assessment, Result, assess, parse, verdict
from tickets.mail.parsing import parse_mail

OURS = ["mx.shop.example"]
RECEIVED = "Received: from out.example (out.example [192.0.2.1]) by mx.shop.example; Mon, 2 Nov 2026 10:00:00 +0000\n"


def judged(headers: str, author: str = "Ann <ann@example.com>", trusted: list[str] = OURS) -> str:
    return verdict(parse_mail(f"{headers}From: {author}\nSubject: Box\n\nHi".encode()), trusted)


def results(text: str, where: str = "mx.shop.example") -> str:
    return f"Authentication-Results: {where}; {text}\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dmarc=pass header.from=example.com", "pass"),
        ("dmarc=pass (p=reject sp=reject dis=none) header.from=EXAMPLE.com", "pass"),
        ("spf=pass smtp.mailfrom=b@esp.example; dkim=pass header.d=example.com; dmarc=pass", "pass"),
        ("dmarc=fail (p=none) header.from=example.com; spf=pass smtp.mailfrom=example.com", "fail"),
        ("dmarc=pass header.from=evil.example", "fail"),
        ("dmarc=pass header.from=evil.example.com", "fail"),
        ("dmarc=none header.from=example.com", "none"),
        ("dmarc=temperror header.from=example.com; dkim=pass header.d=example.com", "pass"),
        ("dmarc=bestguesspass action=none header.from=example.com; spf=pass smtp.mailfrom=example.com", "pass"),
        ("dkim=pass header.i=@example.com header.s=s1 header.b=AbC", "pass"),
        ("dkim=pass header.d=evil.example; spf=pass smtp.mailfrom=x@evil.example", "none"),
        ("dkim=fail header.d=example.com; dkim=pass header.d=example.com", "pass"),
        ("dkim=pass header.d=com", "none"),
        ("dkim=pass header.d=ample.com", "none"),
        ("spf=fail smtp.mailfrom=ann@example.com", "fail"),
        ("spf=softfail smtp.mailfrom=ann@example.com", "none"),
        ("spf=fail smtp.mailfrom=x@list.example", "none"),
        ("dmarc=pass header.from=example.com; dmarc=fail header.from=example.com", "fail"),
        ("none", "none"),
        ("", "none"),
    ],
)
def test_verdict_on_the_domain_in_from(text, expected):
    assert judged(results(text) + RECEIVED) == expected
    assert judged(RECEIVED + results(text)) == expected


@pytest.mark.parametrize("text", ["dmarc=pass header.from=example.com", "dmarc=pass"])
def test_what_a_sender_can_write_is_never_believed(text):
    forged = results(text)
    assert judged(f"Message-ID: <1@example.com>\n{forged}") == "none"  # among the author's own headers
    assert judged(RECEIVED + results(text, "mx.evil.example")) == "none"
    assert judged(RECEIVED + results("spf=none") + forged) == "none"  # under ours, where a sender's headers begin
    assert judged(RECEIVED + results("spf=none") + RECEIVED + forged) == "none"
    assert judged(RECEIVED + results("dmarc=fail") + forged) == "fail"
    assert judged(forged + RECEIVED, trusted=[]) == "none"
    assert judged(f"{forged}{RECEIVED}", author="a@example.com\nFrom: b@evil.example") == "none"


def test_several_filters_of_ours_write_above_the_topmost_received():
    headers = results("spf=pass smtp.mailfrom=x@esp.example") + results("dkim=pass header.d=esp.example")
    mail = parse_mail(f"{headers}{results('dmarc=pass')}{RECEIVED}From: ann@example.com\n\nHi".encode())
    assert assess(mail, OURS) == Assessment("pass", "pass", "pass", "pass", "mx.shop.example")


def test_receiver_is_known_by_its_domain_and_by_its_received_where_it_leaves_its_name_out():
    nameless = "Authentication-Results: spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=example.com; dmarc=pass action=none header.from=example.com;compauth=pass reason=100\n"
    received = RECEIVED.replace("mx.shop.example", "AM7.mail.protection.outlook.com")
    assert judged(received + nameless, trusted=["protection.outlook.com"]) == "pass"
    assert judged(received + nameless, trusted=["outlook.com.evil.example", "tection.outlook.com"]) == "none"
    assert judged(RECEIVED + nameless, trusted=["protection.outlook.com"]) == "none"


@pytest.mark.parametrize(
    "injected",
    [
        'spf=pass smtp.mailfrom="x; dmarc=pass header.from=example.com"@evil.example',
        'spf=pass reason="dmarc=pass; dmarc=pass header.from=example.com" smtp.mailfrom=evil.example',
        "spf=pass (a (nested; dmarc=pass) comment; dmarc=pass header.from=example.com) smtp.mailfrom=evil.example",
        r"spf=pass (escaped \) ; dmarc=pass) smtp.mailfrom=evil.example",
        "spf=pass (never closed; dmarc=pass header.from=example.com",
        'spf=pass smtp.mailfrom="never closed; dmarc=pass header.from=example.com',
        "x-dmarc=pass; dmarc.dmarc=pass; dmarc=passed; dmarc=pass.example",
    ],
)
def test_quotes_and_comments_hide_no_result(injected):
    assert judged(results(injected) + RECEIVED) == "none"


def test_folds_versions_comments_and_case():
    raw = (
        "authentication-results: MX.shop.example (ours) 1;\r\n\tDMARC/1 = Pass (p=none)\r\n  header . from = Example.com\r\n"
        ' reason="all \\"good\\"";\r\n\tdkim=pass (2048-bit key; secure) header.d=example.com\r\n'
    )
    mail = parse_mail(f"{raw}From: ann@example.com\r\n\r\nHi".encode())
    assert assess(mail, OURS) == Assessment("pass", "", "pass", "pass", "mx.shop.example")
    assert parse(mail.header_values("Authentication-Results")[0]).results[0] == Result(
        "dmarc", "pass", 'all "good"', (("header.from", "Example.com"),)
    )


def test_international_domains_compare_equal():
    assert judged(results("dmarc=pass header.from=xn--bcher-kva.example") + RECEIVED, "a@bücher.example") == "pass"


TEXT = st.text(st.sampled_from('abc.@;=()"\\/ \tdmarcpassheader.from') | st.characters(codec="utf-8"), max_size=60)
METHODS = st.sampled_from(["spf", "dkim", "dmarc", "arc", "iprev"])


@settings(deadline=None, max_examples=examples(50))
@given(
    st.sampled_from(["dmarc=fail", "spf=none", "dkim=pass header.d=esp.example", "none"]), st.lists(TEXT, max_size=4)
)
def test_no_header_below_ours_makes_a_mail_pass(ours, forged):
    below = "".join("Authentication-Results: mx.shop.example; " + " ".join(text.split()) + "\n" for text in forged)
    assert judged(RECEIVED + results(ours) + below) == judged(RECEIVED + results(ours))


@settings(deadline=None, max_examples=examples(50))
@given(TEXT, st.lists(st.tuples(METHODS, st.sampled_from(["pass", "fail", "none"]), TEXT), max_size=5))
def test_well_formed_results_are_read_whatever_the_comments_and_values(comment, written):
    def quoted(text: str) -> str:
        return '"' + text.replace("\\", r"\\").replace('"', r"\"") + '"'

    inner = comment.replace("\\", "").replace("(", "").replace(")", "")
    value = "mx.shop.example" + "".join(
        f"; {method}={result} ({inner}) smtp.mailfrom={quoted(text)}" for method, result, text in written
    )
    assert parse(value).results == tuple(
        Result(method, result, "", (("smtp.mailfrom", text),)) for method, result, text in written
    )


@settings(deadline=None)
@given(TEXT)
def test_any_text_is_read(text):
    parse(text)
    assert judged("Authentication-Results: " + " ".join(text.split()) + "\n") in ("pass", "fail", "none")
