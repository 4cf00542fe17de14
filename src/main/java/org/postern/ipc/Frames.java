package org.postern.ipc;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.postern.mail.Chunk;

/// The codec of the wire: turns the records of one sealed interface into bytes and back.
///
/// What may be a component: `int`, `long`, `String`, `Chunk`, `Instant`, `Duration`, enums,
/// records, sealed interfaces of records, and lists and sets of these. The form is fixed by the
/// declaration of the records: numbers are big-endian, text and lists carry a 32-bit length, one of
/// several records is preceded by its place in the `permits` clause. This is the only reflection in
/// the house; it looks at the classes once, when the conversation's frames are made.
public final class Frames<T> {
    /// The longest frame, in bytes, without its length prefix, where a conversation needs no other.
    public static final int LONGEST = 1 << 20;

    private final String name;
    private final Codec root;
    private final int longest;

    private Frames(String name, Codec root, int longest) {
        this.name = name;
        this.root = root;
        this.longest = longest;
    }

    /// The frames of the conversation whose words are the records of `sealed`.
    public static <T> Frames<T> of(Class<T> sealed) {
        return of(sealed, LONGEST);
    }

    /// The same, for frames of up to `longest` bytes.
    public static <T> Frames<T> of(Class<T> sealed, int longest) {
        return new Frames<>(name(sealed), new Reader().codec(sealed), longest);
    }

    private static String name(Class<?> sealed) {
        return sealed.getName().substring(sealed.getPackageName().length() + 1).replace('$', '.');
    }

    /// What its words are called together.
    String name() {
        return name;
    }

    /// The longest frame of this conversation, in bytes.
    public int longest() {
        return longest;
    }

    /// Appends the frame of `word` to `out`: its length in 32 bits, then its bytes.
    ///
    /// @throws IllegalStateException if it is longer than a frame may be: a bug of the speaker
    public void write(T word, Output out) {
        int start = out.beginFrame();
        root.write(word, out);
        out.endFrame(start, longest);
    }

    /// Is the frame of `word` short enough to be written?
    public boolean fits(T word) {
        var out = new Output();
        root.write(word, out);
        return out.length() <= longest;
    }

    /// The word in `frame`, which holds exactly one.
    ///
    /// @throws Malformed if it does not, or if what it holds cannot be
    public T read(ByteBuffer frame) throws Malformed {
        try {
            @SuppressWarnings("unchecked")
            var word = (T) root.read(frame);
            if (frame.hasRemaining()) {
                throw new Malformed(frame.remaining() + " bytes after the end of a frame");
            }
            return word;
        } catch (java.nio.BufferUnderflowException e) {
            throw new Malformed("a frame ends too early", e);
        } catch (IllegalArgumentException | java.time.DateTimeException | ArithmeticException e) {
            throw new Malformed("a frame holds what cannot be: " + e.getMessage(), e);
        }
    }

    /// A growing buffer that frames are written to.
    public static final class Output {
        private ByteBuffer buffer = ByteBuffer.allocate(1024);

        private int beginFrame() {
            int start = buffer.position();
            room(4).putInt(0);
            return start;
        }

        private void endFrame(int start, int longest) {
            int length = buffer.position() - start - 4;
            if (length > longest) {
                throw new IllegalStateException("a frame of " + length + " bytes");
            }
            buffer.putInt(start, length);
        }

        private ByteBuffer room(int more) {
            if (buffer.remaining() < more) {
                int size = Math.max(buffer.capacity() * 2, buffer.position() + more);
                buffer = ByteBuffer.allocate(size).put(buffer.flip());
            }
            return buffer;
        }

        /// How many bytes wait to be sent.
        public int length() {
            return buffer.position();
        }

        /// The bytes that wait, ready to be read; [#clear] when they are sent.
        public ByteBuffer bytes() {
            return buffer.asReadOnlyBuffer().flip();
        }

        /// Forgets what was sent, and lets go of a buffer that had grown large.
        public void clear() {
            if (buffer.capacity() > 128 * 1024) {
                buffer = ByteBuffer.allocate(1024);
            }
            buffer.clear();
        }
    }

    private interface Codec {
        void write(Object value, Output out);

        Object read(ByteBuffer in) throws Malformed;
    }

    /// Looks at the declarations and makes their codecs.
    private static final class Reader {
        private final Map<Class<?>, Codec> known = new HashMap<>();

        Codec codec(Type type) {
            if (type instanceof ParameterizedType generic) {
                var element = codec(generic.getActualTypeArguments()[0]);
                if (generic.getRawType() == List.class) {
                    return new ListCodec(element);
                }
                if (generic.getRawType() == Set.class) {
                    return new SetCodec(element);
                }
            }
            if (type instanceof Class<?> plain) {
                var codec = known.get(plain);
                return codec != null ? codec : make(plain);
            }
            throw new IllegalStateException("no wire form for " + type);
        }

        private Codec make(Class<?> type) {
            if (type == int.class) {
                return new IntCodec();
            } else if (type == long.class) {
                return new LongCodec();
            } else if (type == String.class) {
                return new TextCodec();
            } else if (type == Chunk.class) {
                return new ChunkCodec();
            } else if (type == Instant.class) {
                return new InstantCodec();
            } else if (type == Duration.class) {
                return new DurationCodec();
            } else if (type.isEnum()) {
                return new EnumCodec(type.getEnumConstants());
            } else if (type.isRecord()) {
                var codec = new RecordCodec(type);
                known.put(type, codec);
                codec.complete(this);
                return codec;
            } else if (type.isSealed()) {
                var codec = new ChoiceCodec(type);
                known.put(type, codec);
                codec.complete(this);
                return codec;
            }
            throw new IllegalStateException("no wire form for " + type);
        }
    }

    private static final class IntCodec implements Codec {
        @Override
        public void write(Object value, Output out) {
            out.room(4).putInt((Integer) value);
        }

        @Override
        public Object read(ByteBuffer in) {
            return in.getInt();
        }
    }

    private static final class LongCodec implements Codec {
        @Override
        public void write(Object value, Output out) {
            out.room(8).putLong((Long) value);
        }

        @Override
        public Object read(ByteBuffer in) {
            return in.getLong();
        }
    }

    private static final class TextCodec implements Codec {
        @Override
        public void write(Object value, Output out) {
            var bytes = ((String) value).getBytes(StandardCharsets.UTF_8);
            out.room(4 + bytes.length).putInt(bytes.length).put(bytes);
        }

        @Override
        public Object read(ByteBuffer in) throws Malformed {
            var bytes = new byte[length(in)];
            in.get(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    private static final class ChunkCodec implements Codec {
        @Override
        public void write(Object value, Output out) {
            var chunk = (Chunk) value;
            chunk.putInto(out.room(4 + chunk.length()).putInt(chunk.length()));
        }

        @Override
        public Object read(ByteBuffer in) throws Malformed {
            var bytes = new byte[length(in)];
            in.get(bytes);
            return Chunk.handOver(bytes);
        }
    }

    private static final class InstantCodec implements Codec {
        @Override
        public void write(Object value, Output out) {
            var instant = (Instant) value;
            out.room(12).putLong(instant.getEpochSecond()).putInt(instant.getNano());
        }

        @Override
        public Object read(ByteBuffer in) {
            return Instant.ofEpochSecond(in.getLong(), in.getInt());
        }
    }

    private static final class DurationCodec implements Codec {
        @Override
        public void write(Object value, Output out) {
            out.room(8).putLong(((Duration) value).toNanos());
        }

        @Override
        public Object read(ByteBuffer in) {
            return Duration.ofNanos(in.getLong());
        }
    }

    private record EnumCodec(List<Object> constants) implements Codec {
        EnumCodec(Object[] constants) {
            this(List.of(constants));
        }

        @Override
        public void write(Object value, Output out) {
            out.room(1).put((byte) ((Enum<?>) value).ordinal());
        }

        @Override
        public Object read(ByteBuffer in) throws Malformed {
            int ordinal = in.get();
            if (ordinal < 0 || ordinal >= constants.size()) {
                throw new Malformed("no such constant: " + ordinal);
            }
            return constants.get(ordinal);
        }
    }

    private record ListCodec(Codec element) implements Codec {
        @Override
        public void write(Object value, Output out) {
            var list = (List<?>) value;
            out.room(4).putInt(list.size());
            for (var item : list) {
                element.write(item, out);
            }
        }

        @Override
        public Object read(ByteBuffer in) throws Malformed {
            int size = length(in);
            var list = new ArrayList<Object>(Math.min(size, 64));
            for (int i = 0; i < size; i++) {
                list.add(element.read(in));
            }
            return List.copyOf(list);
        }
    }

    private record SetCodec(Codec element) implements Codec {
        @Override
        public void write(Object value, Output out) {
            new ListCodec(element).write(List.copyOf((Set<?>) value), out);
        }

        @Override
        public Object read(ByteBuffer in) throws Malformed {
            var list = (List<?>) new ListCodec(element).read(in);
            return Set.copyOf(new LinkedHashSet<>(list));
        }
    }

    /// A length prefix, which cannot be more than the bytes (or, for lists, items of at least one
    /// byte or none) that follow.
    private static int length(ByteBuffer in) throws Malformed {
        int length = in.getInt();
        if (length < 0 || length > Math.max(in.remaining(), 0)) {
            throw new Malformed(
                    "a length of " + length + " where " + in.remaining() + " bytes remain");
        }
        return length;
    }

    private static final class RecordCodec implements Codec {
        private final Class<?> type;
        private Codec[] codecs = {};
        private MethodHandle[] readers = {};
        private MethodHandle constructor = MethodHandles.zero(Object.class);

        RecordCodec(Class<?> type) {
            this.type = type;
        }

        void complete(Reader reader) {
            var components = type.getRecordComponents();
            try {
                var lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
                var types =
                        Arrays.stream(components)
                                .map(RecordComponent::getType)
                                .toArray(Class<?>[]::new);
                constructor =
                        lookup.findConstructor(type, MethodType.methodType(void.class, types))
                                .asSpreader(Object[].class, types.length)
                                .asType(MethodType.methodType(Object.class, Object[].class));
                readers = new MethodHandle[components.length];
                codecs = new Codec[components.length];
                for (int i = 0; i < components.length; i++) {
                    readers[i] =
                            lookup.unreflect(components[i].getAccessor())
                                    .asType(MethodType.methodType(Object.class, Object.class));
                    codecs[i] = reader.codec(components[i].getGenericType());
                }
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("no wire form for " + type, e);
            }
        }

        @Override
        public void write(Object value, Output out) {
            for (int i = 0; i < codecs.length; i++) {
                codecs[i].write(component(i, value), out);
            }
        }

        private Object component(int i, Object value) {
            try {
                return readers[i].invokeExact(value);
            } catch (Throwable e) {
                throw new IllegalStateException("cannot read " + type, e);
            }
        }

        @Override
        public Object read(ByteBuffer in) throws Malformed {
            var values = new Object[codecs.length];
            for (int i = 0; i < codecs.length; i++) {
                values[i] = codecs[i].read(in);
            }
            try {
                return constructor.invokeExact(values);
            } catch (IllegalArgumentException e) {
                throw e;
            } catch (Throwable e) {
                throw new Malformed("cannot make a " + type.getSimpleName(), e);
            }
        }
    }

    private static final class ChoiceCodec implements Codec {
        private final Class<?> type;
        private final Class<?>[] choices;
        private Codec[] codecs = {};

        ChoiceCodec(Class<?> type) {
            this.type = type;
            this.choices = type.getPermittedSubclasses();
        }

        void complete(Reader reader) {
            codecs = new Codec[choices.length];
            for (int i = 0; i < codecs.length; i++) {
                codecs[i] = reader.codec(choices[i]);
            }
        }

        @Override
        public void write(Object value, Output out) {
            int place = place(value.getClass());
            out.room(1).put((byte) place);
            codecs[place].write(value, out);
        }

        private int place(Class<?> of) {
            for (int i = 0; i < choices.length; i++) {
                if (choices[i] == of) {
                    return i;
                }
            }
            for (int i = 0; i < choices.length; i++) {
                if (choices[i].isAssignableFrom(of)) {
                    return i;
                }
            }
            throw new IllegalStateException(of + " is none of " + type);
        }

        @Override
        public Object read(ByteBuffer in) throws Malformed {
            int place = in.get();
            if (place < 0 || place >= codecs.length) {
                throw new Malformed(type.getSimpleName() + " has no choice " + place);
            }
            return codecs[place].read(in);
        }
    }
}
