"""`seqloom generate`: new text or new drawings from a next-step predictor; frames from a converter."""

from pathlib import Path
from typing import Annotated

import typer

from seqloom.cli.generate_frames import generate_frames
from seqloom.cli.next_step import is_generator, tell_scale, tell_unknown
from seqloom.cli.options import Device, Run
from seqloom.cli.predict_frames import is_converter
from seqloom.errors import UserError


def generate(
    run: Run,
    text: Annotated[
        str,
        typer.Option(metavar="TEXT", help="What to write, for a run that draws handwriting."),
    ] = "",
    prime: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Go on from this, in its manner: a text file, or the first drawing of a file of "
            "strokes. For a converter of frames: what is to be converted.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help=".txt, .jsonl or .csv; of drawings .svg, .png, .jsonl or .csv, all samples on one "
            "sheet; of frames .jsonl, .csv, .npz, .npy, .png and, if they are log-mel frames, .wav. "
            "Text goes to the screen without it.",
        ),
    ] = None,
    samples: Annotated[int, typer.Option(metavar="N", help="How many, drawn side by side.")] = 1,
    bias: Annotated[
        float | None,
        typer.Option(metavar="B", help="Of drawings: 0 as wild as the data, 1 and above neater."),
    ] = None,
    temperature: Annotated[
        float | None, typer.Option(help="Below 1 is more careful, above 1 more daring.")
    ] = None,
    max_length: Annotated[
        int | None, typer.Option(metavar="N", help="Tokens or points at most.")
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed draws the same.")] = 1,
    device: Device = "auto",
) -> None:
    """Write new text, or draw with the pen, one step at a time.

    What the model gave is what it reads next (Graves 2013). Text goes on from
    --prime or begins anew; handwriting needs a --text to write, where the run
    was trained on texts. What is not given is as the recipe says.

    A converter of frames writes what the file in --prime becomes, as a
    sound where its frames are those of speech: --prime in.wav --out out.wav
    """
    from seqloom.api import load
    from seqloom.generation.written import check_name, plain, write_samples

    generator = load(run, device)
    if is_converter(generator):
        others = {
            "--text": bool(text),
            "--samples": samples != 1,
            "--bias": bias is not None,
            "--temperature": temperature is not None,
            "--max-length": max_length is not None,
        }
        generate_frames(generator, prime, out, seed, others)
        return
    if not is_generator(generator):
        raise UserError(f"{run}: not a next-step predictor. Ask it with: seqloom predict {run}")
    if out is not None:
        check_name(out, generator.draws)
    elif generator.draws:
        raise UserError(f"{run}: draws with a pen, so it needs --out FILE, such as sheet.svg.")
    given = None if prime is None else generator.read_prime(prime)
    if isinstance(given, str):
        tell_unknown(generator, given)
    elif given is not None:
        tell_scale(generator, str(prime), given)
    found = generator.generate(
        samples,
        text=text,
        prime=given,
        bias=bias,
        temperature=temperature,
        max_length=max_length,
        seed=seed,
    )
    if out is None:
        typer.echo(plain(found), nl=False)
        return
    write_samples(found, out)
    ends = ", ".join(dict.fromkeys(sample.ended for sample in found))
    typer.echo(f"Wrote {out} ({len(found)} sample(s), ended by: {ends})", err=True)
