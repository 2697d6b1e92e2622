"""Compiled products of sparse matrices with many columns, and what is done to their rows meanwhile.

Columns hold components outermost: those of component a are offset[a] ... offset[a + 1] - 1, those before `s` are charge
and the others spins. Components with laws between them have equally many columns. Rows on which more acts than one
matrix have a number in `place`, all others -1 there; for them `law`, `pointer`, `index` and `value` hold further
operators, one after the other: row k of operator e has the entries pointer[e, k] ... pointer[e, k + 1] and acts on the
components with law[e]. Pieces of rows are done side by side: piece k has the rows k of `sums` and `work` for itself.
"""

from __future__ import annotations

from .arrays import (
    DoubleCube,
    Doubles,
    DoubleTable,
    Flags,
    Ints,
    IntTable,
    Longs,
    Reals,
    RealTable,
    SingleCube,
    Singles,
    SingleTable,
)
from .jit import Inner, Vectors, jit

# done in one go before the next thing is done to them: what is read just after vectors wrote it across its bounds waits
# until it is in the cache, ten times as long as the reading takes
RESTING = 64
_product, _smooth, _apply = Vectors("product"), Vectors("smooth"), Vectors("apply")
_scale, _laws = Vectors("scale"), Vectors("laws")


@Inner
def _copy(row, out):
    for c in range(len(row)):
        out[c] = row[c]


@jit
def clear(start: int, stop: int, out: RealTable):
    """out = 0."""
    for i in range(start, stop):
        for c in range(out.shape[1]):
            out[i, c] = 0


@jit
def product(start: int, stop: int, indptr: Ints, indices: Ints, data: Reals, x: RealTable, out: RealTable,
            add: bool):  # fmt: skip
    """out (+)= A x in rows start ... stop - 1."""
    for i in range(start, stop):
        _product(indptr[i], indptr[i + 1], indices, data, x, out, i, add)


@Inner
def _further(k, law, pointer, index, value, offset, x, work, piece, out, i):
    """out[i] += law (operator x)[k] of all further operators."""
    for e in range(law.shape[0]):
        first, last = pointer[e, k], pointer[e, k + 1]
        if first < last:
            _product(first, last, index, value, x, work, piece, False)
            _laws(law[e], offset, work, piece, out, True, out, i)


@jit
def smooth(piece: int, start: int, stop: int, indptr: Ints, indices: Ints, data: Singles, mass: Singles,
           charge: Singles, spin: Singles, inverse: SingleCube, place: Ints, law: SingleCube, pointer: IntTable,
           index: Ints, value: Singles, offset: Longs, s: int, relax: bool, r: SingleTable, x: SingleTable,
           out: SingleTable, work: SingleTable):  # fmt: skip
    """The defect r - A x of a level, or with `relax` the damped step x + D^-1 (r - A x); the laws are those of -A."""
    for first in range(start, stop, RESTING):
        last = min(first + RESTING, stop)
        for i in range(first, last):
            simple = place[i] < 0
            _smooth(indptr[i], indptr[i + 1], indices, data, x, r, out, i, s, mass[i], charge[i], spin[i],
                    relax and simple)  # fmt: skip
        for i in range(first, last):
            if place[i] >= 0:
                _further(place[i], law, pointer, index, value, offset, x, work, piece, out, i)
                if relax:
                    _copy(out[i], work[piece])
                    _laws(inverse[place[i]], offset, work, piece, x, True, out, i)


@jit
def step_from_zero(start: int, stop: int, charge: Singles, spin: Singles, inverse: SingleCube, place: Ints,
                   offset: Longs, s: int, r: SingleTable, out: SingleTable):  # fmt: skip
    """out = D^-1 r."""
    for i in range(start, stop):
        if place[i] < 0:
            _scale(charge[i], spin[i], s, r, out, i)
        else:
            _laws(inverse[place[i]], offset, r, i, out, False, out, i)


@jit
def apply(piece: int, start: int, stop: int, indptr: Ints, indices: Ints, stiffness: Doubles, mass: Doubles,
          place: Ints, law: DoubleCube, pointer: IntTable, index: Ints, value: Doubles, offset: Longs, s: int,
          x: RealTable, out: DoubleTable, sums: DoubleTable, work: DoubleTable):  # fmt: skip
    """out = A x, and the sums of x out over these rows for each column; x may be in single precision."""
    width = x.shape[1]
    for c in range(width):
        sums[piece, c] = 0
    for first in range(start, stop, RESTING):
        last = min(first + RESTING, stop)
        for i in range(first, last):
            _apply(indptr[i], indptr[i + 1], indices, stiffness, mass, x, out, i, s, sums, piece, place[i] < 0)
        for i in range(first, last):
            if place[i] >= 0:
                _further(place[i], law, pointer, index, value, offset, x, work, piece, out, i)
                for c in range(width):
                    sums[piece, c] += x[i, c] * out[i, c]


@Inner
def _project(i, projector, offset, x, work, piece):
    """x[i] taken to the amplitudes that exist there."""
    _copy(x[i], work[piece])
    _laws(projector, offset, work, piece, x, False, x, i)


@jit
def turn(piece: int, start: int, stop: int, label: Ints, bound: Flags, projectors: DoubleCube, offset: Longs,
         beta: Doubles, scale: Doubles, z: SingleTable, p: RealTable, work: RealTable):  # fmt: skip
    """p = beta p + scale z, kept to the amplitudes that exist."""
    for i in range(start, stop):
        for c in range(p.shape[1]):
            p[i, c] = beta[c] * p[i, c] + scale[c] * z[i, c]
        if bound[label[i]]:
            _project(i, projectors[label[i]], offset, p, work, piece)


@jit
def advance(piece: int, start: int, stop: int, label: Ints, bound: Flags, projectors: DoubleCube, offset: Longs,
            active: Flags, alpha: Doubles, down: Doubles, p: RealTable, q: DoubleTable, x: DoubleTable,
            r: DoubleTable, single: SingleTable, work: DoubleTable):  # fmt: skip
    """x += alpha p; r -= alpha q where potentials are free; r in single precision and of order one as well."""
    for i in range(start, stop):
        if not active[i]:
            for c in range(p.shape[1]):
                r[i, c] = 0
                single[i, c] = 0
            continue
        for c in range(p.shape[1]):
            x[i, c] += alpha[c] * p[i, c]
            r[i, c] -= alpha[c] * q[i, c]
        if bound[label[i]]:
            _project(i, projectors[label[i]], offset, r, work, piece)
        for c in range(p.shape[1]):
            single[i, c] = down[c] * r[i, c]


@jit
def dot(piece: int, start: int, stop: int, a: DoubleTable, b: RealTable, sums: DoubleTable):
    """Sums of a b over these rows for each column."""
    for c in range(a.shape[1]):
        sums[piece, c] = 0
    for i in range(start, stop):
        for c in range(a.shape[1]):
            sums[piece, c] += a[i, c] * b[i, c]
