package io.sluice.node.embedded;

import io.sluice.node.settings.CannotStart;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.properties.MetaProperties;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.metadata.properties.PropertiesUtils;
import org.apache.kafka.metadata.storage.Formatter;
import org.jspecify.annotations.Nullable;

/// Where Kafka keeps its records: held by one process at a time, formatted once.
final class DataFolder implements Closeable {
    /// Less free space than this and Kafka would die of a full disk soon after its start.
    static final long FREE_BYTES_MIN = 64L << 20;

    private static final String CURE = "; mend that or set another " + EmbeddedKafka.KEY_DATA_DIR;

    /// Begins the cluster id of every folder we format, so that another Kafka's data is recognised.
    private static final String CLUSTER_ID_PREFIX = "sluice";

    private final Path path;
    private final FileChannel lockFile;

    private DataFolder(Path path, FileChannel lockFile) {
        this.path = path;
        this.lockFile = lockFile;
    }

    /// Takes the folder for this process, made and formatted if it is new.
    ///
    /// @throws CannotStart if it cannot be written, is full, is in use or holds something else
    static DataFolder open(Path path, long freeBytesMin) {
        @Nullable FileChannel lockFile = null;
        try {
            Files.createDirectories(path);
            lockFile =
                    FileChannel.open(path.resolve("sluice.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            lock(path, lockFile);
            checkFree(path, freeBytesMin);
            formatOnce(path);
            return new DataFolder(path, lockFile);
        } catch (CannotStart e) {
            close(lockFile);
            throw e;
        } catch (Exception e) {
            close(lockFile);
            throw new CannotStart("embedded kafka: data folder [%s]: %s%s".formatted(path, reason(e), CURE), e);
        }
    }

    Path path() {
        return path;
    }

    /// Gives the folder back. Safe to repeat.
    @Override
    public void close() {
        close(lockFile);
    }

    private static void lock(Path path, FileChannel lockFile) throws IOException {
        @Nullable FileLock lock;
        try {
            lock = lockFile.tryLock();
        } catch (OverlappingFileLockException _) {
            lock = null;
        }
        if (lock == null) {
            throw new CannotStart(
                    "embedded kafka: data folder [%s] is in use by another node; stop that one or set another %s"
                            .formatted(path, EmbeddedKafka.KEY_DATA_DIR));
        }
    }

    private static void checkFree(Path path, long freeBytesMin) throws IOException {
        var free = Files.getFileStore(path).getUsableSpace();
        if (free < freeBytesMin) {
            throw new CannotStart(
                    "embedded kafka: disk of data folder [%s]: expected at least %d MiB free, was %d MiB; free some space or set another %s"
                            .formatted(path, freeBytesMin >> 20, free >> 20, EmbeddedKafka.KEY_DATA_DIR));
        }
    }

    private static void formatOnce(Path path) throws Exception {
        var identity = path.resolve(MetaPropertiesEnsemble.META_PROPERTIES_NAME);
        if (Files.exists(identity)) {
            checkOurs(path, identity);
        } else if (holdsRecords(path)) {
            throw corrupt(path, "it holds records but no " + identity.getFileName());
        } else {
            format(path);
        }
    }

    private static void checkOurs(Path path, Path identity) throws IOException {
        MetaProperties found;
        try {
            found = new MetaProperties.Builder(PropertiesUtils.readPropertiesFile(identity.toString())).build();
        } catch (RuntimeException e) {
            throw corrupt(path, "%s is damaged: %s".formatted(identity.getFileName(), e.getMessage()));
        }
        var clusterId = found.clusterId().orElse("");
        var nodeId = found.nodeId().orElse(-1);
        if (clusterId.isEmpty()) {
            throw corrupt(path, identity.getFileName() + " has no cluster.id");
        }
        if (!clusterId.startsWith(CLUSTER_ID_PREFIX) || nodeId != BrokerProperties.NODE_ID) {
            throw new CannotStart(
                    "embedded kafka: data folder [%s] belongs to another kafka cluster: expected an id %s…, was [%s] of node %d; move it away or set another %s"
                            .formatted(path, CLUSTER_ID_PREFIX, clusterId, nodeId, EmbeddedKafka.KEY_DATA_DIR));
        }
    }

    private static void format(Path path) throws Exception {
        new Formatter()
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .setClusterId(newClusterId())
                .setNodeId(BrokerProperties.NODE_ID)
                .setControllerListenerName(BrokerProperties.CONTROLLER_LISTENER)
                .setMetadataLogDirectory(path.toString())
                .addDirectory(path.toString())
                .run();
    }

    /// A Kafka id as any other, but for its first letters.
    private static String newClusterId() {
        return CLUSTER_ID_PREFIX + Uuid.randomUuid().toString().substring(CLUSTER_ID_PREFIX.length());
    }

    /// Every partition of Kafka is a folder.
    private static boolean holdsRecords(Path path) throws IOException {
        try (var entries = Files.list(path)) {
            return entries.anyMatch(Files::isDirectory);
        }
    }

    static CannotStart corrupt(Path path, String why) {
        return new CannotStart(
                "embedded kafka: data folder [%s] cannot be used: %s; restore it from a backup, or move it away to start without its records"
                        .formatted(path, why));
    }

    private static String reason(Exception e) {
        if (!(e instanceof FileSystemException file)) {
            return String.valueOf(e.getMessage());
        }
        var why = switch (file) {
            case AccessDeniedException _ -> "permission denied";
            case NoSuchFileException _ -> "does not exist and cannot be made";
            case FileAlreadyExistsException _ -> "is not a folder";
            default -> String.valueOf(file.getReason());
        };
        return "expected to write, was hindered by [%s]: %s".formatted(file.getFile(), why);
    }

    private static void close(@Nullable FileChannel lockFile) {
        if (lockFile != null) {
            try {
                lockFile.close();
            } catch (IOException _) {
                // The lock ends with the process at the latest.
            }
        }
    }
}
