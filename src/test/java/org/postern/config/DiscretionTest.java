package org.postern.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.postern.config.TableDefinition.Origin;

/// What rooms are told that need not know the passwords of a configuration.
class DiscretionTest {
    private static final String HOUSE =
            """
            pki ours cert "c"
            pki ours key "k"
            listen on lo tls pki ours auth <people>
            match from auth for any reject
            """;

    private static Config config(String text) throws ConfigException {
        return Config.parse(
                Sources.of("smtpd.conf", text + HOUSE, new Host("mx.example.org", List.of())));
    }

    private static String blanked(String table) throws ConfigException {
        var text = config(table + "\n").discreetSources().mainText();
        return text.substring(0, text.length() - HOUSE.length()).strip();
    }

    @Test
    void passwordsAreLeftOut() throws Exception {
        assertEquals(
                "table people { alice = \"xxxxxxxxxx\", bob = xxxxxx }",
                blanked("table people { alice = \"$6$abc$def\", bob = secret }"));
        assertEquals(
                "table people {\n\talice = \"xxxxxx\",\n\tbob = \"xxxxxxxxxx\" # two\n}",
                blanked(
                        "table people {\n\talice = \"abc\\\"d\",\n\tbob = \"$6$abc$def\" # two\n}"));
    }

    @Test
    void eitherQuoteWillDo() throws Exception {
        assertEquals(
                "table people { alice = 'xxxxxx', bob = \"xxxxxx\" }",
                blanked("table people { alice = 'a\"b\\'c', bob = \"\\\\\\\"'d\" }"));
    }

    @Test
    void whatIsLeftIsTheSameConfiguration() throws Exception {
        var config = config("table people { alice = \"$6$a\\\"c$def\", bob = secret }\n");
        var other = Config.parse(config.discreetSources());
        assertEquals(config.listeners(), other.listeners());
        var origin = (Origin.InlineMapping) other.tables().get("people").origin();
        assertEquals(
                List.of("alice", "bob"),
                origin.pairs().stream().map(TableDefinition.Pair::key).toList());
        assertEquals(config.sources().generation(), other.sources().generation());
    }

    @Test
    void otherTablesStayAsTheyAre() throws Exception {
        var text = "table people { alice = secret }\ntable others { alice = secret }";
        assertEquals(text.replaceFirst("secret", "xxxxxx"), blanked(text));
    }

    @Test
    void aTableThatIsAskedForSomethingElseTooStaysAsItIs() throws Exception {
        var text =
                "table people { alice = secret }\n"
                        + "pki other cert \"c\"\npki other key \"k\"\n"
                        + "listen on lo port 2525 tls pki other auth senders <people>";
        assertEquals(text, blanked(text));
    }

    @Test
    void whatComesFromAMacroStays() throws Exception {
        var text = "word = \"secret\"\ntable people { alice = $word }";
        assertEquals(text, blanked(text));
    }
}
