package io.sluice.cli;

/// What a command ends with; scripts rely on it.
final class ExitCode {
    static final int DONE = 0;

    /// The server refused it, or what was asked about is not well.
    static final int REFUSED = 1;

    /// The command was not understood, or a file it names cannot be used.
    static final int USAGE = 2;

    /// The server cannot be reached, or failed.
    static final int AWAY = 3;

    /// Not logged in, or not allowed.
    static final int FORBIDDEN = 4;

    /// A fault of the command itself.
    static final int FAULT = 70;

    static final String[] EXPLAINED = {
        "0:done",
        "1:refused by the server, or what was asked about is not well",
        "2:wrong usage, or a file that cannot be used",
        "3:the server cannot be reached, or failed",
        "4:not logged in, or not allowed",
        "70:a fault of the command itself"
    };

    private ExitCode() {}
}
