"""What a text is about, by rules that a support lead writes.

The language of phrases, one phrase a line:

    arrived broken            these words, one after the other; capitals, accents and apostrophes do not matter
    leak*                     words that start so: leak, leaks, leaking
    (box|package|my parcel)   one of these; an empty one, as in (the|), may be left out
    box … broken              up to four other words between (three dots will do), inside one sentence
    only # of                 any number, in digits or as a word
    thing = box, bag, parcel  a word list of this rule, used in its phrases as [thing]

A phrase that is denied ("not broken", "no damage") is no hit, and a gap does not pass a denial; a phrase of
`unless` takes back hits near it in the same sentence. Phrases never become regular expressions: matching
takes time in proportion to the text, whatever is written in either.
"""
