"""What the writer wrote now, told from quotes, signatures and footers in many languages."""

# ruff: noqa: E501 (samples)
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tickets.mail.replies import split_reply

ATTRIBUTIONS = [
    "On Mon, 2 Nov 2026 at 10:00, Box Club <help@box.example> wrote:",
    "On Monday, 2 November 2026, Box Club <\nhelp@box.example> wrote:",
    "Am 02.11.2026 um 10:00 schrieb Box Club:",
    "Am Mo., 2. Nov. 2026 um 10:00 Uhr schrieb Box Club <help@box.example>:",
    "Box Club <help@box.example> schrieb am Mo., 2. Nov. 2026, 10:00:",
    "Op ma 2 nov. 2026 om 10:00 schreef Box Club <help@box.example>:",
    "El lun, 2 nov 2026 a las 10:00, Box Club (<help@box.example>) escribió:",
    "Le lun. 2 nov. 2026 à 10:00, Box Club <help@box.example> a écrit :",
    "Il giorno lun 2 nov 2026 alle ore 10:00 Box Club <help@box.example> ha scritto:",
    "Em seg., 2 de nov. de 2026 às 10:00, Box Club <help@box.example> escreveu:",
    "Den mån 2 nov. 2026 kl 10:00 skrev Box Club <help@box.example>:",
    "pon., 2 lis 2026 o 10:00 Box Club <help@box.example> napisał(a):",
    "po 2. 11. 2026 v 10:00 odesílatel Box Club <help@box.example> napsal:",
    "пн, 2 нояб. 2026 г. в 10:00, Box Club <help@box.example>:",
    "ma 2. marrask. 2026 klo 10.00 Box Club (help@box.example) kirjoitti:",
    "Box Club <help@box.example>, 2 Kas 2026 Pzt, 10:00 tarihinde şunu yazdı:",
    "2026年11月2日(月) 10:00 Box Club <help@box.example>:",
    "Box Club <help@box.example> 于2026年11月2日周一 10:00写道：",
    "2026년 11월 2일 (월) 오전 10:00, Box Club <help@box.example>님이 작성:",
    "-----Original Message-----\nFrom: Box Club <help@box.example>\nSent: Monday\nTo: Ann\nSubject: Box",
    "________________________________\nVon: Box Club <help@box.example>\nGesendet: Montag\nAn: Ann\nBetreff: Box",
    "De : Box Club <help@box.example>\nEnvoyé : lundi 2 novembre 2026\nÀ : Ann\nObjet : Box",
    "发件人: Box <help@box.example>\n发送时间: 2026年11月2日 10:00\n收件人: Ann\n主题: Box",
]
FOOTERS = [
    "-- \nAnn Example\nBox lover", "Sent from my iPhone", "Von meinem iPhone gesendet", "Envoyé de mon iPhone",
    "Enviado desde mi iPhone", "Inviato da iPhone", "Verstuurd vanaf mijn iPhone", "Skickat från min iPhone",
    "Odesláno z iPhonu", "Отправлено с iPhone", "iPhoneから送信", "发自我的iPhone", "나의 iPhone에서 보냄", "Get Outlook for iOS",
    "Gesendet von Outlook für Android", "Sent from Yahoo Mail for iPhone", "Wysłane z mojego telefonu",
]  # fmt: skip
OWN = [
    "I sent from my desk the box back to you.",
    "The parcel was sent from Berlin with DHL.",
    "Sent from the warehouse last week, it has still not arrived at my house.",
    "On Monday I wrote to you: no answer.",
    "From: my point of view\nthis is bad",
    "In 2024 you wrote: we will refund.",
    "To: whom it may concern,\nSubject: my box\nI am angry",
    "Am Montag schrieb ich Ihnen: keine Antwort.",
    "Item   Price\n-----------\nSoap   3",
    "Thanks,\nAlex",
    "2026-11-02 10:00 the box came\nit was wet",
]


@pytest.mark.parametrize("tail", ["\n> old text\n> more", "\nold text\nmore"])
@pytest.mark.parametrize("introduction", ATTRIBUTIONS)
def test_reply_ends_where_another_mail_is_introduced(introduction, tail):
    split = split_reply(f"My answer.\nSecond line.\n\n{introduction}\n{tail}")
    assert split.visible == "My answer.\nSecond line."
    assert "old text" in split.quoted


@pytest.mark.parametrize("footer", FOOTERS)
def test_signatures_and_device_footers_are_not_the_reply(footer):
    assert split_reply(f"My answer.\n\nThanks, Ann\n\n{footer}\n").visible == "My answer.\n\nThanks, Ann"


@pytest.mark.parametrize("own", OWN)
def test_own_words_that_look_like_marks_stay(own):
    split = split_reply(f"Hello,\n\n{own}\n\nPlease help, Ann")
    assert (split.quoted, split.forwarded) == ("", False)


def test_answers_below_a_quote_are_visible():
    split = split_reply("On Mon, 2 Nov 2026, Box <b@x.example> wrote:\n> Is it broken?\n\nYes, both jars.")
    assert split.visible == "Yes, both jars."


def test_quote_without_introduction_belongs_to_the_answer_below_it():
    assert split_reply("> Is it broken?\n\nYes.").visible == "> Is it broken?\n\nYes."


def test_bare_forward_shows_what_was_forwarded():
    split = split_reply(
        "---------- Forwarded message ---------\nFrom: Ann <ann@example.com>\nDate: Mon, 2 Nov 2026\n"
        "Subject: Broken\nTo: <help@box.example>\n\nThe box is broken."
    )
    assert split.visible == "The box is broken."
    assert split.forwarded is True
    assert split.header_block.values["from"] == "Ann <ann@example.com>"


def test_empty_answer_above_a_quote_is_empty():
    assert split_reply("\n\nOn Mon, 2 Nov 2026, Box <b@x.example> wrote:\n> Hello\n").visible == ""


LINES = st.sampled_from(
    [
        "text",
        "",
        "> q",
        "-- ",
        "On 1 May 2026, A <a@b.c> wrote:",
        "From: a@b.c",
        "Date: 1 May",
        "Sent from my iPhone",
        "___",
    ]
)


@settings(deadline=None)
@given(st.lists(LINES | st.text(max_size=30), max_size=25))
def test_no_line_is_lost(lines):
    text = "\n".join(lines)
    split = split_reply(text)
    kept = sorted((split.visible + "\n" + split.quoted).split())
    assert kept == sorted(text.split())
