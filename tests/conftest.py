"""Hypothesis profiles, chosen by the variable HYPOTHESIS_PROFILE (default: ci)."""

import os
import sys
from contextlib import contextmanager, suppress
from importlib import import_module

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from places import ROOT
from slow import is_slow, is_traced

from hrgeom.errors import HrgeomError

# Oracles in fractions are slow by design.
_ALLOWED = [HealthCheck.too_slow, HealthCheck.data_too_large]

settings.register_profile(
    "ci", derandomize=True, max_examples=40, deadline=None, suppress_health_check=_ALLOWED
)
# What a contributor runs while working (`make quick`).
settings.register_profile(
    "quick", derandomize=True, max_examples=8, deadline=None, suppress_health_check=_ALLOWED
)
settings.register_profile(
    "thorough", max_examples=2000, deadline=None, suppress_health_check=_ALLOWED
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_collection_modifyitems(items):
    """Mark what `make quick` leaves out."""
    for item in items:
        if is_slow(item.nodeid):
            item.add_marker(pytest.mark.slow)


@contextmanager
def _untraced(item):
    """Take the tracer of coverage away where it only costs time.

    In workers the marker `no_cover` of pytest-cov does not.
    """
    tracer = sys.gettrace()
    is_property = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
    if tracer is None or is_traced(item.nodeid, is_property):
        yield
        return
    sys.settrace(None)
    try:
        yield
    finally:
        sys.settrace(tracer)


@pytest.hookimpl(wrapper=True)
def pytest_collection(session):
    """Import the package under the tracer of coverage, and collect its tests without.

    Collecting takes half as long again with it, and nothing counts there but these imports.
    """
    tracer = sys.gettrace()
    starts_workers = bool(session.config.getoption("numprocesses", None))
    if tracer is None or starts_workers:
        return (yield)
    for module in _modules():
        with suppress(ImportError, HrgeomError):  # of what is not installed
            import_module(module)
    sys.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(tracer)


def _modules():
    """Yield the names of all modules of the package but the one that runs the command."""
    for path in sorted((ROOT / "hrgeom").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if parts[-1] != "__main__":
            yield ".".join(part for part in parts if part != "__init__")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item):
    """Fixtures of slow tests are slow as well."""
    with _untraced(item):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """The test itself."""
    with _untraced(item):
        return (yield)


@pytest.fixture(scope="session")
def features_seen():
    """The names of the features that some example of a strategy has.

    Rounds of examples with one seed each, until all features are seen: what one seed draws
    depends on the constants Hypothesis finds in the modules that are loaded.
    """

    def features_seen(strategy, features, n_examples=200, n_rounds=20):
        seen = set()

        def look(example):
            seen.update(name for name, has in features.items() if name not in seen and has(example))

        one_round = settings(max_examples=n_examples, database=None, phases=[Phase.generate])
        for number in range(n_rounds):
            if seen == features.keys():
                break
            seed(number)(one_round(given(example=strategy)(look)))()
        return seen

    return features_seen
