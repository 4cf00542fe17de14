package org.postern.os;

import java.util.Locale;

/// A system call, with its number on each machine that Postern runs on.
enum Call {
    ACCEPT4(288, 242),
    BIND(49, 200),
    CHDIR(80, 49),
    CHROOT(161, 51),
    CAPGET(125, 90),
    CAPSET(126, 91),
    CLOSE(3, 57),
    CLOSE_RANGE(436, 436),
    CONNECT(42, 203),
    FCHMOD(91, 52),
    FCHOWN(93, 55),
    FCNTL(72, 25),
    FLOCK(73, 32),
    FSYNC(74, 82),
    FTRUNCATE(77, 46),
    GETEGID(108, 177),
    GETEUID(107, 175),
    GETGROUPS(115, 158),
    EXIT_GROUP(231, 94),
    GETPID(39, 172),
    GETSOCKOPT(55, 209),
    KILL(62, 129),
    LANDLOCK_ADD_RULE(445, 445),
    LANDLOCK_CREATE_RULESET(444, 444),
    LANDLOCK_RESTRICT_SELF(446, 446),
    LINKAT(265, 37),
    LISTEN(50, 201),
    MKNODAT(259, 33),
    OPENAT(257, 56),
    PIDFD_OPEN(434, 434),
    PIDFD_SEND_SIGNAL(424, 424),
    PIPE2(293, 59),
    PPOLL(271, 73),
    PRCTL(157, 167),
    PRLIMIT64(302, 261),
    READ(0, 63),
    RENAMEAT2(316, 276),
    SECCOMP(317, 277),
    SENDTO(44, 206),
    SETFSGID(123, 152),
    SETFSUID(122, 151),
    SETGROUPS(116, 159),
    SETRESGID(119, 149),
    SETRESUID(117, 147),
    SETSID(112, 157),
    SHUTDOWN(48, 210),
    SOCKET(41, 198),
    STATFS(137, 43),
    STATX(332, 291),
    SYNCFS(306, 267),
    UMASK(95, 166),
    UNAME(63, 160),
    UNLINKAT(263, 35),
    UNSHARE(272, 97),
    WAIT4(61, 260),
    WAITID(247, 95),
    WRITE(1, 64);

    private final int x86;
    private final int arm;

    Call(int x86, int arm) {
        this.x86 = x86;
        this.arm = arm;
    }

    /// Gives the number of this call on this machine.
    long number() {
        return Machine.HERE == Machine.X86_64 ? x86 : arm;
    }

    /// Gives the name that a manual page has for it.
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
