"""Sequences for a next-step predictor.

texts      files -> lines of text
lanes      one long text, cut in lanes that are read side by side
drawings   files -> pen strokes, with the text they write where there is one (rows: of a JSONL file;
           written: of files of pairs)
sequences  sequences of any kind as batches of like length
"""
