package io.sluice.node.cluster;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// What a node does for the cluster.
public enum Role {
    /// Devices connect here.
    INGRESS,
    /// Tasks run here.
    EXECUTOR,
    /// The REST API is served here, by which programs publish.
    API;

    static final Map<String, Role> WORDS = words();

    /// As it is written in settings, and as members of the cluster carry it.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Set<Role> all() {
        return EnumSet.allOf(Role.class);
    }

    private static Map<String, Role> words() {
        var words = new LinkedHashMap<String, Role>();
        all().forEach(role -> words.put(role.word(), role));
        return words;
    }
}
