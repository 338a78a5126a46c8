"""Sound: speech made at run time, and sound as frames.

espeak       a sentence spoken by espeak-ng
sentences    what is said: digits and words
wav          .wav files
fourier      the short-time Fourier transform and its inverse
mel          log-mel frames of a sound, and the magnitudes that they stand for
griffin_lim  a sound from its frames
corpus       sentences spoken, turned into frames and kept in a folder
"""
