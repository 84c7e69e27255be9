#!/usr/bin/env bash
# `make apt-repo KEY=fleet@example.net`: adds dist/*.deb to dist/apt, an apt repository signed by that key of your gpg.
# What dist/apt is served by is any web server. `deploy/bootstrap.sh apt` installs what this needs.
#
#   APT_REPO=FOLDER     another folder than dist/apt
#   APT_PACKAGES=FOLDER where the packages are, in place of dist
#   APT_KEEP=N          versions that are kept, of each architecture (5): a box goes back to one of them
set -euo pipefail
cd "$(dirname "$0")/../.."
key=${1:?a key of gpg that signs: make apt-repo KEY=fleet@example.net}
repo=${APT_REPO:-dist/apt} packages=${APT_PACKAGES:-dist} keep=${APT_KEEP:-5}
shopt -s nullglob

mkdir -p "$repo/pool"
for package in "$packages"/callbox_*.deb; do
    name=$(basename "$package")
    # A version that boxes may have must stay what it is.
    if [ -e "$repo/pool/$name" ] && ! cmp -s "$package" "$repo/pool/$name"; then
        echo "callbox: $name is in the repository with another content; build it with another DEB_VERSION" >&2 && exit 1
    fi
    cp "$package" "$repo/pool/.$name.new"
    mv "$repo/pool/.$name.new" "$repo/pool/$name"
done

# The oldest go. Versions are ordered as dpkg does, which no sort knows.
for arch in amd64 arm64; do
    files=("$repo"/pool/callbox_*_"$arch.deb")
    while [ ${#files[@]} -gt "$keep" ]; do
        oldest=0
        for number in "${!files[@]}"; do
            if dpkg --compare-versions "$(dpkg-deb -f "${files[number]}" Version)" lt \
                "$(dpkg-deb -f "${files[oldest]}" Version)"; then
                oldest=$number
            fi
        done
        rm "${files[oldest]}"
        unset "files[oldest]"
        files=("${files[@]}")
    done
done
[ -n "$(echo "$repo"/pool/*.deb)" ] || { echo "callbox: there is no package in $packages: make deb" >&2 && exit 1; }

# Made beside, and put in its place when it is whole: a box that looks meanwhile finds the old one.
fresh=$(mktemp -d "$repo/.dists.XXXXXX")
trap 'rm -rf "$fresh"' EXIT
chmod 755 "$fresh"
(
    cd "$repo"
    for arch in amd64 arm64; do
        list=$(basename "$fresh")/stable/main/binary-$arch
        mkdir -p "$list"
        apt-ftparchive --arch "$arch" packages pool >"$list/Packages"
        gzip -9nk "$list/Packages"
    done
    cd "$(basename "$fresh")/stable"
    apt-ftparchive -o APT::FTPArchive::Release::Origin=Callbox -o APT::FTPArchive::Release::Suite=stable \
        -o APT::FTPArchive::Release::Codename=stable -o APT::FTPArchive::Release::Architectures="amd64 arm64" \
        -o APT::FTPArchive::Release::Components=main -o APT::FTPArchive::Release::Acquire-By-Hash=no release . >../Release
    mv ../Release Release
    gpg --batch --yes --local-user "$key" --digest-algo SHA512 --clearsign --output InRelease Release
)
gpg --batch --yes --armor --export "$key" >"$repo/callbox.asc"
rm -rf "$repo/dists"
mv "$fresh" "$repo/dists"
echo "$repo: $(ls "$repo/pool" | wc -l) packages, signed by $(gpg --batch --with-colons --list-keys "$key" | sed -n 's/^fpr:*\([0-9A-F]*\):$/\1/p' | head -n 1)"
