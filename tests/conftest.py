"""Hypothesis profiles, chosen by the variable HYPOTHESIS_PROFILE (default: ci)."""

import os
import sys
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from slow import is_slow, is_traced

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
