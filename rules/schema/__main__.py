"""Writes the schema files anew: ``python -m rules.schema``; a test compares them."""

from rules.schema import FOLDER, MODELS, schema

for name in MODELS:
    (FOLDER / f"{name}.json").write_text(schema(name))
