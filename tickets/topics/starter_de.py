# ruff: noqa: E501 a phrase is one line
"""The rules that ship with the product: German."""

from tickets.topics.detect import Rule

DAMAGE = """
damage = beschädigt*, beschaedigt*, kaputt*, zerbroch*, zerstört*, zerstoert*, zerdrückt*, zerdrueckt*, zerquetscht*, \
gequetscht*, eingedrückt*, eingedrueckt*, eingedellt*, verbeult*, zerbeult*, verbogen*, zerknickt*, zerknittert*, \
zerrissen*, aufgerissen*, eingerissen*, gerissen*, ausgelaufen*, undicht*, aufgeplatzt*, geplatzt*, zersplittert*, \
gesprungen*, zerschlagen*, zerkratzt*, verkratzt*, durchnässt*, durchnaesst*, nass, nasse, nassen, durchweicht*, \
aufgeweicht*, geschmolzen*, lädiert*, demoliert*, defekt angekommen, in Scherben, in Stücken, in tausend Stücken
goods = paket*, päckchen, paeckchen, box, boxen, karton*, sendung*, lieferung*, verpackung*, umschlag, flasche*, glas, \
gläser*, glaeser*, dose, dosen, tüte*, tuete*, beutel*, deckel, produkt*, artikel*, ware, inhalt*, teil, teile, tasse*, \
teller*, tiegel*, tube*, kerze*, creme, shampoo, alles, öl, schokolade*, packung*, bestellung*
arrived = angekommen, ankam, ankamen, kam, kamen, eingetroffen, erhalten, erhielt, bekommen, bekam, geliefert, \
ausgepackt, geöffnet, geoeffnet, aufgemacht, zugestellt
"""
LOOKS_ALIKE = """
(falls|wenn|ob|könnte|koennte|würde|wuerde|sollte) … [damage]
(mein|meine|meinen|das|die|der) (auto|haut|haar|haare|handy|tür|ruf|kreditkarte|karte|konto|link|webseite|website)
(budget|geldbeutel|portemonnaie)
(link|seite|webseite|website|app) … (kaputt|defekt)
(kaputt|beschädigte) (haare|haut|lachen)
(kreditkarte|bankkarte|ec karte)
"""

RULES = [
    Rule(
        name="Beschädigt: kaputt angekommen",
        topic="damaged",
        language="de",
        confidence=0.9,
        phrases=DAMAGE
        + """
[arrived] … [damage]
[damage] … [arrived]
[goods] … [damage]
[damage] [goods]
(transportschaden|transportschäden|lieferschaden|bruchschaden|wasserschaden)
(beim|auf dem|während des|durch den) (transport|versand) … [damage]
(schaden|schäden|delle|dellen|loch|löcher|risse|riss|bruch) (an|am|im|in) (der|dem|den|) [goods]
(total|völlig|komplett|leider|ganz|alles|alle) (zermatscht|matschig|platt|[damage])
(läuft|lief|tropft) aus
""",
        unless=DAMAGE + LOOKS_ALIKE,
    ),
    Rule(
        name="Fehlt: etwas war nicht dabei",
        topic="missing_item",
        language="de",
        confidence=0.85,
        phrases="""
(fehlt|fehlte|fehlten|fehlen) (noch|leider|mir|uns|ein|eine|einer|der|die|das|in|im|#|bei|)
(nur|bloß|lediglich) (#|einen|ein|die hälfte|ein teil) … (erhalten|bekommen|geliefert|drin|angekommen|enthalten|dabei)
(unvollständig|unvollstaendig|unvollständige|unvollständigen)
(nicht|nichts|kein|keine) (dabei|enthalten|drin|mitgeliefert|beigelegt|in der box|im paket)
(vergessen) (einzupacken|beizulegen|worden)
(leer|leere|leerer|leeres) (paket|box|karton|verpackung|flasche)
# statt #
(paket|box|karton) (war|ist|kam) leer
""",
        unless="""
(fehlt|fehlen) (es|mir) (an|nichts|die zeit|das geld|die worte)
nichts fehlt*
""",
    ),
    Rule(
        name="Falsch: nicht das Bestellte",
        topic="wrong_item",
        language="de",
        confidence=0.85,
        phrases="""
(falsche|falscher|falsches|falschen|verkehrte|verkehrtes|andere|anderes|anderen) (artikel|produkt|produkte|ware|größe|groesse|farbe|sorte|box|paket|lieferung|bestellung|variante|geschmack|teil|modell)
(falsch|etwas anderes|was anderes|das falsche|den falschen|die falsche) (geliefert|erhalten|bekommen|geschickt|zugeschickt|verschickt)
(nicht|nie) (das|die|den|was|) (was|) (ich|wir|) (bestellt|bestellte|geordert) (habe|hatte|haben|)
(habe|hatte|haben) (ich|wir|das|die|den|) (gar|) nicht bestellt
(statt|anstatt|anstelle) … (geliefert|bekommen|erhalten|geschickt)
(verwechselt|vertauscht|falschlieferung)
bestellung (von|für) (jemand anderem|jemand anders|einer anderen)
""",
        unless="(falsche|falschen) (adresse|anschrift|zeit|nummer|idee)\n",
    ),
    Rule(
        name="Spät: wo bleibt es",
        topic="late",
        language="de",
        confidence=0.85,
        phrases="""
parcel = paket*, päckchen, box, sendung*, lieferung*, bestellung*, ware, artikel*, produkt*, abo, päckchen
(wo|wann) (ist|bleibt|bleiben|steckt|sind|kommt|wird) … [parcel]
(wann) (kommt|wird|kann ich|darf ich) … (an|geliefert|ankommen|kommen|mit|rechnen|versendet|verschickt|zugestellt|erwarten)
(noch|bisher|bis heute|immer noch|bislang|immernoch) (immer|) (nicht|nichts|kein|keine|keinen) … (da|angekommen|erhalten|bekommen|geliefert|gekommen|eingetroffen|verschickt|versandt|versendet|zugestellt|lieferung|paket)
(nicht|nie|nichts) (angekommen|geliefert|zugestellt|eingetroffen|bei mir angekommen)
(warte|warten|wartet) … (seit|auf mein|auf meine|auf unser|auf die|auf das|immer noch|noch immer)
(verspätet|verspaetet|verspätung|verspaetung|lieferverzug|verzögert|verzögerung|überfällig|lieferverzögerung)
(zu|viel zu|sehr|so) spät
(lieferung|paket|box|versand|bestellung) … (dauert|dauerte|zu lange|ewig|lange|verspätet|verloren|verschollen)
(sollte|hätte|haette) … (gestern|letzte|schon|längst|bereits|vor # tagen|am montag) … (da sein|ankommen|kommen|geliefert|geliefert werden|angekommen)
sendungsverfolgung
(sendungsstatus|lieferstatus|bestellstatus|status meiner bestellung)
(seit|vor) # (tagen|wochen) … (bestellt|warte|keine|nichts|unterwegs)
# (tage|wochen) (zu spät|verspätet|später|überfällig)
""",
        unless="(antwort|rückerstattung|erstattung|geld) … (nicht|warte|noch)\n(warte|warten) … (antwort|erstattung|rückmeldung|geld)\n",
    ),
    Rule(
        name="Abrechnung: Abbuchung und Rechnung",
        topic="billing",
        language="de",
        confidence=0.85,
        phrases="""
(abgebucht|abbuchung|abbuchungen|doppelt belastet|belastet worden|eingezogen|abgezogen|berechnet worden)
(doppelt|zweimal|zu viel|zuviel|falsch|mehrfach) (bezahlt|berechnet|abgebucht|belastet|abgerechnet|gezahlt)
(rechnung|rechnungen|zahlung|zahlungsmethode|zahlungsart|zahlungsdaten|lastschrift|mahnung|kontoauszug|rechnungsadresse)
(kreditkarte|karte|paypal|konto) … (belastet|abgelehnt|ändern|aktualisieren|hinterlegen|abgebucht)
(rückerstattung|rueckerstattung|erstattung|gutschrift|geld zurück|mein geld)
(gutschein|rabattcode|rabatt|gutscheincode) … (nicht|funktioniert|abgezogen)
(preis|betrag) … (falsch|höher|erhöht|gestiegen|zu hoch)
""",
        unless="(akku|handy|batterie)\n",
    ),
    Rule(
        name="Qualität: der Inhalt ist nicht gut",
        topic="quality",
        language="de",
        confidence=0.75,
        phrases="""
(schlechte|schlechter|miese|minderwertige|mangelhafte|enttäuschende|mindere) (qualität|qualitaet|verarbeitung)
(qualität|qualitaet) … (schlecht|mies|enttäuschend|nachgelassen|gesunken|mangelhaft|schlechter)
(schmeckt|schmecken|schmeckte|riecht|riechen|roch) … (nicht|schlecht|komisch|ranzig|alt|chemisch|nach|eklig|muffig|bitter|seltsam|furchtbar)
(schimmel|schimmlig|schimmelig|verschimmelt|ranzig|verdorben|abgelaufen|ungenießbar|ungeniessbar|eklig|vergammelt|verfault)
(haltbarkeitsdatum|mhd) … (abgelaufen|überschritten|vorbei)
(funktioniert|funktionieren|geht|klappt|hält|haelt) … nicht
(defekt|defekte|fehlerhaft|mangelhaft|minderwertig|unbrauchbar)
(vertrage|vertragen|ausschlag|allergisch|hautreizung|juckreiz|pickel)
(nach|seit) (#|wenigen|ein paar) (tagen|wochen|anwendungen|benutzungen) … (kaputt|gebrochen|defekt)
(enttäuscht|enttaeuscht) (von|vom) (der qualität|dem produkt|inhalt|geschmack|den produkten|der box)
""",
        unless="(link|seite|webseite|website|app|login|code|gutschein*) … (funktioniert|geht|klappt)\n",
    ),
    Rule(
        name="Kündigung: Abo oder Bestellung beenden",
        topic="cancel",
        language="de",
        confidence=0.9,
        phrases="""
(kündigen|kuendigen|kündige|kuendige|kündigung|kuendigung|gekündigt|abbestellen|abbestellt|stornieren|storniere|stornierung|storniert|widerrufen|widerruf)
(abo|abonnement|mitgliedschaft|vertrag|bestellung) … (beenden|auflösen|abmelden|löschen|kündig*|kuendig*|stornier*)
(möchte|will|wollen|moechte) … (keine|keine weiteren|nicht mehr) … (box|boxen|lieferungen|pakete|beliefert|abo)
(konto|account) (löschen|schließen|loeschen)
""",
        unless="(geräuschunterdrückung|jobs|wohnung|mietvertrag|arbeitsvertrag)\n",
    ),
]
