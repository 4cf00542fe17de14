package org.postern.os;

import java.util.List;
import java.util.stream.LongStream;

/// One system call of a thread that confines itself, made ready beforehand: once its rights have
/// shrunk, a thread may no longer be able to read the classes that deciding anything would need.
///
/// @param call the call
/// @param subject what it is about, for the message when it fails
/// @param arguments its arguments; pointers stay valid until the step is taken
record Step(Call call, String subject, List<Long> arguments) {
    Step {
        arguments = List.copyOf(arguments);
    }

    static Step of(Call call, String subject, long... arguments) {
        return new Step(call, subject, LongStream.of(arguments).boxed().toList());
    }

    /// Takes the step on the calling thread.
    Libc.Result take() {
        var raw = new long[arguments.size()];
        for (int i = 0; i < raw.length; i++) {
            raw[i] = arguments.get(i);
        }
        return Libc.attempt(call, raw);
    }
}
