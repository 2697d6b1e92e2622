"""Sparse LU of SciPy (SuperLU): exact to rounding, the oracle for everything else; fill grows fast in 3D."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csc_array, csr_array

from ...errors import SolverError

# pivots off the diagonal are taken only where the diagonal entry is this much smaller: precession can exceed relaxation
_PIVOT = 0.01


def solve_direct(matrix: csr_array, rhs: np.ndarray, *, symmetric: bool = True) -> np.ndarray:
    """Solve A X = B for A (n, n), real or complex, with positive definite Hermitian part, and B (n, j).

    Minimum degree on A + A^T with pivots on the diagonal keeps the symmetric structure: half the fill of the default.
    Narrow panels are up to a third faster where factors are small, and never slower (up to 60 000 unknowns in the
    plane, 20 000 in solids).

    Raises
    ------
    SolverError
        The matrix is singular.
    """
    from scipy.sparse.linalg import splu

    try:
        factor = splu(csc_array(matrix), permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0 if symmetric else _PIVOT,
                      panel_size=2, options={"SymmetricMode": True})  # fmt: skip
    except RuntimeError as error:
        raise SolverError(f"the system cannot be factorised: {error}") from None
    except MemoryError:
        raise SolverError("the factors do not fit into memory; use the backend 'multigrid'") from None
    return factor.solve(np.ascontiguousarray(rhs, dtype=matrix.dtype))
