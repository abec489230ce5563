"""Payments, prices and invoices, in English."""

from helpdesk.demo.texts.story import Story

CHARGED_TWICE = Story(
    topic="billing",
    queue="billing",
    subjects=("[Charged twice|Charged twice this month?]", "Unexpected charge of {price}", "Double payment"),
    openings=(
        "Hi, I was charged [twice|two times] for my box this month, {price} on {day} and again a day later. "
        "[Could you refund one of them?|I think one of them is a mistake.] Order {order}.",
        "there are two payments of {price} on my card for the same box. pls refund one, thanks",
    ),
    replies=(
        "Hi {first}, thank you for writing. I can see both payments: the second is a hold by your bank and not a "
        "charge by us. It drops off by itself within three to five days. If it doesn't, send me a line and I'll "
        "sort it out with them.",
        "Hi {first}, you're right and I'm sorry. I've refunded {price} just now. Banks take two to five working "
        "days to show it.",
        "Hi {first}, I'm sorry about that. I only find one payment on our side: could you tell me "
        "the last four digits "
        "of the card that was charged the second time?",
    ),
    answers=("It's the one ending in 4410.", "Sure, it ends in 0172. Thanks for looking into it."),
    seconds=(
        "Found it, thank you: there was an older card on your account. I've refunded {price} and removed that card.",
    ),
    nudges=("Still waiting for an answer about the refund.",),
    notes=("Checked with payments: one capture, one authorisation. Nothing to refund.",),
)

CHARGED_AFTER_SKIP = Story(
    topic="billing",
    queue="billing",
    subjects=("Charged although I skipped", "Refund?"),
    openings=(
        "I've been charged {price} but I thought that I had skipped this month. Please refund, I haven't touched "
        "the box. I really don't want to be billed for things I skipped.",
        "i skipped this month and still got billed {price}. refund please",
    ),
    replies=(
        "Hi {first}, the skip came in a few hours after the payment had started, which our page "
        "should have told you. "
        "I've refunded {price}; please keep the box, with our apologies.",
        "Hi {first}, sorry about that. Shall I refund the {price}, or would you rather have the next box for free?",
    ),
    answers=("A refund please.", "Oh, then I take the free box. Thanks!"),
    seconds=("Done, {first}. You'll get a confirmation by mail.",),
    notes=("Skip at 09:40, billing started at 06:00 the same day. Refund is fine.",),
)

PRICE = Story(
    topic="billing",
    queue="billing",
    subjects=("Why did the price go up?", "Question about my [bill|payment]"),
    openings=(
        "Why did the price go up? My card was charged {price}, which is more than last time, and I don't "
        "remember an announcement.",
        "Hello, I've just seen that you charged me {price}. The first boxes were cheaper. Is that a "
        "mistake, or did I "
        "overlook something?",
    ),
    replies=(
        "Thank you for asking. Your introductory discount ended with the third box, which is why the amount "
        "changed. I know that this is easily overlooked, so I've taken the difference off your next one.",
        "Hi {first}, that's the end of the introductory price, which we should have announced "
        "better. Would it help if I "
        "gave you the old price for two more boxes?",
    ),
    answers=("hm ok. would have been nice to get a mail before the price changes", "That's kind, thank you."),
    seconds=("That's fair, and I've passed it on. We're working on a reminder before an introductory price ends.",),
)

DECLINED = Story(
    topic="billing",
    queue="billing",
    subjects=("Card declined", "Payment failed?"),
    openings=(
        "Hello, my bank says that the payment was declined but your site says it went through. Was I charged or "
        "not? I updated the card on {day}.",
        "My card expired and I got a mail that the payment failed. I've put in the new one, is the box still coming?",
    ),
    replies=(
        "Hi {first}, the first attempt failed and the second, with your new card, went through. You "
        "were charged once, "
        "and the box goes out on {day}.",
    ),
    answers=("Great, thank you!", "Perfect, that's all I wanted to know."),
    seconds=("You're welcome, {first}.",),
)

INVOICE = Story(
    topic="billing",
    queue="billing",
    subjects=("Invoice for {order}", "Need an invoice"),
    openings=(
        "Could I please have an invoice with my company's address for order {order}? Our accounting needs the "
        "tax number on it.",
    ),
    replies=(
        "Of course, {first}. It's on its way to you as a PDF, with our tax number at the bottom.",
        "Of course, {first}. Could you send me the exact name and address as they should appear?",
    ),
    answers=("It's {last} Design, {street}. Thanks!", "Just {first} {last}, {street}, please."),
    seconds=("Here it comes, {first}. If anything is missing on it, just answer this mail.",),
)

STORIES = (CHARGED_TWICE, CHARGED_AFTER_SKIP, PRICE, DECLINED, INVOICE)
