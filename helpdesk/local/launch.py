"""Start a program that dies with its starter and, where asked, as somebody other than root.

    python -I -S launch.py PARENT SIGNAL [--not-root FOLDER] -- COMMAND…

Becomes COMMAND by exec. When the process PARENT ends, however it ends, the kernel sends SIGNAL (Linux).

PostgreSQL refuses to run as root, and initdb for a user without a name. `--not-root` mends both without
adding a user to the machine, in the first of two ways that this machine allows:
- a user namespace in which our own user has another number, so that files still belong to us;
- for root alone, the user `nobody`, who keeps the right to pass through folders such as a 0700 home.
FOLDER (if it exists) is given to the user under whom the program will run.

A script of its own, so that nothing but plain system calls happens between fork and exec.
"""

import ctypes
import os
import pwd
import signal
import sys
from collections.abc import Callable
from pathlib import Path

LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG, PR_SET_KEEPCAPS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 1, 8, 47, 2
CLONE_NEWUSER = 0x10000000
CAP_DAC_OVERRIDE = 1
CAPABILITY_VERSION_3 = 0x20080522


def main(arguments: list[str]) -> None:
    split = arguments.index("--")
    (parent, death_signal, *options), command = arguments[:split], arguments[split + 1 :]
    if options:
        become_not_root(Path(options[1]))
    die_with(int(parent), int(death_signal))
    os.execv(command[0], command)  # noqa: S606  a program is started: that is what this is for


def die_with(parent: int, death_signal: int) -> None:
    """Must come after a change of identity, which forgets the wish."""
    if not sys.platform.startswith("linux"):
        return
    call("prctl", PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
    if os.getppid() != parent:  # it died before we asked
        os.kill(os.getpid(), signal.SIGKILL)


def become_not_root(folder: Path) -> None:
    """OSError with both reasons where neither way is allowed."""
    if os.geteuid() != 0 and has_name(os.geteuid()):
        return
    other = somebody()
    if allowed(lambda: enter_namespace(other)):
        give(folder, os.geteuid())
        enter_namespace(other)
    elif os.geteuid() == 0:
        give(folder, other.pw_uid)
        become(other)
    else:
        raise OSError(f"PostgreSQL needs a user with a name; user {os.geteuid()} has none in /etc/passwd")


def has_name(user: int) -> bool:
    try:
        pwd.getpwuid(user)
    except KeyError:
        return False
    return True


def somebody() -> pwd.struct_passwd:
    """`nobody`, or whoever else is not root: initdb wants a user with a name."""
    others = [entry for entry in pwd.getpwall() if entry.pw_uid != 0]
    if not others:
        raise OSError("PostgreSQL refuses to run as root, and this machine has no other user")
    return next((entry for entry in others if entry.pw_name == "nobody"), others[0])


def allowed(attempt: Callable[[], None]) -> bool:
    """Whether the attempt succeeds, tried in a process of its own."""
    child = os.fork()
    if child == 0:
        try:
            attempt()
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def enter_namespace(other: pwd.struct_passwd) -> None:
    user, group = os.geteuid(), os.getegid()
    call("unshare", CLONE_NEWUSER)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{other.pw_uid} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{other.pw_gid} {group} 1")


def become(other: pwd.struct_passwd) -> None:
    call("prctl", PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setresgid(other.pw_gid, other.pw_gid, other.pw_gid)
    os.setresuid(other.pw_uid, other.pw_uid, other.pw_uid)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    passes = 1 << CAP_DAC_OVERRIDE
    sets = (ctypes.c_uint32 * 6)(passes, passes, passes)  # effective, permitted, inheritable
    call("capset", header, sets)
    call("prctl", PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0)


def give(folder: Path, user: int) -> None:
    if not folder.exists() or folder.stat().st_uid == user:
        return
    for place, _, files in os.walk(folder):
        for path in [place, *(os.path.join(place, name) for name in files)]:  # noqa: PTH118
            os.chown(path, user, -1, follow_symlinks=False)


def call(name: str, *arguments: object) -> None:
    if getattr(LIBC, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except OSError as error:
        sys.exit(f"cannot start: {error}")
