package org.postern.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/// A `filter` directive: a named judge of what clients say and send.
///
///     filter = "filter" name ( "proc" name | "proc-exec" command { procopt } | "phase" phase
///                            | "chain" "{" name { [ "," ] name } "}" )
public record Filter(Position at, String name, Kind kind) implements Directive {

    /// What judges.
    public sealed interface Kind {
        /// A program that a `proc` directive declares.
        record Asks(NameRef process) implements Kind {}

        /// A program of its own, known by the filter's name.
        record Program(FilterProcess process) implements Kind {}

        /// One condition and what follows from it.
        record Rule(FilterRule rule) implements Kind {}

        /// Other filters, one after the other.
        record Chain(List<NameRef> members) implements Kind {
            public Chain {
                members = List.copyOf(members);
            }
        }
    }

    /// The words after the name.
    enum Word {
        CHAIN,
        PHASE,
        PROC,
        PROC_EXEC
    }

    /// Reads the rest of a line that began with `filter`.
    static Filter parse(Tokens in) throws Syntax {
        var at = in.position();
        var name = in.declaredName("the name of a filter");
        return new Filter(
                at,
                name,
                switch (in.word(Word.class, "proc, proc-exec, phase or chain")) {
                    case PROC -> new Kind.Asks(in.reference("the name of a program"));
                    case PROC_EXEC -> new Kind.Program(FilterProcess.parse(in, at, name));
                    case PHASE -> new Kind.Rule(FilterRule.parse(in));
                    case CHAIN -> chain(in);
                });
    }

    /// Reads the name of a filter, or a chain that is written where it is used.
    static NameRef parseUse(Tokens in) throws Syntax {
        if (!in.sees('{')) {
            return in.reference("the name of a filter, or '{'");
        }
        var at = in.position();
        return new NameRef(at, in.declareChain(at, chain(in)));
    }

    private static Kind.Chain chain(Tokens in) throws Syntax {
        in.expect('{', "'{'");
        in.skipNewlines();
        var members = new ArrayList<NameRef>();
        var seen = new HashSet<String>();
        do {
            var member = in.reference("the name of a filter");
            if (!seen.add(member.name())) {
                throw in.error(
                        member.at(), "filter \"" + member.name() + "\" is in this chain already");
            }
            members.add(member);
        } while (in.separated());
        return new Kind.Chain(members);
    }
}
