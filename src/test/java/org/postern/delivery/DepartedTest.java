package org.postern.delivery;

import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.postern.config.Config;
import org.postern.config.Host;
import org.postern.config.Sources;
import org.postern.table.TableSet;

/// Actions that have gone, and the sessions that still know them.
class DepartedTest {
    private final Departed departed = new Departed();

    private static TableSet tables(String action) throws Exception {
        var text = "action \"" + action + "\" maildir\nmatch for any action \"" + action + "\"\n";
        var host = new Host("mx.example.org", List.of());
        return TableSet.open(Config.parse(Sources.of("smtpd.conf", text, host)), _ -> {});
    }

    @Test
    void usersOfAnActionThatHasGoneAreLookedForAsBefore() throws Exception {
        var one = tables("one");
        var two = tables("two");
        departed.reloaded(one, two);
        assertSame(one, departed.tables("one", two));
        assertSame(two, departed.tables("two", two));
        assertSame(two, departed.tables("three", two));
    }

    @Test
    void anActionThatIsBackIsTheOneOfNow() throws Exception {
        var one = tables("one");
        var two = tables("two");
        var oneAgain = tables("one");
        departed.reloaded(one, two);
        departed.reloaded(two, oneAgain);
        assertSame(oneAgain, departed.tables("one", oneAgain));
        assertSame(two, departed.tables("two", oneAgain));
    }

    @Test
    void onlyTheLatestAreKept() throws Exception {
        var first = tables("a0");
        var before = first;
        for (int i = 1; i <= 17; i++) {
            var next = tables("a" + i);
            departed.reloaded(before, next);
            before = next;
        }
        assertSame(before, departed.tables("a0", before));
    }
}
