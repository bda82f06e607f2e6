"""What a reading process may use: memory, processor time, wall time, and how each limit is said when it is met.

Where the system itself can cap a process (POSIX), the process caps itself; the parent watches its memory
and its time on every system, for on Windows nobody else does.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

MEMORY = 2 * 2**30
BASE_SECONDS = 25
SECONDS_PER_MB = 2
"""A small file is answered within half a minute, start included; the largest, of 50 MB, within 125 seconds."""

UPLOAD_MB = 50

OUT_OF_MEMORY, NO_SPACE, BROKEN_OFF = 12, 28, 70
ENDINGS = {OUT_OF_MEMORY: "out_of_memory", NO_SPACE: "no_space", BROKEN_OFF: "broken_off"}
"""Exit code with which the process itself gives up → the rule that says why."""


def upload_megabytes() -> int:
    """Return how large one file may be: 50 MB, or what the environment's UNIONPLAN_UPLOAD_MB says."""
    said = os.environ.get("UNIONPLAN_UPLOAD_MB", "")
    return int(said) if said.isdecimal() and int(said) else UPLOAD_MB


def upload_bytes() -> int:
    """Return `upload_megabytes` in bytes."""
    return upload_megabytes() * 2**20


def allowed_seconds(size: int) -> int:
    """Return how many seconds a file of `size` bytes may take, in processor time as on the wall."""
    return BASE_SECONDS + SECONDS_PER_MB * size // 2**20


def cap_memory() -> None:
    """Cap this process's memory where the system can; elsewhere the parent's watch is the limit."""
    if sys.platform == "win32":
        return
    import resource

    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def cap_seconds(seconds: int) -> None:
    """Cap this process's processor time where the system can."""
    if sys.platform == "win32":
        return
    import resource

    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))


if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _QUERY = 0x1000 | 0x0010
    """PROCESS_QUERY_LIMITED_INFORMATION | PROCESS_VM_READ."""

    class _Counters(ctypes.Structure):
        """PROCESS_MEMORY_COUNTERS_EX; `PrivateUsage` is what the process has committed for itself alone."""

        _fields_ = (
            ("cb", wintypes.DWORD),
            ("PageFaultCount", wintypes.DWORD),
            *((name, ctypes.c_size_t) for name in (
                "PeakWorkingSetSize", "WorkingSetSize", "QuotaPeakPagedPoolUsage", "QuotaPagedPoolUsage",
                "QuotaPeakNonPagedPoolUsage", "QuotaNonPagedPoolUsage", "PagefileUsage", "PeakPagefileUsage",
                "PrivateUsage",
            )),
        )  # fmt: skip

    _kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    _kernel.OpenProcess.argtypes = (wintypes.DWORD, wintypes.BOOL, wintypes.DWORD)
    _kernel.OpenProcess.restype = wintypes.HANDLE
    _kernel.CloseHandle.argtypes = (wintypes.HANDLE,)
    _kernel.K32GetProcessMemoryInfo.argtypes = (wintypes.HANDLE, ctypes.POINTER(_Counters), wintypes.DWORD)
    _kernel.K32GetProcessMemoryInfo.restype = wintypes.BOOL

    def memory_of(pid: int) -> int | None:
        """Return the bytes of memory that a process holds now, None when it is gone or the system does not say."""
        handle = _kernel.OpenProcess(_QUERY, False, pid)
        if not handle:
            return None
        try:
            counters = _Counters(cb=ctypes.sizeof(_Counters))
            said = _kernel.K32GetProcessMemoryInfo(handle, ctypes.byref(counters), counters.cb)
            return int(counters.PrivateUsage) if said else None
        finally:
            _kernel.CloseHandle(handle)

else:

    def memory_of(pid: int) -> int | None:
        """Return the bytes of memory that a process holds now, None when it is gone or the system does not say."""
        try:
            lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
        except OSError:
            return None
        return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:")), None)
