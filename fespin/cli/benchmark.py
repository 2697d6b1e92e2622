"""``fespin benchmark [CASE ...]``."""

from __future__ import annotations

import argparse

from ..benchmark.measure import available_peers, benchmark, exponents
from .common import write_json


def run(arguments: argparse.Namespace) -> int:
    """Time the standard devices; print times, memory, exponents and, where asked for, ratios to other packages."""
    peers = available_peers() if arguments.compare else []
    cases = arguments.cases or ["2d_1e4", "3d_1e4"]
    results = benchmark(cases, repeat=arguments.repeat, peers=peers)
    report = {"cases": results, "exponents": exponents(results)}
    if arguments.json != "-":
        print(_table(results))
        for kind, value in report["exponents"].items():  # type: ignore[attr-defined]
            print(f"{kind}: time of the job ~ nodes^{value:.2f}")
        if arguments.compare and not peers:
            print("nothing to compare with: pip install ngsolve")
    if arguments.json:
        write_json(arguments.json, report)
    return 0


def _table(results: list[dict]) -> str:
    lines = [f"{'case':<8}{'nodes':>9} {'program':<9}{'command':>9}{'user':>8}{'job':>8}{'MB':>7}{'its':>5}"
             f"{'ratio':>7}{'user':>6}{'dG/max':>9}   medians, s"]  # fmt: skip
    for result in results:
        for name, m in result["programs"].items():
            head = f"{result['case']:<8}{result['nodes']:>9} {name:<9}"
            if "stopped_after" in m:
                lines.append(f"{head}> {m['stopped_after']:.0f} s, given up")
                continue
            stages = ", ".join(f"{stage} {value:.2f}" for stage, value in m["seconds"].items())
            lines.append(f"{head}{m['wall']:>9.2f}{m['user']:>8.2f}{m['job']:>8.2f}{m['memory']:>7.0f}"
                         f"{m['iterations']:>5}{m['job_ratio']:>7.1f}{m['user_ratio']:>6.1f}{m['difference']:>9.1e}"
                         f"   {m['backend']}: {stages}")  # fmt: skip
    return "\n".join(lines)
