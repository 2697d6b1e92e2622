"""Two vectors of a row of a sparse product, held in registers from its first entry to its last.

What the compiler makes of a loop over columns asks for each entry whether result and operand overlap, and writes the
result each time: half of the time of a product. Needs Numba and is imported for compiling alone; vectors are those of
LLVM, which cuts them to what the processor has.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic


@intrinsic
def gather(typingctx: Any, begin: Any, end: Any, sign: Any, indices: Any, data: Any, x: Any, base: Any, out: Any,
           i: Any, one: Any, other: Any) -> Any:  # fmt: skip
    """out[i, c] = base[i, c] + sign (data x)[i, c] in the columns of two vectors of 64 bytes, from `one` and `other`.

    These may overlap, and `base` may be `out`. The entries of the row are begin ... end - 1.
    """
    return _gather(64, sign, indices, data, x, base, out)


@intrinsic
def gather_less(typingctx: Any, begin: Any, end: Any, sign: Any, indices: Any, data: Any, x: Any, base: Any, out: Any,
                i: Any, one: Any, other: Any) -> Any:  # fmt: skip
    """The same with vectors of 32 bytes."""
    return _gather(32, sign, indices, data, x, base, out)


def _gather(size: int, sign: Any, indices: Any, data: Any, x: Any, base: Any, out: Any) -> tuple[Any, Any]:
    """Types of the arguments, and code for vectors of so many bytes."""
    columns = (types.int64, types.int64)
    signature = types.void(types.int64, types.int64, sign, indices, data, x, base, out, types.int64, *columns)

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        begin, end, sign, *_, i, one, other = arguments
        kinds = dict(zip(("indices", "data", "x", "base", "out"), signature.args[3:8], strict=True))
        arrays = {name: context.make_array(kind)(context, builder, value)
                  for (name, kind), value in zip(kinds.items(), arguments[3:8], strict=True)}  # fmt: skip
        number, width = kinds["out"].dtype, size // of_bytes(kinds["out"].dtype)
        own = context.get_value_type(number)
        vector = ir.VectorType(own, width)

        def place(name: str, row: Any, column: Any) -> Any:
            """Address of a vector in a row."""
            of = context.get_value_type(kinds[name].dtype)
            stride = cgutils.unpack_tuple(builder, arrays[name].shape)[1]
            at = builder.gep(arrays[name].data, [builder.add(builder.mul(row, stride), column)])
            return builder.bitcast(at, ir.VectorType(of, width).as_pointer())

        def load(name: str, row: Any, column: Any) -> Any:
            of = context.get_value_type(kinds[name].dtype)
            value = builder.load(
                place(name, row, column), align=of_bytes(kinds[name].dtype), typ=ir.VectorType(of, width)
            )
            return value if of == own else builder.fpext(value, vector)

        sums = [cgutils.alloca_once_value(builder, load("base", i, column)) for column in (one, other)]
        with cgutils.for_range_slice(builder, begin, end, ir.Constant(begin.type, 1)) as (q, _):
            j = builder.sext(builder.load(builder.gep(arrays["indices"].data, [q])), begin.type)
            value = builder.fmul(sign, builder.load(builder.gep(arrays["data"].data, [q])))
            spread = builder.shuffle_vector(
                builder.insert_element(ir.Constant(vector, ir.Undefined), value, ir.Constant(ir.IntType(32), 0)),
                ir.Constant(vector, ir.Undefined), ir.Constant(ir.VectorType(ir.IntType(32), width), [0] * width),
            )  # fmt: skip
            for total, column in zip(sums, (one, other), strict=True):
                term = builder.fmul(spread, load("x", j, column), flags=["contract"])
                builder.store(builder.fadd(builder.load(total), term, flags=["contract"]), total)
        for total, column in zip(sums, (one, other), strict=True):
            builder.store(builder.load(total), place("out", i, column), align=of_bytes(number))
        return context.get_dummy_value()

    return signature, codegen


def of_bytes(number: Any) -> int:
    """Size of a number: rows begin wherever the one before ends."""
    return int(number.bitwidth // 8)
