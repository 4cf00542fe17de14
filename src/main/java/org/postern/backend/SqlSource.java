package org.postern.backend;

import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.postern.config.Service;
import org.postern.table.settings.Settings.Database;
import org.postern.table.settings.Settings.Query;

/// A table in a database that is asked in SQL. The key is always a parameter, never part of a
/// statement.
final class SqlSource implements Source {
    private static final int SECONDS = 4;
    private static final int CONNECTIONS = 4;
    private static final int MOST_ROWS = 10_000;

    private final Database settings;
    private final Pool<Session> pool;

    /// Makes connections; a test may have its own way.
    interface Connector {
        Connection open(String url, Properties properties) throws SQLException;
    }

    SqlSource(Database settings) {
        this(settings, DriverManager::getConnection);
    }

    SqlSource(Database settings, Connector connector) {
        this.settings = settings;
        this.pool = new Pool<>(new Sessions(settings, connector), CONNECTIONS);
    }

    /// A connection and the statements that were prepared on it.
    ///
    /// @param file which file it has open, where the database is one
    private record Session(
            Connection connection, String file, Map<Query, PreparedStatement> statements) {
        PreparedStatement statement(Query query) throws SQLException {
            var known = statements.get(query);
            if (known != null) {
                return known;
            }
            var prepared = connection.prepareStatement(query.text());
            prepared.setQueryTimeout(SECONDS);
            prepared.setMaxRows(MOST_ROWS);
            statements.put(query, prepared);
            return prepared;
        }
    }

    private record Sessions(Database settings, Connector connector) implements Pool.Maker<Session> {
        @Override
        public Session open() throws Away {
            var properties = new Properties();
            settings.properties().forEach(properties::setProperty);
            try {
                var file = file(settings);
                return new Session(
                        connector.open(settings.url(), properties), file, new HashMap<>());
            } catch (SQLException e) {
                throw new Away("cannot connect: " + words(e), e);
            }
        }

        @Override
        public void close(Session session) {
            try {
                session.connection().close();
            } catch (SQLException e) {
                // It is gone either way.
            }
        }
    }

    @Override
    public List<List<String>> lookup(Service service, String key) throws Away, Refused {
        return ask(settings.questions().lookups(), service, key);
    }

    @Override
    public List<List<String>> fetch(Service service) throws Away, Refused {
        return ask(settings.questions().fetches(), service, "");
    }

    private List<List<String>> ask(Map<Service, Query> queries, Service service, String key)
            throws Away, Refused {
        var query = queries.get(service);
        if (query == null) {
            throw new Refused("nothing is configured for this service");
        }
        return pool.with(
                session -> {
                    // Who has the old one open would go on reading it.
                    if (!session.file().equals(file(settings))) {
                        throw new Away("another file has taken the place of the database");
                    }
                    return ask(session, query, key);
                });
    }

    /// Which file is the database now; empty where it is none.
    private static String file(Database settings) {
        var path = settings.file();
        if (path.isEmpty()) {
            return "";
        }
        try {
            return String.valueOf(Files.getAttribute(path.get(), "unix:ino"));
        } catch (IOException e) {
            return "none";
        }
    }

    private static List<List<String>> ask(Session session, Query query, String key)
            throws Away, Refused {
        try {
            var statement = session.statement(query);
            for (int i = 1; i <= query.parameters(); i++) {
                statement.setString(i, Texts.fromWire(key));
            }
            try (var rows = statement.executeQuery()) {
                return read(rows, query.columns());
            }
        } catch (SQLTimeoutException e) {
            throw new Away(Pool.TOO_LATE, e);
        } catch (SQLException e) {
            if (isLost(session, e)) {
                throw new Away("lost the connection: " + words(e), e);
            }
            throw refused(session, query, e);
        }
    }

    private static Refused refused(Session session, Query query, SQLException e) {
        // It may be the statement itself that has grown old: the tables were made anew.
        session.statements().remove(query);
        return new Refused(words(e), e);
    }

    /// States of class 08 are about the connection; 57 is what a server says that goes down.
    private static boolean isLost(Session session, SQLException e) {
        var state = String.valueOf(e.getSQLState());
        if (state.startsWith("08") || state.startsWith("57P")) {
            return true;
        }
        try {
            return session.connection().isClosed();
        } catch (SQLException odd) {
            return true;
        }
    }

    private static List<List<String>> read(ResultSet rows, int columns)
            throws SQLException, Refused {
        int given = rows.getMetaData().getColumnCount();
        if (given < columns) {
            throw new Refused(
                    "the query gives " + given + " columns where " + columns + " are needed");
        }
        var values = new ArrayList<List<String>>();
        while (rows.next()) {
            var fields = new ArrayList<String>();
            for (int i = 1; i <= columns; i++) {
                var field = rows.getString(i);
                if (field == null) {
                    throw new Refused("column " + i + " is NULL");
                }
                fields.add(Texts.toWire(field));
            }
            values.add(List.copyOf(fields));
        }
        return values;
    }

    private static String words(SQLException e) {
        return String.valueOf(e.getMessage());
    }

    @Override
    public void close() {
        pool.close();
    }
}
