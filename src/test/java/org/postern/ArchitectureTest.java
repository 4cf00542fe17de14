package org.postern;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// The architecture, as sentences. Each is shown to hold for Postern, and to fail for the house
/// under `org.postern.planted`, which breaks every one of them.
class ArchitectureTest {
    private static final String HOUSE = "org.postern";
    private static final String PLANTED = "org.postern.planted";
    private static final JavaClasses POSTERN = posternItself();
    private static final JavaClasses PLANTED_HOUSE =
            new ClassFileImporter().importPackages(PLANTED);

    private static final Set<String> OPENING = Set.of("open", "connect", "bind");

    /// The classes of the main sources; their folder may hold those of the tests too.
    private static JavaClasses posternItself() {
        try {
            var classes =
                    Path.of(
                            Postern.class
                                    .getProtectionDomain()
                                    .getCodeSource()
                                    .getLocation()
                                    .toURI());
            return new ClassFileImporter()
                    .withImportOption(location -> !isOfATest(location))
                    .importPath(classes);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isOfATest(Location location) {
        var path = location.asURI().getPath();
        int start = path.lastIndexOf("/org/postern/");
        if (start < 0) {
            return false;
        }
        var source = path.substring(start + 1).replaceFirst("(\\$.*)?\\.class$", ".java");
        return Files.exists(Path.of("src/test/java").resolve(source));
    }

    /// Holds for Postern, and would not for a house with the violation that names `culprit`.
    private static void check(Function<String, ArchRule> rule, String culprit) {
        rule.apply(HOUSE).check(POSTERN);
        var report = rule.apply(PLANTED).allowEmptyShould(true).evaluate(PLANTED_HOUSE);
        assertTrue(
                report.getFailureReport().getDetails().stream()
                        .anyMatch(detail -> detail.contains(culprit)),
                () -> "the planted violation was not found: " + report.getFailureReport());
    }

    private static String[] packages(String house, String... names) {
        var packages = new String[names.length];
        for (int i = 0; i < names.length; i++) {
            packages[i] = house + "." + names[i] + "..";
        }
        return packages;
    }

    private static String[] rooms(String house) {
        return packages(house, "supervisor", "front", "queue", "keeper", "delivery");
    }

    private static String[] libraries(String house) {
        return packages(house, "config", "table", "message", "smtp", "dns", "tls", "os", "log");
    }

    private static String[] roomsWithoutNetwork(String house) {
        return packages(house, "supervisor", "queue", "keeper", "delivery");
    }

    @Test
    void roomsMeetOnlyThroughIpc() {
        check(
                house ->
                        slices().matching(house + ".(supervisor|front|queue|keeper|delivery)..")
                                .should()
                                .notDependOnEachOther(),
                "front.Gate");
    }

    @Test
    void onlyTheOsPackageCallsNativeCode() {
        check(
                house ->
                        noClasses()
                                .that()
                                .resideOutsideOfPackage(house + ".os..")
                                .should()
                                .dependOnClassesThat()
                                .resideInAPackage("java.lang.foreign.."),
                "Arena");
    }

    @Test
    void theNetworkIsForFrontAlone() {
        check(
                house ->
                        noClasses()
                                .that()
                                .resideInAnyPackage(roomsWithoutNetwork(house))
                                .should()
                                .dependOnClassesThat(isOfTheNetwork()),
                "InetAddress");
    }

    private static DescribedPredicate<JavaClass> isOfTheNetwork() {
        return resideInAnyPackage("java.net..", "javax.net..", "org.xbill..")
                .or(assignableTo("java.nio.channels.ServerSocketChannel"))
                .or(assignableTo("java.nio.channels.DatagramChannel"))
                .or(assignableTo("java.nio.channels.AsynchronousSocketChannel"))
                .as("are of the network");
    }

    @Test
    void theOtherRoomsAreConnectedByIpc() {
        check(
                house ->
                        noClasses()
                                .that()
                                .resideInAnyPackage(roomsWithoutNetwork(house))
                                .should()
                                .callCodeUnitWhere(
                                        DescribedPredicate.describe(
                                                "a socket is opened, connected or bound",
                                                ArchitectureTest::opensASocket)),
                "SocketChannel.open");
    }

    private static boolean opensASocket(JavaCall<?> call) {
        return call.getTargetOwner().isAssignableTo("java.nio.channels.SocketChannel")
                && OPENING.contains(call.getName());
    }

    @Test
    void onlyThreePackagesStartPrograms() {
        check(
                house ->
                        noClasses()
                                .that(
                                        not(
                                                resideInAnyPackage(
                                                        packages(
                                                                house,
                                                                "supervisor",
                                                                "delivery",
                                                                "os"))))
                                .should()
                                .dependOnClassesThat()
                                .belongToAnyOf(ProcessBuilder.class)
                                .orShould()
                                .callMethodWhere(
                                        DescribedPredicate.describe(
                                                "a program is started",
                                                call ->
                                                        call.getTargetOwner()
                                                                        .isEquivalentTo(
                                                                                Runtime.class)
                                                                && call.getName().equals("exec"))),
                "ProcessBuilder");
    }

    @Test
    void theVocabularyDependsOnNothing() {
        check(
                house ->
                        classes()
                                .that()
                                .resideInAPackage(house + ".mail..")
                                .should()
                                .onlyDependOnClassesThat()
                                .resideInAnyPackage(house + ".mail..", "java..", "org.jspecify.."),
                "mail.Stamp");
    }

    @Test
    void librariesKnowNeitherRoomsNorHowTheySpeak() {
        check(
                house ->
                        noClasses()
                                .that()
                                .resideInAnyPackage(libraries(house))
                                .should()
                                .dependOnClassesThat(
                                        resideInAnyPackage(rooms(house))
                                                .or(
                                                        resideInAnyPackage(
                                                                packages(
                                                                        house, "tool", "ipc",
                                                                        "control")))
                                                .as("are rooms, tools or conversations")),
                "table.Lookup");
    }

    @Test
    void conversationsKnowNoRoom() {
        check(
                house ->
                        noClasses()
                                .that()
                                .resideInAnyPackage(packages(house, "ipc", "control"))
                                .should()
                                .dependOnClassesThat(
                                        resideInAnyPackage(rooms(house))
                                                .or(resideInAPackage(house + ".tool.."))
                                                .as("are rooms or tools")),
                "ipc.Longing");
    }

    @Test
    void nothingDependsOnTools() {
        check(
                house ->
                        noClasses()
                                .that(not(resideInAnyPackage(house, house + ".tool..")))
                                .should()
                                .dependOnClassesThat()
                                .resideInAPackage(house + ".tool.."),
                "tool.Ctl");
    }

    @Test
    void packagesFormNoCycle() {
        check(house -> slices().matching(house + ".(**)").should().beFreeOfCycles(), "mail.Stamp");
    }

    @Test
    void everySpokenRecordHasAHearer() {
        check(
                house ->
                        classes()
                                .that()
                                .resideInAnyPackage(packages(house, "ipc", "control"))
                                .and()
                                .areRecords()
                                .and()
                                .areMemberClasses()
                                .and()
                                .arePublic()
                                .and(isAWord())
                                .should(beKnownOutsideTheirFile()),
                "Wish$Unheard");
    }

    /// A word of a conversation: it stands in the sealed interface that it implements.
    private static DescribedPredicate<JavaClass> isAWord() {
        return DescribedPredicate.describe(
                "are words of a conversation",
                one ->
                        one.getRawInterfaces().stream()
                                .anyMatch(all -> all.getName().startsWith(topLevel(one))));
    }

    private static ArchCondition<JavaClass> beKnownOutsideTheirFile() {
        return new ArchCondition<>("be known outside their file") {
            @Override
            public void check(JavaClass word, ConditionEvents events) {
                boolean known =
                        word.getDirectDependenciesToSelf().stream()
                                .anyMatch(
                                        dependency ->
                                                !topLevel(dependency.getOriginClass())
                                                        .equals(topLevel(word)));
                events.add(
                        new SimpleConditionEvent(
                                word, known, word.getName() + " is spoken or heard"));
            }
        };
    }

    private static String topLevel(JavaClass one) {
        int nested = one.getName().indexOf('$');
        return nested < 0 ? one.getName() : one.getName().substring(0, nested);
    }

    @Test
    void roomsAreWiredOnlyInTheMain() {
        check(
                house ->
                        noClasses()
                                .that(not(resideInAPackage(house)))
                                .should()
                                .callConstructorWhere(
                                        DescribedPredicate.describe(
                                                "another makes the tenant of a room",
                                                call -> makesATenant(call, house))),
                "ipc.Longing");
    }

    private static boolean makesATenant(JavaCall<?> call, String house) {
        return call.getTargetOwner().isAssignableTo(house + ".ipc.RoomLife$Tenant")
                && !call.getOriginOwner().equals(call.getTargetOwner());
    }

    @Test
    void onlyTheCodecLooksIntoClasses() {
        check(
                house ->
                        noClasses()
                                .that()
                                .haveNameNotMatching(".*\\.ipc\\.Frames(\\$.*)?")
                                .should()
                                .dependOnClassesThat()
                                .resideInAPackage("java.lang.reflect.."),
                "reflect.Array");
    }
}
