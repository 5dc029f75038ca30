"""Where do shares of a score lie? Ways to place them, tried on runs of `benchmarks/heatmaps.py`.

Usage: heatmap_places.py FOLDER [FOLDER ...]

Each folder has `photos` and `run`, as heatmaps.py leaves them for a seed. Prints, for each way, the
share of true hits whose hottest cell touches the mask, over all folders and in each. One minute a
folder. For development only: a way that was chosen here is proven on seeds that were not.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - the name everybody knows

from okng.dataset import load_photos
from okng.dataset.loading.masks import find_mask, read_mask
from okng.evaluation import Scores
from okng.evaluation.heatmaps.true_positives import find_hits
from okng.training import TrainedModel, load_full
from okng.training.networks.layers.input_transform import Prepare

GOOD = 64
Levels = list[Tensor]
"""Shares (N, h, w) of the places of each depth and light."""
Way = Callable[["Shares"], Levels]


class Shares(NamedTuple):
    """What places add to the scores of a run's true hits, and to those of good parts.

    Attributes:
        means: by the means of the maps.
        maxima: by their maxima, where these are reached.
        shared: by their maxima, shared by all places above the average maximum.
        usual: `means` and `maxima` together of good parts, for the class of each hit.
        masks: bool (N, H, W).
    """

    means: Levels
    maxima: Levels
    shared: Levels
    usual: Levels
    masks: Tensor


def main() -> None:
    """Run the script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", type=Path, nargs="+")
    runs = [read(folder) for folder in parser.parse_args().folders]
    for name, way, gather in ways():
        found = [touched(gather(way(run)), run.masks) for run in runs]
        each = ", ".join(f"{100 * float(one.mean()):.0f}" for one in found)
        print(f"{name:44s} {100 * float(torch.cat(found).mean()):5.1f} % ({each})", flush=True)


def ways() -> list[tuple[str, Way, Callable[[Levels], Tensor]]]:
    """Names, which shares, and how they get to cells of 16 and 8 pixels."""
    sums: dict[str, Way] = {
        "all": both,
        "maxima shared": lambda run: [a + b for a, b in zip(run.means, run.shared, strict=True)],
        "positive parts": lambda run: [level.clamp(min=0) for level in both(run)],
        "raw light": lambda run: both(run)[:4],
        "flat light": lambda run: both(run)[4:],
        "means only": lambda run: run.means,
        "less usual": less_usual,
        "less usual, positive parts": lambda run: [s.clamp(min=0) for s in less_usual(run)],
        "less usual, raw light": lambda run: less_usual(run)[:4],
    }
    found: list[tuple[str, Way, Callable[[Levels], Tensor]]] = [
        (f"{name}, bilinear", way, bilinear) for name, way in sums.items()
    ]
    found += [
        (f"{name}, {cells} cells, reach {reach}", sums[name], partial(gaussian, reach, cells))
        for name in ("all", "less usual")
        for cells in (12, 24)
        for reach in (0.5, 0.75, 1.0)
    ]
    found += [
        (f"all, reach 0.75, moved by {by} places", both, partial(gaussian, 0.75, 12, moved=by))
        for by in (-0.5, 0.25, 0.5)
    ]
    return found


def both(run: Shares) -> Levels:
    """Shares by means and maxima."""
    return [a + b for a, b in zip(run.means, run.maxima, strict=True)]


def less_usual(run: Shares) -> Levels:
    """The same beyond those of good parts."""
    return [a - b for a, b in zip(both(run), run.usual, strict=True)]


def bilinear(levels: Levels) -> Tensor:
    """Onto the finest map, then four by four places as one: the way until 2026-11-25."""
    size, total = levels[0].shape[1:], torch.zeros(1)
    for level in levels:
        wide = F.interpolate(level[:, None], size, mode="bilinear", align_corners=False)
        total = total + wide * (level.shape[1] / size[0]) ** 2
    return F.avg_pool2d(total, 4)[:, 0]


def gaussian(reach: float, cells: int, levels: Levels, moved: float = 0.0) -> Tensor:
    """Each place spread as a Gaussian of `reach` places, at least 8 pixels of 192."""
    total = torch.zeros(1)
    for level in levels:
        side = level.shape[1]
        middles = (torch.arange(side) + 0.5 + moved) / side
        edges = torch.arange(cells + 1) / cells
        below = torch.special.ndtr((edges[:, None] - middles) / max(reach / side, 1 / 24))
        within = below[1:] - below[:-1]
        rows = within / within.sum(0)
        total = total + rows @ level @ rows.t()
    return total


def touched(heat: Tensor, masks: Tensor) -> Tensor:
    """1.0 for each hit (N,) whose hottest cell touches its mask."""
    side, height, width = heat.shape[1], *masks.shape[1:]
    photo, row, column = masks.nonzero(as_tuple=True)
    cells = torch.zeros(heat.shape)
    cells[photo, row * side // height, column * side // width] = 1
    return cells.flatten(1).gather(1, heat.flatten(1).argmax(1)[:, None])[:, 0]


@torch.no_grad()
def read(folder: Path) -> Shares:
    """Work the shares of a run out."""
    run, photos = folder / "run", folder / "photos"
    model = load_full(run / "models" / "full_model.pth")
    scores = Scores.read(run / "scores.csv", model.classes, model.ok_class)
    slopes = cast("Any", model.network).classifier.weight
    hits, table = find_hits(scores.select("test")), scores.table
    numbers = torch.tensor([model.classes.index(hit.label) for hit in hits])
    weights = torch.eye(len(slopes))[numbers] - torch.eye(len(slopes))[0]
    good = table["path"][(table["split"] == "train") & (table["label"] == model.ok_class)][:GOOD]
    found = [
        by_place(maps, (weight @ slopes)[None], typical)
        for weight, (maps, typical) in zip(
            weights, _maps(model, [photos / hit.path for hit in hits]), strict=True
        )
    ]
    usual = [
        [[m + t for m, t, _ in by_place(maps, slope[None], typical)] for slope in slopes]
        for maps, typical in _maps(model, [photos / path for path in good])
    ]
    masks = [read_mask(cast("Path", find_mask(photos, hit.path, hit.label))) for hit in hits]
    means, maxima, shared = (
        [torch.cat(level) for level in zip(*([x[k] for x in one] for one in found), strict=True)]
        for k in range(3)
    )
    return Shares(
        means, maxima, shared, _for_hits(usual, weights), torch.from_numpy(np.stack(masks))
    )


def _maps(model: TrainedModel, paths: Sequence[Path]) -> Iterator[tuple[list[Tensor], Tensor]]:
    """Maps of each photo, and what the classifier sees of an average one."""
    network, prepare = cast("Any", model.network), Prepare(model.rules)
    for photo in load_photos(paths, model.rules.image_size):
        values = torch.from_numpy(photo).permute(2, 0, 1)[None].float() / 255
        yield network.features(prepare(values)), network.typical


def by_place(
    maps: Sequence[Tensor], direction: Tensor, typical: Tensor
) -> list[tuple[Tensor, Tensor, Tensor]]:
    """Shares (N, h, w) by means, by maxima, and by maxima shared, of each map."""
    found, begin = [], 0
    for level in maps:
        end = begin + 2 * level.shape[1]
        mean, top = direction[:, begin:end, None, None].chunk(2, 1)
        mean_before, top_before = typical[begin:end, None, None].chunk(2)
        highest = level.amax((2, 3), keepdim=True)
        at = (level >= highest).float()
        above = torch.where(highest > top_before, (level - top_before).clamp(min=0), at)
        rise = top * (highest - top_before)
        found.append((
            (mean * (level - mean_before)).sum(1) / level[0, 0].numel(),
            (rise * at / at.sum((2, 3), keepdim=True)).sum(1),
            (rise * above / above.sum((2, 3), keepdim=True)).sum(1),
        ))  # fmt: skip
        begin = end
    return found


def _for_hits(usual: list[list[Levels]], weights: Tensor) -> Levels:
    """Mean over good parts of the shares by output, weighed as each hit asks for."""
    levels = range(len(usual[0][0]))
    by_output = [
        torch.stack([torch.cat([photo[k][n] for photo in usual]).mean(0)
                     for k in range(weights.shape[1])])
        for n in levels
    ]  # fmt: skip
    return [torch.einsum("nk,khw->nhw", weights, level) for level in by_output]


if __name__ == "__main__":
    main()
