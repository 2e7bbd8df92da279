#!/bin/sh
# Run once by the image postgres, when its volume is new: the user and the data base of the nodes.
set -eu
psql -v ON_ERROR_STOP=1 -v password="$SLUICE_STORE_PASSWORD" --username postgres <<'SQL'
CREATE USER sluice PASSWORD :'password';
CREATE DATABASE sluice OWNER sluice;
SQL
