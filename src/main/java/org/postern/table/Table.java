package org.postern.table;

import org.postern.config.Service;
import org.postern.config.TableRef.Shape;

/// A named list or mapping. Keys are compared without regard to case, as the service demands. May
/// be asked from any thread.
public interface Table {

    /// The name it is declared by.
    String name();

    /// [Shape#LIST], [Shape#MAPPING], or [Shape#EITHER] if that is not known.
    Shape shape();

    /// Whether a key is in the table: the entry that stands for it.
    Answer<String> contains(Service service, String key);

    /// The text that a mapping holds for a key. Asking a list fails.
    Answer<String> lookup(String key);

    /// The next key, in turn.
    Answer<String> fetch();
}
