"""Machine code of all loops: kept on disk, and fetched from there without Numba.

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

if TYPE_CHECKING:
    from .jit import Loop

log = logging.getLogger("fespin")

_LOCK = threading.Lock()  # LLVM takes one caller at a time
_SIGNED = 32  # bytes of a digest before the code


class Unsupported(Exception):
    """Numba made something else than what is called here."""


def symbol(loop: Loop, variant: tuple[str, ...]) -> str:
    """Name of a loop for some types of numbers."""
    return "_".join(["fespin", loop.name.replace(".", "_"), *filter(None, variant)])


def function(loop: Loop, variant: tuple[str, ...]) -> Callable[..., int]:
    """A loop as a function of C, of the address of its arguments, and for pieces of rows before that of the worker,
    their size, the number of rows and the address of the counter; its status is 0."""
    before = [ctypes.c_int64, ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p] if loop.leading else []
    return ctypes.CFUNCTYPE(ctypes.c_int32, *before, ctypes.c_void_p)(address(symbol(loop, variant)))


def address(name: str) -> int:
    """Where a function begins."""
    with _LOCK:
        engine, _ = _engine()
        found = engine.get_function_address(name)
    if not found:
        raise RuntimeError(f"no machine code of {name}")
    return int(found)


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
    return next((place for place in _places() if place.is_file()), None)


def can_keep() -> bool:
    """Whether there is a folder for it."""
    return any(os.access(_existing(place.parent), os.W_OK) for place in _places())


def _existing(folder: Path) -> Path:
    while not folder.exists():
        folder = folder.parent
    return folder


@functools.cache
def _places() -> list[Path]:
    """Where it may be: FESPIN_CACHE if that is set, else beside the loops or in the user's cache; nowhere without
    llvmlite."""
    try:
        name = f"loops-{_fingerprint()}.o"
    except ImportError:
        return []
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
        from .build import compile_all

        code = compile_all()
        _keep(code)
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), target(llvm))
    file = llvm.ObjectFileRef.from_data(code)
    engine.add_object_file(file)
    engine.finalize_object()
    return engine, file  # which is to live as long


def target(llvm: Any) -> Any:
    """The processor at hand; addresses as Numba has them, without a detour on those of x86."""
    kind = llvm.Target.from_default_triple()
    return kind.create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=3, codemodel="jitdefault",
        reloc="static" if kind.name.startswith("x86") else "default",
    )  # fmt: skip


def _read(path: Path) -> bytes | None:
    """The code in a file; None if it is not what was written, or may not be read."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
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
