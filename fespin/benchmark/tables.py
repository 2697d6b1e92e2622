"""What the benchmark prints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .measure import SAME


def times(results: Sequence[dict], *, stages: bool = False) -> str:
    """Programs of each case, with what they take relative to fespin; the seconds of each stage where asked for."""
    wide = max((len(name) for r in results for name in r["programs"]), default=0) + 1
    lines = [f"{'case':<8}{'nodes':>9} {'program':<{wide}}{'job':>8}{'user':>8}{'process':>9}{'MB':>7}{'its':>5}"
             f"   times fespin: {'job':>6}{'user':>7}{'MB':>6}{'dG/max':>9}   medians, s"]  # fmt: skip
    for result in results:
        head = f"{result['case']:<8}{result['nodes']:>9} "
        lines.append(f"{head}{'(command)':<{wide}}{'':>16}{result['command']:>9.2f}   fespin conductance, start to end")
        for name, m in result["programs"].items():
            lines.append(f"{head}{name:<{wide}}{_measured(m, stages)}")
    if any(m.get("same") is False for r in results for m in r["programs"].values()):
        lines.append(
            f"! not the same matrix: off by more than {SAME:g} of the largest entry, so its times do not count"
        )
    return "\n".join(lines)


def _measured(m: dict[str, Any], stages: bool) -> str:
    if "given_up" in m:
        above = f"{'':>37}   {'':>13} > {m['job_ratio_above']:.1f}" if "job_ratio_above" in m else ""
        return f"{above}   {m['given_up']}"
    split = ": " + ", ".join(f"{stage} {value:.2f}" for stage, value in m["seconds"].items()) if stages else ""
    return (f"{m['job']:>8.2f}{m['user']:>8.2f}{m['wall']:>9.2f}{m['memory']:>7.0f}{m['iterations'] or '':>5}"
            f"   {'':>13} {_ratio(m['job_ratio']):>6}{_ratio(m['user_ratio']):>7}{_ratio(m['memory_ratio']):>6}"
            f"{m['difference']:>9.1e}{' ' if m['same'] else '!'}  {m['backend']}{split}")  # fmt: skip


def _ratio(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def scaling(fits: Sequence[dict[str, Any]]) -> str:
    """Exponents, a line for each dimension and program."""
    lines = []
    for fit in fits:
        values = ", ".join(
            f"{key} ~ nodes^{fit[key]:.2f}" for key in ("time", "user", "memory") if fit[key] is not None
        )
        lines.append(f"{fit['dimension']}D {fit['program']}, {fit['sizes']} sizes: {values}")
    return "\n".join(lines)


def accuracies(reports: Sequence[dict[str, Any]]) -> str:
    """Errors of G and what they cost."""
    lines = [f"{'case':<9}{'order':>6}{'refined':>8}{'nodes':>9}{'unknowns':>10}{'its':>5}{'job':>8}{'user':>8}"
             f"{'error of G':>12}"]  # fmt: skip
    for report in reports:
        case, exact = report["case"], report["reference"] == "closed form"
        for row in report["rows"]:
            lines.append(
                f"{case:<9}{row['order']:>6}{row['refined']:>8}{row['nodes']:>9}{row['unknowns']:>10}"
                f"{row['iterations'] or '':>5}{row['job']:>8.2f}{row['user']:>8.2f}{row['error']:>12.1e}"
            )
        known = "" if exact else f" (itself off by about {report['reference_error']:.0e})"
        lines.append(f"{case}: errors of the largest entry of G, against it {report['reference']}{known}")
        if report["nodes_for_order_2"] is not None:
            lines.append(
                f"{case}: those of order 1 fall as h^{report['rate']:.1f}; that of order 2 on the first mesh would "
                f"take {report['nodes_for_order_2']:.1e} nodes, {report['user_for_order_2']:.1e} s user"
            )
    return "\n".join(lines)


def hardships(rows: Sequence[dict[str, Any]]) -> str:
    """Iterations on devices far from good ones, and what the automatic choice makes of them."""
    lines = [f"{'case':<8}{'nodes':>8}  {'what':<28}{'value':>8}{'its':>6}{'job':>8}{'error':>9}   automatic choice"]
    for row in rows:
        iterations = "none" if row["iterations"] is None else row["iterations"]
        error = "" if row["error"] is None else f"{row['error']:.1e}"
        said = ", fell back and said so" if row["said"] else ""
        lines.append(f"{row['case']:<8}{row['nodes']:>8}  {row['kind']:<28}{row['value']:>8g}{iterations:>6}"
                     f"{row['seconds']:>8.2f}{error:>9}   {row['auto']}{said}")  # fmt: skip
    worst = [row["iterations"] for row in rows if row["iterations"] is not None]
    lines.append(f"iterations up to {max(worst, default=0)}; none: no convergence; "
                 "error: largest |dG_ij| / sqrt(G_ii G_jj) against factors")  # fmt: skip
    return "\n".join(lines)
