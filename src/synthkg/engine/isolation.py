"""No connections for this process any more, by a filter in the kernel: for a worker that must be able to open files.

A store on disk opens its files when they are first needed, so a worker that answers from one cannot be without files. Linux can
take single system calls from a process, for good (https://docs.kernel.org/userspace-api/seccomp_filter.html): here ``socket``.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
import sys

__all__ = ["cut_off"]

_MACHINES = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
"""The kernel's number for a machine (AUDIT_ARCH_…, linux/audit.h) and that of its ``socket`` (asm/unistd.h)."""
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2  # linux/prctl.h, linux/seccomp.h
_LOAD, _UNLESS_EQUAL, _UNLESS_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # linux/bpf_common.h
_ALLOW, _FAIL = 0x7FFF0000, 0x00050000
_CALL, _MACHINE = 0, 4  # where they stand in struct seccomp_data
_X32 = 0x40000000  # calls of x86_64's other numbering begin here


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def cut_off() -> bool:
    """Takes from this process and all that it starts the means to open a connection. Says whether that could be done."""
    known = _MACHINES.get(platform.machine())
    if sys.platform != "linux" or known is None:
        return False
    machine, call = known
    refused = _FAIL | errno.EACCES
    steps = [
        (_LOAD, 0, 0, _MACHINE),
        (_UNLESS_EQUAL, 0, 3, machine),
        (_LOAD, 0, 0, _CALL),
        (_UNLESS_EQUAL, 1, 0, call),
        (_UNLESS_AT_LEAST, 0, 1, _X32),
        (_RETURN, 0, 0, refused),
        (_RETURN, 0, 0, _ALLOW),
    ]
    text = b"".join(struct.pack("HBBI", *step) for step in steps)
    control = ctypes.CDLL(None, use_errno=True).prctl
    if control(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return False
    return not control(_SECCOMP, _FILTER, ctypes.byref(_Program(len(steps), text)))
