"""`resdir duplicates advice`: what the center's own verdicts say about the scores, and the hours left in the queue."""

from __future__ import annotations

from dataclasses import asdict

import polars as pl

from flows.cli.duplicate_pairs import choose_pairs, read_pairs
from flows.cli.terminal import Common, percent, show, show_json, show_table
from pipeline.curate.threshold_advice import WANTED_PRECISION, Precision, advise
from pipeline.publish.wording import count_of


def advice(
    *,
    center: str | None = None,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Tell how often each band of scores was right by your own verdicts, which threshold that suggests, and the hours left.

    Nothing is changed: the threshold is a setting.

    Args:
        center: Only pairs in which this center takes part.
        common: What every command takes.
    """
    settings = common.resolve().settings
    view = read_pairs(common, center=center)
    sides = ("center_id_a", "uid_a", "center_id_b", "uid_b")
    relations = {
        ((row[0], row[1]), (row[2], row[3])): row[4] for row in view.pairs.select(*sides, "relation").iter_rows()
    }
    found = advise(
        view.judgement.of_center(center).verdicts,
        relations=relations,
        in_question=view.judgement.in_question(),
        enough=settings.verdicts.enough_verdicts,
    )
    asked = choose_pairs(view, band="all", standing="asked")
    left = {band: asked.filter(pl.col("band") == band).height for band in ("duplicate", "possible")} | {
        "other": asked.filter(~pl.col("band").is_in(["duplicate", "possible"]).fill_null(value=False)).height
    }
    hours = asked.height * settings.verdicts.minutes_per_pair / 60
    shipped = settings.match.agency.duplicate_score
    if common.json:
        show_json(
            asdict(found)
            | {
                "threshold": shipped,
                "wanted_precision": WANTED_PRECISION,
                "hours_left_by_band": {
                    band: round(count * settings.verdicts.minutes_per_pair / 60, 1) for band, count in left.items()
                },
                "pairs_left": left | {"all": asked.height},
                "minutes_per_pair": settings.verdicts.minutes_per_pair,
                "hours_left": round(hours, 1),
            }
        )
        return 0
    _show("By band", found.bands)
    _show("By score", found.slices)
    show(
        f"{count_of(found.decided, 'pair')} decided; {found.unsure:,} unsure, {found.conflicting:,} in conflict. "
        f"Of pairs that several persons judged, they agreed on {found.agreeing:,} and not on {found.disagreeing:,}."
    )
    for person, counts in found.persons.items():
        show(f"{person}: {', '.join(f'{count:,} {verdict}' for verdict, count in counts.items())}.")
    if found.decided < found.enough:
        show(f"A threshold is suggested from {found.enough} decided pairs on.")
    elif found.suggested is None:
        show(
            f"At no score were {WANTED_PRECISION:.0%} of the decided pairs the same; the band `duplicate` has to be looked at."
        )
    else:
        show(
            f"From a score of {found.suggested:.3f} on, at least {WANTED_PRECISION:.0%} of your decided pairs were the same; the band "
            f"`duplicate` begins at {shipped:.3f} ([match.agency] duplicate_score)."
        )
    show(
        f"Left to compare: {count_of(asked.height, 'pair')}, about {hours:.1f} hours at "
        f"{settings.verdicts.minutes_per_pair:g} minutes a pair (an assumption; [verdicts] minutes_per_pair)."
    )
    return 0


def _show(title: str, rows: tuple[Precision, ...]) -> None:
    show_table(
        f"{title}: how often decided pairs were the same",
        (title.split()[-1], "same", "different", "share", "95 % interval"),
        [
            (
                one.name,
                one.same,
                one.different,
                percent(one.share) if one.share is not None else "-",
                "-" if one.low is None else f"{percent(one.low)} to {percent(one.high)}",
            )
            for one in rows
        ],
        right=("same", "different", "share"),
    )
