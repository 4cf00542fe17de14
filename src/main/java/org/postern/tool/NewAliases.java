package org.postern.tool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.postern.config.Config;
import org.postern.config.ConfigException;
import org.postern.config.Host;
import org.postern.config.Sources;
import org.postern.config.TableDefinition.Origin;
import org.postern.control.Order;
import org.postern.ipc.Place;
import org.postern.ipc.Room;
import org.postern.table.TableCompiler;

/// `newaliases`: makes the database of the table `aliases`, and has a running server take it.
///
///     newaliases [-f file]
final class NewAliases {
    private static final String TABLE = "aliases";
    private static final String SUFFIX = ".db";

    private NewAliases() {}

    /// Runs `newaliases` with these arguments.
    ///
    /// @return the exit status, 0 or 1
    static int run(Terminal terminal, Place place, List<String> arguments) throws IOException {
        if (arguments.isEmpty()) {
            return make(terminal, place, place.config(), "");
        }
        if (arguments.size() == 2 && arguments.getFirst().equals("-f")) {
            return make(terminal, place, Path.of(arguments.getLast()), "");
        }
        terminal.note("usage: newaliases [-f file]");
        return Makemap.FAILED;
    }

    /// Makes the database.
    ///
    /// @param file the text; empty for the one that the configuration names
    /// @return the exit status
    static int make(Terminal terminal, Place place, Path configuration, String file)
            throws IOException {
        if (!mayMake(place)) {
            terminal.complain("need root privileges");
            return Makemap.FAILED;
        }
        try {
            return make(terminal, place, file.isEmpty() ? text(configuration) : Path.of(file));
        } catch (ConfigException e) {
            terminal.note(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            terminal.complain(String.valueOf(e.getMessage()));
        }
        return Makemap.FAILED;
    }

    private static int make(Terminal terminal, Place place, Path text) throws IOException {
        var database = Path.of(text + SUFFIX);
        var entries =
                Makemap.report(
                        terminal,
                        TableCompiler.compile(TableCompiler.Kind.ALIASES, text, database));
        if (entries.isEmpty()) {
            return Makemap.FAILED;
        }
        terminal.line(text + ": " + entries.get() + " aliases");
        tellServer(place);
        return Makemap.OK;
    }

    /// The aliases of the system are root's; a private server is whose it is.
    private static boolean mayMake(Place place) throws IOException {
        return !place.equals(Place.ofSystem())
                || Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    }

    /// The text of the table `aliases`, or a file of this name beside the configuration.
    private static Path text(Path configuration) throws IOException, ConfigException {
        // What is asked of it does not depend on the names of this machine.
        var host = new Host("localhost", List.of());
        var config = Config.parse(Sources.read(configuration, List.of(), host));
        var table = Optional.ofNullable(config.tables().get(TABLE));
        var path =
                switch (table.map(definition -> definition.origin())
                        .orElse(new Origin.Accounts())) {
                    case Origin.File(var name) -> name;
                    case Origin.Database(var name) -> name;
                    case Origin.Inline _,
                            Origin.InlineMapping _,
                            Origin.External _,
                            Origin.Accounts _ ->
                            configuration.toAbsolutePath().resolveSibling(TABLE).toString();
                };
        return Path.of(
                path.endsWith(SUFFIX) ? path.substring(0, path.length() - SUFFIX.length()) : path);
    }

    /// A server that runs takes the new table at once; one that does not will take it anyway.
    private static void tellServer(Place place) throws IOException {
        var rooms = new Rooms(place);
        if (rooms.isUp()) {
            var _ =
                    rooms.ask(
                            place.controlSocket(Room.FRONT), new Order.UpdateTable(TABLE), _ -> {});
        }
    }
}
