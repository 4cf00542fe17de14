package org.postern.delivery;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import org.postern.config.LocalAction;
import org.postern.config.Position;
import org.postern.config.Service;
import org.postern.config.TableRef;
import org.postern.config.TableRef.Shape;
import org.postern.mail.Chunk;
import org.postern.mail.Share.Destination;
import org.postern.mail.Share.Destination.Kind;
import org.postern.table.AliasValue;
import org.postern.table.Answer;
import org.postern.table.TableSet;

/// Finds the command or file that the administrator named in an alias table. The envelope only
/// carries where it stands and a digest of it; the text comes from the room's own copy.
final class Listing {
    private Listing() {}

    /// The command or path that `listed` means, if it still stands there and the table is the one
    /// that `action` expands by: what stands in another was not meant to be run by it.
    static Answer<String> find(TableSet tables, LocalAction action, Destination.Listed listed) {
        boolean expands =
                switch (action.expansion()) {
                    case LocalAction.Expansion.Plain() -> false;
                    case LocalAction.Expansion.ByAlias(var table) ->
                            table.name().equals(listed.table());
                    case LocalAction.Expansion.ByVirtual(var table) ->
                            table.name().equals(listed.table());
                };
        if (!expands || tables.find(listed.table()).isEmpty()) {
            return new Answer.Failed<>("not a table of action \"" + action.name() + '"');
        }
        var use = new TableRef(Position.BUILT_IN, listed.table(), Service.ALIAS, Shape.MAPPING);
        return tables.aliases(use, listed.key()).then(values -> among(values, listed));
    }

    private static Answer<String> among(List<AliasValue> values, Destination.Listed listed) {
        for (var value : values) {
            switch (value) {
                case AliasValue.Command(var command) when listed.kind() == Kind.COMMAND -> {
                    if (digest(command).equals(listed.digest())) {
                        return new Answer.Found<>(command);
                    }
                }
                case AliasValue.File(var path) when listed.kind() == Kind.FILE -> {
                    if (digest(path).equals(listed.digest())) {
                        return new Answer.Found<>(path);
                    }
                }
                case AliasValue.Command _,
                        AliasValue.File _,
                        AliasValue.User _,
                        AliasValue.Address _,
                        AliasValue.Include _,
                        AliasValue.Refusal _ -> {}
            }
        }
        return new Answer.Absent<>();
    }

    /// The digest by which an envelope names a command or a path: SHA-256 over its bytes.
    static Chunk digest(String text) {
        try {
            return Chunk.handOver(
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.ISO_8859_1)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
