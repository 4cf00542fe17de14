# Finds a JDK 25 and the jars; sourced by the launchers beside it. Sets JDK, JAVA and POSTERN_PATH.

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
