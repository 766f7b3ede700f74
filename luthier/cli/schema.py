"""`luthier schema`: the recipe as a JSON schema, for editors and web forms."""

from luthier.cli.terminal import answer


def schema() -> None:
    """Print the JSON schema of a recipe, the options of every choice included."""
    from luthier.core.schema import recipe_schema

    answer(recipe_schema())
