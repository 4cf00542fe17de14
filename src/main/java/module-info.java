import org.jspecify.annotations.NullMarked;

/// Postern, a mail server. One module; its packages are the rooms of the house.
@NullMarked
module org.postern {
    requires static org.jspecify;
    // For the programs of tables alone, which are started with them.
    requires static java.naming;
    requires static java.sql;
    requires jdk.net;
    requires jdk.unsupported;
    requires org.dnsjava;
    requires org.slf4j;

    // JNDI makes connections by the name of who makes them.
    exports org.postern.backend to
            java.naming;

    provides org.slf4j.spi.SLF4JServiceProvider with
            org.postern.log.Slf4jProvider;
}
