package io.sluice.cli;

import java.net.URI;
import java.net.URISyntaxException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads the address of a server: `https://HOST:PORT`, and a path if it stands behind something.
final class Address implements ITypeConverter<URI> {
    @Override
    public URI convert(String text) {
        try {
            var address = new URI(text);
            var scheme = String.valueOf(address.getScheme());
            var bare = address.getRawUserInfo() == null
                    && address.getRawQuery() == null
                    && address.getRawFragment() == null;
            if ((scheme.equals("http") || scheme.equals("https")) && address.getHost() != null && bare) {
                return URI.create(text.replaceFirst("/+$", ""));
            }
        } catch (URISyntaxException _) {
            // told below
        }
        throw new TypeConversionException("expected http://HOST:PORT or https://HOST:PORT, was " + withoutUser(text));
    }

    private static String withoutUser(String text) {
        return text.replaceFirst("//.*@", "//…@");
    }
}
