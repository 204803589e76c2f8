"""Queries that match other documents than before."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hrgeom.core import moved_queries
from hrgeom.testing import relevances


@given(relevances(8, 8), relevances(8, 8), st.randoms())
def test_moved_queries_are_those_whose_shared_matches_differ(old, new, random):
    places = []
    for n_old, n_new in ((old.n_queries, new.n_queries), (old.n_documents, new.n_documents)):
        slots = [*range(n_new), *[-1] * n_old]
        random.shuffle(slots)
        places.append(np.array(slots[:n_old]))
    queries, documents = places
    back = {int(v): i for i, v in enumerate(documents) if v >= 0}
    expected = []
    for i, q in enumerate(queries.tolist()):
        if q < 0:
            continue
        before = {v for v in old.matches(i).tolist() if documents[v] >= 0}
        after = {back[v] for v in new.matches(q).tolist() if v in back}
        if before != after:
            expected.append(q)
    assert moved_queries(old, new, queries, documents).tolist() == sorted(expected)
