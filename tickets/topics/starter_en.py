# ruff: noqa: E501 a phrase is one line
"""The rules that ship with the product: English."""

from tickets.topics.detect import Rule

# Word lists that several rules start with.
DAMAGE = """
damage = damaged, damaging, damages, dammaged, broken, broke open, crushed, smashed, squashed, squished, shattered
state = cracked, dented, bent, torn, torn open, ripped, ripped open, ruptured, punctured, leaking, leaked, leaky, \
leaks, spilled, spilt, spilling, burst, bursted, busted, exploded, mangled, ruined, destroyed, crumpled, crumbled, \
crumbs, chipped, scratched, scuffed, bruised, soaked, soaking, soggy, wet, melted, thawed, deformed, disformed, \
misshapen, warped, dinged, banged up, beat up, beaten up, battered, bashed, flattened, folded in half, \
popped open, split open, slit open, cut open, burst open, wide open, stained, in pieces, in bits, in # pieces, in a million pieces, to pieces, into pieces, in half, \
fell apart, falling apart
"""
GOODS = """
pack = box, boxes, package, packages, packaging, parcel, parcels, carton, cartons, shipment, shipments, delivery, \
deliveries, envelope, wrapper, wrapping, crate, mailer
goods = can, cans, jar, jars, bottle, bottles, bag, bags, pouch, pouches, packet, packets, sachet, sachets, tin, tins, \
tub, tubs, tube, tubes, lid, lids, seal, seals, cap, caps, container, containers, item, items, product, products, \
contents, content, everything, order, orders, goods, stuff, pieces, cup, cups, mug, mugs, glass, glasses, bowl, bowls, \
dish, dishes, plate, plates, pod, pods, pump, candle, candles, cookie, cookies, chips, chocolate, chocolates, egg, \
eggs, candy, book, books, cover, case, disc, dvd, vase, cosmetics, serum, lotion, shampoo, wine, sauce, oil, half, \
most, some, several, all of them, both of them, one of them, they all
"""
DAMAGE_LOOKS_ALIKE = """
(if|unless|whether) … ([damage]|[state]|break|crush|leak|melt)
(would|wouldnt|could|couldnt|might|may|will|wont|cant|can) (not|easily|never|) (be|get|arrive|come) … ([damage]|[state])
(would|wouldnt|could|couldnt|might|may|will|wont|cant|can) (not|easily|never|) (break|crush|leak|melt|crack|spill|tear)
(in case|going to|afraid|worried|worry|prevent*|keep* from|without getting) … ([damage]|[state])
(damage|damages|damaged|damaging|hurt*) (to|) (my|your|our|the|their) (budget|wallet|bank|reputation|trust|health|brand)
(some|other|others|previous|many|most) (reviews|reviewers|reviewer|people|customers|buyers)
(review|reviews|reviewer|reviewers|people|customers|others) (who|that|) (say|said|says|mention|mentioned|complain|complained|got|received) … ([damage]|[state])
(as|like) (others|other)
(another|previous|other) (reviewer|review|customer)
(credit|debit|bank|gift|id|sim|library) card
(my|the|this|a|damaged|broken|new|old) card
(liver|brain|hair|skin|nerve|kidney|lung|heart|sun|heat|tissue) damage*
damaged (hair|skin)
own = car, door, gate, fence, mailbox, driveway, teeth, tooth, hair, skin, liver, heart, brain, phone, laptop, wallet, \
budget, hopes, spirit, soul, lawn, wall, nails
([damage]|[state]|hit) (my|our|his|her|their|the neighbors) [own]
(my|our|his|her|your) [own] … ([damage]|[state])
ripped off
broken (link|links|website|site|page|button|heart|promise|promises|english|record|code|down in|down by|down into)
(link|website|site|page|app|checkout|login|system|button) … (broken|broke)
crushed (it|that|this|leaf|red|pepper|chili|chilli|garlic|ice|tomato*|mint|velvet|rock|pineapple|almonds|nuts)
(crush*|crack*|break|melt*|smash*) (me up|up|the|easily|them|in your mouth|in the mouth|in my mouth|under)
(you|team|box) … crushed it
smashed it
smash* hit
(smashed|ripped|tore|torn) (through|into)
(policy|procedure|guarantee|insurance|happens|process) … [damage]
[damage] … (policy|procedure|insurance)
(wet|damp) (food|dog|wipes|cat|wipe)
(cracked|crushed|broken|dented) … (after|within) (#|a|one|first|only) … (day|days|week|weeks|month|months|use|uses|year)
(cracked|broken|shattered|ripped|torn|bent|fell apart) … (while|when) (i|using|we|washing|opening|cooking)
(after|within) (#|a|a few|one|only #) (day|days|week|weeks|month|months|use|uses|year|years|wash|washes) … [state]
(very|minimal|little|hardly any) damage
little damage
(torn|ripped) between
tends to (leak|crack|break)
(damage|leak|break|dent|tear|spill|crack|crush|melt) (free|proof|resistant)
(earlier|previous) (batch|order)
"""

RULES = [
    Rule(
        name="Damaged: it arrived broken",
        topic="damaged",
        language="en",
        confidence=0.9,
        phrases=DAMAGE
        + """
arrived = arrive, arrives, arrived, arriving, came, come, comes, received, recieved, receive, receiving, delivered, \
got, gotten, was sent, sent me, sent us, shipped, showed up, shown up, turned up, landed, opened, unpacked, unboxed
[arrived] … [damage]
[arrived] … [state]
([damage]|[state]) … (when|before|once|by the time) (i|we|it|they|the) … (arrived|came|opened|received|got|delivered)
([damage]|[state]) (on|upon) (arrival|delivery|receipt)
(not|nothing|never|hasnt|didnt|doesnt) … in one piece
ever arrived in one piece
(arrived|came|received|delivered|showed up|got here|here) … in … (bad|terrible|poor|horrible|awful|rough|sorry|pieces) (condition|shape|state)
(arrived|came|received|delivered) … in (pieces|bits|# pieces)
(didnt|did not|doesnt|hasnt) survive
(sent|send|got|received|buying) … with damage
""",
        unless=DAMAGE + DAMAGE_LOOKS_ALIKE,
    ),
    Rule(
        name="Damaged: the box or what is in it",
        topic="damaged",
        language="en",
        confidence=0.8,
        phrases=DAMAGE
        + GOODS
        + """
[pack] (also|itself|all|totally|completely|badly|) [damage]
[goods] (all|totally|completely|badly|) (damaged|broken|crushed|smashed|squashed|leaked|exploded|burst)
[pack] (also|itself|all|totally|completely|badly|) [state]
(can|jar|bottle|bag|box|pouch|packet|tin|tub|tube|pack|carton)  (of|with) … ([damage]|[state])
([pack]|[goods]) (was|were|is|are|has|have|had|got|looked|looks|appears|appeared) … ([damage]|[state])
([damage]|[state]) ([pack]|[goods])
([damage]|cracked|dented|torn|ripped|ruptured|leaking|leaky|burst|melted|soggy|soaked|wet) … ([pack]|goods|items)
(# of|# out of|some of|all of|most of|half of|both of|many of|several of|one of) … ([damage]|[state])
(all|#) … (broken|smashed|crushed|shattered|dented|damaged|leaking|melted)
(with|from|of) … (leaked product|leakage|breakage|spillage)
broken in a (million|thousand) pieces
(pieces|product|powder|liquid|honey|syrup|grounds|coffee|flour|juice|water|cream|lotion|sauce|oil|gel|contents|shampoo) … all over (the|my|everything|it|each) (box|inside|package|other|rest|everything|in|)
(leaked|leaking|spilled|spilt|exploded|burst) … (over|in|into|inside|through) (the|my|everything|everywhere) (box|bag|package|rest|)
(got|had|has|have|with|was|found) (a|an|#|several|huge|big|small|) (hole|holes|rip|tear|crack|cracks|dent|dents|chip) in
(received|got) (a|an|#|another|) (damaged|broken|cracked|dented|crushed|leaking|smashed)
visibly damaged
(glass|shards|liquid|powder|grounds|flour|oil|shampoo|product|sauce|crumbs|leaked|spilled) (was|were|is|) everywhere
[pack] (is|are|was|were|comes|came) (always|all|) in bits
(looks|looked) like … (run over|thrown|trampled|kicked|dropped|stepped on|sat on|crushed|mangled)
(glass|plastic|cardboard|lid|seal|corner|corners|cap|pump|handle) (is|was|were|are|had|has|) (all|completely|been|) ([damage]|[state]|caved in|snapped off|came off|broken off)
""",
        unless=DAMAGE + DAMAGE_LOOKS_ALIKE,
    ),
    Rule(
        name="Damaged: on its way",
        topic="damaged",
        language="en",
        confidence=0.9,
        phrases=DAMAGE
        + """
way = shipping, shipment, transit, transport, transportation, the mail, the post, delivery, transporting
([damage]|[state]|damage|broke|break|breakage|bounced) … (in|during|from|by|while in) (the|) [way]
(shipping|transit|delivery|courier|carrier|postal) (damage|damages|breakage)
broke in (shipping|shipment|transit|the mail|the post)
(damaged|broken|crushed|smashed) … (by|thanks to) (ups|fedex|usps|dhl|hermes|the courier|the carrier|the driver|your courier)
(box|package|parcel) … (smashed in|kicked|thrown|run over|trampled|water damage|rained on|left in the rain)
(not|poorly|badly|terribly|horribly|inadequate*|insufficient|insufficiently) … (packed|packaged|padding) … ([damage]|[state])
(damage|damages) … (box|parcel|package|packaging|contents|order|delivery|shipment|items)
(report|reporting|claim for|photos of|pictures of|pics of) … (damage|damaged|broken)
""",
        unless=DAMAGE + DAMAGE_LOOKS_ALIKE,
    ),
    Rule(
        name="Damaged: it is broken",
        topic="damaged",
        language="en",
        confidence=0.6,
        phrases=DAMAGE
        + """
(is|was|are|were|its|been|completely|totally|badly) (all|completely|totally|badly|so|just|) [damage]
""",
        unless=DAMAGE + DAMAGE_LOOKS_ALIKE,
    ),
    Rule(
        name="Damaged: a word alone (needs another sign)",
        topic="damaged",
        language="en",
        confidence=0.4,
        phrases=DAMAGE
        + """
[damage]
(exploded|burst|soaked|chipped|dented|ruptured|leaking|leaked|punctured|melted|cracked|ripped|torn|damage)
""",
        unless=DAMAGE + DAMAGE_LOOKS_ALIKE + "(tears|leaks|leaking|leak) (when|while|if)\n",
    ),
    Rule(
        name="Damaged: talk of packing and replacing (needs another sign)",
        topic="damaged",
        language="en",
        confidence=0.3,
        phrases="""
(please|can you|could you|want|need|get|send) … (replacement|replace|refund|new one)
(badly|poorly|terribly|better|bad|poor|lousy|sufficient|more careful) … (packed|packaged|packaging|packing|padding|wrapped)
(bubble wrap|air cushions|packing material|packing peanuts|cold pack|ice pack)
(photo|photos|picture|pictures|pics) (attached|below|enclosed)
(attached|attaching|enclosed) (a|are|some|) (photo|photos|picture|pictures|pics)
(courier|driver|ups|fedex|usps|dhl|mailman|postman|carrier)
shipping
(opened|opening|unpacked|unboxed|received|got) (my|the|this|our) … (box|package|parcel|order|delivery|shipment)
""",
    ),
    Rule(
        name="Missing: something was not in the box",
        topic="missing_item",
        language="en",
        confidence=0.8,
        phrases="""
thing = item, items, product, products, shirt, socks, book, piece, pieces, part, parts, bag, bags, package, packages, bottle, bottles, can, \
cans, box, boxes, pack, packs, sample, samples, gift, one, ones, things, half, rest, pages, jar, jars, packet, candle
(missing|lacking) (a|an|one|#|some|the|my|from|two of|several|half) … [thing]
[thing] (is|are|was|were|has been|went|still|) missing
[thing] of … (is|are|was|were) missing
missing (from|in) … (box|order|package|delivery|shipment|parcel)
(something|one thing) (is|was|) missing
(my|the|this|your) (order|box|package|parcel|delivery|shipment) … (is|was|came|arrived) … (missing|incomplete|short|empty)
(incomplete|short|partial|empty) (order|box|shipment|delivery|package|parcel|ordered|shipped|count)
(only|just) (got|received|recieved|had|has|contained|contains|contain|came with|found|sent|there were|have) (#|half|one|part|some)
(got|received|recieved|sent|delivered|contained|contains|contain) (only|just) (#|half|part|some)
only # (of|bags|boxes|bottles|cans|items|packs|pieces|packages|jars|in the|out of|instead|were|was|arrived|came)
# (bags|boxes|bottles|cans|items|packs|packages|jars|pieces|) (instead of|rather than|not) (the|) #
(supposed to|should) (be|have|contain|include|get) (#|been) … (only|but)
(wasnt|werent|was not|were not|isnt|is not|not) (in|inside|included in) (the|my|this) (box|package|parcel|order|delivery|shipment)
(didnt|did not|doesnt|does not) (come with|include|contain) (the|my|any|a|all)
(were|was) not any … (description|included|box)
(left|leaving) out (of|one|the|my)
(forgot|forgotten|failed) to (include|send|pack|put)
[thing] short (in|on|of) (my|the|this)
(short|shorted) (product quantity|quantity|count|me|us|by #|one|#|shipped|ordered)
(second|first|my|the) order was … short
where (is|are) the (rest|other|remaining|second)
(havent|hadnt|didnt|did not|have not|had not|never) (received|recieved|receive|get|got) (the|my|all|one|two|#) … (i had ordered|of my order|of the items|from my order|in my order)
no … (in|inside) (my|the|this) (box|package|parcel|order|delivery)
(an|a|#) empty (box|parcel|package|envelope|jar|bottle)
""",
        unless="""
(missing|not missing) (out|you|the point|home|something in life)
(nothing|not) … missing
no (damage|damages|damaged|problem*|issue*|leak*|way|idea|break*|need|room)
(gone|goes|went) missing from my (porch|front|door)
""",
    ),
    Rule(
        name="Wrong: not what was ordered",
        topic="wrong_item",
        language="en",
        confidence=0.85,
        phrases="""
thing = item, items, product, products, size, sizes, colour, color, colors, one, ones, order, flavor, flavour, flavors, \
scent, shade, box, package, parcel, book, model, version, type, variant, thing, stuff, kit, address label
(wrong|incorrect) [thing]
(sent|got|received|delivered|shipped|given|sending|recieved|have|contained) (me|us|out|) (the|a|an|some|) (wrong|incorrect|completely different|totally different)
(not|isnt|wasnt|arent|werent|never) (the|) (what|one|ones|item|product|thing) (that|which|) (i|we) … (ordered|asked for|wanted|bought|order|chose|picked)
(didnt|did not|never) (even|actually|) (order|ordered|ask for) (this|that|it|these|those|any of|a|the)
(that|this|it|which) (i|we) (didnt|did not|never) (even|) (order|ordered)
ordered … (and|but) … (sent|got|received|given|delivered) … instead
ordered … (and|but) (youve|you|they|i|we|) (sent|got|received|have sent|ve sent) (me|us|) (a|an|some)
(sent me|sent us|received|delivered) … instead of (the|a|an|my)
(someone|somebody) (elses|else) (order|box|package|parcel|items)
(different|another) (item|product|one|size|color|colour|model|flavor|flavour|brand) (than|from|then|to|was sent|instead)
(not|definitely not|isnt) … (pictured|in the picture|as pictured)
(did not|didnt) get (the|) item as described
(substitution|substituted|switched) (item|product|) (in|for|with|by|)
(mixed|mix) up (my|our|the|with my|in my) (order|box|orders)
mix-up with (my|the|our)
(order|box|package) (was|got) (mixed|switched|swapped)
""",
        unless="""
(wrong|incorrect) (with|way|idea|address|time|email|number)
(wont|cant|cannot|can) go wrong
(nothing|whats|what is|something) wrong
""",
    ),
    Rule(
        name="Late: where is it, it has not come",
        topic="late",
        language="en",
        confidence=0.85,
        phrases="""
parcel = order, orders, package, packages, parcel, parcels, box, boxes, item, items, delivery, deliveries, shipment, \
shipments, stuff, product, products, courier, purchase, subscription, things, book, books, gift, phone, dvd, goods, plan
come = arrived, arrive, arriving, come, came, received, receive, recieved, recieve, delivered, deliver, turned up, \
shown up, showed up, got here, gotten, here, shipped, moved, updated
(where is|where are|wheres|where s|where the hell is|where on earth is|where in the world is|where was) (my|the|our|this) … [parcel]
where (my|the|our) … [parcel] (is|are|currently|at|right now)
(not|never|hasnt|havent|didnt|hadnt|doesnt|isnt|nothing|wasnt|dont) (yet|even|still|have|ever|been|be|) [come]
(still|has|have|had|did|was|is) (still|) not (yet|been|even|) [come]
(still|yet) to (arrive|arrived|be delivered|come|receive|be shipped|ship|show up)
(not|never|hasnt|havent|didnt|wasnt|isnt|no) … (arrived|delivered|received|shipped|arrive|arriving|delivery) … (yet|still|on time|today|anything)
(never|not) (received|got|get|receive|recieved|come|arrived|arrives|arrive|came|delivered|deliver|turned up|showed up) … (item|product|package|order|it|book|on time|parcel|box|anything|yet)
nothing … (on time|arrived|received|here|shown up|turned up|come|been delivered)
(day|days|week|weeks|month|months) and (still|) (nothing|no|not)
still (waiting|awaiting) (for|on|)
(been|im|am|is|are|have|keep) (still|) waiting … (day|days|week|weeks|month|months|for|forever|since|all)
waiting (#|a|over|almost|more than) (#|a|) (day|days|week|weeks|month|months)
(sitting|waiting) (at home|all day|in all day)
(#|a|several|many|few|over|two|couple of) (day|days|week|weeks|month|months|hours) (late|delay|delayed|overdue|behind|past)
(is|was|are|were|arrived|came|running|so|very|too|always|be|been|delivered) (#|really|a bit|a week|a day|constantly|so|very|too|) (late|delayed|overdue)
(late|delayed|slow|missed|lost|overdue) (delivery|deliveries|shipment|shipments|shipping|package|parcel|order|box|arrival|service)
(delivery|shipping|shipment|order|package|parcel|box|it) (is|was|has been|keeps being|got|) … (late|delayed|lost|slow|delay|overdue|forever|stuck)
(delivery|shipping|order|it) (took|takes|taking|has taken) (too|so|forever|ages|over|more|a|#|almost|very|several) (long|week|weeks|than|#|month|months)
(delivery|shipping|order|it) (took|takes|taking|has taken) (forever|ages)
took (over|more than|about|almost|nearly|at least|) (#|a|several) (week|weeks|month|months) (to|for|before)
took (forever|ages) (to|for|)
delay (in|of|with) … [parcel]
(longest|too long|so long) … (wait|to arrive|to get here|to come)
(very|extremely|so|really) slow (service|shipping|delivery|seller)
(supposed|meant|due|expected|scheduled|promised|guaranteed|guarantee|was|should) (to|) (have|) (arrive|arrived|be delivered|be here|come|get here|delivery|deliver|been delivered|been here)
(on|not) time … (never|not|rarely|anymore)
(never|not|rarely|doesnt|didnt|hardly) … (on time|in time|by the date|as promised)
no (timely|sign of) (delivery|the|it|my)
(backorder|backordered|back ordered|on backorder)
(when|what time|what day) (will|is|does|can|do|should|would) … (arrive|arriving|come|coming|be delivered|delivered|ship|get here|getting here|be here|expect)
(track|tracking|locate|trace|find|tracked) (my|an|the|our|a|down my) … [parcel]
(need|want) (it|this|my order|my package) tracked
tracking … (not|hasnt|says|shows|stuck|number|information|update|updated|updates|updating|moved)
(status|whereabouts|updates|update|eta) (of|on|about|for) (my|the|our|an|this) … [parcel]
[parcel] status
(order|orders|packages|parcels) status
(how is|hows|how s) (my|the|our) … [parcel] (doing|coming|going)
(has|have|did|was|is) (my|the|our) … [parcel] (arrived|arrive|delivered|get delivered|brought|come|shipped|been delivered|been shipped|coming|late|lost|get lost|brought here)
(out for|in) (delivery|transit) (for|since|still|#)
(says|said|saying|marked|alert|shows|showing) … delivered … (not|but|yet|never|havent|no)
(says|said|shows) (its|it s|it is|still|) (in transit|out for delivery)
(lost|missing|stuck) (in|at|my) (transit|the mail|the post|customs|package|parcel|depot|hub|order)
(package|parcel|order|box) … (went|gone|is|go) (missing|lost)
(any|an|no) update* (on|about|for) … [parcel]
(waiting|wait|waited) (for|on) (my|our|the|a|an) … [parcel]
(wrong|missed|miss|past|after the) … delivery (date|dates|window|day|slot)
delivery (date|dates) … (rarely|passed|changed|missed|moved|gone)
(will|would) never (arrive|receive|come|get here|get it|receive them)
(cant|cannot|couldnt|fails to|failed to|unable to) deliver
(deliver|delivery|shipping) … (#|i|one|two|same|next) day … (delivery|not|but|late)
not (a|) (#|one|two|next|same) day (delivery|shipping)
""",
        unless="""
(credit|debit|bank|gift) card
(late fee|late payment|late fees|sooner or later|late night|too late to cancel|of late|late to cancel|too late to)
(refund|reply|response|email|answer|verification|code|money) … (not|yet|waiting|never|havent|still)
(waiting|havent|not|never|still) … (refund|reply|replies|response|answer|hear back|heard back|instructions)
(not|dont|doesnt|didnt|never|wont) come (with|close|in|as|cheap|off|out|apart|to|across|from|without|near)
(not|never|didnt|did not|havent) (get|got|gotten|received|receive) … (as described|out the door|wrong|right)
(delivery|arrived|came|arrive) (was|is|) (quick|fast|early|sooner|very fast|on time|quickly)
""",
    ),
    Rule(
        name="Billing: charges, cards and invoices",
        topic="billing",
        language="en",
        confidence=0.85,
        phrases="""
money = money, cash, payment, dollars, bucks, pounds, euros, funds, amount, usd, eur, gbp
(charged|charging|billed|billing|debited|deducted|overcharged) (me|my|us|for|twice|again|a|an|the|#|two times|double|extra|more|full|on|by|in|from|without|even|after|before)
(was|were|been|am|being|got|getting|be|is) (still|just|already|also|) (charged|billed|debited|overcharged|double charged)
(double|extra|additional|unauthorized|unauthorised|unknown|unexpected|duplicate|wrong|incorrect|strange|hidden|premium) (charge|charges|charged|payment|payments|billing|fee|fees)
(overcharged|overcharge|overcharging|double-charged)
(a|the|this|that|second|another|one|two|my|adding) (extra|) (charge|charges) (on|to|from|of|for|in|appeared|that|i)
(took|take|takes|taking|taken|withdrew|withdrawn|deduct|deducted) … (money|payment|#|bucks|dollars) … (account|card|bank|paypal|without)
(money|payment|#) … (taken|deducted|withdrawn|debited|took) (from|out of|off) (my|our|the)
(deduction|deductions|deducting) (to|from|on|of) my
(card|payment|transaction) … (declined|decline|failed|failing|rejected|refused|failure|not go through|didnt go through|error)
payment (failure|failed|method|problem|issue|error|declined|details|date)
(change|update|changing|updating|replace|edit|remove) (my|the|our|a) … (credit card|card|payment|billing|bank) (info|information|details|method|number|)
(my|the|an|this|last|next|your|phone|water|wrong|insurance|loan) (bill|invoice|bills|invoices)
(bill|invoice|payment) (is|was|) (due|wrong|incorrect|too high|higher)
(due date|pay) … bill
(copy|need|send|get|want|have) … (invoice|receipt|vat|tax invoice)
(restocking|cancellation|hidden|membership|extra|late|processing|shipping|monthly|annual) (fee|fees)
(price|subscription) (went up|increase|increased|changed|is higher|higher than)
(my|the|your) price (go|went|gone|goes|increase*) up
(where is|wheres|waiting for|still waiting|want|need|give me|havent received|never received|not received|never got|issue|process) (on|for|my|a|the|me|) (my|the|a|full|) (refund|money back)
(refund) (has|have|was|is|) (not|still|never|hasnt) (been|arrived|shown|come|received|yet|)
(refuse|refused|refuses|refusing) … refund
(second|extra|double|another) payment
(free trial|trial) (ended|ends|expired|end|is over)
(promo|discount|coupon|gift) (code|card|) (not|did not|didnt|wasnt|isnt|never|doesnt) (applied|work|working|accepted|apply)
(fraud|scam) … (charge|charges|charged|payment)
(paid|pay) (twice|double|already|two times)
""",
        unless="""
(wont|not|doesnt|didnt|wouldnt|cannot|cant|to) (fully|hold|hold a|) (charge|charging)
(battery|laptop|charger|device|plugged) … (charge|charged|charging)
phone (wont|will not|doesnt|does not|isnt|cant) … (charge|charging)
(charge|charged|charging) … (battery|batteries|device|charger|outlet|usb|overnight)
(in charge|free of charge|no charge|no extra charge)
""",
    ),
    Rule(
        name="Quality: what is in it is not good",
        topic="quality",
        language="en",
        confidence=0.75,
        phrases="""
bad = awful, bad, terrible, horrible, disgusting, gross, nasty, weird, strange, off, funny, sour, rancid, stale, moldy, \
mouldy, spoiled, rotten, bitter, burnt, chemical, foul, old, artificial, bland, vinegary, medicinal, soapy, metallic
(taste|tastes|tasted|tasting|smell|smells|smelled|smelling|smelt) (a bit|very|really|so|like|just|absolutely|kind of|pretty|too|) (like|) (a|an|the|) ([bad]|cardboard|plastic|chemicals|nothing|dirt|soap|medicine)
(stale|moldy|mouldy|rancid|spoiled|rotten|mold|mould|inedible|uneatable|tasteless|flavorless|flavourless)
(expired|out of date|past its date|past the expiration|past its sell by)
(dried out|dry and hard|rock hard|hard as a rock|not fresh|isnt fresh|arent fresh|wasnt fresh|so dry)
(poor|bad|low|terrible|inferior|awful|horrible|lower|crappy|lousy) (quality|workmanship|craftsmanship|construction)
(quality|taste|flavor|flavour) (is|was|has|have|of this|) (not|gone|really|very|so|just|) (good|poor|bad|down|downhill|terrible|awful|dropped|declined|worse|horrible|disappointing)
(better|no) quality control
(defective|faulty|malfunction*|defect|defects)
(doesnt|does not|didnt|did not|wont|will not|never|not|dont|wouldnt|isnt|hasnt) (even|really|actually|properly|) (work|worked|working|function|turn on|charge|open|seal|stick|fit|retract|last|hold up) (properly|correctly|at all|with|for|in|well|anymore|right|)
(stopped|quit|quits|stops) (working|functioning|charging|on me)
(never worked|no power|broke after|died after|went dead|keeps freezing|keeps crashing)
(broke|cracked|shattered|snapped|died|fell apart|leaked|ripped|tore|failed|melted|faded|peeled) … (after|within|in|on|during|upon) … (use|uses|day|days|week|weeks|month|months|wash|washes|hour|hours|ownership|time)
(after|within|in) (#|a|a few|only #|less than) (day|days|week|weeks|month|months|use|uses|wash|washes) … (broke|cracked|stopped|died|fell|failed|broken|dead|loose)
(#|a) (day|days|week|weeks|month|months|uses) … before it broke
(latch|hinge|handle|zipper|strap|tip|button|plug|wire|clip) … (broke|broken|snapped|loose|came off|fell off|pulled)
(cheaply made|poorly made|badly made|flimsy|junk|crap|garbage|shoddy|not durable|not well made|cheap plastic)
(waste|wasted) of (money|your money)
(wasted|waste|save) (my|your) money
(very|so|extremely|really|too|most|was) (disappointed|disappointing) (in|with|by) (this|the|these|my|product|it|quality|taste|flavor)
(worst|terrible|horrible|awful|useless|disappointing) (product|item|coffee|tea|snack|purchase|thing|taste|flavor|device|one)
(rash|reaction|irritated|irritation|breakout|broke out|burned my|allergic) … (from|to|after|skin|face|using|use|product)
(gave|given|giving|gives) (me|us|him|her) (a|an) (rash|allergic|reaction|headache|bad|breakout|stomach)
(made|making) (me|my dog|my cat|us|him|her) (sick|ill|vomit|throw up)
(bug|bugs|worm|worms|hair|insect|insects|moth|moths|larvae) (in|inside|crawling) (the|my|it|one|a|of)
(tends|tend) to (leak|break|rip|tear|fall|crack)
(scratch|scratched|scratches) (my|the|marks|easily|up)
(dont|do not|doesnt|didnt|not|couldnt|cant|wouldnt) (even|) (like|enjoy|eat|drink|finish) (it|the taste|them|this|the flavor|the smell|at all)
(not|nothing) (as|like) (advertised|described|expected|good as|pictured|it used to be)
(too|very|excessively|overly|awfully) (sweet|salty|oily|greasy|bitter|sour|bland|hard|thin|flimsy|watery|dry)
""",
        unless="""
(previous|other|another|some) (reviewer|reviewers|review|reviews)
(credit|debit|bank|gift) card
(website|site|page|link|login|app|code|tracking|coupon|promo) … (doesnt|does not|not|isnt|wont) (work|working|load|open)
(other one|previous one|other ones) … (moldy|mouldy|stale|old|rancid)
(mold|gluten|sugar|defect) free
""",
    ),
    Rule(
        name="Cancel: end the subscription or the order",
        topic="cancel",
        language="en",
        confidence=0.85,
        phrases="""
plan = subscription, subscriptions, membership, plan, account, order, orders, contract, service, subscribe, box, boxes, \
auto renewal, renewal, auto renew, autoship, auto ship, deliveries, shipments, trial, item, purchase
(cancel|cancelling|canceling|cancell|cancelation|cancellation|terminate|discontinue|end|ending|quit|stop|stopping) (my|the|this|our|all|all of|of|of my|all of my|any|future|an|) (my|future|monthly|upcoming|next|current|) [plan]
(canceled|cancelled) (my|all|all of|our|the|it|this) (my|of my|) ([plan]|immediately|today|yesterday)
(want|like|need|wish|trying|tried|how do i|how can i|can i|could i|is there a way i can|please|going|decided|able|about|have|asked|ask) … (to|) (cancel|cancell|unsubscribe|be cancelled|be canceled)
(cancel|cancell) (it|this|me|everything|asap|immediately|now|please|before|without|at any time)
(im|i am|i will be|ill be|am) (cancelling|canceling|leaving|done with) (it|this|my|your|the|for|)
take me off (the|your|this|my) (list|subscription|plan|mailing)
(unsubscribe|unsubscribing|opt out|close my account|delete my account|closing my account)
(stop|quit) (sending|charging|billing|shipping) (me|my|us|these|the|anything)
(dont|do not|no longer) (want|need|wish) (to|the|my|this|any|your|these|a) (receive|continue|subscription|box|boxes|more|be subscribed|renew|membership)
(lost|losing) a (subscriber|customer|subscription)
(not|dont|wont|do not) (want to|going to|) renew
(subscription|membership) (cancelled|canceled|ended|to end|terminated)
""",
        unless="""
(noise|noice) (cancel*)
(noise|noice) … (cancellation|cancelling|canceling|cancels)
(they|seller|company|you|store|network|channel|studio|shop) (have|had|has|just|) (cancelled|canceled|cancelling|canceling)
(cancelled|canceled|cancelling|canceling) (this|the|that) (series|show|flight|event|meeting)
cancel … (credit card|card)
too late to cancel*
cancel* … without* (any|) (notice|notification|warning|telling|asking|reason|explanation)
(never|didnt|did not|not) (told|tell) … cancel
""",
    ),
]
