# Finds a JDK 25 and the jars; sourced by the launchers beside it. Sets JDK, JAVA, POSTERN_LIB, POSTERN_PATH,
# and the options that all of Postern's processes have in common: POSTERN_JAVA (words) and POSTERN_SHARE (one).

POSTERN_HOME=$(CDPATH='' cd -- "$(dirname -- "$(readlink -f -- "$0")")/.." && pwd -P) || exit 78
. "$POSTERN_HOME/bin/find-jdk.sh"

# In a package the jars lie in lib/; in a checkout, where the build put them.
POSTERN_LIB=$POSTERN_HOME/target
if [ -r "$POSTERN_HOME/lib/postern.jar" ]; then
    POSTERN_LIB=$POSTERN_HOME/lib
fi
if [ ! -r "$POSTERN_LIB/postern.jar" ]; then
    echo "$(basename -- "$0"): $POSTERN_LIB/postern.jar is not there; build it with ./quickstart or ./check." >&2
    exit 78
fi
POSTERN_PATH=$POSTERN_LIB/postern.jar:$POSTERN_LIB/lib
POSTERN_JAVA="-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:+UseCompactObjectHeaders -XX:-UsePerfData
    -XX:+DisplayVMOutputToStderr -Xlog:disable -Xshare:auto --enable-native-access=org.postern"

# The archive of classes that share-classes made. Java itself sees to it that it is of these very jars.
# Relocated, as it would be, it is another one in each process's memory.
if [ -r "$POSTERN_LIB/postern.jsa" ]; then
    POSTERN_JAVA="$POSTERN_JAVA -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0"
    POSTERN_SHARE=-XX:SharedArchiveFile=$POSTERN_LIB/postern.jsa
else
    POSTERN_SHARE=-Xshare:auto
fi
