package org.postern.queue;

import java.util.List;
import org.postern.config.Config;
import org.postern.config.ConfigException;
import org.postern.config.Host;
import org.postern.config.Sources;

/// Configurations for tests.
public final class Configs {
    private Configs() {}

    /// The configuration whose main file is `text`.
    public static Config of(String text) throws ConfigException {
        return Config.parse(
                Sources.of("smtpd.conf", text, new Host("mx.example.org", List.of("127.0.0.1"))));
    }
}
