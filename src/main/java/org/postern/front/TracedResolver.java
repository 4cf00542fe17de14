package org.postern.front;

import java.net.InetAddress;
import org.postern.dns.Answer;
import org.postern.dns.Exchanger;
import org.postern.dns.Resolver;
import org.postern.log.Log;
import org.postern.mail.AddressText;

/// A resolver whose questions and answers can be traced, as `lookup`.
final class TracedResolver implements Resolver {
    private final Resolver resolver;
    private final Log log;

    TracedResolver(Resolver resolver, Log log) {
        this.resolver = resolver;
        this.log = log;
    }

    @Override
    public Answer<Exchanger> exchangers(String domain) {
        return told("MX", domain, resolver.exchangers(domain));
    }

    @Override
    public Answer<InetAddress> addresses(String host, Family family) {
        return told(family == Family.INET4 ? "A" : "AAAA", host, resolver.addresses(host, family));
    }

    @Override
    public Answer<String> names(InetAddress address) {
        return told("PTR", AddressText.key(address), resolver.names(address));
    }

    @Override
    public Answer<String> texts(String name) {
        return told("TXT", name, resolver.texts(name));
    }

    private <T> Answer<T> told(String type, String name, Answer<T> answer) {
        if (log.traces("lookup")) {
            log.trace("lookup", Log.visible(type + ' ' + name + ": " + answer));
        }
        return answer;
    }
}
