"""What an output owes to each source token, by several methods, and how far to trust each.

Everything that a method asks of a model beyond scores (gradients, gates, states) needs torch and is
imported where it is used; occlusion and the deletion curve only ask for scores.
"""

from seqloom.attribution.attribution import METHODS, Attribution, Method
from seqloom.attribution.faithfulness import Faithfulness

__all__ = ["METHODS", "Attribution", "Faithfulness", "Method"]
