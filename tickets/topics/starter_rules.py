"""The detection rules that ship with the product, as data: they fill the database once and are edited there."""

from tickets.topics.detect import Rule
from tickets.topics.starter_de import RULES as GERMAN
from tickets.topics.starter_en import RULES as ENGLISH
from tickets.topics.starter_es import RULES as SPANISH
from tickets.topics.starter_pt import RULES as PORTUGUESE

STARTER_RULES: tuple[Rule, ...] = (*ENGLISH, *GERMAN, *SPANISH, *PORTUGUESE)
