"""Files of relevance judgments (qrels)."""

from hrgeom.io.judgments._qrels import Judgments, load_judgments, read_judgments

__all__ = ["Judgments", "load_judgments", "read_judgments"]
