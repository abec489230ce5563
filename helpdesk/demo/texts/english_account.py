"""Money, changes, questions and goodbyes, in English."""

from helpdesk.demo.texts.story import Story

BILLING = Story(
    topic="billing",
    queue="billing",
    subjects=(
        "[Charged twice|Charged twice this month?]",
        "Unexpected charge of {price}",
        "Question about my [invoice|bill]",
        "Refund?",
        "Card declined",
    ),
    openings=(
        "Hi, I was charged [twice|two times] for my box this month, {price} on {day} and again a day later. "
        "[Could you refund one of them?|I think one of them is a mistake.] Order {order}.",
        "I've been charged {price} but I thought that I had skipped this month. Please refund, I haven't touched "
        "the box. I really don't want to be billed for things I skipped.",
        "Why did the price go up? My card was charged {price}, which is more than last time, and I don't "
        "remember an announcement.",
        "Hello, my bank says that the payment was declined but your site says it went through. Was I charged or "
        "not? I updated the card on {day}.",
        "Could I please have an invoice with my company's address for order {order}? Our accounting needs the "
        "tax number on it.",
        "I asked for a refund two weeks ago and it's still not on my account. Please look into the charge of {price}.",
    ),
    replies=(
        "Hi {first}, thank you for writing. I can see both payments: the second is a hold by your bank and not a "
        "charge by us. It drops off by itself within three to five days. If it doesn't, send me a line and I'll "
        "sort it out with them.",
        "Hi {first}, you're right and I'm sorry. I've refunded {price} just now. Banks take two to five working "
        "days to show it.",
        "Thank you for asking. Your introductory discount ended with the third box, which is why the amount "
        "changed. I know that this is easily overlooked, so I've taken the difference off your next one.",
        "Of course, {first}. Please send me the exact name and address as they should appear, and I'll mail you "
        "the invoice as a PDF.",
    ),
    answers=(
        "Okay, I'll keep an eye on it. Thanks.",
        "The refund arrived. Thank you!",
        "hm ok. would have been nice to get a mail before the price changes",
    ),
    seconds=(
        "That's fair, and I've passed it on. We're working on a reminder before an introductory price ends.",
        "Thank you, {first}. I've noted it on your account; you don't need to do anything else.",
    ),
    nudges=("Still waiting for an answer about the refund.",),
    notes=("Checked with payments: one capture, one authorisation. Nothing to refund.",),
)

QUALITY = Story(
    topic="quality",
    queue="support",
    about_box=True,
    subjects=("{item} tastes stale", "Not happy with the quality", "Something off with the {item}"),
    openings=(
        "Hi there, the {item} in this box tastes stale to me. I've had it before and it was wonderful, this one "
        "is flat and dusty. [Maybe a bad batch?|Is there a best-before date somewhere?]",
        "I've been a member since {since} and have to say the quality has gone downhill. The {item} was mostly "
        "stems and dust. I wouldn't mind but at {price} I expect whole leaves.",
        "Honestly, poor quality this month. The {item} has a weird perfumed smell, almost like soap. Nobody in "
        "the family wants to drink it.",
        "found a bit of plastic in the {item}. looks like from a pouch seal. not a big fan of that",
    ),
    replies=(
        "Thank you for being so frank, {first}. I've asked our buyer to taste that batch again. Meanwhile I'd "
        "like to send you another tea of your choice: do you prefer something light or something malty?",
        "I'm sorry, {first}, that isn't the standard that we hold ourselves to. I've credited the {item} and "
        "told the team. Could you tell me the number on the bottom of the pouch?",
    ),
    answers=("Something malty, please. That's kind of you.", "It says L{batch}.", "Light please. Thanks!"),
    seconds=(
        "Lovely choice. It's on its way, and thank you for helping us to get better.",
        "Thank you! We've taken that batch out of the coming boxes.",
    ),
    notes=("Second remark about batch {batch}, asked for a tasting on {day}.",),
)

CANCEL = Story(
    topic="cancel",
    queue="cancellations",
    subjects=("Cancel my subscription", "[Please cancel|Cancellation]", "Cancelling", "Stop my subscription please"),
    openings=(
        "Please cancel my subscription [with immediate effect|before the next box is billed]. I have enough tea "
        "for the next two years. [Thank you.|It was nice while it lasted!]",
        "Hi, I'd like to cancel my subscription. Money is a bit tight at the moment and I have to cut back. Could "
        "you confirm that I won't be charged again?",
        "i want to cancel. cant find the button on the site. please cancel my subscription and confirm",
        "Hello, I would like to cancel my subscription because we're moving abroad next month. I enjoyed every "
        "single box. Is there anything I need to do?",
        "After the last delivery I've decided to cancel my subscription. I asked twice for no flavoured teas and "
        "still got three of them. Please confirm the cancellation in writing.",
    ),
    replies=(
        "Hi {first}, done: your subscription is cancelled and you won't be billed again. A confirmation is on its "
        "way. If you ever want to come back, your preferences are kept. All the best!",
        "Hi {first}, I've cancelled it for you as of today. Thank you for telling us why, that helps. If pausing "
        "for a while would suit you better, just reply; otherwise there's nothing left to do.",
        "I'm sorry to see you go, {first}, and sorry that the last box let you down. The subscription is "
        "cancelled, and no further payment will be taken.",
    ),
    answers=("Thank you for making that easy.", "Thanks. I might be back in autumn.", "thx"),
    seconds=("You're always welcome. Take care, {first}!",),
    notes=("Cancelled at the customer's wish, reason recorded. No offer: asked for none.",),
)

CHANGE = Story(
    topic="skip_or_pause",
    queue="support",
    subjects=("Can I skip next month?", "[Pause my box|Pausing]", "Change to every two months?"),
    openings=(
        "Hi! We're away for most of next month, can I skip a box and continue after that?",
        "The boxes are lovely but I can't keep up with drinking them. Is it possible to get one every other month "
        "instead?",
        "can u pause my {box} box until september? thanks",
        "I tried to skip on the website but it says that the box is already being packed. Is it too late?",
    ),
    replies=(
        "Of course, {first}. I've skipped the next box; the one after it comes as usual. You can also do that "
        'yourself in your account under "Upcoming", up to two days before we pack.',
        "Happy to, {first}: you now get a box every two months, and the next one is billed on {day}.",
        "It's just in time, {first}. I've taken it out of the packing list, so you won't be charged for it.",
    ),
    answers=("Perfect, thanks!", "Brilliant, thank you so much.", "Great, that was quick"),
    seconds=("You're welcome. Enjoy your time off!",),
)

ADDRESS = Story(
    topic="address_change",
    queue="support",
    subjects=("New address", "We're moving", "Change of delivery address"),
    openings=(
        "Hello, we're moving on {day}. The new address is {street}, the town stays the same. Does the "
        "next box already go there?",
        "hi please change my address to {street}. thanks!",
        "I've updated my address in the account, but the order confirmation still shows the old one. Could you "
        "make sure that the box goes to {street}?",
    ),
    replies=(
        "Hi {first}, I've changed it to {street}, and the next box already goes there. Happy moving!",
        "Done! {street} is now your delivery address. Should the last box still be at the old place, tell me and "
        "I'll have it redirected.",
    ),
    answers=("Thank you!", "You're the best, thanks."),
    seconds=("You're welcome, {first}!",),
)

QUESTION = Story(
    topic="product_question",
    queue="support",
    subjects=(
        "How long to brew the {item}?",
        "[A question about|Question:] the {item}",
        "Is the {item} caffeine free?",
        "Gift for a friend",
        "When does the next box ship?",
    ),
    openings=(
        "Hi, the card for the {item} got lost. How hot should the water be, and how long do I brew it? Mine turns "
        "bitter every time.",
        "Is the {item} free of caffeine? I'm looking for something for the evening.",
        "I'd like to give a friend three boxes as a present. Can I do this from my own account, and can the first "
        "one arrive around {day}?",
        "Could you tell me when the next box ships? I'd like to be at home when it comes.",
        "Which tea was the smoky one in last month's {box} box? I'd love to buy a large bag of it.",
        "Do you have anything without hibiscus? I'm a bit sensitive to it.",
    ),
    replies=(
        "Hi {first}, good question! For the {item} we like 80 °C (175 °F) and two and a half minutes. If it's "
        "still bitter, use a little less leaf rather than less time.",
        'Hi {first}, yes, you can. Choose "Gift" on the box\'s page and enter the day on which the first one should '
        "arrive. The invoice goes to you only.",
        "Hi {first}, your next box leaves us around {day}. You'll get a mail with the tracking number.",
        "Happy to help, {first}. The {item} is naturally free of caffeine, and there's no hibiscus in it either.",
    ),
    answers=("Ah, that explains it. Thank you!", "Wonderful, thanks for the quick reply.", "Super helpful, ty"),
    seconds=("Any time, {first}. Enjoy your cup!",),
)

THANKS = Story(
    topic="",
    queue="support",
    subjects=("Thank you!", "What a lovely box", "Just wanted to say"),
    openings=(
        "I just wanted to say how much I enjoyed this month's {box} box. The {item} is my favourite so far, and the "
        "little card made my day. Keep going!",
        "best box yet!! the {item} is gone already. pls put it in the shop",
        "No complaint for once: {agent} was so friendly last time that I wanted to say thanks. My whole office "
        "drinks your tea now.",
    ),
    replies=(
        "What a lovely mail, {first}, thank you! I've read it out at our morning tea. The {item} is "
        "coming to the shop next month.",
        "Thank you so much, {first}. You've made our day!",
    ),
)

STORIES = (BILLING, QUALITY, CANCEL, CHANGE, ADDRESS, QUESTION, THANKS)
