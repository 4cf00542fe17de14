# Finds a JDK 25; sourced by the launchers and the scripts. Sets JDK and JAVA, or says what is
# missing and ends.

is25() {
    [ -x "$1/bin/java" ] && [ -r "$1/release" ] && grep -q '^JAVA_VERSION="25[."]' "$1/release"
}

JDK=
for candidate in "${JAVA_HOME:-}" \
    "$(dirname -- "$(dirname -- "$(readlink -f -- "$(command -v java || echo /nowhere/bin/java)")")")" \
    /usr/lib/jvm/*25* /usr/lib/jvm/* /opt/*jdk*25* /opt/java/openjdk /usr/local/*jdk*25* "${HOME:-/root}"/.sdkman/candidates/java/25*; do
    if [ -n "$candidate" ] && is25 "$candidate"; then
        JDK=$candidate
        break
    fi
done
if [ -z "$JDK" ]; then
    echo "$(basename -- "$0"): Postern needs a JDK 25 and found none." >&2
    echo "Install one (Temurin 25: package temurin-25-jdk; Debian: openjdk-25-jdk), or set JAVA_HOME." >&2
    exit 78
fi
JAVA=$JDK/bin/java
