"""Files of relevance judgements (qrels)."""

from hrgeom.io.judgements._qrels import Judgements, load_judgements, read_judgements

__all__ = ["Judgements", "load_judgements", "read_judgements"]
