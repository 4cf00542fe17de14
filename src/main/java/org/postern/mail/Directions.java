package org.postern.mail;

import java.util.List;
import java.util.Set;

/// The rule on directions, RFC 5893 section 2: in a domain with a label that is written from right
/// to left, each label has to look the same whatever stands around it.
final class Directions {
    private static final byte LEFT = Character.DIRECTIONALITY_LEFT_TO_RIGHT;
    private static final byte NUMBER = Character.DIRECTIONALITY_EUROPEAN_NUMBER;
    private static final byte ARABIC_NUMBER = Character.DIRECTIONALITY_ARABIC_NUMBER;
    private static final byte MARK = Character.DIRECTIONALITY_NONSPACING_MARK;

    private static final Set<Byte> RIGHT =
            Set.of(
                    Character.DIRECTIONALITY_RIGHT_TO_LEFT,
                    Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC);

    private static final Set<Byte> ANYWHERE =
            Set.of(
                    NUMBER,
                    Character.DIRECTIONALITY_EUROPEAN_NUMBER_SEPARATOR,
                    Character.DIRECTIONALITY_COMMON_NUMBER_SEPARATOR,
                    Character.DIRECTIONALITY_EUROPEAN_NUMBER_TERMINATOR,
                    Character.DIRECTIONALITY_OTHER_NEUTRALS,
                    Character.DIRECTIONALITY_BOUNDARY_NEUTRAL,
                    MARK);

    private Directions() {}

    /// Is the domain of these labels, each in its own script, free of right-to-left labels, or does
    /// each of its labels keep the rule?
    static boolean areClear(List<String> labels) {
        return labels.stream().noneMatch(Directions::isRightToLeft)
                || labels.stream().allMatch(Directions::keepsRule);
    }

    private static boolean isRightToLeft(String label) {
        return label.codePoints()
                .mapToObj(Character::getDirectionality)
                .anyMatch(direction -> RIGHT.contains(direction) || direction == ARABIC_NUMBER);
    }

    private static boolean keepsRule(String label) {
        var directions = label.codePoints().mapToObj(Character::getDirectionality).toList();
        if (directions.isEmpty()) {
            return false;
        }
        var first = directions.getFirst();
        var last =
                directions.reversed().stream()
                        .filter(direction -> direction != MARK)
                        .findFirst()
                        .orElse(MARK);
        if (first == LEFT) {
            return (last == LEFT || last == NUMBER)
                    && directions.stream().allMatch(one -> one == LEFT || ANYWHERE.contains(one));
        }
        return RIGHT.contains(first)
                && (RIGHT.contains(last) || last == NUMBER || last == ARABIC_NUMBER)
                && !(directions.contains(NUMBER) && directions.contains(ARABIC_NUMBER))
                && directions.stream()
                        .allMatch(
                                one ->
                                        RIGHT.contains(one)
                                                || one == ARABIC_NUMBER
                                                || ANYWHERE.contains(one));
    }
}
