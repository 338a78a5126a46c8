"""The embedded task: a date as people of many languages write it -> ISO 8601.

    Freitag, 4. März 2005    ->  2005-03-04
    ٤ مارس ٢٠٠٥              ->  2005-03-04
    [en] 3/4/05              ->  2005-03-04      [el] 3/4/05  ->  2005-04-03

The pairs are made at run time from the Unicode CLDR, as Babel carries it; nothing is downloaded.
Every pair has one answer, because of three rules:

    two-digit years  00-49 are 2000-2049 and 50-99 are 1950-1999; no other year is ever drawn
    tags             a date whose month is a bare number always carries its language as a feature;
                     any other carries it half of the time, so that both ways of asking work
    calendar         Gregorian throughout

A day belongs to one of train, dev and test, in all languages: what is asked in a test was never
seen in training in any form.
"""

from seqloom.data.dates.pairs import LANGUAGES, Split, generate
from seqloom.data.dates.style import Style, styles

__all__ = ["LANGUAGES", "Split", "Style", "generate", "styles"]
