"""Sequences of real vectors: frames (sensor readings, speech) and pen strokes.

    frames, arrays       files -> sequences, each with its place
    table, table_rows    CSV or Parquet columns -> one table
    windows              a table -> pairs of past and future
    ett                  the standard parts, scaling and errors of the ETT data
    pair_files, frame_pairs   pairs with a series on one side or both
    line_texts, glyphs, hershey   handwriting made at run time
    scaling              standardised features, and back
    strokes              pen offsets <-> points, simplified
    inkml, svg_strokes   drawings from files; svg_path is the language of SVG paths, xml_tree the
                         reading of XML

A sequence is an array [T, F]; F real-valued features of each frame.
"""
