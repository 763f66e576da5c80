"""Finding endpoints by what people remember of them."""

from django.db.models import Q


def matching(text: str) -> Q:
    """Return the condition that an endpoint's words, ids or names contain a text, in any letter case."""
    return (
        Q(description__icontains=text)
        | Q(external_id__icontains=text)
        | Q(connection_string__icontains=text)
        | Q(dns_names__icontains=text)
        | Q(private_dns_names__icontains=text)
        | Q(parameters__icontains=text)
    )
