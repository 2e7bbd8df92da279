package io.sluice.node.api;

import io.sluice.node.http.Answer;
import io.sluice.node.http.Call;
import io.sluice.node.http.Handler;
import io.sluice.node.observe.Readiness;
import io.sluice.node.observe.TaskStatus;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.typed.Cluster;

/// How the nodes are.
final class StatusCalls {
    private record ShownMember(String node, String status, List<String> roles, boolean self) {}

    private record Status(
            String node,
            boolean ready,
            List<String> missing,
            List<ShownMember> members,
            List<TaskStatus> tasks,
            long catalogVersion) {}

    private final Cluster cluster;
    private final Readiness readiness;
    private final Supplier<List<TaskStatus>> tasks;
    private final Catalogue catalogue;

    StatusCalls(ActorSystem<?> system, Readiness readiness, Supplier<List<TaskStatus>> tasks, Catalogue catalogue) {
        this.cluster = Cluster.get(system);
        this.readiness = readiness;
        this.tasks = tasks;
        this.catalogue = catalogue;
    }

    Map<String, Handler> handlers() {
        return Map.of("getStatus", this::status);
    }

    private Answer status(Call call) {
        var missing = readiness.missing();
        return Answer.ok(new Status(
                name(cluster.selfMember()),
                missing.isEmpty(),
                missing,
                StreamSupport.stream(cluster.state().getMembers().spliterator(), false)
                        .map(this::shown)
                        .toList(),
                tasks.get(),
                catalogue.state().version()));
    }

    private ShownMember shown(Member member) {
        return new ShownMember(
                name(member),
                member.status().toString(),
                List.copyOf(new TreeSet<>(member.getRoles())),
                member.equals(cluster.selfMember()));
    }

    private static String name(Member member) {
        return member.address().hostPort();
    }
}
