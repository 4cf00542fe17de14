package org.postern.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which code a failure of the file system gets.
class TroubleTest {
    @ParameterizedTest
    @CsvSource({
        "No space left on device, 4.3.1",
        "Disk quota exceeded, 4.2.2",
        "Input/output error, 4.3.0",
    })
    void theCodeTellsWhoseDiskIsFull(String reason, String status) {
        assertEquals(status, Trouble.deferred(new IOException(reason), "text").status().toString());
    }
}
