"""Rows of tables in vectors that stay in registers from the first entry of a sparse row to the last.

What the compiler makes of a loop over columns asks for each entry whether result and operand overlap, and writes the
result each time; and it does what follows the product in further passes: half of the time. Needs Numba and is imported
for compiling alone; vectors are those of LLVM, which cuts them to what the processor has.

Columns hold components outermost; those before `s` are charge, the others spins. The entries of a sparse row are begin
... end - 1. Vectors of one row may overlap: every column is computed from what was there before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.types.misc import unliteral
from numba.extending import intrinsic

_BYTES = 64
_AHEAD = 128  # entries; what they need arrives in time
_LONG = ir.IntType(64)
_FUSED = ["contract"]
_VOID = types.void


@intrinsic
def product(typingctx: Any, begin: Any, end: Any, indices: Any, data: Any, x: Any, out: Any, i: Any,
            add: Any) -> Any:  # fmt: skip
    """out[i] = (data x)[i], or with `add` out[i] += (data x)[i]."""

    def body(row: _Row, columns: list[Any]) -> None:
        kept = [row.where(row.value("add"), row.load("out", "i", c), row.zero) for c in columns]
        sums = row.gather(columns, kept, lambda q, c: row.spread(row.entry("data", q)))
        row.store("out", columns, sums)

    return _rows("begin end indices data x out i add", (begin, end, indices, data, x, out, i, add), body)


@intrinsic
def differences(typingctx: Any, begin: Any, end: Any, indices: Any, data: Any, x: Any, i: Any, off: Any, out: Any,
                row: Any) -> Any:  # fmt: skip
    """out[row] = (data x)[i], or with `off` the sum of data_ij (x[j] - x[i])."""

    def body(row: _Row, columns: list[Any]) -> None:
        own = {c: row.where(row.value("off"), row.load("x", "i", c), row.zero) for c in columns}
        sums = row.gather(columns, [row.zero for _ in columns], lambda q, c: row.spread(row.entry("data", q)), own)
        row.store("out", columns, sums, "row")

    return _rows("begin end indices data x i off out row", (begin, end, indices, data, x, i, off, out, row), body)


@intrinsic
def smooth(typingctx: Any, begin: Any, end: Any, indices: Any, data: Any, x: Any, r: Any, out: Any, i: Any, s: Any,
           mass: Any, charge: Any, spin: Any, step: Any) -> Any:  # fmt: skip
    """out[i] = (r - A x)[i] with A = data + mass on spins, or if `step` x[i] + (charge or spin) (r - A x)[i]."""

    def body(row: _Row, columns: list[Any]) -> None:
        before = [row.load("r", "i", c) for c in columns]
        sums = row.gather(columns, before, lambda q, c: row.builder.fneg(row.spread(row.entry("data", q))))
        mass, charge, spin = (row.spread(row.value(name)) for name in ("mass", "charge", "spin"))
        found = []
        for c, flow in zip(columns, sums, strict=True):
            x, is_spin = row.load("x", "i", c), row.is_spin(c)
            defect = row.fma(row.where(is_spin, row.builder.fneg(mass), row.zero), x, flow)
            found.append(row.where(row.value("step"), row.fma(row.where(is_spin, spin, charge), defect, x), defect))
        row.store("out", columns, found)

    names = "begin end indices data x r out i s mass charge spin step"
    return _rows(names, (begin, end, indices, data, x, r, out, i, s, mass, charge, spin, step), body)


@intrinsic
def apply(typingctx: Any, begin: Any, end: Any, indices: Any, data: Any, mass: Any, x: Any, out: Any, i: Any, s: Any,
          sums: Any, piece: Any, count: Any) -> Any:  # fmt: skip
    """out[i] = (A x)[i] with A = data + mass on spins, and if `count` sums[piece] += x[i] out[i]."""

    def body(row: _Row, columns: list[Any]) -> None:
        def weight(q: Any, c: Any) -> Any:
            k, m = (row.spread(row.entry(name, q)) for name in ("data", "mass"))
            return row.builder.fadd(k, row.where(row.is_spin(c), m, row.zero))

        found = row.gather(columns, [row.zero for _ in columns], weight)
        row.store("out", columns, found)
        with row.builder.if_then(row.value("count")):
            done = ir.Constant(_LONG, 0)
            for c, flow in zip(columns, found, strict=True):
                x = row.where(row.at_least(c, done), row.load("x", "i", c), row.zero)
                row.store("sums", [c], [row.fma(x, flow, row.load("sums", "piece", c))], "piece")
                done = row.builder.add(c, ir.Constant(_LONG, row.lanes))

    names = "begin end indices data mass x out i s sums piece count"
    return _rows(names, (begin, end, indices, data, mass, x, out, i, s, sums, piece, count), body)


@intrinsic
def scale(typingctx: Any, charge: Any, spin: Any, s: Any, x: Any, out: Any, i: Any) -> Any:
    """out[i] = (charge or spin) x[i]."""

    def body(row: _Row, columns: list[Any]) -> None:
        charge, spin = row.spread(row.value("charge")), row.spread(row.value("spin"))
        found = [row.builder.fmul(row.where(row.is_spin(c), spin, charge), row.load("x", "i", c)) for c in columns]
        row.store("out", columns, found)

    return _rows("charge spin s x out i", (charge, spin, s, x, out, i), body)


@intrinsic
def laws(typingctx: Any, law: Any, offset: Any, flow: Any, k: Any, base: Any, add: Any, out: Any, i: Any) -> Any:
    """out[i] = law flow[k], or with `add` base[i] + law flow[k]; the columns of component a begin at offset[a].

    `base` may be `out`, but row k of `flow` may not be row i of it.
    """

    def code(row: _Row) -> None:
        builder = row.builder
        number = cgutils.unpack_tuple(builder, row.arrays["law"].shape)[0]
        with cgutils.for_range(builder, number) as a:
            first = row.entry("offset", a.index)
            many = builder.sub(row.entry("offset", builder.add(a.index, ir.Constant(_LONG, 1))), first)

            def body(row: _Row, columns: list[Any]) -> None:
                own = [builder.add(first, c) for c in columns]
                before = [row.where(row.value("add"), row.load("base", "i", c), row.zero) for c in own]
                sums = [cgutils.alloca_once_value(builder, value) for value in before]
                with cgutils.for_range(builder, number) as b:
                    weight = row.entry("law", builder.add(builder.mul(a.index, number), b.index))
                    with builder.if_then(builder.fcmp_unordered("!=", weight, ir.Constant(weight.type, 0.0))):
                        start, weight = row.entry("offset", b.index), row.spread(weight)
                        for total, c in zip(sums, columns, strict=True):
                            x = row.load("flow", "k", builder.add(start, c))
                            builder.store(row.fma(weight, x, builder.load(total)), total)
                row.store("out", own, [builder.load(total) for total in sums])

            row.over(many, body)

    return _coded("law offset flow k base add out i", (law, offset, flow, k, base, add, out, i), code)


def _rows(names: str, arguments: tuple[Any, ...], body: Callable[[_Row, list[Any]], None]) -> tuple[Any, Any]:
    """Types of the arguments, and code that does a row vector by vector, as many columns as x has."""
    return _coded(names, arguments, lambda row: row.over(row.width("x"), body))


def _coded(names: str, arguments: tuple[Any, ...], code: Callable[[_Row], None]) -> tuple[Any, Any]:
    """Types of the arguments, and code."""
    signature = _VOID(*[types.int64 if isinstance(a, types.Integer) else unliteral(a) for a in arguments])

    def codegen(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        kinds = dict(zip(names.split(), signature.args, strict=True))
        given = dict(zip(names.split(), values, strict=True))
        arrays = {k: context.make_array(kinds[k])(context, builder, v) for k, v in given.items()
                  if isinstance(kinds[k], types.Array)}  # fmt: skip
        code(_Row(context, builder, kinds, given, arrays, _BYTES * 8 // kinds["out"].dtype.bitwidth))
        return context.get_dummy_value()

    return signature, codegen


def _over_columns(builder: Any, width: Any, lanes: int, run: Callable[[int, list[Any]], None]) -> None:
    """Call run(lanes, first columns) for all columns, up to four vectors at a time, smaller ones where few are left."""

    def number(value: int) -> Any:
        return ir.Constant(_LONG, value)

    with builder.if_else(builder.icmp_signed(">=", width, number(lanes))) as (wide, narrow):
        with wide:
            start = cgutils.alloca_once_value(builder, number(0))

            def columns(many: int) -> list[Any]:
                """The last vector ends with the row."""
                first = builder.load(start)
                return [builder.add(first, number(k * lanes)) for k in range(many - 1)] + [
                    builder.sub(width, number(lanes))
                ]

            def left() -> Any:
                return builder.sub(width, builder.load(start))

            with _while(builder, lambda: builder.icmp_signed(">", left(), number(4 * lanes))):
                first = builder.load(start)
                run(lanes, [builder.add(first, number(k * lanes)) for k in range(3)])
                builder.store(builder.add(first, number(3 * lanes)), start)
            for many in (1, 2, 3, 4):
                enough = builder.icmp_signed("<=", left(), number(many * lanes))
                more = builder.icmp_signed(">", left(), number((many - 1) * lanes))
                with builder.if_then(builder.and_(enough, more)):
                    run(lanes, columns(many))
        with narrow:
            size = lanes // 2
            while size > 1:
                enough = builder.icmp_signed(">=", width, number(size))
                more = builder.icmp_signed("<", width, number(2 * size))
                with builder.if_then(builder.and_(enough, more)):
                    run(size, [number(0), builder.sub(width, number(size))])
                size //= 2
            with builder.if_then(builder.icmp_signed("==", width, number(1))):
                run(1, [number(0)])


@contextmanager
def _while(builder: Any, condition: Callable[[], Any]) -> Iterator[None]:
    test, inside, after = (builder.append_basic_block(name) for name in ("test", "inside", "after"))
    builder.branch(test)
    builder.position_at_end(test)
    builder.cbranch(condition(), inside, after)
    builder.position_at_end(inside)
    yield
    builder.branch(test)
    builder.position_at_end(after)


class _Row:
    """Code for vectors of one row."""

    def __init__(self, context: Any, builder: Any, kinds: dict[str, Any], given: dict[str, Any],
                 arrays: dict[str, Any], lanes: int) -> None:  # fmt: skip
        self.context, self.builder, self.kinds, self.given, self.arrays = context, builder, kinds, given, arrays
        self.lanes, number = lanes, kinds["out"].dtype
        self.number = context.get_value_type(number)
        self.vector = ir.VectorType(self.number, lanes)
        self.index = ir.IntType(number.bitwidth)  # as wide as the numbers, so that comparing gives their masks
        self.zero = ir.Constant(self.vector, [0.0] * lanes)

    def over(self, width: Any, body: Callable[[_Row, list[Any]], None]) -> None:
        """Code for all of so many columns: calls body(row, first columns of vectors)."""

        def run(lanes: int, columns: list[Any]) -> None:
            body(_Row(self.context, self.builder, self.kinds, self.given, self.arrays, lanes), columns)

        _over_columns(self.builder, width, self.lanes, run)

    def width(self, name: str) -> Any:
        return cgutils.unpack_tuple(self.builder, self.arrays[name].shape)[1]

    def value(self, name: str) -> Any:
        return self.given[name]

    def entry(self, name: str, q: Any) -> Any:
        """A number of an array."""
        return self.builder.load(self.builder.gep(self.arrays[name].data, [q]))

    def spread(self, number: Any) -> Any:
        """The number in all lanes; of the precision of the result."""
        if number.type != self.number:
            number = self.builder.fptrunc(number, self.number)
        return self._everywhere(number, self.vector)

    def load(self, name: str, row: str | Any, column: Any) -> Any:
        """A vector of a table from a row, of the name of an argument, and a column."""
        kind = self.kinds[name].dtype
        of = ir.VectorType(self.context.get_value_type(kind), self.lanes)
        value = self.builder.load(self._place(name, row, column), align=kind.bitwidth // 8, typ=of)
        return value if of == self.vector else self.builder.fpext(value, self.vector)

    def store(self, name: str, columns: list[Any], values: list[Any], row: str = "i") -> None:
        for column, value in zip(columns, values, strict=True):
            self.builder.store(value, self._place(name, row, column), align=self.kinds[name].dtype.bitwidth // 8)

    def fma(self, a: Any, b: Any, c: Any) -> Any:
        """a b + c."""
        return self.builder.fadd(self.builder.fmul(a, b, flags=_FUSED), c, flags=_FUSED)

    def where(self, condition: Any, yes: Any, no: Any) -> Any:
        return self.builder.select(condition, yes, no)

    def is_spin(self, column: Any) -> Any:
        """Which lanes of a vector are columns of spins."""
        return self.at_least(column, self.given["s"])

    def at_least(self, column: Any, bound: Any) -> Any:
        """Which lanes of a vector have a column from `bound` on."""
        kind = ir.VectorType(self.index, self.lanes)
        short = self.builder.sub(bound, column)
        short = short if self.index == _LONG else self.builder.trunc(short, self.index)
        lane = ir.Constant(kind, list(range(self.lanes)))
        return self.builder.icmp_signed(">=", lane, self._everywhere(short, kind))

    def gather(
        self,
        columns: list[Any],
        before: list[Any],
        weight: Callable[[Any, Any], Any],
        off: dict[Any, Any] | None = None,
    ) -> list[Any]:
        """before + sum over the entries of weight (x[index] - off), in registers."""
        builder = self.builder
        sums = [cgutils.alloca_once_value(builder, value) for value in before]
        for total, value in zip(sums, before, strict=True):
            builder.store(value, total)
        begin, end = (self._long(self.given[name]) for name in ("begin", "end"))
        with cgutils.for_range_slice(builder, begin, end, ir.Constant(_LONG, 1)) as (q, _):
            self._fetch(q, columns)
            j = self._long(self.entry("indices", q))
            for total, column in zip(sums, columns, strict=True):
                x = self.load("x", j, column)
                x = builder.fsub(x, off[column]) if off else x
                builder.store(self.fma(weight(q, column), x, builder.load(total)), total)
        return [builder.load(total) for total in sums]

    def _fetch(self, q: Any, columns: list[Any]) -> None:
        """Ask for the row of x that an entry will need later: rows are too far apart for the processor to guess."""
        builder, short = self.builder, ir.IntType(32)
        last = builder.sub(cgutils.unpack_tuple(builder, self.arrays["indices"].shape)[0], ir.Constant(_LONG, 1))
        later = builder.add(q, ir.Constant(_LONG, _AHEAD))
        later = builder.select(builder.icmp_signed("<", later, last), later, last)
        j = self._long(self.entry("indices", later))
        address = ir.IntType(8).as_pointer()
        kind = ir.FunctionType(ir.VoidType(), [address, short, short, short])
        prefetch = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        for column in columns:
            at = builder.bitcast(self._place("x", j, column), address)
            builder.call(prefetch, [at, *(ir.Constant(short, k) for k in (0, 3, 1))])  # to read, to keep, data

    def _long(self, number: Any) -> Any:
        return number if number.type == _LONG else self.builder.sext(number, _LONG)

    def _everywhere(self, number: Any, vector: Any) -> Any:
        nothing, lanes = ir.Constant(vector, ir.Undefined), ir.VectorType(ir.IntType(32), vector.count)
        first = self.builder.insert_element(nothing, number, ir.Constant(ir.IntType(32), 0))
        return self.builder.shuffle_vector(first, nothing, ir.Constant(lanes, [0] * vector.count))

    def _place(self, name: str, row: str | Any, column: Any) -> Any:
        """Address of a vector in a table."""
        at = self.given[row] if isinstance(row, str) else row
        stride = self.width(name)
        of = ir.VectorType(self.context.get_value_type(self.kinds[name].dtype), self.lanes)
        first = self.builder.gep(self.arrays[name].data, [self.builder.add(self.builder.mul(at, stride), column)])
        return self.builder.bitcast(first, of.as_pointer())
