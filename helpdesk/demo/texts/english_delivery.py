"""What goes wrong with boxes, in English."""

from helpdesk.demo.texts.story import Story

DAMAGED = Story(
    topic="damaged",
    queue="deliveries",
    about_box=True,
    priority=2,
    subjects=(
        "[Damaged box|Box arrived damaged|My box arrived crushed]",
        "Broken {item} in my {box} box",
        "[Order|Box] {order} arrived [damaged|broken]",
        "{item} [leaked everywhere|arrived broken|arrived smashed]",
        "Help, my tea box is a mess",
        "Disappointing delivery today",
    ),
    openings=(
        "My {box} box [arrived crushed|came completely crushed|turned up with one side caved in] [today|this "
        "morning|yesterday]. The {item} was broken and [there is tea all over the inside of the carton|half of "
        "the loose leaf has spilled into the packaging]. I took a couple of photos if you need them. [Could you "
        "send a replacement?|What do I do now, send it back?|Can this be replaced?]",
        "I was really looking forward to this one, so it's a shame to write: the {item} [arrived broken|arrived "
        "cracked|was smashed to pieces] when I opened the parcel. The outer box [looked fine|had a big dent in "
        "one corner], so I think it just wasn't padded enough. Everything else is okay. [It was meant for my "
        "mum's birthday on {day}, so I'd be grateful for a quick answer.|No drama, but I would like one that is "
        "in one piece :)]",
        "{item} was leaking, everything else in the box is sticky. two of the pouches are [soaked|soaked "
        "through|wet] and i dont want to drink them. order {order}. please send new ones",
        "Second time I'm writing about packaging. The carton was [crushed|torn open] and the {item} inside was "
        "[shattered|in pieces]. The driver just left it [on the wet step|upside down by the gate|under the "
        "dripping gutter]. I pay {price} for this and honestly expected better.",
        "[Just opened|Just unpacked] my box (order {order}) and the {item} is [dented so badly that the lid won't "
        "close any more|cracked right down the side]. The tea inside smells fine but the [seal is broken|bag had "
        "split open]. Is it safe to drink? And can I get a new one?",
        "Box arrived damaged. {item} broken, tea dust everywhere. I have photos. Please advise.",
        "I don't usually complain but this box was in a state. It looks as if somebody stood on it: the cardboard "
        "was crushed flat on one side, the {item} had burst and the tasting card was [soaked|stained brown]. "
        "My husband thinks you should use those paper honeycomb sleeves. [Anyway, what are my options?|Would a "
        "replacement be possible before the weekend?]",
        "Just a quick note that the {item} arrived damaged in this month's {box} box. Not a huge deal, it was "
        "only the [lid|handle|corner] that broke off, but I thought you would want to know.",
    ),
    replies=(
        "I'm so sorry, {first}, that is not how your box should [reach you|arrive]. Please keep the tea that is "
        "still sealed. I've just arranged a replacement for the {item}; it leaves our warehouse [tomorrow|on the "
        "next working day] and you don't need to send anything back.",
        "Thank you for letting us know, and I'm sorry about the {item}. I have ordered a new one for you at no "
        "cost. You will get a tracking number by mail as soon as it is on its way. If a pouch got wet, please "
        "throw it away: better safe than sorry.",
        "Oh no, {first}. Sorry about that! A replacement is booked and I've told the people "
        "who pack: they are trying a stiffer insert for glass this month. [Would you like the same blend again, "
        "or shall I swap it for another?|Is the address on your account still the right one?]",
        "I'm sorry that your box arrived in this state. Could you tell me whether anything besides the {item} "
        "was damaged? Then I can put everything into one replacement parcel. A photo helps but is not required.",
    ),
    answers=(
        "[Same again please|The same one again, please], and the address is correct. Thank you!",
        "It was only the {item}, the rest is fine. Thanks for being so quick about it.",
        "One of the pouches was torn open as well, the [green|rooibos|breakfast] one. Address is the same.",
        "ok great. how long will it take? we're away from {day}",
    ),
    seconds=(
        "[Perfect|Thank you], {first}. The replacement is packed and goes out with the next collection. It "
        "usually takes two to four days. Enjoy it, and sorry once more for the trouble.",
        "Noted, I've added that to the parcel. You'll have the tracking number tonight. Thank you for your patience!",
    ),
    nudges=(
        "Any news on this? I'd like to get the mess off my kitchen table.",
        "Forgot to say: it's the whole corner that was crushed, not only the {item}.",
    ),
    notes=(
        "By the sound of it the insert was missing. Asked the warehouse who packed batch {batch}.",
        "Third broken {item} this week from the same pallet, told {lead}.",
        "Replacement without return, within the limit. Customer in the club since {since}.",
    ),
)

LATE = Story(
    topic="late",
    queue="deliveries",
    about_box=True,
    subjects=(
        "[Where is my box?|Where's my {box} box?|Box still not here]",
        "Late delivery, order {order}",
        "Tracking {tracking} hasn't moved",
        "[Still waiting|Still nothing]",
        "Delivery date?",
    ),
    openings=(
        "Hi, my box was supposed to arrive on {expected} and it [still hasn't arrived|still isn't here]. The "
        "tracking hasn't been updated since it left your warehouse. [Is it lost?|Can you find out where it is?|"
        "Do you know what's going on?]",
        'where is my box?? tracking says "in transit" for days now. i\'m out of tea and getting grumpy',
        "The parcel {tracking} is [late again|several days late]. I understand that carriers are slow around "
        "this time, but last month was the same. Could you please check and tell me when I can expect it?",
        "Order {order} should have been delivered by {expected}. We were home all day, nobody rang. The "
        "carrier's page only says that there is a delay. [Do I need to call them or do you?|I'm travelling from "
        "{day} so this matters a little.]",
        "Good morning. This is just to let you know that my {box} box has not arrived yet although it was due on "
        "{expected}. I'd appreciate an update at your convenience.",
        "Still no box. It's been over a week since it shipped. Every time I look at the tracking the date moves "
        "one day further. Not blaming you, but I'd rather have a new one sent than wait any longer.",
    ),
    replies=(
        "Hi {first}, I'm sorry about the wait. I've looked at {tracking}: the parcel [was held at the regional "
        "depot|missed a transfer] and is moving again. It should be with you by {day}. I'm keeping an eye on it; "
        "if it isn't there by then, I'll send a new one without further questions.",
        "Sorry for the delay, {first}! The carrier is running behind in your area. I've opened an enquiry with "
        "them and will write as soon as I hear back, at the latest [tomorrow afternoon|in two days].",
        "Thank you for your patience. According to the carrier your box is out on the last leg. If it hasn't "
        "arrived by {day}, just reply to this mail and a fresh box goes out the same day.",
    ),
    answers=(
        "Okay, thanks for checking. I'll wait until {day} then.",
        "It's still not here unfortunately.",
        "It came this morning! All good, thank you.",
        "alright, fingers crossed",
    ),
    seconds=(
        "Thanks for telling me, {first}. I've just sent a new box by express. Should both turn up, enjoy "
        "the second one on us.",
        "Glad that we could sort it out. Your next box leaves a day earlier so that this doesn't repeat.",
    ),
    nudges=("Hello? It's been two days and still nothing.", "Any update? The tracking page is still the same."),
    notes=(
        "Carrier enquiry opened, reference CQ-{batch}. They promise an answer within 48 h.",
        "Depot backlog, affects everybody in that region. See the note in the team channel.",
    ),
)

MISSING = Story(
    topic="missing_item",
    queue="deliveries",
    about_box=True,
    subjects=(
        "{item} missing from my box",
        "[Missing item|Something missing] in order {order}",
        "Incomplete box",
    ),
    openings=(
        "Hello, I just unpacked my {box} box and the {item} was missing. It's on the packing slip, but not in the "
        "box. [I checked all the paper twice.|The box was closed properly, so I suppose it was forgotten.]",
        "The card lists four teas but there were only three in the box. The {item} was not included. Could you "
        "send it on?",
        "hi! love the new design. one thing, {item} wasn't in the box this time? not the end of the world but i "
        "was looking forward to that one",
        "Order {order}: {item} missing. Rest OK. Please send the missing item or refund it.",
    ),
    replies=(
        "Hi {first}, I'm sorry about that, it [was left out|must have slipped past us] at packing. I've put the "
        "{item} in the post for you today, so it should be there in three to five days.",
        "Thank you for checking so carefully. The {item} ran short on that packing day and should have been "
        "announced by a note in the box. Would you rather get it with your next box, or have it credited?",
    ),
    answers=("With the next box is fine, thanks.", "I'd prefer a credit please.", "Great, thank you!"),
    seconds=(
        "Done, {first}: you'll see it on your account. Sorry for the mix-up and have a lovely week.",
        "All set. Thank you for understanding!",
    ),
    notes=("Stock says {item} was short by 14 on the packing day. Credit or next box, customer's choice.",),
)

WRONG = Story(
    topic="wrong_item",
    queue="deliveries",
    about_box=True,
    subjects=("[Wrong tea|Wrong item] in my box", "I got the wrong box", "This isn't what I ordered"),
    openings=(
        "I [received the wrong box|got the wrong box]. I subscribe to {box} but this one is clearly somebody "
        "else's, the name on the slip isn't mine either. [Should I send it back?|Hope they didn't get mine!]",
        "Hi, instead of the {item} I got sent the wrong item, a chai that I can't drink because of the "
        "cinnamon (allergy). It's noted on my account. Could you please swap it?",
        "got the wrong tea again, i asked for caffeine free. this is not what i ordered. can you fix it pls",
        "Good afternoon, the box for order {order} contains the wrong product. The label says {item}, the tin "
        "holds something entirely different (looks like a black tea).",
    ),
    replies=(
        "Hi {first}, thank you for telling us and sorry for the mix-up. The right one leaves tomorrow. Please keep "
        "or share what you got, there's no need to return it.",
        "I'm sorry, that shouldn't happen. I've corrected your preferences and sent the right tea. Could you send "
        "me the number on the bottom of the tin? It helps us to find out where the labels got swapped.",
    ),
    answers=("The number is L{batch}. Thanks!", "Will do, thank you. My neighbour is happy about the free tea."),
    seconds=("That's a great help, {first}. We've found the batch. Enjoy your tea!",),
    notes=("Labels swapped at packing, batch {batch}. Allergy: took care that preferences are set.",),
)

STORIES = (DAMAGED, LATE, MISSING, WRONG)
