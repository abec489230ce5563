"""The rules that ship with the product, on complaints and look-alikes in four languages."""

import io
import json
import sys

import pytest
from django.core.management import call_command

from tickets.topics.detect import detect
from tickets.topics.starter_rules import STARTER_RULES

TEXTS = """
damaged | One can was dented and leaking
damaged | My May box arrived crushed
- | The lid can get cracked in the dishwasher, right?
damaged | My candle jar was smashed to bits when I unpacked it
damaged | Box came today, corner caved in and the serum has leaked everywhere
damaged | Two of the jars had cracked lids and sauce all over the inside
damaged | The package looks like it has been run over by a truck
damaged | Just opened my April box and the shampoo exploded
damaged | Hi, the mug in my box was chipped. Can I get a replacement?
damaged | One of the eggs broke during shipping
damaged | bottle broken!!!
damaged | My order got here completely soaked, the cardboard was falling to bits
damaged | Glass everywhere when I opened it. The vase didn't survive the trip.
damaged | It's dented and the seal is broken
damaged | my box arrived damaged
damaged | Everything was in pieces
damaged | the foundation compact was shattered and powder got on everything else
damaged | The chocolate had melted and the box was sticky
damaged | Received my subscription box yesterday, unfortunately the bottle of oil leaked.
damaged | The courier threw it over the fence and now the teapot is cracked
damaged | this is the second time it's shown up crushed
damaged | Half of my cookies were crumbs by the time they got here
damaged | It arrived in bad condition
damaged | The outer packaging was torn and two packets had burst
damaged late | It came a week late and squashed
damaged | poorly packed, arrived shattered
damaged | Crushed box again
damaged | Broken on arrival.
damaged | I'm attaching a photo of the broken bottle
- | Not damaged at all, thank you for the careful packing!
- | No damage this time, thanks
- | The damage to my budget is real lol, love the box
- | your box crushed it this month
- | Nothing was broken, all good
- | Is there anything I should do if my box arrives damaged?
- | What is your policy on damaged items?
- | I love the crushed velvet scrunchie
- | the link on your site is broken
- | My hair was so damaged before I used this mask, now it's great
- | I'm heartbroken that you dropped the lavender scent
- | the box is to die for, a smash hit in my house
- | This cracked me up, great note in the box
- | It was well packed so nothing leaked
- | Thanks, everything came in one piece
- | Will the glass bottles break in the cold?
- | It took a while to break down the boxes for recycling
- | You guys are killing it, my wallet is crushed
- | I dropped my phone and cracked the screen, can I change my delivery address
- | how do I recycle the torn off labels
damaged | Das Paket kam völlig zerdrückt an
damaged | Leider ist die Flasche ausgelaufen und alles ist nass
damaged | Hallo, meine Box ist heute beschädigt angekommen, zwei Gläser sind kaputt.
- | Diesmal war zum Glück nichts kaputt, danke!
- | Die Box ist nicht beschädigt, vielen Dank
late | Wo bleibt meine Box? Ich warte seit zwei Wochen.
late | Meine Lieferung ist immer noch nicht angekommen
cancel | Hiermit kündige ich mein Abo zum nächstmöglichen Zeitpunkt
billing | Mir wurde der Betrag doppelt abgebucht
missing_item | In meiner Box fehlte die Creme
wrong_item | Ich habe die falsche Größe bekommen
damaged | La caja llegó aplastada y el frasco estaba roto
damaged | Mi pedido llegó dañado
- | No llegó roto, todo perfecto
- | La caja llegó sin daños
late | Todavía no ha llegado mi caja
late | ¿Dónde está mi pedido?
cancel | Quiero cancelar mi suscripción
billing | Me cobraron dos veces este mes
missing_item | Falta un producto en mi caja
wrong_item | Me enviaron el color equivocado
quality | La crema huele mal
damaged | A caixa chegou amassada e o vidro quebrado
damaged | Meu produto veio quebrado
- | Chegou em perfeito estado, nada quebrado
- | O produto não veio danificado, muito bom
late | Meu pedido ainda não chegou
cancel | Quero cancelar minha assinatura
billing | Fui cobrado duas vezes no cartão
wrong_item | Recebi o produto errado
missing_item | Veio faltando um item
quality | Produto de péssima qualidade
missing_item | There was no lip balm in my box
missing_item | I was supposed to get 6 items but only 4 were in there
missing_item | The sticker sheet wasn't in the box
wrong_item | You sent me somebody else's box
wrong_item | I ordered medium and got a small
wrong_item | This is not what I ordered
late | It's been 3 weeks and nothing has shown up
late | any update on my March box?
late | Tracking hasn't moved since Tuesday
late | When will my box ship?
billing | Why was I charged twice this month?
billing | I want my money back
billing | Please update my card
cancel | please cancel my subscription
cancel | How do I cancel?
cancel | I'd like to pause or stop my subscription
- | Please do not cancel my subscription, I changed my mind
- | I don't want to cancel
- | thanks so much, love this box!
- | Can I change my address before the next box?
quality | The coffee tasted stale
quality | the lotion gave me a rash
quality | These socks fell apart after two washes
- | Can I skip next month?
- | the delivery was early, great!
damaged | These came all beat up. Seven out of the eight tins have dents.
damaged | I got my shipment and 4 of the bottles leaked in the carton
damaged | Arrived with the lid off and coffee grounds everywhere
damaged | The pasta was nothing but broken bits when it got to me
damaged | bags were slit open by whoever cut the box, product spilled
damaged | What a mess! Honey all over everything in the box
damaged | the jar of pickles was busted and brine had ruined the crackers
damaged | Third month in a row with crushed chips
damaged | Screen protector cracked in the box
damaged | The corners of the book are bent and the dust jacket is torn
damaged | I received a bag that had burst at the seam
damaged | @shop yet another battered parcel
damaged | thanks for delivering a dented tin @shop
damaged | my stuff got wet because the driver left it in the rain
damaged | The seal on the jar was broken
damaged | box was destroyed
- | These crackers hold up great, no broken ones
- | the can opener broke my nail lol
- | I broke my leg so please hold my delivery
- | Best crushed tomatoes I've ever had
- | The bag has a resealable top so it never leaks
- | The packaging is so strong that an elephant couldn't crush it
- | the wet wipes are lovely
- | My dog smashed through the whole box of treats, he loves them
- | The print is scratchy but I love it
- | Amazing story about a broken family
- | Bent over backwards to help me, great service
- | a few reviews mentioned dented cans but mine were perfect
- | no complaints, no leaks, no dents
- | I was worried they would melt but they came frozen solid
- | Melt in your mouth good
- | came in perfect condition, not one cracked egg
quality | The zipper broke after one week
late | Ordered on the 3rd, still waiting
late | has my parcel been lost
- | Where can I find the recipe card?
missing_item | I'm missing the socks from my box
missing_item | One shirt short in my order
wrong_item | got the wrong scent again
billing | there's a charge on my card I don't recognise
billing | why did my price go up
cancel | I'd like to end my membership
cancel | take me off the subscription
damaged | Der Karton war total durchnässt und die Kekse zerbrochen
- | Zum Glück ist nichts ausgelaufen
- | Ist die Flasche aus Glas? Ich habe Angst, dass sie kaputt geht
damaged | El frasco se rompió en el camino
- | Por suerte nada estaba roto
damaged | A embalagem veio toda rasgada
- | Nada veio quebrado
"""
CASES = [line.split(" | ", 1) for line in TEXTS.strip().splitlines()]


@pytest.mark.parametrize(("topics", "text"), CASES)
def test_a_text_has_these_topics(topics, text):
    assert sorted(hit.topic for hit in detect(text, STARTER_RULES)) == sorted(topics.replace("-", "").split())


@pytest.mark.parametrize("rule", STARTER_RULES, ids=lambda rule: rule.name)
def test_a_starter_rule_can_be_applied(rule):
    rule.check()


def test_starter_rules_have_names_of_their_own_and_every_topic_in_every_language():
    names = [rule.name for rule in STARTER_RULES]
    assert len(set(names)) == len(names)
    topics = {"damaged", "missing_item", "wrong_item", "late", "billing", "quality", "cancel"}
    assert {(rule.language, rule.topic) for rule in STARTER_RULES} == {
        (language, topic) for language in ("en", "de", "es", "pt") for topic in topics
    }


def test_the_command_answers_every_line(monkeypatch):
    lines = [{"id": 7, "text": "The box arrived crushed."}, {"id": 8}, [], {"id": 9, "text": "Thanks!"}]
    raw = "\n".join(json.dumps(line) for line in lines).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    out = io.StringIO()
    call_command("detect_topics", stdout=out)
    answers = [json.loads(line) for line in out.getvalue().splitlines()]
    assert answers[0]["topics"][0]["topic"] == "damaged"
    assert answers[0]["topics"][0]["because"] == ["arrived crushed"]
    assert answers[1:] == [
        {"id": 8, "error": "text: a string is needed."},
        {"error": "The line is not a JSON object."},
        {"id": 9, "topics": []},
    ]
