"""How each product of the demo is used, as its subscribers are told before their first box."""

DAILY = {
    "en": "Warm the pot, take one spoon a cup, pour on boiling water, and give it four minutes. The tin keeps the tea "
    "fresh for a year, the pouches for three months once they are open.",
    "de": "Die Kanne vorwärmen, einen Löffel je Tasse, kochendes Wasser darauf und vier Minuten ziehen lassen. In der "
    "Dose bleibt der Tee ein Jahr frisch, im geöffneten Beutel drei Monate.",
    "es": "Caliente la tetera, ponga una cucharadita por taza, vierta agua hirviendo y espere cuatro minutos. En el "
    "bote el té se conserva un año; en el sobre abierto, tres meses.",
}
EXPLORER = {
    "en": "Begin with the green one: 75 °C and two minutes, or it turns bitter. The oolong may be poured up to five "
    "times. The card on top of the box says where each tea grew.",
    "de": "Fangen Sie mit dem grünen an: 75 °C und zwei Minuten, sonst wird er bitter. Den Oolong können Sie bis zu "
    "fünfmal aufgießen. Die Karte obenauf sagt, wo jeder Tee gewachsen ist.",
    "es": "Empiece por el verde: 75 °C y dos minutos, o amargará. El oolong admite hasta cinco infusiones. La tarjeta "
    "de arriba cuenta dónde creció cada té.",
}
EVENING = {
    "en": "Herbs want boiling water and eight minutes with the lid on. None of them has caffeine. Honey goes in last, "
    "when the cup no longer steams.",
    "de": "Kräuter brauchen kochendes Wasser und acht Minuten mit Deckel. Keiner enthält Koffein. Der Honig kommt "
    "zuletzt, wenn die Tasse nicht mehr dampft.",
    "es": "Las hierbas piden agua hirviendo y ocho minutos tapadas. No llevan cafeína. La miel, al final, cuando la "
    "taza ya no humea.",
}
OTHERS = {
    "en": "Unpack it on something soft and rinse it once with warm water. The card on top says how to begin.",
    "de": "Packen Sie es auf etwas Weichem aus und spülen Sie es warm aus. Die Karte darin sagt, wie es losgeht.",
    "es": "Desembálelo sobre algo blando y enjuáguelo con agua templada. La tarjeta de arriba dice cómo empezar.",
}
GUIDANCE = {"LKS-DAILY": DAILY, "LKS-EXPLORER": EXPLORER, "LKS-EVENING": EVENING}


def guidance_of(sku: str) -> dict[str, str]:
    return GUIDANCE.get(sku, OTHERS)
