package io.sluice;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.typesafe.config.Config;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// The rules of the house that no compiler checks.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class ArchitectureTest {
    private static final String NODE = "io.sluice.node.";

    /// Which rooms a room may look into. Everyone may look into event, settings, cluster, secret and observe.
    private static final Map<String, Set<String>> ARROWS = Map.ofEntries(
            Map.entry("mqtt", Set.of("handover", "route", "live")),
            Map.entry("bridge", Set.of("handover", "route", "live")),
            Map.entry("live", Set.of("handover", "route")),
            Map.entry("route", Set.of()),
            Map.entry("handover", Set.of()),
            Map.entry("queue", Set.of("handover", "broker")),
            Map.entry("integration", Set.of("handover", "queue", "format", "broker")),
            Map.entry("format", Set.of()),
            Map.entry("broker", Set.of()),
            Map.entry("embedded", Set.of()),
            Map.entry("store", Set.of()),
            Map.entry("catalog", Set.of()),
            Map.entry("access", Set.of("catalog", "store")),
            Map.entry("http", Set.of("access", "catalog", "store")),
            Map.entry(
                    "api",
                    Set.of(
                            "http",
                            "access",
                            "catalog",
                            "store",
                            "handover",
                            "integration",
                            "format",
                            "broker",
                            "live",
                            "route")),
            Map.entry("observe", Set.of()),
            Map.entry("event", Set.of()),
            Map.entry("secret", Set.of()),
            Map.entry("settings", Set.of()),
            Map.entry("cluster", Set.of()));

    private static final Set<String> OPEN_TO_ALL = Set.of("event", "settings", "cluster", "secret", "observe");

    private JavaClasses node;
    private JavaClasses all;

    @BeforeAll
    void read() {
        node = productionClasses().importPackages("io.sluice.node");
        all = productionClasses().importPackages("io.sluice");
    }

    @Test
    void roomsLookOnlyWhereTheArrowsPoint() {
        var rooms = new TreeSet<String>();
        node.forEach(type -> rooms.add(room(type.getPackageName())));
        rooms.remove("");
        assertThat(ARROWS.keySet()).as("rooms with a line in the table").containsAll(rooms);
        for (var room : rooms) {
            var allowed = new TreeSet<>(OPEN_TO_ALL);
            allowed.addAll(ARROWS.get(room));
            allowed.add(room);
            var forbidden =
                    rooms.stream().filter(other -> !allowed.contains(other)).toList();
            if (!forbidden.isEmpty()) {
                noClasses()
                        .that()
                        .resideInAPackage(NODE + room + "..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(forbidden.stream()
                                .map(other -> NODE + other + "..")
                                .toArray(String[]::new))
                        .because("room " + room + " may look into " + allowed)
                        .check(node);
            }
        }
    }

    @Test
    void roomsHaveNoCycles() {
        slices().matching("io.sluice.node.(*)..").should().beFreeOfCycles().check(node);
    }

    @Test
    void noNameHidesWhatATypeIs() {
        classes()
                .should()
                .haveNameNotMatching(".*(Impl|Utils?|Helper|Manager|Base|Dto)")
                .check(all);
    }

    @Test
    void onlySettingsReadsConfiguration() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.sluice.node.settings..", "io.sluice.node")
                .and()
                .resideInAPackage("io.sluice.node..")
                .and()
                .doNotHaveFullyQualifiedName("io.sluice.node.store.Journal") // Pekko hands it one; it reads nothing
                .should()
                .dependOnClassesThat()
                .areAssignableTo(Config.class)
                .check(node);
    }

    @Test
    void pureRoomsDoNoInputOrOutput() {
        noClasses()
                .that()
                .resideInAnyPackage("io.sluice.node.route..", "io.sluice.node.event..", "io.sluice.node.format..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.apache.pekko..",
                        "java.net.http..",
                        "java.nio.channels..",
                        "java.nio.file..",
                        "java.sql..",
                        "io.netty..")
                .check(node);
    }

    @Test
    void everyRoomHasItsSign() {
        for (var type : node) {
            if (!type.getSimpleName().equals("package-info")
                    && !type.getPackageName().equals("io.sluice.node")) {
                assertThat(node.contain(type.getPackageName() + ".package-info"))
                        .as("package-info of " + type.getPackageName())
                        .isTrue();
            }
        }
    }

    private static ClassFileImporter productionClasses() {
        return new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS);
    }

    private static String room(String name) {
        if (!name.startsWith(NODE)) {
            return "";
        }
        var rest = name.substring(NODE.length());
        return rest.contains(".") ? rest.substring(0, rest.indexOf('.')) : rest;
    }
}
