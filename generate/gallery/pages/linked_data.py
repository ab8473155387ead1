"""JSON-LD of a card: schema.org's ImageObject with an AudioObject and its transcript."""

from typing import Any

from generate.gallery.catalogue.views import View
from generate.settings import Settings


def link_data(view: View, settings: Settings) -> dict[str, Any]:
    """The JSON-LD object of a card.

    Links are absolute if the site's address is known, else relative to the card's page.
    """
    base = f"{settings.site.base_url}/" if settings.site.base_url else "../"
    card = view.card
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "CreativeWork",
        "name": view.title,
        "description": view.alt,
        "license": settings.site.licence,
        "isPartOf": {"@type": "CreativeWork", "name": settings.title},
    }
    if settings.author:
        data["author"] = {"@type": "Person", "name": settings.author}
    if card.date:
        data["dateCreated"] = card.date
    if view.picture:
        data["image"] = {
            "@type": "ImageObject",
            "contentUrl": base + view.picture.fallback,
            "width": view.picture.width,
            "height": view.picture.height,
            "caption": view.alt,
            "creditText": settings.author or settings.title,
            "license": settings.site.licence,
        }
    if view.sound:
        data["audio"] = {
            "@type": "AudioObject",
            "contentUrl": base + view.sound.path,
            "encodingFormat": view.sound.mime,
            "duration": f"PT{view.sound.seconds:.2f}S",
            "transcript": card.phrase,
        }
    if card.translation:
        data["text"] = card.translation
    return data
