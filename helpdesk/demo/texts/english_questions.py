"""Questions and kind words, in English."""

from helpdesk.demo.texts.story import Story

BREWING = Story(
    topic="product_question",
    queue="support",
    subjects=("How long to brew the {tea}?", "Brewing the {tea}", "{Tea} turns bitter"),
    openings=(
        "Hi, the card for the {tea} got lost. How hot should the water be, and how long do I brew it? Mine turns "
        "bitter every time.",
        "quick one: what temperature for the {tea}? i keep getting it wrong",
    ),
    replies=(
        "Hi {first}, good question! For the {tea} we like 80 °C (175 °F) and two and a half minutes. If it's "
        "still bitter, use a little less leaf rather than less time.",
        "Hi {first}, try 80 °C (175 °F) and no more than two and a half minutes. Do you use a pot "
        "or an infuser in the "
        "cup? The small ones give the leaves too little room.",
    ),
    answers=("An infuser, a tiny one. That explains it, thank you!", "A pot. I'll try less time then."),
    seconds=("Any time, {first}. Enjoy your cup!",),
)

CAFFEINE = Story(
    topic="product_question",
    queue="support",
    subjects=("Is the {tea} caffeine free?", "[A question about|Question:] ingredients"),
    openings=(
        "Is the {tea} free of caffeine? I'm looking for something for the evening.",
        "Do you have anything without hibiscus? I'm a bit sensitive to it.",
        "Hello, I'm pregnant and wonder which teas of the {box} box I can drink.",
    ),
    replies=(
        "Happy to help, {first}. Everything in our Evening Herbs box is naturally free of caffeine, "
        "and the full list of "
        "ingredients is on the back of every pouch and on the page of each tea. There's no hibiscus "
        "in the chamomile, the "
        "rooibos and the peppermint.",
    ),
    answers=("Super helpful, ty", "Wonderful, thanks for the quick reply."),
    seconds=("You're welcome, {first}!",),
)

GIFT = Story(
    topic="product_question",
    queue="support",
    subjects=("Gift for a friend", "Giving a subscription as a present"),
    openings=(
        "I'd like to give a friend three boxes as a present. Can I do this from my own account, and can the first "
        "one arrive around {day}?",
    ),
    replies=(
        'Hi {first}, yes, you can. Choose "Gift" on the box\'s page and enter the day on which the first one should '
        "arrive. The invoice goes to you only.",
        "What a nice idea, {first}! I can set it up for you: which box should it be, and what's your friend's address?",
    ),
    answers=("The {box} one, to {street}. Thank you!",),
    seconds=("All set, {first}. The first one goes out this week with a card from you.",),
)

NEXT_BOX = Story(
    topic="product_question",
    queue="support",
    subjects=("When does the next box ship?", "Next shipping date"),
    openings=(
        "Could you tell me when the next box ships? I'd like to be at home when it comes.",
        "when will my next {box} box be sent? thanks",
    ),
    replies=("Hi {first}, your next box leaves us around {day}. You'll get a mail with the tracking number.",),
    answers=("Lovely, thank you!", "Great, then I'm at home."),
    seconds=("You're welcome. Enjoy it!",),
)

BUY_ONE = Story(
    topic="product_question",
    queue="support",
    subjects=("Can I buy the {item} on its own?", "Which tea was that?"),
    openings=(
        "The {item} of the last box was a hit with everybody here. Can I buy it on its own somewhere?",
        "A friend got the box with the cracked glaze cup last week. Is it meant to look cracked? I "
        "love it and want one!",
    ),
    replies=(
        "How nice to hear, {first}! It's in our shop, and as a member you get ten per cent off with "
        "the code that is on "
        "your account page.",
        "Thank you, {first}! It isn't in the shop yet. Shall I write to you when it is?",
    ),
    answers=("Yes please!", "That would be great."),
    seconds=("I've put you on the list, {first}.",),
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

STORIES = (BREWING, CAFFEINE, GIFT, NEXT_BOX, BUY_ONE, THANKS)
