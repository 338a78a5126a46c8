"""Documents with labels: files -> sentences of word ids -> a corpus on disk -> batches.

read       files of any format, or a folder for each label, as `Document`s
labels     which labels there are, and what an error in each costs
cut        a document as sentences of words, within limits
corpus     all documents, memory-mapped
grouping   sentences of like length side by side, so that little is padding
batching   documents within a budget of words
"""
