"""Pairs of real-valued sequences for training and for answering.

batch       what a model is handed: frames side by side, padded, their level taken out
tables      files of readings, cut in order of time; window_set: windows over them as pairs
sides       files of pairs; pair_set: pairs of any length
batching    the shuffled batches of an epoch
setting     what a run keeps of its features
sources     what a converter is asked about
conversion  what it answers with; write: the answers as files
"""
