"""Text in the language of LLVM: functions by which the interpreter and its threads reach loops."""

from __future__ import annotations


def door(entry: str, kinds: list[str], leading: list[str], name: str) -> str:
    """A function `name` that calls the function `entry` with numbers that lie in memory, eight bytes each.

    An array is seven numbers or more to Numba, so that the interpreter would hand over a hundred and more for each
    piece of rows: 20 microseconds.

    Parameters
    ----------
    entry, name : str
    kinds : list of str
        Types of the arguments of `entry`; the first two are places for what is returned.
    leading : list of str
        Numbers of a piece of rows that follow these: none (the loop is called once), or `start` and `stop`, or `worker`
        or `piece` before them.
    """
    taken = list(enumerate(kinds))[2 + len(leading) :]
    load = "\n".join(
        f"  %p{k} = getelementptr i64, ptr %packed, i64 {place}\n  %a{k} = load {kind}, ptr %p{k}"
        for place, (k, kind) in enumerate(taken)
    )
    passed = [*(f"{kind} %nothing" for kind in kinds[:2]), *(f"i64 %{number}" for number in leading),
              *(f"{kind} %a{k}" for k, kind in taken)]  # fmt: skip
    text = _PIECES if leading else _WHOLE
    return text.format(load=load, passed=", ".join(passed), entry=entry, types=", ".join(kinds), name=name)


_WHOLE = """
declare i32 @"{entry}"({types})
define i32 @"{name}"(ptr %packed) {{
  %nothing = alloca i64
{load}
  %status = call i32 @"{entry}"({passed})
  ret i32 %status
}}
"""

# the next piece is whatever the counter says, until there is none
_PIECES = """
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
"""


def mailbox(triple: str) -> str:
    """Functions by which a thread is given work without asking the interpreter: see `helpers`.

    A mailbox is a state, the number of its worker, the door, its arguments, and the status. States: 0 nothing to do, 1
    posted, 2 at work, 3 done, 4 asleep, 5 to end, 6 done and asleep.
    """
    pause = {"x86": "llvm.x86.sse2.pause()", "i686": "llvm.x86.sse2.pause()", "aarc": "llvm.aarch64.hint(i32 1)",
             "arm6": "llvm.aarch64.hint(i32 1)"}.get(triple[:4].removesuffix("_"))  # fmt: skip
    declared = f"declare void @{pause.replace('i32 1', 'i32')}" if pause else ""
    place = "  %p{0} = getelementptr i64, ptr %box, i64 {0}\n"
    numbered = list(enumerate(_JOB, 1))
    return _MAILBOX.format(
        declared=declared,
        wait=_WAIT.format(pause=f"call void @{pause}" if pause else ""),
        given=", ".join(f"{kind} %{name}" for name, kind in _JOB[1:]),
        written="".join(place.format(k) + f"  store {kind} %{name}, ptr %p{k}\n" for k, (name, kind) in numbered[1:]),
        read="".join(place.format(k) + f"  %{name} = load {kind}, ptr %p{k}\n" for k, (name, kind) in numbered),
    )


_JOB = [("worker", "i64"), ("door", "ptr"), ("size", "i64"), ("rows", "i64"), ("counter", "ptr"), ("packed", "ptr")]

_WAIT = """wait:
  {pause}
  %more = add i64 %spent, 1
  %on = icmp slt i64 %more, %spins
  br i1 %on, label %look, label %tired"""

_MAILBOX = """
{declared}

define i64 @fespin_post(ptr %box, {given}) {{
{written}
  %old = atomicrmw xchg ptr %box, i64 1 seq_cst
  ret i64 %old
}}

define i64 @fespin_serve(ptr %box, i64 %spins) {{
begin:
  br label %look
look:
  %spent = phi i64 [ 0, %begin ], [ %more, %wait ], [ 0, %work ], [ 0, %nap ]
  %state = load atomic i64, ptr %box acquire, align 8
  switch i64 %state, label %wait [ i64 1, label %take
                                   i64 5, label %end ]
take:
  %taken = cmpxchg ptr %box, i64 1, i64 2 seq_cst seq_cst
  %mine = extractvalue {{ i64, i1 }} %taken, 1
  br i1 %mine, label %work, label %wait
work:
{read}
  %status = call i32 %door(i64 %worker, i64 %size, i64 %rows, ptr %counter, ptr %packed)
  %wide = sext i32 %status to i64
  %t = getelementptr i64, ptr %box, i64 7
  store i64 %wide, ptr %t
  store atomic i64 3, ptr %box release, align 8
  br label %look
{wait}
tired:
  %slept = cmpxchg ptr %box, i64 0, i64 4 seq_cst seq_cst
  %asleep = extractvalue {{ i64, i1 }} %slept, 1
  br i1 %asleep, label %sleep, label %nap
nap:
  %napped = cmpxchg ptr %box, i64 3, i64 6 seq_cst seq_cst
  %napping = extractvalue {{ i64, i1 }} %napped, 1
  br i1 %napping, label %sleep, label %look
sleep:
  ret i64 1
end:
  ret i64 0
}}

define i64 @fespin_finish(ptr %box, i64 %spins) {{
begin:
  %taken = cmpxchg ptr %box, i64 1, i64 0 seq_cst seq_cst
  %never = extractvalue {{ i64, i1 }} %taken, 1
  br i1 %never, label %idle, label %look
idle:
  %t = getelementptr i64, ptr %box, i64 7
  store i64 0, ptr %t
  ret i64 2
look:
  %spent = phi i64 [ 0, %begin ], [ %more, %wait ]
  %state = load atomic i64, ptr %box acquire, align 8
  switch i64 %state, label %wait [ i64 3, label %collect
                                   i64 6, label %leave ]
collect:
  %awake = cmpxchg ptr %box, i64 3, i64 0 seq_cst seq_cst
  %collected = extractvalue {{ i64, i1 }} %awake, 1
  br i1 %collected, label %good, label %leave
leave:
  store atomic i64 4, ptr %box release, align 8
  br label %good
good:
  ret i64 1
{wait}
tired:
  ret i64 0
}}

define i64 @fespin_end(ptr %box) {{
  %old = atomicrmw xchg ptr %box, i64 5 seq_cst
  ret i64 %old
}}
"""
