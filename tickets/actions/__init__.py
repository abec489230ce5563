"""What can be done to a ticket, as data: the vocabulary that macros, rules and changes of many tickets share.

Actions are stored as a list of {"kind": …, "value": …}, see tickets.enums.ActionKind and tickets.actions.kinds. Whoever
stores them asks `check_actions` first, shows them by `words_of`, and does them by `perform`; what that returns as
`inverse` is taken back by `take_back`.
"""

from tickets.actions.kinds import KINDS, check_actions, words_of
from tickets.actions.performing import Performed, TakenBack, perform, take_back
from tickets.actions.vocabulary import Vocabulary

__all__ = ["KINDS", "Performed", "TakenBack", "Vocabulary", "check_actions", "perform", "take_back", "words_of"]
