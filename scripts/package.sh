#!/usr/bin/env bash
# Makes dist/exeunt-VERSION-linux-ARCH.tar.gz and dist/exeunt_VERSION_ARCH.deb. The program in them needs only glibc and libpq.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh build package
scripts/build.sh

version=$(.build/release/exeunt --version)
architecture=$(dpkg --print-architecture)
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022

# The licences of what is linked into the program have to travel with it.
third_party_notices() {
    local file
    echo "Exeunt is built with these packages, under these licences. It contains, too, SQLite (in the public domain), hiredis"
    echo "(BSD-3-Clause, below), zlib (below) and the runtimes of Swift (Apache-2.0) and C++ (GPL-3.0), each with an exception for what is"
    echo "linked with it."
    for file in .build/checkouts/*/{LICENSE,NOTICE}* /usr/share/doc/{libhiredis-dev,zlib1g-dev}/copyright; do
        [[ -f $file ]] || continue
        printf '\n==== %s ====\n\n' "${file#.build/checkouts/}"
        cat "$file"
    done
}

# What both archives hold, laid out as in the tar.gz.
plain=$work/exeunt-$version-linux-$architecture
install -D --strip .build/release/exeunt "$plain/exeunt"
install -m 644 README.md LICENSE packaging/exeunt.yaml packaging/exeunt.service "$plain"
third_party_notices >"$plain/THIRD-PARTY-NOTICES.txt"

# The same, laid out for Debian.
root=$work/deb
share=$root/usr/share
install -D "$plain/exeunt" "$root/usr/bin/exeunt"
install -D -m 644 "$plain/exeunt.service" "$root/lib/systemd/system/exeunt.service"
install -D -m 644 "$plain/exeunt.yaml" "$root/etc/exeunt/exeunt.yaml"
install -D -m 644 -t "$share/doc/exeunt" "$plain/README.md" "$plain/THIRD-PARTY-NOTICES.txt"
install -D -m 644 LICENSE "$share/doc/exeunt/copyright"
install -d "$share/bash-completion/completions" "$share/zsh/vendor-completions" "$share/fish/vendor_completions.d"
"$plain/exeunt" --generate-completion-script bash >"$share/bash-completion/completions/exeunt"
"$plain/exeunt" --generate-completion-script zsh >"$share/zsh/vendor-completions/_exeunt"
"$plain/exeunt" --generate-completion-script fish >"$share/fish/vendor_completions.d/exeunt.fish"
install -D -m 755 -t "$root/DEBIAN" packaging/debian/*
echo /etc/exeunt/exeunt.yaml >"$root/DEBIAN/conffiles"
(cd "$root" && find etc lib usr -type f -print0 | sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"

mkdir "$work/debian" && touch "$work/debian/control" # dpkg-shlibdeps wants to stand in a source package.
libraries=$(cd "$work" && dpkg-shlibdeps -O "$root/usr/bin/exeunt" | sed 's/^shlibs:Depends=//')
cat >"$root/DEBIAN/control" <<END
Package: exeunt
Version: $version
Architecture: $architecture
Maintainer: The Exeunt maintainers <maintainers@exeunt.invalid>
Installed-Size: $(du --summarize --block-size=1K "$root" | cut -f 1)
Depends: $libraries, adduser
Section: httpd
Priority: optional
Description: session authority whose sign-outs are real
 Exeunt keeps the sessions of your apps' users, with their refresh and
 remember-me tokens, and ends them: on this device, on the others, everywhere.
 What has ended is refused from then on, a copied token as well as a cookie.
END

rm -rf dist
mkdir dist
tar --create --gzip --file "dist/${plain##*/}.tar.gz" --directory "$work" --sort=name --owner=0 --group=0 \
    --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" "${plain##*/}"
dpkg-deb --root-owner-group -Zxz --build "$root" "dist/exeunt_${version}_$architecture.deb" >/dev/null
(cd dist && sha256sum -- * >SHA256SUMS)
ls -lh dist
