"""All centers of a network together: every total is the sum of its parts, and tells of how many centers it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from schemas.network import Certified, NetworkTotal, Part, PublishedTotal, ShareSum
from schemas.network_parameters import PublishedCenter
from schemas.network_summary import KINDS, SEVERITIES, CenterSummary, Definition

READINGS: tuple[str, ...] = ("complete_agency_update", "verified_record", "edited_record")
_BAND = ("low", "central", "high")
_PAIRS = ("duplicate", "possible", "asked")

#: Why a share is not added to others.
OTHER_DEFINITION = "It was measured under another definition of the share updated."


def sum_network(centers: Sequence[CenterSummary], *, definition: Definition) -> NetworkTotal:
    """Return all centers together. The order of the centers makes no difference.

    Shares are sums of numerators over sums of denominators, never means of shares. A center whose share is not known, or was measured
    under another definition, is in no share; a center whose curators are not known is in no figure per curator.

    Args:
        centers: The centers' own figures.
        definition: The definition of the share updated that is summed.
    """
    # Fractions are added in one order, so that the last digit does not depend on the order of the centers.
    centers = sorted(centers, key=lambda one: one.center_id)
    staffed = [one for one in centers if one.staffing.curator_fte is not None]
    fte = sum(one.staffing.curator_fte or 0.0 for one in staffed)
    return NetworkTotal(
        centers=len(centers),
        counted={kind: sum(getattr(one.counted, kind) for one in centers) for kind in KINDS},
        shares={name: _sum_shares(centers, name, definition=definition) for name in READINGS},
        findings={name: sum(getattr(one.findings, name) for one in centers) for name in SEVERITIES},
        curator_fte=Part(value=fte if staffed else None, known=len(staffed), centers=len(centers)),
        agencies_per_fte=sum(one.counted.agency for one in staffed) / fte if staffed else None,
        records_per_fte=sum(one.counted.total for one in staffed) / fte if staffed else None,
        estimated_fte=_sum_band(centers, lambda one, end: getattr(one.staffing.estimated_fte, end)),
        update_minutes=_sum_band(centers, lambda one, end: getattr(one.staffing.update_minutes, end)),
        certified=weigh_certified([(one.staffing.curator_fte, one.staffing.certified_share) for one in centers]),
        duplicates={name: sum(getattr(one.duplicates, name) for one in centers) for name in _PAIRS},
    )


def sum_published(centers: Sequence[PublishedCenter]) -> PublishedTotal:
    """Return what published figures add up to: curators and, weighted by them, the certified. Shares updated are not comparable."""
    centers = sorted(centers, key=lambda one: one.id)
    known = [one.curator_fte for one in centers if one.curator_fte is not None]
    return PublishedTotal(
        curator_fte=Part(value=sum(known) if known else None, known=len(known), centers=len(centers)),
        certified=weigh_certified([(one.curator_fte, one.certified_share) for one in centers]),
    )


def weigh_certified(parts: Sequence[tuple[float | None, float | None]]) -> Certified:
    """Return the certified curators, weighted by full-time equivalents.

    Approximate: a center's share may count persons and not equivalents.

    Args:
        parts: FTE and certified share of each center; centers without both are left out.

    >>> five = weigh_certified([(1.5, 1.0), (None, None), (4, 0.8), (5, 0.4), (3, 0.0), (4, 1.0)])
    >>> round(five.certified_fte, 1), five.fte, round(five.share, 2), five.known, five.centers
    (10.7, 17.5, 0.61, 5, 6)
    """
    known = [(fte, share) for fte, share in parts if fte is not None and share is not None]
    return Certified(
        certified_fte=sum(fte * share for fte, share in known) if known else None,
        fte=sum(fte for fte, _ in known) if known else None,
        known=len(known),
        centers=len(parts),
    )


def _sum_shares(centers: Sequence[CenterSummary], name: str, *, definition: Definition) -> ShareSum:
    left_out: dict[str, str] = {}
    known = []
    for one in centers:
        reading = getattr(one.shares, name)
        if reading.numerator is None:
            left_out[one.center_id] = reading.reason
        elif one.definition != definition:
            left_out[one.center_id] = OTHER_DEFINITION
        else:
            known.append(reading)
    return ShareSum(
        numerator=sum(one.numerator for one in known) if known else None,
        denominator=sum(one.denominator for one in known) if known else None,
        unknown=sum(one.unknown for one in known) if known else None,
        known=len(known),
        centers=len(centers),
        left_out=left_out,
    )


def _sum_band(
    centers: Sequence[CenterSummary], take: Callable[[CenterSummary, str], float]
) -> tuple[float, float, float]:
    low, central, high = (sum(take(one, end) for one in centers) for end in _BAND)
    return low, central, high
