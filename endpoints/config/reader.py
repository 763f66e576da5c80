"""Reading a configuration file: TOML text into a checked `Document`."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from endpoints.config.document import Document
from endpoints.config.mistakes import ConfigError, Mistake, of_repetition, of_shape


@dataclass(frozen=True)
class Source:
    """A file as it was read: its name, its tables as written, and what they mean."""

    name: str
    raw: dict[str, Any]
    document: Document

    def error(self, *mistakes: Mistake) -> ConfigError:
        """Return the error that names these mistakes in this file."""
        return ConfigError(self.name, mistakes, self.raw)


def read(path: Path) -> Source:
    """Read a file. Raises ConfigError, with one line per mistake, for whatever the file alone can tell."""
    name = str(path)
    try:
        raw = tomllib.loads(path.read_bytes().decode("utf-8"))
    except OSError as error:
        raise ConfigError(name, [Mistake((), error.strerror or "cannot be read")]) from None
    except UnicodeDecodeError:
        raise ConfigError(name, [Mistake((), "is not UTF-8 text")]) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(name, [Mistake((), f"is not TOML: {error}")]) from None
    try:
        document = Document.model_validate(raw)
    except ValidationError as error:
        raise ConfigError(name, of_shape(error), raw) from None
    if mistakes := list(of_repetition(document)):
        raise ConfigError(name, mistakes, raw)
    return Source(name, raw, document)
