"""Quality, changes and goodbyes, in English."""

from helpdesk.demo.texts.story import Story

QUALITY = Story(
    topic="quality",
    queue="support",
    about_box=True,
    subjects=("{Tea} tastes stale", "Not happy with the quality", "Something off with the {tea}"),
    openings=(
        "Hi there, the {tea} in this box tastes stale to me. I've had it before and it was wonderful, this one "
        "is flat and dusty. [Maybe a bad batch?|Is there a best-before date somewhere?]",
        "I've been a member since {since} and have to say the quality has gone downhill. The {tea} was mostly "
        "stems and dust. I wouldn't mind but at {price} I expect whole leaves.",
        "Honestly, poor quality this month. The {tea} has a weird perfumed smell, almost like soap. Nobody in "
        "the family wants to drink it.",
        "found a bit of plastic in the {tea}. looks like from a pouch seal. not a big fan of that",
    ),
    replies=(
        "Thank you for being so frank, {first}. I've asked our buyer to taste that batch again. Meanwhile I'd "
        "like to send you another tea of your choice: do you prefer something light or something malty?",
        "I'm sorry, {first}, that isn't the standard that we hold ourselves to. I've credited the {tea} and "
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
        "I'm sorry to see you go, {first}. The subscription is cancelled, and no further payment will be taken. Thank "
        "you for the time that you were with us.",
        "I'm sorry to see you go, {first}. I can end it today, or after the box that you have paid for already: which "
        "would you like? Nothing more is billed either way.",
        "Of course, {first}. Before I do: is it the subscription at this address, and shall it end at once? Then it is "
        "done within the hour.",
    ),
    answers=("Today please. Thank you for making that easy.", "Right away please, thanks. I might be back in autumn."),
    seconds=("You're always welcome. Take care, {first}!",),
    notes=("Cancelled at the customer's wish, reason recorded. No offer: asked for none.",),
)

SKIP = Story(
    topic="skip_or_pause",
    queue="support",
    subjects=("Can I skip next month?", "Skipping a box"),
    openings=(
        "Hi! We're away for most of next month, can I skip a box and continue after that?",
        "I tried to skip on the website but it says that the box is already being packed. Is it too late?",
    ),
    replies=(
        "Of course, {first}. I've skipped the next box; the one after it comes as usual. You can also do that "
        'yourself in your account under "Upcoming", up to two days before we pack.',
        "It's just in time, {first}. I've taken it out of the packing list, so you won't be charged for it.",
    ),
    answers=("Perfect, thanks!", "Brilliant, thank you so much."),
    seconds=("You're welcome. Enjoy your time off!",),
)

SLOWER = Story(
    topic="skip_or_pause",
    queue="support",
    subjects=("Change to every two months?", "Too much tea", "[Pause my box|Pausing]"),
    openings=(
        "The boxes are lovely but I can't keep up with drinking them. Is it possible to get one every other month "
        "instead?",
        "can u pause my {box} box for a while? i have so much tea left. thanks",
    ),
    replies=(
        "Happy to, {first}: you now get a box every two months, and the next one is billed on {day}.",
        "Hi {first}, I can pause it for up to three months, or send a box every other month instead. Which would you "
        "prefer?",
    ),
    answers=("Every other month sounds great.", "Every two months please. Great, that was quick"),
    seconds=("Done, {first}: every two months from now on. You can change it back at any time.",),
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

STORIES = (QUALITY, CANCEL, SKIP, SLOWER, ADDRESS)
