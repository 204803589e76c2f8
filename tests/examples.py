"""How many examples a slow property takes, as a share of what the profile says."""

from hypothesis import settings


def share(part: float) -> settings:
    """Return the decorator of a property that runs on this share of the profile's examples.

    So that a slow oracle stays affordable, and `quick` and `thorough` still mean what they say.
    """
    return settings(max_examples=max(2, round(part * settings().max_examples)))
