"""What a stranger's file is, by its first bytes, and under which name it may be kept."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories.pictures import gif_header, jpeg_header, png, png_header, webp_header
from tests.thorough import examples
from tickets.files import LONGEST_NAME, MOST_NAME_BYTES, Picture, extension_of, may_harm, picture_of, safe_file_name


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (png(8, 6), Picture("image/png", 8, 6)),
        (jpeg_header(4032, 3024), Picture("image/jpeg", 4032, 3024)),
        (jpeg_header(4032, 3024, thumbnail=jpeg_header(160, 120)), Picture("image/jpeg", 4032, 3024)),
        (gif_header(3, 2), Picture("image/gif", 3, 2)),
        (webp_header(640, 480), Picture("image/webp", 640, 480)),
        (webp_header(640, 480, b"VP8L"), Picture("image/webp", 640, 480)),
        (webp_header(640, 480, b"VP8 "), Picture("image/webp", 640, 480)),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"%PDF-1.7", None),
        (b"<script>alert(1)</script>", None),
        (b"", None),
    ],
)
def test_picture_is_known_by_its_header(content, expected):
    assert picture_of(content) == expected


@pytest.mark.parametrize("header", [png_header, jpeg_header, gif_header, webp_header])
def test_picture_that_would_fill_the_memory_is_not_shown(header):
    assert picture_of(header(65_535, 65_535)).is_showable is False
    assert picture_of(header(8_000, 6_000)).is_showable is True


@settings(max_examples=examples(30))
@given(st.sampled_from([png(9, 9), jpeg_header(9, 9), gif_header(9, 9), webp_header(9, 9)]), st.data())
def test_header_that_is_cut_or_broken_never_raises(content, data):
    at = data.draw(st.integers(0, len(content)))
    picture_of(content[:at])
    picture_of(content[:at] + data.draw(st.binary(max_size=40)))


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("../../../etc/shadow", "shadow"),
        ("..\\..\\system.ini", "system.ini"),
        ("C:\\photos\\box.jpg", "box.jpg"),
        (".profile", "_profile"),
        ("-f.txt", "_f.txt"),
        ("aux", "_aux"),
        ("Com1.txt", "_Com1.txt"),
        ("receipt.pdf\u202egpj.exe", "receipt.pdfgpj.exe"),
        ("bell\x07 and\x00 nul.png", "bell and nul.png"),
        ("a\r\nX-Header: 1.txt", "aX-Header_ 1.txt"),
        ('"; filename="x.exe', "_; filename=_x.exe"),
        ("photo .jpg . .", "photo .jpg"),
        ("%2e%2e%2fup", "_2e_2e_2fup"),
        ("e\u0301te\u0301.pdf", "été.pdf"),
        ("कागज़.pdf", "कागज़.pdf"),
        ("👨\u200d👩\u200d👧.png", "👨\u200d👩\u200d👧.png"),
        ("..", "attachment"),
        (" \t", "attachment"),
    ],
)
def test_name_is_safe_on_every_system(sent, expected):
    assert safe_file_name(sent) == unicodedata.normalize("NFC", expected)


@settings(max_examples=examples(30))
@given(st.text(max_size=300) | st.text(alphabet='./\\:"<>\x00\u202e %conaux', max_size=40))
def test_name_of_anything_is_a_name(sent):
    name = safe_file_name(sent)
    assert name.strip()
    assert not set(name) & set('/\\:"<>|?*%\x00\r\n\u202e')
    assert name[0] not in ".-"
    assert len(name) <= LONGEST_NAME
    assert len(name.encode()) <= MOST_NAME_BYTES
    assert safe_file_name(name) == name


def test_long_name_keeps_its_extension():
    assert extension_of(safe_file_name("я" * 400 + ".pdf")) == "pdf"


@pytest.mark.parametrize("name", ["x.exe", "x.jpg.EXE", "x.html", "x.svg", "macro.docm", "disk.iso", "go.ps1", "a.lnk"])
def test_what_may_run_is_told(name):
    assert may_harm(name) is True


@pytest.mark.parametrize("name", ["x.jpg", "x.pdf", "letter.docx", "x.zip", "exe", "x.exe.txt", "mail.eml"])
def test_what_is_only_read_is_not_warned_of(name):
    assert may_harm(name) is False
