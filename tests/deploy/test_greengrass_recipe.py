"""The recipe of the Greengrass component starts a station with settings that exist."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from okng.config import StationSettings, all_settings

RECIPE = Path(__file__).parents[2] / "deploy" / "aws" / "greengrass" / "recipe.yaml"
_KEYS = {
    "RecipeFormatVersion", "ComponentName", "ComponentVersion", "ComponentDescription",
    "ComponentPublisher", "ComponentDependencies", "ComponentConfiguration", "Manifests",
}  # fmt: skip


@pytest.fixture(scope="module")
def recipe() -> dict[str, Any]:
    """Of the component, as Greengrass reads it."""
    loaded: dict[str, Any] = yaml.safe_load(RECIPE.read_text(encoding="utf-8"))
    return loaded


def test_recipe_has_the_keys_of_its_format(recipe: dict[str, Any]) -> None:
    """Those of format 2020-01-25; its numbers are texts, as Greengrass wants them."""
    assert set(recipe) == _KEYS
    assert recipe["RecipeFormatVersion"] == "2020-01-25"
    assert re.fullmatch(r"\d+\.\d+\.\d+", recipe["ComponentVersion"])
    (manifest,) = recipe["Manifests"]
    assert set(manifest) == {"Platform", "Artifacts", "Lifecycle"}
    assert all(isinstance(value, str) for value in _environment(recipe).values())


def test_recipe_names_settings_of_a_station(recipe: dict[str, Any]) -> None:
    """Each variable is one of `okng serve`; their defaults are valid."""
    known = {setting.variable: setting for setting in all_settings(StationSettings)}
    given = {name: each for name, each in _environment(recipe).items() if name.startswith("OKNG_")}
    sections: dict[str, dict[str, str]] = {}
    for name, value in given.items():
        setting = known[name]
        sections.setdefault(setting.section, {})[setting.name] = _filled(recipe, value)
    settings = StationSettings.model_validate(sections)

    assert len(given) >= 6
    assert settings.models.follow == "s3://BUCKET/okng/current.json"
    assert settings.models.follow_every == 300


def test_recipe_uses_no_configuration_that_it_does_not_have(recipe: dict[str, Any]) -> None:
    """And has none that it does not use; nor a license to be root."""
    text = RECIPE.read_text(encoding="utf-8")
    used = set(re.findall(r"\{configuration:/(\w+)\}", text))

    assert used == set(recipe["ComponentConfiguration"]["DefaultConfiguration"])
    assert "RequiresPrivilege" not in text


def _environment(recipe: dict[str, Any]) -> dict[str, str]:
    environment: dict[str, str] = recipe["Manifests"][0]["Lifecycle"]["Run"]["Setenv"]
    return environment


def _filled(recipe: dict[str, Any], text: str) -> str:
    defaults = recipe["ComponentConfiguration"]["DefaultConfiguration"]
    return re.sub(r"\{configuration:/(\w+)\}", lambda match: defaults[match[1]], text)
