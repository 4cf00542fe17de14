package org.postern.os;

/// The kind of processor, for the few constants of Linux that depend on it.
enum Machine {
    X86_64(0x10000, 0x20000, 0xC000003E, 41, 425),
    AARCH64(0x4000, 0x8000, 0xC00000B7, 198, 425);

    /// The machine this process runs on.
    static final Machine HERE = here();

    /// `O_DIRECTORY`.
    final int directory;

    /// `O_NOFOLLOW`.
    final int noFollow;

    /// What seccomp calls this machine (`AUDIT_ARCH_...`).
    final int audit;

    /// The number of `socket`, for a seccomp filter.
    final int socket;

    /// The number of `io_uring_setup`, which can make sockets too.
    final int ioUring;

    Machine(int directory, int noFollow, int audit, int socket, int ioUring) {
        this.directory = directory;
        this.noFollow = noFollow;
        this.audit = audit;
        this.socket = socket;
        this.ioUring = ioUring;
    }

    private static Machine here() {
        var name = System.getProperty("os.arch", "");
        return switch (name) {
            case "amd64", "x86_64" -> X86_64;
            case "aarch64" -> AARCH64;
            default -> throw new IllegalStateException("no system call numbers for " + name);
        };
    }
}
