package io.sluice.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// What Kubernetes would be given, and what is wrong with it: names that lead nowhere, and containers that may more
/// than
/// they need.
record Manifests(List<JsonNode> all) {

    /// Secrets that an operator makes, with their keys.
    private static final Set<String> SECRETS =
            Set.of("sluice-secrets", "sluice-nodes-tls", "sluice-server-tls", "sluice-store-ca");

    static Manifests of(String yaml) {
        try {
            var mapper = new YAMLMapper();
            return new Manifests(mapper.readerFor(JsonNode.class)
                    .<JsonNode>readValues(mapper.getFactory().createParser(yaml))
                    .readAll());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Every container of every pod.
    Stream<JsonNode> containers() {
        return workloads()
                .map(each -> each.at("/spec/template/spec"))
                .flatMap(pod -> Stream.concat(items(pod.path("initContainers")), items(pod.path("containers"))));
    }

    /// Deployments and the like.
    Stream<JsonNode> workloads() {
        return all.stream()
                .filter(each -> each.at("/spec/template/spec/containers").isArray());
    }

    /// By kind and the beginning of its name, to which kustomize may add a hash.
    JsonNode one(String kind, String name) {
        return all.stream()
                .filter(each ->
                        each.path("kind").asText().equals(kind) && name(each).matches(name + "(-[0-9a-z]{10})?"))
                .findFirst()
                .orElse(MissingNode.getInstance());
    }

    /// `<what>: <what is wrong>` for each; empty if all is well.
    List<String> problems() {
        var problems = new ArrayList<String>();
        workloads().forEach(workload -> {
            checkHardened(workload, problems);
            checkFiles(workload, problems);
            checkPorts(workload, problems);
        });
        all.forEach(each -> checkSelectors(each, problems));
        all.stream().filter(each -> is(each, "Service")).forEach(each -> checkService(each, problems));
        all.stream().filter(each -> is(each, "RoleBinding")).forEach(each -> checkBinding(each, problems));
        all.stream().filter(each -> is(each, "NetworkPolicy")).forEach(each -> checkPolicy(each, problems));
        return problems;
    }

    private static void checkHardened(JsonNode workload, List<String> problems) {
        var pod = workload.at("/spec/template/spec");
        must(
                problems,
                workload,
                "runAsNonRoot",
                pod.at("/securityContext/runAsNonRoot").asBoolean());
        must(
                problems,
                workload,
                "runAsUser",
                pod.at("/securityContext/runAsUser").asInt() >= 10_000);
        must(
                problems,
                workload,
                "seccomp",
                pod.at("/securityContext/seccompProfile/type").asText().equals("RuntimeDefault"));
        must(problems, workload, "automountServiceAccountToken", pod.has("automountServiceAccountToken"));
        must(
                problems,
                workload,
                "enableServiceLinks",
                !pod.path("enableServiceLinks").asBoolean(true));
        for (var container : pod.path("containers")) {
            var context = container.path("securityContext");
            must(
                    problems,
                    workload,
                    "readOnlyRootFilesystem",
                    context.path("readOnlyRootFilesystem").asBoolean());
            must(
                    problems,
                    workload,
                    "allowPrivilegeEscalation",
                    !context.path("allowPrivilegeEscalation").asBoolean(true));
            must(
                    problems,
                    workload,
                    "capabilities",
                    context.at("/capabilities/drop").toString().equals("[\"ALL\"]"));
            must(
                    problems,
                    workload,
                    "no user of its own",
                    !context.has("runAsUser") && !context.has("runAsNonRoot") && !context.has("privileged"));
            for (var bound : List.of("/resources/requests", "/resources/limits")) {
                must(
                        problems,
                        workload,
                        bound,
                        container.at(bound).has("cpu") && container.at(bound).has("memory"));
            }
            for (var probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
                must(problems, workload, probe, container.has(probe));
            }
        }
    }

    /// Mounts have volumes, volumes have what they show, and the node's `--config` files are among it.
    private void checkFiles(JsonNode workload, List<String> problems) {
        var pod = workload.at("/spec/template/spec");
        var volumes = new HashSet<String>();
        Stream.concat(items(pod.path("volumes")), items(workload.at("/spec/volumeClaimTemplates")))
                .forEach(volume -> {
                    volumes.add(volume.has("name") ? volume.path("name").asText() : name(volume));
                    checkVolume(workload, volume, problems);
                });
        for (var container : pod.path("containers")) {
            for (var mount : container.path("volumeMounts")) {
                var volume = mount.path("name").asText();
                must(problems, workload, "volume " + volume, volumes.contains(volume));
            }
        }
    }

    private void checkVolume(JsonNode workload, JsonNode volume, List<String> problems) {
        var maps = Stream.concat(
                items(volume.at("/projected/sources")).map(source -> source.path("configMap")),
                Stream.of(volume.path("configMap")));
        maps.filter(map -> !map.isMissingNode())
                .map(map -> map.path("name").asText())
                .forEach(map -> must(problems, workload, "ConfigMap " + map, exists("ConfigMap", map)));
        if (volume.has("secret")) {
            var secret = volume.at("/secret/secretName").asText();
            must(problems, workload, "Secret " + secret, SECRETS.contains(secret));
        }
        if (volume.has("persistentVolumeClaim")) {
            var claim = volume.at("/persistentVolumeClaim/claimName").asText();
            must(problems, workload, "claim " + claim, exists("PersistentVolumeClaim", claim));
        }
    }

    private void checkPorts(JsonNode workload, List<String> problems) {
        for (var container : workload.at("/spec/template/spec/containers")) {
            var ports = new HashSet<String>();
            container.path("ports").forEach(port -> ports.add(port.path("name").asText()));
            for (var probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
                for (var kind : List.of("httpGet", "tcpSocket")) {
                    var port = container.path(probe).path(kind).path("port");
                    must(problems, workload, probe, port.isMissingNode() || ports.contains(port.asText()));
                }
            }
        }
        var account = workload.at("/spec/template/spec/serviceAccountName");
        must(problems, workload, "account", account.isMissingNode() || exists("ServiceAccount", account.asText()));
    }

    /// A selector that selects no pod does nothing, and says nothing.
    private void checkSelectors(JsonNode each, List<String> problems) {
        var selectors = new ArrayList<JsonNode>();
        if (is(each, "Service")) {
            selectors.add(each.at("/spec/selector"));
        } else {
            selectors.addAll(each.findValues("matchLabels"));
        }
        for (var selector : selectors) {
            var ofNamespace = selector.has("kubernetes.io/metadata.name");
            must(
                    problems,
                    each,
                    "selector " + selector,
                    ofNamespace || podsOf(selector).findAny().isPresent());
        }
    }

    private void checkService(JsonNode service, List<String> problems) {
        var pods = podsOf(service.at("/spec/selector")).toList();
        for (var port : service.at("/spec/ports")) {
            var target = port.path("targetPort").asText();
            must(
                    problems,
                    service,
                    "port " + target,
                    !pods.isEmpty()
                            && pods.stream()
                                    .allMatch(pod -> ports(pod)
                                            .anyMatch(each ->
                                                    each.path("name").asText().equals(target)
                                                            && each.path("containerPort")
                                                                            .asInt()
                                                                    == port.path("port")
                                                                            .asInt())));
        }
    }

    private void checkBinding(JsonNode binding, List<String> problems) {
        must(
                problems,
                binding,
                "role",
                exists("Role", binding.at("/roleRef/name").asText()));
        for (var subject : binding.path("subjects")) {
            must(
                    problems,
                    binding,
                    "subject",
                    exists("ServiceAccount", subject.path("name").asText()));
        }
    }

    /// What pods are let in at they have; what they are let out to, another of ours has, if it is one of ours.
    private void checkPolicy(JsonNode policy, List<String> problems) {
        for (var rule : policy.at("/spec/ingress")) {
            checkPolicyPorts(
                    policy, podsOf(policy.at("/spec/podSelector/matchLabels")).toList(), rule, problems);
        }
        for (var rule : policy.at("/spec/egress")) {
            for (var peer : rule.path("to")) {
                if (peer.has("podSelector")) {
                    checkPolicyPorts(
                            policy, podsOf(peer.at("/podSelector/matchLabels")).toList(), rule, problems);
                }
            }
        }
    }

    private static void checkPolicyPorts(JsonNode policy, List<JsonNode> pods, JsonNode rule, List<String> problems) {
        must(problems, policy, "rule without ports", rule.path("ports").size() > 0);
        for (var port : rule.path("ports")) {
            must(
                    problems,
                    policy,
                    "port " + port.path("port").asText(),
                    pods.stream()
                            .allMatch(pod -> ports(pod)
                                    .anyMatch(each -> each.path("containerPort").asInt()
                                            == port.path("port").asInt())));
        }
    }

    private Stream<JsonNode> podsOf(JsonNode labels) {
        return workloads().map(each -> each.at("/spec/template")).filter(pod -> {
            var own = pod.at("/metadata/labels");
            return labels.isObject()
                    && labels.properties().stream()
                            .allMatch(label -> Objects.equals(own.get(label.getKey()), label.getValue()));
        });
    }

    private static Stream<JsonNode> ports(JsonNode pod) {
        return items(pod.at("/spec/containers")).flatMap(container -> items(container.path("ports")));
    }

    private boolean exists(String kind, String name) {
        return all.stream().anyMatch(each -> is(each, kind) && name(each).equals(name));
    }

    private static boolean is(JsonNode each, String kind) {
        return each.path("kind").asText().equals(kind);
    }

    private static String name(JsonNode each) {
        return each.at("/metadata/name").asText();
    }

    static Stream<JsonNode> items(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }

    private static void must(List<String> problems, JsonNode where, String what, boolean good) {
        if (!good) {
            problems.add("%s %s: %s".formatted(where.path("kind").asText(), name(where), what));
        }
    }
}
