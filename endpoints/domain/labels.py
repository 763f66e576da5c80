"""Labels of a service: words to find it by."""

from collections.abc import Iterable

from endpoints.domain.types import SpecError, clean_text

LABEL_MAX = 40
LABELS_MOST = 20


def clean_labels(given: Iterable[object]) -> list[str]:
    """Return the labels, each once in whatever letter case, in the given order; empty ones are left out.

    Raises SpecError at `labels` for one that is too long, unprintable or has a comma, or for too many.
    """
    labels: dict[str, str] = {}
    for one in given:
        if isinstance(one, str) and not one.strip():
            continue
        label = " ".join(clean_text("labels", one, maximum=LABEL_MAX).split())
        if "," in label:
            raise SpecError("labels", "label_with_comma", label=label)
        labels.setdefault(label.casefold(), label)
    if len(labels) > LABELS_MOST:
        raise SpecError("labels", "too_many_labels", maximum=str(LABELS_MOST))
    return list(labels.values())


def read_labels(text: str) -> list[str]:
    """Return the labels that a text separates by commas or line breaks. Raises as `clean_labels`."""
    return clean_labels(text.replace("\n", ",").replace("\r", ",").split(","))
