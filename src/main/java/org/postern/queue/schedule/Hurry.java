package org.postern.queue.schedule;

import java.time.Duration;
import java.util.List;
import org.postern.mail.Urgency;
import org.postern.mail.Urgency.Deadline;
import org.postern.mail.Urgency.Mode;

/// When something is to be done about an envelope because its sender said by when it is to be
/// delivered (RFC 2852 section 4). Times are epoch milliseconds, and `Long.MAX_VALUE` is never.
final class Hurry {
    private static final long NEVER = Long.MAX_VALUE;

    private Hurry() {}

    /// When it is to be returned.
    static long returnTime(Urgency urgency) {
        return time(urgency, Mode.RETURN);
    }

    /// When its sender is to be told that it was not delivered.
    static long notifyTime(Urgency urgency) {
        return time(urgency, Mode.NOTIFY);
    }

    /// When its sender is to be told that it is late, for the time that has this number, from 0:
    /// when the policy says so, and when its time of delivery is over. A time that was over when it
    /// came does not count; somebody else has told of it.
    static long warning(Task task, List<Duration> policy, int number) {
        long deadline = notifyTime(task.urgency);
        if (deadline == NEVER || deadline <= task.created) {
            return number < policy.size() ? task.created + policy.get(number).toMillis() : NEVER;
        }
        int earlier = 0;
        while (earlier < policy.size()
                && task.created + policy.get(earlier).toMillis() <= deadline) {
            earlier++;
        }
        if (number == earlier) {
            return deadline;
        }
        int ofPolicy = number < earlier ? number : number - 1;
        return ofPolicy < policy.size() ? task.created + policy.get(ofPolicy).toMillis() : NEVER;
    }

    private static long time(Urgency urgency, Mode wanted) {
        return switch (urgency.deadline()) {
            case Deadline.Never() -> NEVER;
            case Deadline.At(var time, var mode, _) -> mode == wanted ? time.toEpochMilli() : NEVER;
        };
    }
}
