package org.postern.tool;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The command line of `sendmail`. Flags of other mail servers' `sendmail` that make no difference
/// here are taken and left alone, so that no script fails for one.
final class SendmailArguments {
    /// Flags without a value.
    private static final String FLAGS = "imnstvxGUI";

    /// Flags with a value, in the same word or the next.
    private static final String VALUES = "fFrABCehLNoOpRVXbD";

    /// Flags whose value can only be in the same word.
    private static final String ATTACHED = "dEJMq";

    private Request.Sender sender = new Request.Sender.OfHeader();
    private String fullName = "";
    private Request.RecipientsIn recipientsIn = Request.RecipientsIn.ARGUMENTS;
    private Request.Telling telling = Request.Telling.QUIET;
    private String notify = "";
    private String returned = "";
    private String envelopeId = "";
    private final List<Request> decided = new ArrayList<>();

    private SendmailArguments() {}

    /// Reads a command line.
    static Request parse(List<String> arguments) {
        return new SendmailArguments().read(arguments);
    }

    private Request read(List<String> arguments) {
        int i = 0;
        while (i < arguments.size()) {
            var word = arguments.get(i);
            if (word.length() < 2 || word.charAt(0) != '-') {
                break;
            }
            i++;
            if (word.equals("--")) {
                break;
            }
            i +=
                    flags(
                            word,
                            i < arguments.size() ? arguments.get(i) : "",
                            i < arguments.size() ? 1 : 0);
        }
        for (var request : decided) {
            if (request instanceof Request.Refused) {
                return request;
            }
        }
        return decided.isEmpty()
                ? new Request.Send(
                        sender,
                        fullName,
                        recipientsIn,
                        arguments.subList(i, arguments.size()),
                        notify,
                        returned,
                        envelopeId,
                        telling)
                : decided.getFirst();
    }

    /// Reads one word of flags; says how many of the words after it (`following`) were a value.
    private int flags(String word, String next, int following) {
        for (int i = 1; i < word.length(); i++) {
            char flag = word.charAt(i);
            var rest = word.substring(i + 1);
            if (FLAGS.indexOf(flag) >= 0) {
                flag(flag);
            } else if (ATTACHED.indexOf(flag) >= 0) {
                attached(flag);
                return 0;
            } else if (VALUES.indexOf(flag) < 0) {
                refuse("unknown flag -" + flag);
                return 0;
            } else if (rest.isEmpty() && following == 0) {
                refuse("-" + flag + " needs a value");
                return 0;
            } else {
                value(flag, rest.isEmpty() ? next : rest);
                return rest.isEmpty() ? 1 : 0;
            }
        }
        return 0;
    }

    private void flag(char flag) {
        switch (flag) {
            case 't' -> recipientsIn = Request.RecipientsIn.HEADER_TOO;
            case 'v' -> telling = Request.Telling.DIALOGUE;
            case 'I' -> decided.add(new Request.NewAliases());
            default -> {}
        }
    }

    private void attached(char flag) {
        if (flag == 'q') {
            decided.add(new Request.Nothing("the queue runs by itself; nothing to do for -q"));
        }
    }

    private void value(char flag, String value) {
        switch (flag) {
            case 'f', 'r' -> from(value);
            case 'F' -> fullName = value;
            case 'N' -> notify(value);
            case 'R' -> returned(value);
            case 'V' -> envelopeId(value);
            case 'b' -> mode(value);
            case 'o' -> option(value);
            default -> {}
        }
    }

    private void from(String value) {
        var address = value;
        if (address.startsWith("<") || address.endsWith(">")) {
            if (!address.startsWith("<") || !address.endsWith(">") || address.length() < 2) {
                refuse("-f " + value + ": unbalanced angle brackets");
                return;
            }
            address = address.substring(1, address.length() - 1);
        }
        sender =
                address.isEmpty() ? new Request.Sender.Nobody() : new Request.Sender.Named(address);
    }

    /// RFC 3461 section 4.1: `NEVER` alone, or some of the others.
    private void notify(String value) {
        var wanted = value.toUpperCase(Locale.ROOT);
        var words = List.of(wanted.split(",", -1));
        boolean good =
                wanted.equals("NEVER") || List.of("SUCCESS", "FAILURE", "DELAY").containsAll(words);
        if (good) {
            notify = wanted;
        } else {
            refuse("-N " + value + ": never, or a list of success, failure and delay expected");
        }
    }

    private void returned(String value) {
        var wanted = value.toUpperCase(Locale.ROOT);
        if (wanted.equals("FULL") || wanted.equals("HDRS")) {
            returned = wanted;
        } else {
            refuse("-R " + value + ": full or hdrs expected");
        }
    }

    private void envelopeId(String value) {
        if (value.length() <= 100 && value.chars().allMatch(c -> c > 32 && c < 127)) {
            envelopeId = value;
        } else {
            refuse("-V: at most 100 visible ASCII characters expected");
        }
    }

    private void mode(String value) {
        switch (value) {
            case "m" -> {}
            case "p" -> decided.add(new Request.ShowQueue());
            case "s" -> decided.add(new Request.SpeakSmtp());
            case "i" -> decided.add(new Request.NewAliases());
            case "d", "D" -> refuse("-b" + value + ": this is not the server; start smtpd");
            default -> refuse("-b" + value + " is not supported");
        }
    }

    private void option(String value) {
        if (value.equals("t")) {
            flag('t');
        }
    }

    private void refuse(String why) {
        decided.add(new Request.Refused(why));
    }
}
