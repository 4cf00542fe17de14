package org.postern.supervisor;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import org.postern.ipc.Conversation;
import org.postern.ipc.Deadlines;
import org.postern.ipc.HungUp;
import org.postern.ipc.Leash;
import org.postern.ipc.StreamChannel;

/// The program of a room that says it has the configuration it was started with, plus what its
/// argument says: 0 is the truth when it is told the same one again.
final class FakeRoom {
    /// As the argument: one that ends when it is told to prepare.
    static final int DIES = 1000;

    private FakeRoom() {}

    /// Lives until the supervisor is gone.
    public static void main(String[] arguments) throws IOException {
        long off = Long.parseLong(arguments[0]);
        var leash =
                new Conversation<>(
                        new StreamChannel(
                                new FileInputStream(FileDescriptor.in),
                                new FileOutputStream(FileDescriptor.out)),
                        Leash.answers(),
                        Leash.frames(),
                        new Deadlines());
        try {
            while (true) {
                switch (leash.hearWhenever()) {
                    case Leash.Start _ -> leash.say(new Leash.Answer.Started());
                    case Leash.Prepare(var sources) -> {
                        if (off == DIES) {
                            return;
                        }
                        leash.say(new Leash.Answer.Prepared(sources.generation()));
                    }
                    case Leash.Adopt(var generation) ->
                            leash.say(new Leash.Answer.Adopted(generation + off));
                    case Leash.MakeWay() ->
                            leash.say(new Leash.Answer.GivesWay(java.util.Set.of()));
                    case Leash.Drop() -> {}
                    case Leash.Retire _ -> {
                        return;
                    }
                    case Leash.Speak _ -> {}
                    case Leash.Stop _ -> {
                        return;
                    }
                }
            }
        } catch (HungUp e) {
            // The test is over.
        }
    }
}
