#!/usr/bin/env bash
# Installs the real servers that system tests start: Mosquitto, Kafka, kinesis-local, versitygw (S3), Azurite (ADLS).
# What is there already is left alone, so a second run takes a second. Each part that fails is named at the end
# and the exit code is 1; the others are installed all the same.
#
#   SMELT_SERVERS   folder for what Debian does not package (default ~/.cache/smelt-servers)
#
# Needs what a developer has: npm (Node.js 18 or later), mvn (Maven 3) and go (1.24 or later).
set -uo pipefail
PATH=$PATH:/usr/sbin # Debian's place for servers

KAFKA=4.1.0
KINESIS_LOCAL=0.6.2
AZURITE=3.35.0
VERSITYGW=v1.8.0
SERVERS=${SMELT_SERVERS:-$HOME/.cache/smelt-servers}

need() {
  command -v "$1" >/dev/null || { echo "install_servers: '$1' is missing: $2" >&2; return 1; }
}

debian() { # COMMAND PACKAGE
  command -v "$1" >/dev/null && return
  need apt-get "install $2 in this system's own way" || return
  apt-get update -qq || return
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$2" >/dev/null
}

install_mosquitto() {
  debian mosquitto mosquitto
}

install_java() {
  debian java openjdk-17-jre-headless
}

install_kafka() { # one folder of jars; the folder gets its name once it is whole
  local to=$SERVERS/kafka-$KAFKA
  [ -d "$to" ] && return
  need mvn "install Maven 3" || return
  local new
  new=$(mktemp -d "$SERVERS/kafka.XXXXXX") || return
  cat >"$new/pom.xml" <<POM
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>smelt.tests</groupId><artifactId>servers</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>$KAFKA</version>
  </dependency></dependencies>
</project>
POM
  mvn -q -B -f "$new/pom.xml" dependency:copy-dependencies -DoutputDirectory="$new/libs" || return
  mv "$new" "$to"
}

npm_package() { # NAME VERSION
  local to=$SERVERS/$1-$2
  [ -d "$to" ] && return
  need npm "install Node.js 18 or later" || return
  local new
  new=$(mktemp -d "$SERVERS/$1.XXXXXX") || return
  npm install --silent --no-audit --no-fund --prefix "$new" "$1@$2" >/dev/null || return
  mv "$new" "$to"
}

install_kinesis_local() {
  npm_package kinesis-local "$KINESIS_LOCAL"
}

install_azurite() {
  npm_package azurite "$AZURITE"
}

install_versitygw() {
  [ -x "$SERVERS/bin/versitygw" ] && return
  need go "install Go 1.24 or later" || return
  GOBIN=$SERVERS/bin go install "github.com/versity/versitygw/cmd/versitygw@$VERSITYGW"
}

mkdir -p "$SERVERS/bin" || exit 1
failed=
for part in mosquitto java kafka kinesis_local azurite versitygw; do
  echo "install_servers: $part"
  "install_$part" || failed="$failed $part"
done
if [ -n "$failed" ]; then
  echo "install_servers: could not install:$failed (folder $SERVERS)" >&2
  exit 1
fi
