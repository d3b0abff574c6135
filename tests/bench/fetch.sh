#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Fetches what `make bench` compares with, as far as the package registries of
# this machine have it:
#
#   tests/bench/fetch.sh [FOLDER]
#
# Debian's own are installed by root (else told). The newest ripgrep goes to
# FOLDER (build/peers) alone: Debian sid's with the libraries that it wants, and
# the one that npm's @vscode/ripgrep carries; the newer of them is measured.
# What cannot be had is told, and its rows are left out.

set -eu
folder=${1:-build/peers}
mkdir -p "$folder"
folder=$(CDPATH='' cd -- "$folder" && pwd)
packages='jq lnav ripgrep syslog-ng-core valgrind'

installed()
{
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
        echo "fetch: have somebody run: apt-get install $packages"
        return 1
    fi
    apt-get -q update || true
    # shellcheck disable=SC2086 # the names hold no blanks
    DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends \
        install $packages
}

# Its own list, of the same archive as this machine's: nothing that is
# installed here changes.
from_sid()
{
    apt=$folder/apt
    # shellcheck disable=SC2016 # that word is apt's
    archive=$(apt-get indextargets --format '$(REPO_URI)' \
        'Created-By: Packages' | grep -v security | head -n 1)
    keys=/usr/share/keyrings/debian-archive-keyring.gpg
    rm -rf "$apt" "$folder/ripgrep"
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" \
        "$apt/packages"
    echo "deb [signed-by=$keys] $archive sid main" >"$apt/sources.list"
    {
        echo "Dir::Etc::sourcelist \"$apt/sources.list\";"
        echo 'Dir::Etc::sourceparts "-";'
        echo "Dir::State::lists \"$apt/lists\";"
        echo "Dir::Cache \"$apt/cache\";"
        echo 'APT::Sandbox::User "root";'
    } >"$apt/apt.conf"
    export APT_CONFIG="$apt/apt.conf"
    apt-get -q update &&
        (cd "$apt/packages" &&
            apt-get -q download ripgrep libc6 libgcc-s1 libpcre2-8-0) &&
        for package in "$apt"/packages/*.deb; do
            dpkg-deb -x "$package" "$folder/ripgrep" || return 1
        done
}

from_npm()
{
    machine=$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')
    npm install --prefix "$folder" --no-audit --no-fund \
        "@vscode/ripgrep-linux-$machine"
}

for step in installed from_sid from_npm; do
    if ($step) >"$folder/$step.log" 2>&1; then
        echo "fetch: $step: done"
    else
        echo "fetch: $step: not to be had; see $folder/$step.log"
        tail -n 2 "$folder/$step.log" | sed 's/^/    /'
    fi
done
echo "fetch: Fluent Bit is in none of these registries"
