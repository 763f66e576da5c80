"""The Korean catalogue is complete, and what is compiled is what is written."""

from devtools import catalogue


def test_the_catalogue_is_complete() -> None:
    assert catalogue.problems() == [], "run: python -m devtools.catalogue"


def test_texts_are_found_in_python_and_templates() -> None:
    found = {message.text for message in catalogue.wanted()}
    assert "Retry" in found  # a template
    assert "Enter a value." in found  # texts.py
    assert catalogue.Message("%(n)s day ago", "%(n)s days ago") in catalogue.wanted()
    assert catalogue.Message("Ready", context="status") in catalogue.wanted()
