"""Models as ONNX graphs that run without torch and without seqloom (extra `export`)."""

from seqloom.export.save import Questions, export
from seqloom.export.write import Graphs, write_graphs

__all__ = ["Graphs", "Questions", "export", "write_graphs"]
