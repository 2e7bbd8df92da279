package io.sluice.node.settings;

import java.net.InetAddress;
import java.util.regex.Pattern;

/// Checks the address of a server as an operator writes it: `host:port`, an IPv6 address in brackets.
public final class ServerAddress {
    private static final Pattern ADDRESS = Pattern.compile("(?<host>\\[[^\\[\\]]*]|[^:\\[\\]]*):(?<port>[0-9]{1,5})");
    private static final Pattern NAME =
            Pattern.compile("(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\\.[A-Za-z0-9_-]+)*\\.?");

    private ServerAddress() {}

    /// @param example of a good one, to be named in the problem
    /// @throws IllegalArgumentException if no client could connect to it
    public static void check(String address, String example) {
        var parts = ADDRESS.matcher(address);
        if (!parts.matches()) {
            throw refused(address, "host:port such as " + example);
        }
        var host = parts.group("host");
        if (host.startsWith("[")
                ? !isIpv6(host.substring(1, host.length() - 1))
                : !NAME.matcher(host).matches()) {
            throw refused(address, "a host name or address before the port");
        }
        var port = Integer.parseInt(parts.group("port"));
        if (port < 1 || port > 65_535) {
            throw refused(address, "a port from 1 to 65535");
        }
    }

    /// Whether a host to listen on is reached from this machine only. Judged by the text alone: a name might resolve
    /// to anything later.
    public static boolean isLoopback(String host) {
        try {
            return host.equals("localhost") || InetAddress.ofLiteral(host).isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isIpv6(String literal) {
        try {
            return literal.contains(":") && InetAddress.ofLiteral(literal).getAddress().length == 16;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static IllegalArgumentException refused(String address, String expected) {
        return new IllegalArgumentException("server address: expected %s, was %s".formatted(expected, address));
    }
}
