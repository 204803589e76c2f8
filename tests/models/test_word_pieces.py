"""Word pieces of wordllama: their weights and rows make the rows of its encoder."""

import numpy as np
import pytest

from hrgeom.errors import FormatError
from hrgeom.models import text_encoder, word_pieces

pytest.importorskip("wordllama")

TEXTS = ["dog", "a dog, a Dog", "orthopaedic dog sofa", "", "Käse ☃ 漢字", "dog"]


@pytest.mark.parametrize("dim", [64, 256])
def test_weights_of_pieces_make_the_rows_of_the_encoder(dim):
    pieces = word_pieces(dim)
    weights = pieces.weights(TEXTS)
    assert weights.shape == (len(TEXTS), len(pieces.table))
    sums = np.asarray(weights.sum(axis=1)).ravel()
    np.testing.assert_allclose(sums, [float(bool(text)) for text in TEXTS], rtol=1e-6)
    rows = text_encoder(f"wordllama,dim={dim}")(TEXTS)
    np.testing.assert_allclose(weights @ pieces.table, rows, rtol=1e-4, atol=1e-5)


def test_no_texts_have_no_rows():
    assert word_pieces(64).weights([]).shape[0] == 0


def test_only_dimensions_of_the_model():
    with pytest.raises(FormatError, match="dim of wordllama must be 64, 128 or 256: got 100"):
        word_pieces(100)
