"""The demo's brand: what it sells, who works there, where mail arrives. All of it invented."""

from dataclasses import dataclass
from decimal import Decimal

from subscribers.enums import Role

STORE_KEY = "demo"
STORE = {
    "name": "Larkspur Tea",
    "domain": "demo.myshopify.com",
    "time_zone": "America/New_York",
    "country": "US",
    "language": "en",
    "currency": "USD",
    "team_mode": "two",  # log-ins of both; whoever leads sees one inbox
}
PASSWORD = "demo"  # noqa: S105  the demo's log-in, printed on its sign-in page
SHOPIFY_SECRET = "demo-shopify-secret"  # noqa: S105  for trying webhooks; known to everybody, of no other use


@dataclass(frozen=True)
class ProductLine:
    name: str
    sku: str
    price: Decimal
    months: int
    share: float
    items: tuple[str, ...]
    teas: tuple[str, ...]


PRODUCTS = (
    ProductLine(
        "Daily Cup",
        "LKS-DAILY",
        Decimal("24.00"),
        1,
        0.42,
        ("English Breakfast tin", "Earl Grey pouch", "Assam tin", "Darjeeling pouch", "glass tea jar"),
        ("English Breakfast", "Earl Grey", "Assam", "Darjeeling"),
    ),
    ProductLine(
        "Explorer",
        "LKS-EXPLORER",
        Decimal("34.00"),
        1,
        0.28,
        ("Oolong tin", "jasmine pearls", "smoked Lapsang pouch", "glass infuser", "Sencha tin"),
        ("oolong", "jasmine green", "smoked Lapsang", "Sencha"),
    ),
    ProductLine(
        "Evening Herbs",
        "LKS-EVENING",
        Decimal("28.00"),
        1,
        0.2,
        ("chamomile jar", "rooibos tin", "jar of wildflower honey", "lavender blend", "peppermint pouch"),
        ("chamomile", "rooibos", "lavender blend", "peppermint"),
    ),
    ProductLine(
        "Teaware & Tasting",
        "LKS-TEAWARE",
        Decimal("58.00"),
        2,
        0.1,
        ("ceramic teapot", "porcelain cup", "glass pitcher", "tasting bowl", "matcha bowl"),
        ("matcha", "white peony", "Keemun"),
    ),
)


@dataclass(frozen=True)
class Colleague:
    """`pace`: how slow they answer beside the others. `share`: of the tickets they take."""

    email: str
    name: str
    role: Role
    share: float = 0.0
    pace: float = 1.0
    languages: tuple[str, ...] = ("en",)


STAFF = (
    Colleague("agent@demo.example", "Nora Whitfield", Role.AGENT, 0.24, 0.9),
    Colleague("success@demo.example", "Tobias Adeyemi", Role.SUCCESS),
    Colleague("lead@demo.example", "Priya Raman", Role.LEAD, 0.03, 0.8),
    Colleague("admin@demo.example", "Sam Castellano", Role.ADMIN),
    Colleague("luis@demo.example", "Luis Ferrer", Role.AGENT, 0.2, 1.0, ("en", "es")),
    Colleague("hanna@demo.example", "Hanna Krüger", Role.AGENT, 0.18, 1.1, ("en", "de")),
    Colleague("malik@demo.example", "Malik Dawson", Role.AGENT, 0.2, 1.0),
    Colleague("grace@demo.example", "Grace Oyelaran", Role.AGENT, 0.15, 1.3),
    Colleague("ines@demo.example", "Ines Duarte", Role.SUCCESS),
)

# key, name, is_default
QUEUES = (
    ("support", "Support", True),
    ("deliveries", "Deliveries", False),
    ("billing", "Billing", False),
    ("cancellations", "Cancellations", False),
)
# address, sender's name, queue
MAILBOXES = (
    ("support@demo.example", "Larkspur Tea", "support"),
    ("deliveries@demo.example", "Larkspur Tea Deliveries", "deliveries"),
    ("billing@demo.example", "Larkspur Tea Billing", "billing"),
    ("cancel@demo.example", "Larkspur Tea", "cancellations"),
)

# Invented, like everything here: name, how its numbers look, share of the parcels.
CARRIERS = (
    ("Swiftline Parcel", "SL{:010d}", 0.55),
    ("Northstar Post", "NS{:09d}US", 0.3),
    ("Bluebird Courier", "7{:011d}", 0.15),
)

# The same things in German (feminine or neuter, with their article: alike as subject and object) and in Spanish
# (masculine, without it), so that sentences around them stay right.
ITEMS_IN_GERMAN = {
    "English Breakfast tin": "die English-Breakfast-Dose",
    "Earl Grey pouch": "die Earl-Grey-Tüte",
    "Assam tin": "die Assam-Dose",
    "Darjeeling pouch": "die Darjeeling-Tüte",
    "glass tea jar": "das Teeglas mit Deckel",
    "Oolong tin": "die Oolong-Dose",
    "jasmine pearls": "die Tüte mit den Jasminperlen",
    "smoked Lapsang pouch": "die Lapsang-Tüte",
    "glass infuser": "das Teesieb aus Glas",
    "Sencha tin": "die Sencha-Dose",
    "chamomile jar": "das Glas mit der Kamille",
    "rooibos tin": "die Rooibos-Dose",
    "jar of wildflower honey": "das Glas Honig",
    "lavender blend": "die Lavendelmischung",
    "peppermint pouch": "die Pfefferminz-Tüte",
    "ceramic teapot": "die Teekanne",
    "porcelain cup": "die Porzellantasse",
    "glass pitcher": "die Glaskaraffe",
    "tasting bowl": "die Probierschale",
    "matcha bowl": "die Matcha-Schale",
}
ITEMS_IN_SPANISH = {
    "English Breakfast tin": "bote de English Breakfast",
    "Earl Grey pouch": "sobre de Earl Grey",
    "Assam tin": "bote de Assam",
    "Darjeeling pouch": "sobre de Darjeeling",
    "glass tea jar": "tarro de vidrio",
    "Oolong tin": "bote de Oolong",
    "jasmine pearls": "sobre de perlas de jazmín",
    "smoked Lapsang pouch": "sobre de Lapsang",
    "glass infuser": "infusor de vidrio",
    "Sencha tin": "bote de Sencha",
    "chamomile jar": "tarro de manzanilla",
    "rooibos tin": "bote de rooibos",
    "jar of wildflower honey": "tarro de miel",
    "lavender blend": "sobre de lavanda",
    "peppermint pouch": "sobre de menta",
    "ceramic teapot": "juego de té",
    "porcelain cup": "vaso de porcelana",
    "glass pitcher": "jarro de vidrio",
    "tasting bowl": "cuenco de cata",
    "matcha bowl": "cuenco de matcha",
}
