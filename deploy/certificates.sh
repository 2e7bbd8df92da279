#!/usr/bin/env bash
# certificates.sh FOLDER [NAME …]   makes what nodes prove themselves with, to each other and to devices:
#
#   FOLDER/nodes/   tls.crt tls.key ca.crt   between nodes: one certificate for all of them, name sluice-nodes
#   FOLDER/server/  tls.crt tls.key ca.crt   of MQTT and the API, for each NAME (host name or address) and localhost
#   FOLDER/authority/                        the keys of both authorities: keep them away from the nodes
#
# What is there stays, but for certificates that end within 30 days: run it again now and then. Nodes read nodes/ again
# by themselves, server/ at their next start. For the public use a certificate that devices trust anyway in server/.
set -euo pipefail
umask 077

[ $# -ge 1 ] || { sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2; }
FOLDER=$1
shift
DAYS=365

authority() { # name
  local base=$FOLDER/authority/$1
  [ ! -s "$base.crt" ] || return 0
  openssl req -x509 -newkey rsa:3072 -nodes -days 3650 -subj "/CN=$1" -addext keyUsage=critical,keyCertSign,cRLSign \
    -keyout "$base.key" -out "$base.crt" 2>/dev/null
}

certificate() { # folder authority common-name alternative-names
  local to=$FOLDER/$1 by=$FOLDER/authority/$2
  if [ -s "$to/tls.crt" ] && openssl x509 -checkend $((30 * 86400)) -noout -in "$to/tls.crt" >/dev/null \
    && cmp -s "$by.crt" "$to/ca.crt" && [ "$(cat "$to/names" 2>/dev/null)" = "$4" ]; then
    return
  fi
  mkdir -p "$to"
  openssl req -newkey rsa:3072 -nodes -subj "/CN=$3" -keyout "$to/tls.key.new" -out "$to/csr" 2>/dev/null
  openssl x509 -req -in "$to/csr" -CA "$by.crt" -CAkey "$by.key" -set_serial "0x$(openssl rand -hex 15)" -days $DAYS \
    -extfile <(echo "subjectAltName=$4"; echo extendedKeyUsage=serverAuth,clientAuth) -out "$to/tls.crt.new" 2>/dev/null
  cp "$by.crt" "$to/ca.crt"
  echo "$4" >"$to/names"
  rm "$to/csr"
  mv "$to/tls.key.new" "$to/tls.key"
  mv "$to/tls.crt.new" "$to/tls.crt"
  echo "made $to/tls.crt for $4, valid $DAYS days"
}

alternatives() { # name …
  local name all=DNS:localhost,IP:127.0.0.1
  for name in "$@"; do
    if [[ $name =~ ^[0-9.]+$ || $name == *:* ]]; then all+=,IP:$name; else all+=,DNS:$name; fi
  done
  echo "$all"
}

mkdir -p "$FOLDER/authority" "$FOLDER/nodes" "$FOLDER/server"
authority nodes-ca
authority server-ca
certificate nodes nodes-ca sluice-nodes DNS:sluice-nodes
certificate server server-ca sluice "$(alternatives "$@")"
