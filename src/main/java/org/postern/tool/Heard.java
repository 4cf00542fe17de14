package org.postern.tool;

/// What became of an order.
sealed interface Heard {
    /// It was carried out.
    ///
    /// @param count how many envelopes it concerned
    record Done(long count) implements Heard {}

    /// It was not.
    record Refused(String why) implements Heard {}

    /// Nobody hears where the room should.
    record NotRunning() implements Heard {}

    /// The caller may not give orders.
    record NotPermitted() implements Heard {}

    /// The room hung up before it had answered: whether it did as told is not known.
    record Lost(String why) implements Heard {}
}
