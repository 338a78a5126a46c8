"""The four symbols that stand in every vocabulary, at the same ids everywhere."""

SPECIALS = ("<pad>", "<unk>", "<sos>", "<eos>")
PAD, UNK, SOS, EOS = range(4)
