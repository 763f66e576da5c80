"""botocore's service models, by the name that the credential scope uses."""

import threading

from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader
from botocore.model import ServiceModel

# Signing name → directory name in botocore, where they differ.
_DIRECTORY = {"servicequotas": "service-quotas"}

_loader = Loader()
_models: dict[str, ServiceModel | None] = {}
_lock = threading.Lock()


def load(service: str) -> ServiceModel | None:
    """Return the model of a service; None when botocore knows no such service."""
    with _lock:
        if service not in _models:
            _models[service] = _load(_DIRECTORY.get(service, service))
        return _models[service]


def _load(directory: str) -> ServiceModel | None:
    if directory not in _loader.list_available_services("service-2"):
        return None
    try:
        return ServiceModel(_loader.load_service_model(directory, "service-2"), directory)
    except UnknownServiceError:
        return None
