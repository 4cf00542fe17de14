package org.postern.house;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import com.unboundid.ldap.sdk.OperationType;

/// An LDAP server with a few users, who may only be searched for with a password.
final class TestDirectory implements AutoCloseable {
    /// Who may search, and the password, as settings of the backend; and how to find people.
    static final String SETTINGS =
            """
            username: cn=smtpd,dc=example,dc=org
            password: sesame
            basedn: dc=example,dc=org
            alias_filter: (&(objectClass=extensibleObject)(mail=%u))
            alias_attributes: description
            domain_filter: (associatedDomain=%u)
            domain_attributes: associatedDomain
            """;

    private static final String[][] ENTRIES = {
        {"dn: dc=example,dc=org", "objectClass: domain", "dc: example"},
        entry("domains", "associatedDomain: example.org"),
        entry("tom", "mail: tom", "description: carol"),
        entry("ann", "mail: ann@example.org", "description: carol"),
        entry("two", "mail: two@example.org", "description: carol", "description: ann@example.org"),
        entry("null", "mail: null@example.org", "description: |/bin/false"),
    };

    private final InMemoryDirectoryServer server;

    private TestDirectory(InMemoryDirectoryServer server) {
        this.server = server;
    }

    private static String[] entry(String name, String... attributes) {
        var lines = new String[attributes.length + 3];
        lines[0] = "dn: cn=" + name + ",dc=example,dc=org";
        lines[1] = "objectClass: extensibleObject";
        lines[2] = "cn: " + name;
        System.arraycopy(attributes, 0, lines, 3, attributes.length);
        return lines;
    }

    /// Starts one that listens as is said.
    static TestDirectory start(InMemoryListenerConfig... listeners) throws Exception {
        var config = new InMemoryDirectoryServerConfig("dc=example,dc=org");
        config.setSchema(null);
        config.addAdditionalBindCredentials("cn=smtpd,dc=example,dc=org", "sesame");
        config.setAuthenticationRequiredOperationTypes(OperationType.SEARCH);
        config.setListenerConfigs(listeners);
        var server = new InMemoryDirectoryServer(config);
        for (var entry : ENTRIES) {
            server.add(entry);
        }
        server.startListening();
        return new TestDirectory(server);
    }

    /// Adds an entry.
    void add(String name, String... attributes) throws Exception {
        server.add(entry(name, attributes));
    }

    /// The port of the listener of this name.
    int port(String listener) {
        return server.getListenPort(listener);
    }

    @Override
    public void close() {
        server.shutDown(true);
    }
}
