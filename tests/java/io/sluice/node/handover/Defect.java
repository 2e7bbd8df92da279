package io.sluice.node.handover;

import io.sluice.node.handover.World.Parcel;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// A way to build the handover wrong. The simulation must notice every one of them; [#NONE] is the real thing.
enum Defect {
    NONE,

    ACKNOWLEDGES_WHEN_ACCEPTED {
        @Override
        boolean acknowledgesAtOnce() {
            return true;
        }
    },

    ACCEPTS_ANY_NUMBER {
        @Override
        ReceiveWindow receiver(long incarnation) {
            return new ReceiveWindow(incarnation, SESSIONS) {
                @Override
                Answer handed(long session, long forIncarnation, long base, long number) {
                    var answer = super.handed(session, forIncarnation, base, number);
                    return answer instanceof Answer.Expected
                            ? super.handed(session, forIncarnation, number, number)
                            : answer;
                }
            };
        }
    },

    ACCEPTS_REPEATS {
        @Override
        ReceiveWindow receiver(long incarnation) {
            return new ReceiveWindow(incarnation, SESSIONS) {
                @Override
                Answer handed(long session, long forIncarnation, long base, long number) {
                    var answer = super.handed(session, forIncarnation, base, number);
                    return answer instanceof Answer.Acknowledged(var _, var upTo, var _) && number > upTo
                            ? new Answer.Accepted()
                            : answer;
                }
            };
        }
    },

    ACKNOWLEDGES_ALL_THAT_IS_ACCEPTED {
        @Override
        ReceiveWindow receiver(long incarnation) {
            return new ReceiveWindow(incarnation, SESSIONS) {
                @Override
                Answer.Acknowledged settled(long session, long number, int parked) {
                    var answer = super.settled(session, number, parked);
                    return opened(session, 0) instanceof Answer.Opened(var _, var expected, var _, var _)
                            ? new Answer.Acknowledged(answer.incarnation(), expected - 1, 0)
                            : answer;
                }
            };
        }
    },

    IGNORES_WHERE_THE_SENDER_STANDS {
        @Override
        ReceiveWindow receiver(long incarnation) {
            return new ReceiveWindow(incarnation, SESSIONS) {
                @Override
                Answer handed(long session, long forIncarnation, long base, long number) {
                    return super.handed(session, forIncarnation, 1, number);
                }

                @Override
                Answer opened(long session, long base) {
                    return super.opened(session, 1);
                }
            };
        }
    },

    WRITES_THE_NEWEST_FIRST {
        @Override
        <T> T next(Deque<T> taken) {
            return taken.removeLast();
        }
    },

    SETTLES_WHEN_SENT {
        @Override
        List<SendWindow.Effect<Parcel>> effects(List<SendWindow.Effect<Parcel>> effects) {
            var changed = new ArrayList<SendWindow.Effect<Parcel>>();
            for (var effect : effects) {
                changed.add(effect);
                if (effect instanceof SendWindow.Effect.Hand<Parcel>(var _, var _, var _, var parcel)) {
                    changed.add(new SendWindow.Effect.Settle<>(parcel));
                }
            }
            return changed;
        }
    },

    TAKES_EXPECTED_FOR_SETTLED {
        @Override
        SendWindow<Parcel> sender() {
            return new Window() {
                @Override
                List<Effect<Parcel>> opened(long receiver, long expected, long upTo, long nowNanos) {
                    return super.opened(receiver, expected, expected - 1, nowNanos);
                }
            };
        }
    },

    SETTLES_ONE_TOO_MANY {
        @Override
        SendWindow<Parcel> sender() {
            return new Window() {
                @Override
                List<Effect<Parcel>> acknowledged(long receiver, long upTo, long nowNanos) {
                    return super.acknowledged(receiver, upTo + 1, nowNanos);
                }
            };
        }
    },

    FORGETS_THAT_AN_ACKNOWLEDGEMENT_MAY_BE_LOST {
        @Override
        SendWindow<Parcel> sender() {
            return new Window() {
                @Override
                List<Effect<Parcel>> opened(long receiver, long expected, long upTo, long nowNanos) {
                    return super.opened(receiver, expected, 0, nowNanos);
                }
            };
        }
    },

    NEVER_ASKS_AGAIN {
        @Override
        SendWindow<Parcel> sender() {
            return new Window() {
                @Override
                List<Effect<Parcel>> tick(long nowNanos) {
                    return List.of();
                }
            };
        }
    },

    IGNORES_THE_BOUND {
        @Override
        SendWindow<Parcel> sender() {
            return new SendWindow<>(Integer.MAX_VALUE, Long.MAX_VALUE, World.RESEND, Parcel::weight);
        }
    },

    DROPS_WHEN_FULL {
        @Override
        SendWindow<Parcel> sender() {
            return new Window() {
                @Override
                List<Effect<Parcel>> offer(Parcel parcel, long nowNanos) {
                    return inFlightCount() >= World.WINDOW ? List.of() : super.offer(parcel, nowNanos);
                }
            };
        }
    },

    REUSES_THE_SESSION_OF_THE_DEAD {
        @Override
        long session(long old, long fresh) {
            return old;
        }
    };

    private static final int SESSIONS = 8;

    private static class Window extends SendWindow<Parcel> {
        private Window() {
            super(World.WINDOW, World.WINDOW_WEIGHT, World.RESEND, Parcel::weight);
        }
    }

    SendWindow<Parcel> sender() {
        return new Window();
    }

    ReceiveWindow receiver(long incarnation) {
        return new ReceiveWindow(incarnation, SESSIONS);
    }

    List<SendWindow.Effect<Parcel>> effects(List<SendWindow.Effect<Parcel>> effects) {
        return effects;
    }

    <T> T next(Deque<T> taken) {
        return taken.removeFirst();
    }

    boolean acknowledgesAtOnce() {
        return false;
    }

    long session(long old, long fresh) {
        return fresh;
    }
}
