"""The folder of a locator: arrays and JSON, written in one step, checked when they are read.

    name.emb/locator/locator.json texts.json rows.npy mean.npy scale.npy networks.npy extremes.npy

The embedding is not in it: `locator.json` has the digests of its vectors and of its hierarchy.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.atomic_files import check_target, dump, read_json, swap, sync, temporary_beside
from hrgeom._base.npy_files import load_npy
from hrgeom._base.versions import check_version
from hrgeom._version import __version__
from hrgeom.core import DualEmbedding, Hierarchy
from hrgeom.errors import FormatError
from hrgeom.io import load, read_hierarchy
from hrgeom.io.vectors import RecordedSource, describe
from hrgeom.locate._calibration import Calibration
from hrgeom.locate._candidates import N_FEATURES
from hrgeom.locate._engine import Corpus, Engine
from hrgeom.locate._reranker import Network, Reranker
from hrgeom.locate._tree import Tree
from hrgeom.models import text_encoder

__all__ = ["Stored", "read_locator", "write_locator"]

_FORMAT, _VERSION = "hrgeom-locator", 1
_MARK = "locator.json"
_LARGEST = 1e6  # of any number that a fit can give, by far


@dataclass(frozen=True, eq=False)
class Stored:
    """What a folder holds.

    Attributes
    ----------
    engine : Engine
        From texts to posteriors.
    model_name : str or None
        Name of the encoder.
    rank_threshold : float or None
        Threshold of the decision "rank".
    digests : dict of str
        SHA-256 of the vectors of the embedding.
    """

    engine: Engine
    model_name: str | None
    rank_threshold: float | None
    digests: dict[str, str]


def write_locator(stored: Stored, target: Path, overwrite: bool) -> Path:
    """Write a locator in one step, and return its folder."""
    check_target(target, overwrite, mark=_MARK)
    temporary = temporary_beside(target)
    try:
        temporary.mkdir(mode=0o700)
        for name, array in _arrays(stored.engine).items():
            np.save(temporary / f"{name}.npy", array, allow_pickle=False)
        dump({"texts": stored.engine.corpus.texts}, temporary / "texts.json", indent=None)
        dump(_description(stored), temporary / _MARK)
        for file in temporary.iterdir():
            sync(file)
        temporary.chmod(0o755)
        swap(temporary, target, overwrite=overwrite, mark=_MARK)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    return target


def _arrays(engine: Engine) -> dict[str, NDArray[Any]]:
    networks = [
        np.concatenate([each.ravel() for each in network.weights])
        for network in engine.reranker.networks
    ]
    calibration = engine.calibration
    return {
        "rows": engine.corpus.rows,
        "mean": engine.corpus.mean,
        "scale": engine.reranker.scale,
        "networks": np.array(networks, dtype=np.float32).reshape(
            len(networks), Network.n_weights(N_FEATURES) if networks else 0
        ),
        "extremes": np.stack([calibration.lowest_right, calibration.highest_wrong]),
    }


def _description(stored: Stored) -> dict[str, Any]:
    engine = stored.engine
    return {
        "format": _FORMAT,
        "format_version": _VERSION,
        "model": stored.model_name,
        "n_nodes": engine.tree.n,
        "dim": engine.dim,
        "n_networks": len(engine.reranker.networks),
        "n_calibrated": len(engine.calibration.lowest_right),
        "calibration": {
            "expected": engine.calibration.expected.tolist(),
            "true": engine.calibration.true.tolist(),
        },
        "rank_threshold": stored.rank_threshold,
        "sha256": {**stored.digests, "hierarchy": engine.tree.hierarchy.sha256},
        "version": __version__,
    }


def read_locator(
    folder: Path,
    encoder: Callable[[list[str]], Any] | None,
    embedding: DualEmbedding | None,
    hierarchy: Hierarchy | None,
) -> tuple[DualEmbedding, Callable[[list[str]], Any], Stored]:
    """Return the embedding, the encoder and what is stored, each checked against the others."""
    path = folder if (folder / _MARK).is_file() else folder / "locator"
    if not (path / _MARK).is_file():
        raise FormatError(
            f"a locator must be a folder with {_MARK}: got {str(folder)!r}; `hrgeom locate fit` "
            "makes one"
        )
    info = _checked_info(path)
    embedding = load(path.parent) if embedding is None else embedding
    hierarchy = _kept_hierarchy(path.parent) if hierarchy is None else hierarchy
    _check_same(info, embedding, hierarchy, path)
    engine = _engine(path, info, hierarchy)
    stored = Stored(engine, info["model"], info["rank_threshold"], {})
    return embedding, _encoder(info["model"], path) if encoder is None else encoder, stored


def _checked_info(path: Path) -> dict[str, Any]:
    info = read_json(path / _MARK)
    check_version(
        info.get("format"),
        info.get("format_version"),
        expected=(_FORMAT, _VERSION),
        what=str(path / _MARK),
    )
    kinds: dict[str, Any] = {
        "model": str | None,
        "n_nodes": int,
        "dim": int,
        "n_networks": int,
        "n_calibrated": int,
        "calibration": dict,
        "rank_threshold": float | None,
        "sha256": dict,
    }
    for name, kind in kinds.items():
        if not isinstance(info.get(name), kind) or isinstance(info[name], bool):
            raise FormatError(f"{path / _MARK} must state {name}: got {info.get(name)!r}")
    return info


def _check_same(
    info: dict[str, Any], embedding: DualEmbedding, hierarchy: Hierarchy, path: Path
) -> None:
    """Raise FormatError unless the locator was fitted to this embedding and hierarchy."""
    found = {**embedding.sha256, "hierarchy": hierarchy.sha256}
    for name, digest in found.items():
        if info["sha256"].get(name) != digest:
            raise FormatError(
                f"a locator must be used with what it was fitted to: got other {name} than "
                f"{path / _MARK} states; fit it anew"
            )


def _kept_hierarchy(folder: Path) -> Hierarchy:
    record = describe(folder).get("tree")
    source = None if record is None else RecordedSource.of(record)
    path = None if source is None or not source.is_copy else source.path_in(folder)
    if source is None or path is None or source.is_judgments:
        raise FormatError(f"hierarchy must be given: {str(folder)!r} keeps no copy of it")
    return read_hierarchy(path, format=source.format)


def _encoder(model: str | None, path: Path) -> Callable[[list[str]], Any]:
    if model is None or model.startswith("py:"):
        raise FormatError(
            f"encoder must be given: {path / _MARK} states {model!r}, which is not run by itself"
        )
    return text_encoder(model)


def _engine(path: Path, info: dict[str, Any], hierarchy: Hierarchy) -> Engine:
    n, dim = info["n_nodes"], info["dim"]
    texts = read_json(path / "texts.json", most=None).get("texts")
    if not isinstance(texts, list) or len(texts) != n or not all(type(t) is str for t in texts):
        raise FormatError(f"{path / 'texts.json'} must hold one text for each of {n:,} nodes")
    rows = _array(path, "rows", (n, dim), "float16")
    corpus = Corpus(texts, rows, _array(path, "mean", (dim,), "float32"))
    scale = _array(path, "scale", (4, N_FEATURES), "float32")
    if not (scale[1::2] > 0).all():
        raise FormatError(f"{path / 'scale.npy'} must hold positive deviations: got others")
    n_weights = Network.n_weights(N_FEATURES) if info["n_networks"] else 0
    flat = _array(path, "networks", (info["n_networks"], n_weights), "float32")
    reranker = Reranker(scale, tuple(Network.of(row, N_FEATURES) for row in flat))
    return Engine(Tree(hierarchy), corpus, reranker, _calibration(path, info))


def _calibration(path: Path, info: dict[str, Any]) -> Calibration:
    knots = [info["calibration"].get(name) for name in ("expected", "true")]
    try:
        expected, true = (np.array(each, dtype=np.float64) for each in knots)
        fits = expected.ndim == 1 and expected.shape == true.shape and len(expected) > 1
        fits = fits and all(np.isfinite(each).all() for each in (expected, true))
    except (TypeError, ValueError):
        fits = False
    if not fits:
        raise FormatError(f"{path / _MARK} must state two lists of numbers as calibration")
    lowest, highest = _array(path, "extremes", (2, info["n_calibrated"]), "float32")
    return Calibration(expected, true, lowest, highest)


def _array(path: Path, name: str, shape: tuple[int, ...], dtype: str) -> NDArray[Any]:
    """Return an array of the folder; its shape, type and numbers are checked."""
    where = path / f"{name}.npy"
    try:
        found = load_npy(where)
    except (OSError, ValueError, EOFError) as error:
        raise FormatError(f"{where} must be readable: {error}") from None
    if found.shape != shape or str(found.dtype) != dtype:
        raise FormatError(
            f"{where} must be {dtype} of shape {shape}: got {found.dtype}, shape {found.shape}"
        )
    with np.errstate(invalid="ignore"):  # a signalling NaN is not less than anything either
        fits = bool((np.abs(found) < np.float32(_LARGEST)).all())
    if not fits:
        raise FormatError(f"{where} must hold numbers below {_LARGEST:g}: got others")
    return found
