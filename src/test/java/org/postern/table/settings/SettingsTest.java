package org.postern.table.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.postern.config.ConfigException;
import org.postern.config.Service;
import org.postern.table.settings.Settings.Command;
import org.postern.table.settings.Settings.Database;
import org.postern.table.settings.Settings.Directory;
import org.postern.table.settings.Settings.Query;
import org.postern.table.settings.Settings.Redis;
import org.postern.table.settings.Settings.Search;
import org.postern.table.settings.Settings.Server;

/// The small files of the built-in backends: what they mean, and what is said of mistakes.
class SettingsTest {
    private static String complaint(Kind kind, String text) {
        return assertThrows(ConfigException.class, () -> Settings.parse(kind, "x.conf", text))
                .getMessage();
    }

    private static Database database(Kind kind, String text) throws ConfigException {
        return assertInstanceOf(Database.class, Settings.parse(kind, "x.conf", text));
    }

    @Test
    void sqliteIsToldItsFileAndItsQueries() throws Exception {
        var settings =
                database(
                        Kind.SQLITE,
                        """
                        # a comment
                        dbpath /etc/mail/smtp.sqlite

                        query_alias\tSELECT destination FROM virtuals WHERE email=?;
                        query_userinfo: SELECT uid, gid, '?' FROM users WHERE a=? OR b=?
                        fetch_source SELECT address FROM sources
                        fetch_source_expire 5
                        """);
        assertEquals("jdbc:sqlite:/etc/mail/smtp.sqlite", settings.url());
        assertEquals(List.of("/etc/mail"), settings.directories());
        assertEquals(
                Map.of(
                        Service.ALIAS,
                        new Query("SELECT destination FROM virtuals WHERE email=?", 1, 1),
                        Service.USERINFO,
                        new Query("SELECT uid, gid, '?' FROM users WHERE a=? OR b=?", 2, 3)),
                settings.questions().lookups());
        assertEquals(
                Map.of(Service.SOURCE, new Query("SELECT address FROM sources", 0, 1)),
                settings.questions().fetches());
        assertEquals(new Settings.Freshness(5, 1000), settings.questions().freshness());
    }

    @Test
    void postgresIsToldWhatLibpqIsTold() throws Exception {
        var settings =
                database(
                        Kind.POSTGRES,
                        """
                        conninfo host='db.example.com' user='maildba' password='it\\'s' dbname='mail db' port=5433
                        query_alias SELECT d FROM v WHERE email=$1 AND j ? 'a' AND t='$1';
                        """);
        assertEquals("jdbc:postgresql://db.example.com:5433/mail+db", settings.url());
        assertEquals("maildba", settings.properties().get("user"));
        assertEquals("it's", settings.properties().get("password"));
        assertEquals(
                Map.of(
                        Service.ALIAS,
                        new Query("SELECT d FROM v WHERE email=? AND j ?? 'a' AND t='$1'", 1, 1)),
                settings.questions().lookups());
    }

    @Test
    void mysqlIsToldItsServer() throws Exception {
        var settings =
                database(
                        Kind.MYSQL,
                        """
                        host db.example.com
                        username maildba
                        password OpenSesame! # not a comment
                        database opensmtpdb
                        query_domain SELECT domain FROM domains WHERE domain=?;
                        """);
        assertEquals("jdbc:mariadb://db.example.com:3306/opensmtpdb", settings.url());
        assertEquals("OpenSesame! # not a comment", settings.properties().get("password"));
        assertEquals("false", settings.properties().get("allowLocalInfile"));
    }

    @Test
    void ldapIsToldItsFilters() throws Exception {
        var settings =
                assertInstanceOf(
                        Directory.class,
                        Settings.parse(
                                Kind.LDAP,
                                "x.conf",
                                """
                                url: ldap.example.com
                                username: uid=smtpd,dc=example,dc=com
                                password: secret
                                basedn: dc=example,dc=com
                                userinfo_filter: (&(objectClass=posixAccount)(uid=%u)(x=100%%))
                                userinfo_attributes: uidNumber, gidNumber, homeDirectory
                                alias_filter (mail=%s)
                                alias_attributes uid
                                """));
        assertEquals(List.of("ldap://ldap.example.com"), settings.urls());
        assertEquals(
                Map.of(
                        Service.USERINFO,
                        new Search(
                                "(&(objectClass=posixAccount)(uid={0})(x=100%))",
                                List.of("uidNumber", "gidNumber", "homeDirectory")),
                        Service.ALIAS,
                        new Search("(mail={0})", List.of("uid"))),
                settings.questions().lookups());
    }

    @Test
    void redisIsToldItsCommands() throws Exception {
        var settings =
                assertInstanceOf(
                        Redis.class,
                        Settings.parse(
                                Kind.REDIS,
                                "x.conf",
                                """
                                master 192.0.2.1
                                slave unix:/run/redis.sock
                                database 3
                                query_alias  LRANGE aliases:%s 0 -1
                                query_userinfo HMGET user:%s uid gid maildir
                                """));
        assertEquals(
                List.of(new Server("192.0.2.1", 6379), new Server("/run/redis.sock", 0)),
                settings.servers());
        assertEquals(
                Map.of(
                        Service.ALIAS,
                        new Command(List.of("LRANGE", "aliases:%s", "0", "-1"), 1),
                        Service.USERINFO,
                        new Command(List.of("HMGET", "user:%s", "uid", "gid", "maildir"), 3)),
                settings.questions().lookups());
    }

    @Test
    void aMisspeltKeyIsNamedWithWhatWasMeant() {
        assertEquals(
                """
                x.conf:2:1: unknown key query_alais
                query_alais SELECT 1 WHERE 1=?
                ^~~~~~~~~~~
                    did you mean query_alias?\
                """,
                complaint(Kind.SQLITE, "dbpath /x\nquery_alais SELECT 1 WHERE 1=?\n"));
    }

    @Test
    void everyMistakeIsTold() {
        assertEquals(
                """
                x.conf:1:1: there is no dbpath
                    it says which file holds the database: dbpath /path
                x.conf:1:13: there is no ? for the key
                query_alias SELECT 1
                            ^~~~~~
                    as in: SELECT value FROM names WHERE name=?
                x.conf:2:1: query_alias is here a second time
                query_alias SELECT 1 WHERE 1=?
                ^~~~~~~~~~~
                    the first is on line 1
                x.conf:3:14: nothing is asked for by a key here
                fetch_source SELECT 1 WHERE 1=?
                             ^~~~~~
                x.conf:4:22: expected a number from 0 to 2147483647, found "soon"
                fetch_source_expire  soon
                                     ^~~~
                x.conf:5:1: expected a value after query_domain
                query_domain
                ^~~~~~~~~~~~\
                """,
                complaint(
                        Kind.SQLITE,
                        """
                        query_alias SELECT 1
                        query_alias SELECT 1 WHERE 1=?
                        fetch_source SELECT 1 WHERE 1=?
                        fetch_source_expire  soon
                        query_domain
                        """));
    }

    @Test
    void noComplaintShowsAPassword() {
        for (var line :
                List.of(
                        "conninfo host=/run/postgresql password=hunter2",
                        "conninfo hosts=x password=hunter2",
                        "conninfo password=hunter2 host='",
                        "password hunter2\npassword hunter2")) {
            assertFalse(complaint(Kind.POSTGRES, line).contains("hunter2"), line);
        }
    }

    @Test
    void aUnixSocketOfPostgresIsRefusedWithAHint() {
        assertEquals(
                """
                x.conf:1:10: conninfo: a Unix socket cannot be used
                conninfo ...
                         ^~~
                    use host=127.0.0.1, which the server must allow\
                """,
                complaint(Kind.POSTGRES, "conninfo host=/run/postgresql user=a"));
    }

    @Test
    void aSecondParameterOfPostgresIsRefused() {
        assertEquals(
                """
                x.conf:2:13: the only parameter is $1, the key
                query_alias SELECT a FROM b WHERE c=$1 AND d=$2
                            ^~~~~~\
                """,
                complaint(
                        Kind.POSTGRES,
                        "conninfo user=a\nquery_alias SELECT a FROM b WHERE c=$1 AND d=$2\n"));
    }

    @Test
    void aNameWithoutAPasswordIsRefusedForLdap() {
        assertEquals(
                """
                x.conf:3:11: there is a username, but no password
                username: ...
                          ^~~\
                """,
                complaint(Kind.LDAP, "url: ldap://x\nbasedn: dc=x\nusername: uid=a\n"));
    }

    @Test
    void aFilterAndItsAttributesBelongTogether() {
        assertEquals(
                """
                x.conf:3:15: there is no alias_attributes
                alias_filter: (mail=%u)
                              ^~~~~~~~~
                x.conf:4:16: unknown specifier %x
                domain_filter: (dc=%x)
                               ^~~~~~~
                    %u is the key
                x.conf:7:22: expected 3 attributes for userinfo, found 1
                userinfo_attributes: uid
                                     ^~~\
                """,
                complaint(
                        Kind.LDAP,
                        """
                        url: ldap://x
                        basedn: dc=x
                        alias_filter: (mail=%u)
                        domain_filter: (dc=%x)
                        domain_attributes: dc
                        userinfo_filter: (uid=%u)
                        userinfo_attributes: uid
                        """));
    }

    @Test
    void aCommandOfRedisNeedsAPlaceForTheKey() {
        assertEquals(
                """
                x.conf:1:14: there is no %s for the key
                query_domain SISMEMBER domains
                             ^~~~~~~~~
                    as in: LRANGE aliases:%s 0 -1\
                """,
                complaint(Kind.REDIS, "query_domain SISMEMBER domains"));
    }

    @Test
    void settingsThatAreLoggedShowNoPassword() throws Exception {
        var settings =
                Settings.parse(Kind.MYSQL, "x.conf", "database a\npassword hunter2\nusername b\n");
        assertFalse(settings.toString().contains("hunter2"));
    }
}
