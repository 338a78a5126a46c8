"""What a next-step predictor does once it is trained.

results  what comes out: samples, scores, where the window stood
texts    a predictor of tokens: write, score
strokes  a predictor of points: draw, score
written  samples into files, by their extension
"""
