"""Safe markup made ready for its frame."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.thorough import examples
from tickets.mail.markup import safe_html
from tickets.mail.reading import TAG, says_more, shown


def body(markup: str) -> str:
    return shown(markup, pictures={}, with_remote=False).body


def test_what_is_quoted_is_folded_unless_the_message_begins_with_it():
    fold = "<details><summary>Show what was quoted</summary>"
    inner = "<blockquote>a<blockquote>b</blockquote></blockquote>"
    assert body(f"Hi{inner}Bye") == f"Hi{fold}{inner}</details>Bye"
    assert body(f"<div>{inner}Bye</div>") == f"<div>{inner}Bye</div>"
    indent = '<blockquote style="margin:0 0 0 40px;border:none">x</blockquote>'
    assert body(f"Hi{indent}") == f"Hi{indent}"


def test_sizes_by_the_window_go_and_words_like_them_stay():
    assert body('<p style="height:100vh;color:red">a: 5vh;</p>') == '<p style="color:red">a: 5vh;</p>'


def test_only_colours_that_mean_something_need_paper():
    plain = '<p style="color:rgb(34,34,34);background-color:#fff"><font color="black">x</font></p>'
    assert shown(plain, pictures={}, with_remote=False).has_colours is False
    for markup in ('<p style="color:#c00">x</p>', '<table bgcolor="#eeeeee"><tr><td>x</td></tr></table>'):
        assert shown(markup, pictures={}, with_remote=False).has_colours is True


def test_address_of_a_picture_stays_an_attribute():
    markup = '<img src="https://x.example/a?b=1&amp;c=&quot;onerror=x" title="<b>&quot;>">'
    found = shown(markup, pictures={}, with_remote=True).body
    assert [tag[2] for tag in TAG.finditer(found)] == ["img"]
    assert 'src="https://x.example/a?b=1&amp;c=&quot;onerror=x"' in found


PIECES = ["<blockquote>", "</blockquote>", "<p>", "</p>", "<b>", "x", "<img src=cid:a>", '<a href="http://x">', "<td>"]


@settings(max_examples=examples(30))
@given(st.lists(st.sampled_from(PIECES), max_size=25))
def test_nothing_but_folds_is_added_and_they_are_closed(pieces):
    markup = "".join(pieces)
    found = body(markup)
    assert found.count("<details>") == found.count("</details>")
    left = re.sub("</?details>|<summary>[^<]*</summary>", "", found)
    assert left == safe_html(markup).replace('<img src="cid:a">', "")


def test_long_markup_is_looked_at_in_passing():
    for piece in ("<img ", "<table><tr><td>", "<blockquote", "<img width="):
        assert says_more(piece * 20_000) in (True, False)
