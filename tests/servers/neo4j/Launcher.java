import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;
import org.neo4j.configuration.connectors.ConnectorPortRegister;
import org.neo4j.configuration.connectors.ConnectorType;
import org.neo4j.dbms.api.DatabaseManagementService;
import org.neo4j.dbms.api.DatabaseManagementServiceBuilder;
import org.neo4j.kernel.internal.GraphDatabaseAPI;

/**
 * Runs one Neo4j for the process that holds its standard input.
 *
 * <p>Arguments: the working directory, which becomes this process's own, and the configuration
 * file. The first line of standard input is the password of the user "neo4j". When the server is
 * ready it prints "READY" and its Bolt address. The line "stop", or the end of the input, ends it.
 */
public final class Launcher {
    private Launcher() {}

    public static void main(String[] arguments) throws IOException {
        Path work = Path.of(arguments[0]);
        BufferedReader input =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String password = input.readLine();
        if (password == null) {
            endWithoutOwner(work);
        }

        // Listens from the start on: the owner can go away while the server still starts.
        new Thread(() -> awaitOwner(input, work), "owner").start();
        try {
            System.out.println("READY " + start(work.resolve("home"), arguments[1], password));
        } catch (Throwable failed) {
            failed.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }

    private static Object start(Path home, String configuration, String password) {
        DatabaseManagementService server =
                new DatabaseManagementServiceBuilder(home)
                        .loadPropertiesFromFile(Path.of(configuration))
                        .build();
        server.database("system")
                .executeTransactionally(
                        "ALTER USER neo4j SET PASSWORD $password CHANGE NOT REQUIRED",
                        Map.of("password", password));
        return ((GraphDatabaseAPI) server.database("neo4j"))
                .getDependencyResolver()
                .resolveDependency(ConnectorPortRegister.class)
                .getLocalAddress(ConnectorType.BOLT);
    }

    private static void awaitOwner(BufferedReader input, Path work) {
        try {
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                if (line.equals("stop")) {
                    // The data is thrown away, so an orderly shutdown's ten seconds buy nothing.
                    Runtime.getRuntime().halt(0);
                }
            }
        } catch (IOException gone) {
            // As good as the end of the input.
        }
        endWithoutOwner(work);
    }

    /** Nobody is left to clean up: takes the working directory along. */
    private static void endWithoutOwner(Path work) {
        // More than one try, because the database goes on writing files meanwhile.
        for (int attempt = 0; attempt < 5 && Files.exists(work); attempt++) {
            try (Stream<Path> found = Files.walk(work)) {
                for (Path path : found.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            } catch (IOException | UncheckedIOException inUse) {
                continue;
            }
        }
        Runtime.getRuntime().halt(1);
    }
}
