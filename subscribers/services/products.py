"""Writes products: what a provider calls by an id of its own, made where it is not known."""

from typing import Any

from subscribers.models import Product, Store
from subscribers.services.ledger import recording


def know_product(store: Store, *, external_id: str, name: str, sku: str = "", data: dict[str, Any]) -> Product:
    """The product of this id; its name and data as they are told now. `data`: `price` is what a billing costs."""
    told = {"name": name.strip()[:200] or external_id, "sku": sku.strip()[:100]}
    with recording() as ledger:
        key = ("product", store.pk, external_id, *told.values(), repr(data))
        if key not in ledger.remembered:
            ledger.remembered[key] = _know(store, external_id[:100], told, data)
            ledger.touch()
        product: Product = ledger.remembered[key]
        return product


def _know(store: Store, external_id: str, told: dict[str, str], data: dict[str, Any]) -> Product:
    product, is_new = Product.objects.get_or_create(
        store=store, external_id=external_id, defaults={**told, "data": data}
    )
    merged = {**product.data, **data}
    if not is_new and (product.name, product.sku, product.data) != (told["name"], told["sku"], merged):
        product.name, product.sku, product.data = told["name"], told["sku"], merged
        product.save(update_fields=["name", "sku", "data"])
    return product
