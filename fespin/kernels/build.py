"""Compiling all loops by Numba into one object file.

Only what Numba shows of its results is used, its intermediate code; what is taken for granted beside, how functions
take arrays, is checked.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import numpy as np

from . import doors, machine
from .arrays import Kind

if TYPE_CHECKING:
    from .jit import Loop

log = logging.getLogger("fespin")

# sums may be done in another order and multiplications joined with them; what is not a number stays so
_OPTIONS = {
    "nogil": True, "error_model": "numpy", "fastmath": {"contract", "reassoc", "nsz", "arcp"},
    "no_cpython_wrapper": True, "no_cfunc_wrapper": True, "_nrt": False,
}  # fmt: skip
_OF_C = {"sqrt", "pow", "memset", "memcpy", "memmove"}  # functions that every process has


def compile_all() -> bytes:
    """The object file of all loops.

    Raises
    ------
    machine.Unsupported
        A version of Numba that cannot compile them, or whose functions are called in another way.
    ImportError
        No Numba, or one for another NumPy.
    """
    import llvmlite.binding as llvm

    from . import cells, curve, energies, graphs, rows  # noqa: F401
    from .jit import loops

    _teach_numba()
    whole = None
    for k, loop in enumerate(loops):
        log.info("compiling loops, once on this machine", extra={"done": k, "total": len(loops)})
        for variant in loop.variants():
            module = llvm.parse_assembly(_intermediate(loop, variant))
            entry = _entry(module, loop)
            kinds = [str(argument.type) for argument in entry.arguments]
            door = _parsed(doors.door(entry.name, kinds, loop.leading, machine.symbol(loop, variant)), llvm)
            if whole is None:
                whole = module
            else:
                whole.link_in(module)
            whole.link_in(door)
    assert whole is not None
    whole.link_in(_parsed(doors.mailbox(whole.triple), llvm))
    return _emitted(_joined(whole), llvm)


def _teach_numba() -> None:
    """What the functions are that loops call."""
    import numba
    from numba.core import types
    from numba.core.registry import cpu_target
    from numba.extending import typeof_impl

    from . import vectors
    from .jit import Inner, Vectors

    @typeof_impl.register(Inner)
    def _(value: Inner, context: Any) -> Any:
        if not hasattr(value, "compiled"):
            value.compiled = numba.njit(**_OPTIONS)(value.function)  # type: ignore[attr-defined]
        return types.Dispatcher(value.compiled)  # type: ignore[attr-defined]

    @typeof_impl.register(Vectors)
    def _(value: Vectors, context: Any) -> Any:
        return cpu_target.typing_context.resolve_value_type(getattr(vectors, value.name))


def _intermediate(loop: Loop, variant: tuple[str, ...]) -> str:
    """A loop for some types of numbers in the language of LLVM."""
    import numba
    from numba.core import types
    from numba.core.errors import NumbaError

    scalars = {int: types.int64, float: types.float64, bool: types.boolean}
    signature = tuple(
        types.Array(numba.from_dtype(np.dtype(number)), kind.dimensions, "C") if number else scalars[kind]
        for kind, number in zip(loop.kinds, variant, strict=True)
    )
    made = numba.njit(**_OPTIONS)(loop.function)
    try:
        made.compile(signature)
    except NumbaError as error:
        raise machine.Unsupported(f"this version of Numba does not compile {loop.name} ({error})") from None
    return str(made.inspect_llvm(made.signatures[0]))


def _joined(module: Any) -> Any:
    """The module with all its functions to become parts of the doors: to call one with ten arrays is to write and read
    seventy numbers, as long as a short row takes."""
    for function in module.functions:
        if not function.is_declaration and not function.name.startswith("fespin_"):
            function.add_function_attribute("alwaysinline")
    return module


def _emitted(module: Any, llvm: Any) -> bytes:
    """The object file of a module. What Numba shows went through the generator of code once already: without passes
    over it the second time is a tenth slower than the first."""
    target = machine.target(llvm)
    if not hasattr(llvm, "create_pass_builder"):  # before llvmlite 0.44
        return bytes(target.emit_object(module))
    builder = llvm.create_pass_builder(target, llvm.create_pipeline_tuning_options(speed_level=3))
    builder.getModulePassManager().run(module, builder)
    return bytes(target.emit_object(module))


def _entry(module: Any, loop: Loop) -> Any:
    """The function of a loop in its module, which must call nothing outside and take what `_names` says."""
    own = [f for f in module.functions if not f.is_declaration and f.linkage.name == "external"]
    called = {f.name for f in module.functions if f.is_declaration and not f.name.startswith("llvm.")}
    if len(own) != 1 or [a.name for a in own[0].arguments] != _names(loop) or not called <= _OF_C:
        raise machine.Unsupported(f"this version of Numba compiles {loop.name} to something else")
    return own[0]


def _parsed(text: str, llvm: Any) -> Any:
    try:
        return llvm.parse_assembly(text)
    except RuntimeError as error:
        raise machine.Unsupported(f"this version of LLVM reads another language ({error})") from None


def _names(loop: Loop) -> list[str]:
    """Parameters in Numba's intermediate code: two places for what is returned, and of an array its owner, parent,
    size, item size, address, lengths and strides."""
    out = ["retptr", "excinfo"]
    for name, kind in zip(loop.parameters, loop.kinds, strict=True):
        if isinstance(kind, Kind):
            out += [f"arg.{name}.{k}" for k in range(5)]
            out += [f"arg.{name}.{k}.{d}" for k in (5, 6) for d in range(kind.dimensions)]
        else:
            out.append(f"arg.{name}")
    return out
