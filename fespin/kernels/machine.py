"""Machine code of all loops: compiled together by Numba, kept on disk, and fetched from there without Numba.

Numba takes half a second to import and to fetch its own kept functions, and 95 MB. Its result is an object file like
that of any compiler, which LLVM loads in milliseconds; llvmlite, on which Numba is built, does just that. The file is
good for one processor, one version of everything that made it and one text of the loops: these name it.
"""

from __future__ import annotations

import ctypes
import functools
import hashlib
import importlib.util
import logging
import os
import platform
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..atomic import write_atomic
from ..errors import InputError
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
_LOCK = threading.Lock()  # LLVM takes one caller at a time
_SIGNED = 32  # bytes of a digest before the code


class Unsupported(Exception):
    """Numba made something else than what is called here."""


def symbol(loop: Loop, variant: tuple[str, ...]) -> str:
    """Name of a loop for some types of numbers."""
    return "_".join(["fespin", loop.name.replace(".", "_"), *filter(None, variant)])


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


def function(loop: Loop, variant: tuple[str, ...]) -> Callable[..., int]:
    """A loop as a function of C, of the address of its arguments, and before that of what `_DOORS` says; its status
    is 0."""
    name = symbol(loop, variant)
    with _LOCK:
        engine, _ = _engine()
        address = engine.get_function_address(name)
    if not address:
        raise RuntimeError(f"no machine code of loop {name}")
    before = [ctypes.c_int64, ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p] if loop.leading else []
    return ctypes.CFUNCTYPE(ctypes.c_int32, *before, ctypes.c_void_p)(address)


@functools.cache
def available() -> bool:
    """Whether there is machine code, kept or made now; says so where there is none."""
    try:
        with _LOCK:
            _engine()
    except (ImportError, Unsupported) as error:
        log.info("compiled loops are left out: %s", error)
        return False
    return True


@functools.cache
def kept() -> Path | None:
    """The file that holds the machine code for this processor and these versions, if it is there."""
    try:
        return next((place for place in _places() if place.is_file()), None)
    except ImportError:
        return None


def can_keep() -> bool:
    """Whether there is a folder for it."""
    try:
        return any(os.access(_existing(place.parent), os.W_OK) for place in _places())
    except ImportError:
        return False


def _existing(folder: Path) -> Path:
    while not folder.exists():
        folder = folder.parent
    return folder


@functools.cache
def _places() -> list[Path]:
    """Where it may be: FESPIN_CACHE if that is set, else beside the loops or in the user's cache."""
    name = f"loops-{_fingerprint()}.o"
    if chosen := os.environ.get("FESPIN_CACHE"):
        return [Path(chosen) / name]
    cache = {"win32": os.environ.get("LOCALAPPDATA"), "darwin": "~/Library/Caches"}.get(sys.platform)
    user = Path(os.environ.get("XDG_CACHE_HOME") or cache or "~/.cache").expanduser()
    return [Path(__file__).parent / "__pycache__" / name, user / "fespin" / name]


@functools.cache
def _fingerprint() -> str:
    """The processor, the versions and the text that machine code depends on."""
    import llvmlite
    import llvmlite.binding as llvm

    parts = [
        np.__version__, sys.version, sys.platform, platform.machine(), llvmlite.__version__, _version_of("numba"),
        llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten(),
    ]  # fmt: skip
    digest = hashlib.sha256("\n".join(parts).encode())
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:20]


def _version_of(package: str) -> str:
    """Without importing it."""
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        return "none"
    file = Path(found.origin).with_name("_version.py")
    return file.read_text(encoding="utf-8") if file.is_file() else found.origin


@functools.cache
def _engine() -> tuple[Any, Any]:
    """Machine code in memory, ready to be called, and the file it is from."""
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    path = kept()
    code = _read(path) if path is not None else None
    if code is None:
        code = compile_all()
        _keep(code)
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _target(llvm))
    file = llvm.ObjectFileRef.from_data(code)
    engine.add_object_file(file)
    engine.finalize_object()
    return engine, file  # which is to live as long


def _target(llvm: Any) -> Any:
    """The processor at hand; addresses as Numba has them, without a detour on those of x86."""
    target = llvm.Target.from_default_triple()
    return target.create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=3, codemodel="jitdefault",
        reloc="static" if target.name.startswith("x86") else "default",
    )  # fmt: skip


def _read(path: Path) -> bytes | None:
    """The code in a file; None if it is not what was written."""
    data = path.read_bytes()
    code = data[_SIGNED:]
    return code if hashlib.sha256(code).digest() == data[:_SIGNED] else None


def _keep(code: bytes) -> None:
    for place in _places():
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(place, hashlib.sha256(code).digest() + code)
        except (OSError, InputError):
            continue
        kept.cache_clear()
        return


def compile_all() -> bytes:
    """The object file of all loops.

    Raises
    ------
    Unsupported
        A version of Numba whose functions are called in another way.
    ImportError
        No Numba, or one for another NumPy.
    """
    import llvmlite.binding as llvm
    import numba
    from numba.core import types
    from numba.core.registry import cpu_target
    from numba.extending import typeof_impl

    from . import cells, curve, graphs, rows, vectors  # noqa: F401
    from .jit import Inner, Vectors, loops

    @typeof_impl.register(Inner)
    def _(value: Inner, context: Any) -> Any:
        if not hasattr(value, "compiled"):
            value.compiled = numba.njit(**_OPTIONS)(value.function)  # type: ignore[attr-defined]
        return types.Dispatcher(value.compiled)  # type: ignore[attr-defined]

    @typeof_impl.register(Vectors)
    def _(value: Vectors, context: Any) -> Any:
        return cpu_target.typing_context.resolve_value_type(getattr(vectors, value.name))

    scalars = {int: types.int64, float: types.float64, bool: types.boolean}
    whole = None
    for number, loop in enumerate(loops):
        log.info("compiling loops, once on this machine", extra={"done": number, "total": len(loops)})
        for variant in loop.variants():
            signature = tuple(
                types.Array(numba.from_dtype(np.dtype(number)), kind.dimensions, "C") if number else scalars[kind]
                for kind, number in zip(loop.kinds, variant, strict=True)
            )
            made = numba.njit(**_OPTIONS)(loop.function)
            made.compile(signature)
            module = llvm.parse_assembly(made.inspect_llvm(made.signatures[0]))
            entry = _entry(module, loop)
            door = _parsed(_door(entry, loop, symbol(loop, variant)), llvm)
            if whole is None:
                whole = module
            else:
                whole.link_in(module)
            whole.link_in(door)
    return _emitted(whole, llvm)


def _emitted(module: Any, llvm: Any) -> bytes:
    """The object file of a module. What Numba shows went through the generator of code once already: without passes
    over it the second time is a tenth slower than the first."""
    target = _target(llvm)
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
        raise Unsupported(f"this version of Numba compiles {loop.name} to something else")
    return own[0]


def _parsed(text: str, llvm: Any) -> Any:
    try:
        return llvm.parse_assembly(text)
    except RuntimeError as error:
        raise Unsupported(f"this version of LLVM reads another language ({error})") from None


def _door(entry: Any, loop: Loop, name: str) -> str:
    """A function that calls `entry` with numbers that lie in memory, eight bytes each.

    An array is seven numbers or more to Numba, so that the interpreter would hand over a hundred and more for each
    piece of rows: 20 microseconds.
    """
    types = [str(argument.type) for argument in entry.arguments]
    taken = list(enumerate(types))[2 + len(loop.leading) :]
    values = {
        "load": "\n".join(
            f"  %p{k} = getelementptr i64, ptr %packed, i64 {place}\n  %a{k} = load {kind}, ptr %p{k}"
            for place, (k, kind) in enumerate(taken)
        ),
        "passed": ", ".join(
            [*(f"{kind} %nothing" for kind in types[:2]), *(f"i64 %{number}" for number in loop.leading),
             *(f"{kind} %a{k}" for k, kind in taken)]
        ),
        "entry": entry.name, "types": ", ".join(types), "name": name,
    }  # fmt: skip
    return (_DOORS["pieces"] if loop.leading else _DOORS["whole"]).format(**values)


_DOORS = {
    "whole": """
declare i32 @"{entry}"({types})
define i32 @"{name}"(ptr %packed) {{
  %nothing = alloca i64
{load}
  %status = call i32 @"{entry}"({passed})
  ret i32 %status
}}
""",
    # the next piece is whatever the counter says, until there is none
    "pieces": """
declare i32 @"{entry}"({types})
define i32 @"{name}"(i64 %worker, i64 %size, i64 %rows, ptr %counter, ptr %packed) {{
begin:
  %nothing = alloca i64
{load}
  br label %take
take:
  %piece = atomicrmw add ptr %counter, i64 1 seq_cst
  %start = mul i64 %piece, %size
  %some = icmp slt i64 %start, %rows
  br i1 %some, label %work, label %done
work:
  %end = add i64 %start, %size
  %whole = icmp slt i64 %end, %rows
  %stop = select i1 %whole, i64 %end, i64 %rows
  %status = call i32 @"{entry}"({passed})
  %good = icmp eq i32 %status, 0
  br i1 %good, label %take, label %failed
done:
  ret i32 0
failed:
  ret i32 %status
}}
""",
}
