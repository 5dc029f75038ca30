"""Is an InferenceService what KServe's own client knows? Every key and the type of every value.

Usage, where `kserve` is installed: kserve_check.py FILE
"""

import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PLAIN = {"str": (str,), "int": (int,), "bool": (bool,), "float": (int, float)}


def faults(value: Any, kind: str, models: Any, where: str = "$") -> Iterator[str]:
    """What does not fit a type, such as `V1Container` or `list[str]`.

    Args:
        value: of the YAML file.
        kind: name of its type, as OpenAPI's clients write it.
        models: has the classes of the types, each with `openapi_types` and `attribute_map`.
        where: path of the value in the file.
    """
    if of := re.fullmatch(r"[Ll]ist\[(.*)\]", kind):
        if not isinstance(value, list):
            yield f"{where} is no list"
            return
        for number, each in enumerate(value):
            yield from faults(each, of[1], models, f"{where}[{number}]")
    elif (model := getattr(models, kind, None)) is not None:
        yield from _of_model(value, kind, models, model, where)
    elif kind in PLAIN and type(value) not in PLAIN[kind]:
        yield f"{where} is {value!r}, no {kind}"


def _of_model(value: Any, kind: str, models: Any, model: Any, where: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{where} is no {kind}"
        return
    names = {key: name for name, key in model.attribute_map.items()}
    for key, each in value.items():
        if key not in names:
            yield f"{where}.{key} is unknown to {kind}"
        else:
            yield from faults(each, model.openapi_types[names[key]], models, f"{where}.{key}")


class Models:
    """The types of KServe and, for what is in its pods, of Kubernetes."""

    def __getattr__(self, name: str) -> Any:
        """The class of a type."""
        # in an environment of its own, which the tests do not have
        for place in ("kserve.models", "kubernetes.client.models"):
            module = importlib.import_module(place)
            if hasattr(module, name):
                return getattr(module, name)
        raise AttributeError(name)


def main() -> None:
    """Run the script."""
    import yaml  # noqa: PLC0415

    document = yaml.safe_load(Path(sys.argv[1]).read_text("utf-8"))
    found = list(faults(document, f"V1beta1{document['kind']}", Models()))
    print("\n".join(found) or f"{sys.argv[1]}: as KServe's client knows it")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
