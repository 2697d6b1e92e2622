"""Compiled products of sparse matrices with many columns, and what is done to their rows meanwhile.

Columns hold components outermost: those of component a are offset[a] ... offset[a + 1] - 1, those before `s` are charge
and the others spins. Components with laws between them have equally many columns. Rows on which more acts than one
matrix have a number in `place`, all others -1 there; for them `law`, `pointer`, `index` and `value` hold further
operators, one after the other: row k of operator e has the entries pointer[e, k] ... pointer[e, k + 1] and acts on the
components with law[e].
"""

from __future__ import annotations

import numpy as np

from .jit import jit


@jit
def product(start, stop, indptr, indices, data, x, out, add):
    """out (+)= A x in rows start ... stop - 1."""
    width = x.shape[1]
    for i in range(start, stop):
        if not add:
            for c in range(width):
                out[i, c] = 0
        q, end = indptr[i], indptr[i + 1]
        while q + 4 <= end:  # four entries at a time: the row of the result is read and written less often
            v0, v1, v2, v3 = data[q], data[q + 1], data[q + 2], data[q + 3]
            j0, j1, j2, j3 = indices[q], indices[q + 1], indices[q + 2], indices[q + 3]
            for c in range(width):
                out[i, c] += v0 * x[j0, c] + v1 * x[j1, c] + v2 * x[j2, c] + v3 * x[j3, c]
            q += 4
        while q < end:
            v0, j0 = data[q], indices[q]
            for c in range(width):
                out[i, c] += v0 * x[j0, c]
            q += 1


@jit
def _further(k, law, pointer, index, value, offset, x, flow, out, i):
    """out[i] += law (operator x)[k] of all further operators."""
    for e in range(law.shape[0]):
        first, last = pointer[e, k], pointer[e, k + 1]
        if first == last:
            continue
        for c in range(x.shape[1]):
            flow[c] = 0
        for q in range(first, last):
            v, j = value[q], index[q]
            for c in range(x.shape[1]):
                flow[c] += v * x[j, c]
        for a in range(law.shape[1]):
            for b in range(law.shape[1]):
                weight = law[e, a, b]
                if weight != 0:
                    for t in range(offset[a + 1] - offset[a]):
                        out[i, offset[a] + t] += weight * flow[offset[b] + t]


@jit
def smooth(start, stop, indptr, indices, data, mass, charge, spin, inverse, place, law, pointer, index, value,
           offset, s, relax, r, x, out):  # fmt: skip
    """The defect r - A x of a level, or with `relax` the damped step x + D^-1 (r - A x); the laws are those of -A."""
    width = x.shape[1]
    flow = np.empty(width, x.dtype)
    components = inverse.shape[1]
    for i in range(start, stop):
        for c in range(width):
            out[i, c] = r[i, c]
        q, end = indptr[i], indptr[i + 1]
        while q + 4 <= end:
            v0, v1, v2, v3 = data[q], data[q + 1], data[q + 2], data[q + 3]
            j0, j1, j2, j3 = indices[q], indices[q + 1], indices[q + 2], indices[q + 3]
            for c in range(width):
                out[i, c] -= v0 * x[j0, c] + v1 * x[j1, c] + v2 * x[j2, c] + v3 * x[j3, c]
            q += 4
        while q < end:
            v0, j0 = data[q], indices[q]
            for c in range(width):
                out[i, c] -= v0 * x[j0, c]
            q += 1
        m = mass[i]
        if m != 0:
            for c in range(s, width):
                out[i, c] -= m * x[i, c]
        k = place[i]
        if k >= 0:
            _further(k, law, pointer, index, value, offset, x, flow, out, i)
        if not relax:
            continue
        if k < 0:
            for c in range(s):
                out[i, c] = x[i, c] + charge[i] * out[i, c]
            for c in range(s, width):
                out[i, c] = x[i, c] + spin[i] * out[i, c]
            continue
        for c in range(width):
            flow[c] = out[i, c]
            out[i, c] = x[i, c]
        for a in range(components):
            for b in range(components):
                weight = inverse[k, a, b]
                if weight != 0:
                    for t in range(offset[a + 1] - offset[a]):
                        out[i, offset[a] + t] += weight * flow[offset[b] + t]


@jit
def step_from_zero(start, stop, charge, spin, inverse, place, offset, s, r, out):
    """out = D^-1 r."""
    width = r.shape[1]
    components = inverse.shape[1]
    for i in range(start, stop):
        k = place[i]
        if k < 0:
            for c in range(s):
                out[i, c] = charge[i] * r[i, c]
            for c in range(s, width):
                out[i, c] = spin[i] * r[i, c]
            continue
        for a in range(components):
            for t in range(offset[a], offset[a + 1]):
                out[i, t] = 0
            for b in range(components):
                weight = inverse[k, a, b]
                if weight != 0:
                    for t in range(offset[a + 1] - offset[a]):
                        out[i, offset[a] + t] += weight * r[i, offset[b] + t]


@jit
def apply(start, stop, indptr, indices, stiffness, both, place, law, pointer, index, value, offset, s, x, out,
          sums):  # fmt: skip
    """out = A x, and the sums of x out over these rows for each column; x may be in single precision."""
    width = x.shape[1]
    flow = np.empty(width, out.dtype)
    for c in range(width):
        sums[c] = 0
    for i in range(start, stop):
        for c in range(width):
            out[i, c] = 0
        q, end = indptr[i], indptr[i + 1]
        while q + 2 <= end:
            k0, k1, b0, b1 = stiffness[q], stiffness[q + 1], both[q], both[q + 1]
            j0, j1 = indices[q], indices[q + 1]
            for c in range(s):
                out[i, c] += k0 * x[j0, c] + k1 * x[j1, c]
            for c in range(s, width):
                out[i, c] += b0 * x[j0, c] + b1 * x[j1, c]
            q += 2
        while q < end:
            k0, b0, j0 = stiffness[q], both[q], indices[q]
            for c in range(s):
                out[i, c] += k0 * x[j0, c]
            for c in range(s, width):
                out[i, c] += b0 * x[j0, c]
            q += 1
        k = place[i]
        if k >= 0:
            _further(k, law, pointer, index, value, offset, x, flow, out, i)
        for c in range(width):
            sums[c] += x[i, c] * out[i, c]


@jit
def _project(i, projector, offset, x, flow):
    """x[i] taken to the amplitudes that exist there."""
    components = projector.shape[0]
    for c in range(x.shape[1]):
        flow[c] = x[i, c]
        x[i, c] = 0
    for a in range(components):
        for b in range(components):
            weight = projector[a, b]
            if weight != 0:
                for t in range(offset[a + 1] - offset[a]):
                    x[i, offset[a] + t] += weight * flow[offset[b] + t]


@jit
def turn(start, stop, label, bound, projectors, offset, beta, scale, z, p):
    """p = beta p + scale z, kept to the amplitudes that exist."""
    flow = np.empty(p.shape[1], p.dtype)
    for i in range(start, stop):
        for c in range(p.shape[1]):
            p[i, c] = beta[c] * p[i, c] + scale[c] * z[i, c]
        if bound[label[i]]:
            _project(i, projectors[label[i]], offset, p, flow)


@jit
def advance(start, stop, label, bound, projectors, offset, active, alpha, down, p, q, x, r, single):
    """x += alpha p; r -= alpha q where potentials are free; r in single precision and of order one as well."""
    flow = np.empty(p.shape[1], r.dtype)
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
            _project(i, projectors[label[i]], offset, r, flow)
        for c in range(p.shape[1]):
            single[i, c] = down[c] * r[i, c]


@jit
def dot(start, stop, a, b, sums):
    """Sums of a b over these rows for each column."""
    for c in range(a.shape[1]):
        sums[c] = 0
    for i in range(start, stop):
        for c in range(a.shape[1]):
            sums[c] += a[i, c] * b[i, c]
