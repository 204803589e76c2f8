"""Equality of hierarchies node by node, with names."""


def edges(h):
    return {(h.labels[c], h.labels[p]) for c, p in h.edges.tolist()}


def assert_same(h, names, parents, others=None):
    """Names: label -> name. Parents: label -> its parents; those without are roots."""
    assert dict(zip(h.labels, h.names, strict=True)) == names
    assert edges(h) == {(child, parent) for child, all_ in parents.items() for parent in all_}
    if others is not None:
        assert {text: h.labels[node] for text, node in h.other_labels.items()} == others


def codes(h):
    return {remark.code: remark.count for remark in h.remarks}
