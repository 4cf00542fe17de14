package org.postern.backend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Optional;
import javax.naming.CommunicationException;
import javax.naming.Context;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.ServiceUnavailableException;
import javax.naming.TimeLimitExceededException;
import javax.naming.directory.Attributes;
import javax.naming.directory.SearchControls;
import javax.naming.directory.SearchResult;
import javax.naming.ldap.InitialLdapContext;
import javax.naming.ldap.LdapContext;
import javax.naming.ldap.LdapName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.postern.config.Service;
import org.postern.table.settings.Settings.Directory;
import org.postern.table.settings.Settings.Search;

/// A table in a directory (RFC 4511). The key is never part of a filter's text: what means
/// something in a filter is escaped (RFC 4515 section 3).
final class LdapSource implements Source {
    private static final String CONNECT = "3000";
    private static final String READ = "5000";
    private static final int MILLISECONDS = 4000;
    private static final int CONNECTIONS = 4;
    private static final int MOST_ENTRIES = 1000;

    private final Directory settings;
    private final String table;
    private final Pool<LdapContext> pool;

    LdapSource(Directory settings, String table) throws IOException {
        this.settings = settings;
        this.table = table;
        this.pool = new Pool<>(new Sessions(settings), CONNECTIONS);
        var authorities = settings.options().get("ca_file");
        if (authorities != null) {
            trust(Path.of(authorities));
        }
    }

    /// From now on this process trusts these authorities, and no others.
    private static void trust(Path authorities) throws IOException {
        try (var input = Files.newInputStream(authorities)) {
            var store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (var one : CertificateFactory.getInstance("X.509").generateCertificates(input)) {
                store.setCertificateEntry("ca" + store.size(), one);
            }
            var managers =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(store);
            var context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            SSLContext.setDefault(context);
        } catch (GeneralSecurityException e) {
            throw new IOException(authorities + ": " + e.getMessage(), e);
        }
    }

    private record Sessions(Directory settings) implements Pool.Maker<LdapContext> {
        @Override
        public LdapContext open() throws Away {
            var last = new Away("no server");
            for (var url : settings.urls()) {
                try {
                    return connected(url);
                } catch (NamingException e) {
                    last = new Away("cannot connect to " + url + ": " + words(e), e);
                }
            }
            throw last;
        }

        // JNDI asks for a Hashtable.
        @SuppressWarnings("JdkObsolete")
        private LdapContext connected(String url) throws NamingException {
            var how = new Hashtable<String, Object>();
            how.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.ldap.LdapCtxFactory");
            how.put(Context.REFERRAL, "ignore");
            how.put("com.sun.jndi.ldap.connect.timeout", CONNECT);
            how.put("com.sun.jndi.ldap.read.timeout", READ);
            if (url.startsWith(Directory.START_TLS)) {
                how.put(
                        Context.PROVIDER_URL,
                        "ldap://" + url.substring(Directory.START_TLS.length()));
                how.put("java.naming.ldap.factory.socket", StartTlsSockets.class.getName());
            } else {
                how.put(Context.PROVIDER_URL, url);
            }
            if (settings.user().isEmpty()) {
                how.put(Context.SECURITY_AUTHENTICATION, "none");
            } else {
                how.put(Context.SECURITY_AUTHENTICATION, "simple");
                how.put(Context.SECURITY_PRINCIPAL, settings.user());
                how.put(Context.SECURITY_CREDENTIALS, settings.password());
            }
            return new InitialLdapContext(how, null);
        }

        @Override
        public void close(LdapContext context) {
            try {
                context.close();
            } catch (NamingException e) {
                // It is gone either way.
            }
        }
    }

    @Override
    public List<List<String>> lookup(Service service, String key) throws Away, Refused {
        var search = settings.questions().lookups().get(service);
        if (search == null) {
            throw new Refused("nothing is configured for this service");
        }
        return pool.with(context -> search(context, service, search, key));
    }

    @Override
    public List<List<String>> fetch(Service service) throws Refused {
        throw new Refused("a directory has no order to fetch in");
    }

    // Only attributes are asked for, never objects, and Java builds none from a directory's data
    // unless com.sun.jndi.ldap.object.trustSerialData says so.
    @SuppressWarnings("BanJNDI")
    private List<List<String>> search(
            LdapContext context, Service service, Search search, String key) throws Away, Refused {
        var controls =
                new SearchControls(
                        SearchControls.SUBTREE_SCOPE,
                        MOST_ENTRIES,
                        MILLISECONDS,
                        search.attributes().toArray(String[]::new),
                        false,
                        false);
        var values = new ArrayList<List<String>>();
        try {
            var base = new LdapName(settings.base());
            Object[] parts = {Texts.fromWire(key), table};
            NamingEnumeration<SearchResult> found =
                    context.search(base, search.filter(), parts, controls);
            try {
                while (found.hasMore()) {
                    add(service, search, found.next().getAttributes(), key, values);
                }
            } finally {
                found.close();
            }
            return values;
        } catch (TimeLimitExceededException e) {
            throw new Away(Pool.TOO_LATE, e);
        } catch (CommunicationException | ServiceUnavailableException e) {
            throw new Away("lost the connection: " + words(e), e);
        } catch (NamingException e) {
            if (words(e).contains("timed out")) {
                throw new Away(Pool.TOO_LATE, e);
            }
            throw new Refused(words(e), e);
        }
    }

    /// The fields of one entry; for recipients, every value of the attribute.
    private static void add(
            Service service, Search search, Attributes entry, String key, List<List<String>> values)
            throws NamingException {
        switch (service) {
            case ALIAS, MAILADDRMAP -> {
                var all = entry.get(search.attributes().getFirst());
                for (int i = 0; all != null && i < all.size(); i++) {
                    values.add(List.of(Texts.toWire(text(all.get(i)))));
                }
            }
            case CREDENTIALS, USERINFO, ADDRNAME, RELAYHOST, SOURCE, AUTH, TOKEN ->
                    fields(search, entry).ifPresent(values::add);
            // That there is such an entry is the answer.
            case DOMAIN, MAILADDR, NETADDR, REGEX, STRING ->
                    values.add(fields(search, entry).orElse(List.of(key)));
        }
    }

    /// The first value of each attribute, if it has them all.
    private static Optional<List<String>> fields(Search search, Attributes entry)
            throws NamingException {
        var fields = new ArrayList<String>();
        for (var name : search.attributes()) {
            var attribute = entry.get(name);
            if (attribute == null || attribute.size() == 0) {
                return Optional.empty();
            }
            fields.add(Texts.toWire(text(attribute.get(0))));
        }
        return Optional.of(List.copyOf(fields));
    }

    /// A password is bytes to LDAP, the rest is text.
    private static String text(Object value) {
        return value instanceof byte[] bytes
                ? new String(bytes, java.nio.charset.StandardCharsets.UTF_8)
                : String.valueOf(value);
    }

    private static String words(NamingException e) {
        var root = e.getRootCause();
        return root == null ? String.valueOf(e.getMessage()) : e.getMessage() + ": " + root;
    }

    @Override
    public void close() {
        pool.close();
    }
}
