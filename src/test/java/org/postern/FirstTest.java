package org.postern;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class FirstTest {
    @Test
    void runs() {
        Assertions.assertEquals(2, 1 + 1);
    }
}
