import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A filter that lets everything pass, each line of each content too: a beginning for filters that
 * do more, and what one is measured by. Run it as {@code java FilterPass.java}.
 *
 * <p>Postern, ISC licence.
 */
class FilterPass {
    private static final byte[] PREFIX = "filter-dataline|".getBytes(StandardCharsets.US_ASCII);

    private final InputStream in = new FileInputStream(FileDescriptor.in);
    private final byte[] read = new byte[1 << 16];
    private int at;
    private int end;
    private final BufferedOutputStream out = new BufferedOutputStream(System.out, 1 << 16);
    private byte[] line = new byte[1024];
    private int length;

    public static void main(String[] arguments) throws IOException {
        new FilterPass().run();
    }

    private void run() throws IOException {
        while (next() && !text().equals("config|ready")) {
            // What the server says of itself is of no interest here.
        }
        say("register|filter|smtp-in|data-line");
        say("register|filter|smtp-in|commit");
        say("register|ready");
        out.flush();
        while (next()) {
            answer();
            if (at == end && in.available() == 0) {
                out.flush();
            }
        }
    }

    /** Answers {@code filter|version|time|smtp-in|phase|session|token|parameters}. */
    private void answer() throws IOException {
        int phase = after(4);
        int session = after(5);
        int token = after(6);
        int rest = after(7);
        if (line[0] != 'f' || rest < 0) {
            return;
        }
        if (line[phase] == 'd') {
            out.write(PREFIX);
            out.write(line, session, length - session);
            out.write('\n');
        } else {
            say("filter-result|" + ascii(session, token) + ascii(token, rest) + "proceed");
        }
    }

    private String ascii(int from, int to) {
        return new String(line, from, to - from, StandardCharsets.US_ASCII);
    }

    /** Where the field after that many bars begins; -1 if there are not so many. */
    private int after(int bars) {
        int seen = 0;
        for (int i = 0; i < length; i++) {
            if (line[i] == '|' && ++seen == bars) {
                return i + 1;
            }
        }
        return -1;
    }

    private boolean next() throws IOException {
        length = 0;
        while (true) {
            if (at == end) {
                end = in.read(read);
                at = 0;
                if (end <= 0) {
                    return false;
                }
            }
            int from = at;
            while (at < end && read[at] != '\n') {
                at++;
            }
            if (length + at - from > line.length) {
                line = Arrays.copyOf(line, 2 * (length + at - from));
            }
            System.arraycopy(read, from, line, length, at - from);
            length += at - from;
            if (at < end) {
                at++;
                return true;
            }
        }
    }

    private String text() {
        return new String(line, 0, length, StandardCharsets.ISO_8859_1);
    }

    private void say(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.write('\n');
    }
}
