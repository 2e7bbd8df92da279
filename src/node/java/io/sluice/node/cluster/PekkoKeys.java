package io.sluice.node.cluster;

import java.util.HashMap;
import java.util.Map;

/// What Pekko is told of [ClusterSettings]. An operator cannot set these keys himself.
public final class PekkoKeys {
    private static final String SSL = "pekko.remote.artery.ssl.";
    private static final String BOOTSTRAP = "pekko.management.cluster.bootstrap.";
    private static final String CONTACTS = BOOTSTRAP + "contact-point-discovery.";
    private static final String SERVICE = "sluice";

    private PekkoKeys() {}

    /// Full key and value.
    public static Map<String, Object> of(ClusterSettings settings) {
        var keys = new HashMap<String, Object>();
        keys.put(
                "pekko.cluster.roles",
                settings.roles().stream().map(Role::word).sorted().toList());
        settings.tls().ifPresent(tls -> {
            keys.put("pekko.remote.artery.transport", "tls-tcp");
            keys.put(
                    SSL + "ssl-engine-provider",
                    "org.apache.pekko.remote.artery.tcp.ssl.RotatingKeysSSLEngineProvider");
            keys.put(SSL + "rotating-keys-engine.key-file", tls.key().toString());
            keys.put(SSL + "rotating-keys-engine.cert-file", tls.certificate().toString());
            keys.put(SSL + "rotating-keys-engine.ca-cert-file", tls.authority().toString());
        });
        if (settings.findsOthers()) {
            bootstrap(settings, keys);
        }
        return keys;
    }

    /// Why these make one cluster at most: docs/decisions/010.
    private static void bootstrap(ClusterSettings settings, Map<String, Object> keys) {
        var needed = settings.discovery().needed();
        keys.put("pekko.cluster.min-nr-of-members", needed);
        keys.put(CONTACTS + "required-contact-point-nr", needed);
        keys.put("pekko.management.http.hostname", settings.host());
        keys.put(CONTACTS + "effective-name", SERVICE);
        keys.put(CONTACTS + "port-name", "");
        keys.put(BOOTSTRAP + "contact-point.filter-on-fallback-port", false);
        switch (settings.discovery().method()) {
            case NONE -> {}
            case HOSTS -> hosts(settings.discovery().hosts(), keys);
            case DNS -> dns(settings.discovery().dns(), keys);
            case KUBERNETES -> kubernetes(settings.discovery().kubernetes(), keys);
        }
    }

    private static void hosts(Discovery.Hosts hosts, Map<String, Object> keys) {
        keys.put(CONTACTS + "discovery-method", "config");
        keys.put(CONTACTS + "contact-with-all-contact-points", false);
        keys.put(
                "pekko.discovery.config.services",
                Map.of(
                        SERVICE,
                        Map.of(
                                "endpoints",
                                hosts.nodes().stream().map(PekkoKeys::endpoint).toList())));
    }

    private static Map<String, Object> endpoint(String node) {
        int colon = node.lastIndexOf(':');
        return Map.of("host", node.substring(0, colon), "port", Integer.valueOf(node.substring(colon + 1)));
    }

    private static void dns(Discovery.Dns dns, Map<String, Object> keys) {
        keys.put(CONTACTS + "discovery-method", "pekko-dns");
        keys.put(CONTACTS + "effective-name", dns.name());
        keys.put(CONTACTS + "contact-with-all-contact-points", true);
        keys.put(BOOTSTRAP + "contact-point.fallback-port", dns.port());
    }

    private static void kubernetes(Discovery.Kubernetes kubernetes, Map<String, Object> keys) {
        keys.put(CONTACTS + "discovery-method", "kubernetes-api");
        keys.put(CONTACTS + "contact-with-all-contact-points", true);
        keys.put(CONTACTS + "port-name", kubernetes.portName());
        keys.put("pekko.discovery.kubernetes-api.pod-label-selector", kubernetes.labelSelector());
        keys.put("pekko.discovery.kubernetes-api.use-raw-ip", true);
        if (!kubernetes.namespace().isEmpty()) {
            keys.put("pekko.discovery.kubernetes-api.pod-namespace", kubernetes.namespace());
        }
    }
}
