"""Architectures compared under one budget: an experiment file in, a table with intervals out.

experiment   what is compared: rows, tasks, seeds, and what all of them share
cell         one training of the grid and its scores
grid         all cells, as many at a time as there is room for; goes on where it stopped
summary      mean and 95% interval over the seeds
report       the table as Markdown, its twin as JSON, the curve over source length
"""
