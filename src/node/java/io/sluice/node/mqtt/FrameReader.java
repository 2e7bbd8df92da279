package io.sluice.node.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;

/// Takes a client's WebSocket frames apart (RFC 6455 section 5) and hands on what came of them at once, as
/// bytes: a packet need not begin or end with a frame (MQTT-6.0.0-2). So a frame or message sent in part keeps
/// nothing here but the 125 bytes of a control frame, however large it says it is, and [PacketReader] bounds
/// and counts the rest.
///
/// Netty's decoder keeps a frame until it is whole, and reads on at a ping, also from a client that is held.
final class FrameReader extends ChannelInboundHandlerAdapter {
    private static final int CONTINUATION = 0;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    private static final int CONTROL_MAX = 125;
    private static final int MASK_BYTES = 4;

    private int headRead;
    private int lengthEnd = 2;
    private int first;
    private long left;
    private int mask;
    private boolean inMessage;
    private boolean ended;
    private ByteBuf control = Unpooled.EMPTY_BUFFER;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof ByteBuf bytes)) {
            context.fireChannelRead(message);
            return;
        }
        try {
            while (bytes.isReadable() && !ended) {
                if (headRead < lengthEnd + MASK_BYTES) {
                    readHead(bytes.readUnsignedByte());
                } else {
                    readPayload(context, bytes);
                }
                if (headRead == lengthEnd + MASK_BYTES && left == 0) {
                    finish(context);
                }
            }
        } catch (Refusal refusal) {
            ended = true;
            throw refusal;
        } finally {
            bytes.release();
        }
    }

    /// Two bytes, what they say of the length, the mask.
    private void readHead(int octet) {
        if (headRead == 0) {
            first = octet;
        } else if (headRead == 1) {
            var length = octet & 0x7F;
            check((octet & 0x80) != 0, length);
            lengthEnd = length <= CONTROL_MAX ? 2 : length == 126 ? 4 : 10;
            left = length <= CONTROL_MAX ? length : 0;
            control = isControl() ? Unpooled.buffer(length) : Unpooled.EMPTY_BUFFER;
        } else if (headRead < lengthEnd) {
            left = (left << 8) | octet;
        } else {
            mask = (mask << 8) | octet;
        }
        headRead++;
        if (left < 0) {
            throw Refusal.malformed("WebSocket frame: expected a length of 63 bits, was one more");
        }
    }

    private void check(boolean masked, int length) {
        if ((first & 0x70) != 0 || !masked) {
            throw Refusal.malformed("WebSocket frame: expected a masked one without extensions, was another");
        }
        var known = switch (first & 0x0F) {
            case BINARY -> !inMessage;
            case CONTINUATION -> inMessage;
            case PING, PONG -> isFinal() && length <= CONTROL_MAX;
            case CLOSE -> isFinal() && length <= CONTROL_MAX && length != 1;
            default -> false;
        };
        if (!known) {
            throw Refusal.malformed("WebSocket frame: expected a binary one, was another");
        }
    }

    private void readPayload(ChannelHandlerContext context, ByteBuf bytes) {
        var length = (int) Math.min(left, bytes.readableBytes());
        left -= length;
        if (isControl()) {
            unmask(bytes, control, length);
        } else {
            var piece = context.alloc().buffer(length);
            unmask(bytes, piece, length);
            context.fireChannelRead(piece);
        }
    }

    /// The mask turns with the bytes, so it fits wherever a frame was cut.
    private void unmask(ByteBuf from, ByteBuf to, int length) {
        for (int i = length >> 2; i > 0; i--) {
            to.writeInt(from.readInt() ^ mask);
        }
        for (int i = length & 3; i > 0; i--) {
            to.writeByte(from.readByte() ^ (mask >>> 24));
            mask = Integer.rotateLeft(mask, 8);
        }
    }

    private void finish(ChannelHandlerContext context) {
        headRead = 0;
        switch (first & 0x0F) {
            case PING -> {
                var _ = context.writeAndFlush(new PongWebSocketFrame(control));
            }
            case CLOSE -> {
                ended = true;
                context.fireChannelRead(new CloseWebSocketFrame(true, 0, control));
            }
            case PONG -> {}
            default -> inMessage = !isFinal();
        }
    }

    private boolean isControl() {
        return (first & 0x08) != 0;
    }

    private boolean isFinal() {
        return (first & 0x80) != 0;
    }
}
