"""A denied hit is no hit, in each language; a denial reaches no further than its clause."""

import pytest

from tickets.topics.detect import Rule, detect

BROKEN = [Rule(topic="t", phrases="(broken|kaputt|rot*|quebrad*)\n(box|caja|caixa) … (broken|kaputt|rot*|quebrad*)")]


@pytest.mark.parametrize(
    "text",
    [
        "It was not broken",
        "The box wasn’t broken",
        "Nothing in it was broken",
        "none of the six cups was broken",
        "the box came without any broken cup",
        "Nichts war kaputt, danke",
        "Die Box ist nicht kaputt",
        "Ich habe keine kaputten Teile",
        "La caja no llegó rota",
        "Llegó sin nada roto",
        "A caixa não veio quebrada",
        "Nenhum item veio quebrado",
    ],
)
def test_a_denied_hit_is_none(text):
    assert detect(text, BROKEN) == []


@pytest.mark.parametrize(
    "text",
    [
        "Not happy: broken",
        "I did not expect much, but it is broken",
        "I can't believe it came broken",
        "not only late, also broken",
        "Never again. Broken!",
        "I don't know why it is broken",
        "Nicht nur spät, auch kaputt",
        "No entiendo, vino roto",
        "Não recomendo, veio quebrado",
        "Veio quebrado no transporte",
        "O produto que comprei no site veio quebrado, muito ruim",
    ],
)
def test_a_denial_of_something_else_denies_nothing(text):
    assert [hit.topic for hit in detect(text, BROKEN)] == ["t"]
