"""`okng info`: the metadata of a model file."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from okng.cli.commands.model_files.signing import RequireSignature


def info(
    model: Annotated[Path, typer.Argument(help="Model file, or the folder of a run.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    require_signature: RequireSignature = None,
) -> None:
    """Print classes, operating point, figures and digests of a model file.

    Example: okng info runs/castings/inspector.onnx
    """
    from okng import modelfile  # noqa: PLC0415 - onnx is heavy

    file = modelfile.read(modelfile.located(model), require_signature=require_signature)
    own = {"digest": file.digest, "sealed": file.sealed, "signer": file.signer}
    document = {**own, **file.metadata.model_dump(mode="json", exclude={"traces"})}
    if as_json:
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    for name, value in _facts(document):
        typer.echo(f"{name:<18} {value}")


def _facts(document: dict[str, Any]) -> list[tuple[str, str]]:
    point, rules = document["operating_point"], document["input"]
    ok = document["ok_class"]
    colour = "grey" if rules["grey"] else "RGB"
    format_ = ", INT8" if document["precision"] == "int8" else ""
    tiles = f", {document['tiles']} x {document['tiles']} tiles" if document["tiles"] > 1 else ""
    passes = f", {document['looks']} looks at each photo" if document["looks"] > 1 else ""
    facts = [
        ("name", document["name"]),
        ("classes", ", ".join(f"{c} (OK)" if c == ok else c for c in document["classes"])),
        ("threshold", f"{point['threshold']:.4f}  ({point['policy']}: {point['reason']})"),
        (
            "network",
            f"{document['backbone']}, {rules['image_size']} px, {colour}{tiles}{passes}{format_}",
        ),
        ("weights from", f"{document['weights']}, licence {document['weights_licence']}"),
        *_rates(document["metrics"]),
        ("created", document["created"]),
        ("versions", ", ".join(f"{k} {v}" for k, v in document["versions"].items())),
        ("data digest", document["dataset_digest"]),
        ("file digest", document["digest"]),
        ("seal", _seal(document)),
        ("certificate", _certificate(document["certificate"])),
    ]
    if point["unfamiliar_limit"] is not None:
        facts.insert(3, ("unfamiliar", f"above {point['unfamiliar_limit']:g} a person decides"))
    facts += _history(document["history"], point)
    if point["review_low"] is not None:
        band = f"{point['review_low']:.4f} to {point['review_high']:.4f}"
        facts.insert(3, ("review band", band))
    return facts


def _seal(document: dict[str, Any]) -> str:
    if not document["sealed"]:
        return "not sealed: written before okng could find changes; any threshold change seals it"
    signer = document["signer"]
    claim = f"signed with the key {signer[:16]}... (--require-signature checks it)"
    return f"whole, {claim if signer else 'not signed'}"


def _certificate(mark: dict[str, Any] | None) -> str:
    if mark is None:
        return "none for this operating point; okng certify makes one"
    text = (
        f"{mark['differing']} of {mark['photos']} photos with another verdict in "
        f"{mark['setups']} setups, scores within {mark['largest_difference']:.1e}"
    )
    return f"{text}, {mark['created'][:10]}, file {mark['digest'][:16]}..."


def _history(changes: list[dict[str, Any]], now: dict[str, Any]) -> list[tuple[str, str]]:
    """Every change of the threshold, and a warning that the figures are older than the last."""
    if not changes:
        return []
    later = [*(change["old"]["threshold"] for change in changes[1:]), now["threshold"]]
    rows = []
    for change, new in zip(changes, later, strict=True):
        old = change["old"]["threshold"]
        words = f"{change['changed'][:10]}: {old:.4f} -> {new:.4f}, {change['reason']}"
        rows.append(("threshold changed", words))
    words = "the figures above were measured before the threshold was changed"
    return [*rows, ("note", words)]


def _rates(metrics: dict[str, Any]) -> list[tuple[str, str]]:
    rows = []
    for name in ("accuracy", "recall", "escape_rate", "overkill_rate"):
        rate = metrics.get(name) or {}
        if rate.get("value") is not None:
            text = f"{rate['value']:.4f}  [{rate['low']:.4f}, {rate['high']:.4f}], n {rate['n']}"
            rows.append((name.replace("_", " "), text))
    return rows
