package io.sluice.node.mqtt;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.config.MeterFilter;
import io.sluice.node.secret.Secret;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Who may come in, and what they may do. The password of every user is `secret`.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class AccessTest {
    static final String BCRYPT = "$2b$04$BM7S79/Xl6cmsX7rFX7fiObj4q24RtB.AwXn1LntAXHfN991.61ai";
    static final String ARGON2 =
            "$argon2id$v=19$m=64,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$pbviq+1UUgwZCmLIr4Hgk7mEMsxnRLuOb2HfvIaBwGY";

    private Listening listening;

    @BeforeAll
    void listen() {
        listening = Listening.settlingAtOnce("""
                anonymous = never
                users {
                  anna { password-hash = "%s", publish = ["devices/%%c/#", "users/%%u"], subscribe = ["+/up"] }
                  ben { password-hash = "%s", publish = ["#"] }
                }
                """.formatted(BCRYPT, ARGON2));
    }

    @AfterAll
    void close() {
        listening.close();
    }

    @Test
    void letsUsersInByTheirPasswords() {
        try (var anna = listening.dial();
                var ben = listening.dial()) {
            anna.send(withPassword(4, "d-1", "anna", "secret")).expect("20 02 00 00");
            assertThat(ben.send(withPassword(5, "d-2", "ben", "secret")).read()).matches("20 .. 00 00 .*");
        }
    }

    @Test
    void refusesWrongPasswordsAndUnknownUsersAlike() {
        for (var user : new String[] {"anna", "ben", "nobody"}) {
            try (var four = listening.dial();
                    var five = listening.dial();
                    var silent = listening.dial()) {
                four.send(withPassword(4, "d", user, "wrong")).expect("20 02 00 04", "closed");
                five.send(withPassword(5, "d", user, "wrong")).expect("20 03 00 86 00", "closed");
                silent.send(withPassword(5, "d", user, "")).expect("20 03 00 86 00", "closed");
            }
        }
    }

    @Test
    void refusesWhoBringsNoName() {
        try (var four = listening.dial();
                var five = listening.dial()) {
            four.send(RawClient.connect4("d", true, 0)).expect("20 02 00 05", "closed");
            five.send(five.connect5("d", true, 0, "")).expect("20 03 00 87 00", "closed");
        }
    }

    @Test
    void letsAUserPublishOnlyWhatItsFiltersPermit() {
        try (var five = listening.dial();
                var four = listening.dial()) {
            five.send(withPassword(5, "d-1", "anna", "secret")).read();
            five.version5();
            five.publish(1, 1, "devices/d-1/up", "x")
                    .publish(1, 2, "users/anna", "x")
                    .publish(1, 3, "devices/d-2/up", "x");
            five.publish(2, 4, "users/ben", "x").publish(0, 0, "users/ben", "x").publish(1, 5, "devices/d-1", "x");
            five.expect("40 02 00 01", "40 02 00 02", "40 03 00 03 87", "50 03 00 04 87", "40 02 00 05");
            five.publish(2, 4, "users/anna", "again").expect("50 02 00 04");

            four.send(withPassword(4, "d-1", "anna", "secret")).read();
            four.publish(1, 1, "devices/d-2/up", "x").expect("closed");
        }
    }

    @Test
    void givesNothingToAClientIdThatWouldWidenAFilter() {
        for (var clientId : new String[] {"#", "+", "d-1/x"}) {
            try (var client = listening.dial()) {
                client.send(withPassword(5, clientId, "anna", "secret")).read();
                client.version5();
                client.publish(1, 1, "devices/d-1/x/up", "x").publish(1, 2, "users/anna", "x");
                client.expect("40 03 00 01 87", "40 02 00 02");
            }
        }
    }

    @Test
    void answersAClientWhateverItsIdDoesToAFilter() {
        try (var listening = Listening.on("anonymous-publish = [\"%c/#\", a]");
                var client = listening.dial()) {
            client.connect5("$share", true, "");
            client.publish(1, 1, "$share/x", "x").expect("40 03 00 01 87");
        }
    }

    @Test
    void closesAConnectionThatCouldNotBeAdmitted() {
        try (var listening = Listening.on("users.anna.password-hash = \"" + BCRYPT + "\"");
                var client = listening.dial();
                var next = listening.dial()) {
            var fails = new AtomicBoolean(true);
            listening.registry.config().meterFilter(MeterFilter.denyUnless(meter -> {
                if ("accepted".equals(meter.getTag("outcome")) && fails.getAndSet(false)) {
                    throw new IllegalStateException("on purpose");
                }
                return true;
            }));

            client.send(withPassword(5, "d", "anna", "secret")).read();
            client.expect("e0 01 80", "closed");

            next.send(withPassword(4, "d", "anna", "secret")).expect("20 02 00 00");
        }
    }

    @Test
    void letsAUserSubscribeOnlyWhatItsFiltersPermit() {
        try (var client = listening.dial()) {
            client.send(withPassword(5, "d-1", "anna", "secret")).read();
            client.version5();
            client.subscribe(1, "x/up").expect("90 04 00 01 00 00");
            client.subscribe(2, "+/up").expect("90 04 00 02 00 00");
            client.subscribe(3, "#").expect("90 04 00 03 00 87");
        }
    }

    @Test
    void keepsAClientIdForTheUserWhoseSessionItIs() {
        try (var anna = listening.dial()) {
            anna.send(withPassword(4, false, "plant-7", "anna", "secret")).expect("20 02 00 00");
            refuseBen("plant-7");
            anna.expectSilence();
        }
        refuseBen("plant-7");
        try (var anna = listening.dial();
                var again = listening.dial();
                var ben = listening.dial()) {
            anna.send(withPassword(4, false, "plant-7", "anna", "secret")).expect("20 02 01 00");
            again.send(withPassword(4, true, "plant-7", "anna", "secret")).expect("20 02 00 00");
            anna.expect("closed");
            again.send(RawClient.hex("e0 00")).expect("closed");
            ben.send(withPassword(4, true, "plant-7", "ben", "secret")).expect("20 02 00 00");
        }
    }

    private void refuseBen(String clientId) {
        for (var clean : new boolean[] {true, false}) {
            try (var four = listening.dial();
                    var five = listening.dial()) {
                four.send(withPassword(4, clean, clientId, "ben", "secret")).expect("20 02 00 05", "closed");
                five.send(withPassword(5, clean, clientId, "ben", "secret")).expect("20 03 00 87 00", "closed");
            }
        }
    }

    @Test
    void tellsWhoWaitsTooLongThatItIsBusy() {
        var checking = new CountDownLatch(1);
        var mayEnd = new CountDownLatch(1);
        BiPredicate<Secret, Secret> slow = (_, _) -> {
            checking.countDown();
            return !pass(mayEnd);
        };
        try (var listening = Listening.checking(
                        slow,
                        "users.anna.password-hash = \"" + BCRYPT + "\"",
                        "password-checks = 1",
                        "password-checks-waiting = 1");
                var first = listening.dial();
                var second = listening.dial()) {
            first.send(withPassword(5, "d-1", "anna", "secret"));
            assertThat(pass(checking)).isTrue();

            second.send(withPassword(5, "d-2", "anna", "secret")).expect("20 03 00 89 00", "closed");
            mayEnd.countDown();
            first.expect("20 03 00 86 00", "closed");
        }
    }

    @Test
    void tellsWhoseTurnDoesNotComeInTimeThatItIsBusy() {
        var mayEnd = new CountDownLatch(1);
        try (var listening = Listening.checking(
                (_, _) -> pass(mayEnd),
                "users.anna.password-hash = \"" + BCRYPT + "\"",
                "password-checks = 1",
                "connect-timeout = 2s")) {
            try (var four = listening.dial().send(withPassword(4, "d-1", "anna", "secret"));
                    var five = listening.dial().send(withPassword(5, "d-2", "anna", "secret"))) {
                four.expect("20 02 00 03", "closed");
                five.expect("20 03 00 89 00", "closed");
            }
            mayEnd.countDown();
        }
    }

    private static boolean pass(CountDownLatch latch) {
        try {
            return latch.await(60, SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void limitsTheTimeUntilAClientIsInAndNotAfterwards() {
        try (var listening = Listening.on("event-loops = 4", "connect-timeout = 2s");
                var first = listening.dial().connect("d", false);
                var second = listening.dial().connect("d", false);
                var third = listening.dial().connect("d", false);
                var late = listening.dial()) {
            late.expect("closed");

            first.expect("closed");
            second.expect("closed");
            third.expectSilence();
        }
    }

    static byte[] withPassword(int version, String clientId, String user, String password) {
        return withPassword(version, true, clientId, user, password);
    }

    private static byte[] withPassword(int version, boolean clean, String clientId, String user, String password) {
        return RawClient.packet(
                0x10,
                RawClient.text("MQTT"),
                RawClient.bytes(version, clean ? 0xC2 : 0xC0, 0, 0),
                version == 5 ? RawClient.bytes(0) : RawClient.bytes(),
                RawClient.text(clientId),
                RawClient.text(user),
                RawClient.text(password));
    }
}
