"""Writes products: what a provider calls by an id of its own, made where it is not known."""

from typing import Any

from django.db import transaction

from subscribers.models import Product, Store


@transaction.atomic
def know_product(store: Store, *, external_id: str, name: str, sku: str = "", data: dict[str, Any]) -> Product:
    """The product of this id; its name and data as they are told now. `data`: `price` is what a billing costs."""
    told = {"name": name.strip()[:200] or external_id, "sku": sku.strip()[:100]}
    product, is_new = Product.objects.get_or_create(
        store=store, external_id=external_id[:100], defaults={**told, "data": data}
    )
    merged = {**product.data, **data}
    if not is_new and (product.name, product.sku, product.data) != (told["name"], told["sku"], merged):
        product.name, product.sku, product.data = told["name"], told["sku"], merged
        product.save(update_fields=["name", "sku", "data"])
    return product
