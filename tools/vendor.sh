#!/bin/sh
# Re-create static/vendor/ and static/icons.svg from npm packages pinned by sha512 in static/vendor/npm.lock.
# Only whoever changes a version runs this; the result is committed, so users never need npm.
set -eu
cd "$(dirname "$0")/.."
vendor="$PWD/static/vendor"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

while read -r package checksum; do
    archive=$(cd "$work" && npm pack --silent "$package")
    got="sha512-$(openssl dgst -sha512 -binary "$work/$archive" | base64 | tr -d '\n')"
    if [ "$got" != "$checksum" ]; then
        echo "$package: checksum differs from npm.lock" >&2
        exit 1
    fi
    name=${package%@*}
    name=${name##*/}
    mkdir -p "$work/$name"
    tar -xzf "$work/$archive" -C "$work/$name" --strip-components=1
    test "$name" != tinos || continue # fonts of printed papers, see below
    mkdir -p "$vendor/$name"
    cp "$work/$name/LICENSE" "$vendor/$name/LICENSE"
done <"$vendor/npm.lock"

# Menus and tabs of ours are plain HTML, so Bootstrap's JavaScript is not shipped. Source map lines name files that are not shipped: the hashing storage would refuse them.
sed '/sourceMappingURL/d' "$work/bootstrap/dist/css/bootstrap.min.css" >"$vendor/bootstrap/bootstrap.min.css"
for subset in latin vietnamese; do
    for weight in 400 500 600 700; do
        cp "$work/be-vietnam-pro/files/be-vietnam-pro-$subset-$weight-normal.woff2" "$vendor/be-vietnam-pro/"
    done
done
# Tinos stands beside the layout of PDFs and is never served.
fonts="$PWD/portal/lib/documents/fonts"
cp "$work/tinos/LICENSE_FONT" "$fonts/LICENSE"
for face in 400Regular:Regular 700Bold:Bold 400Regular_Italic:Italic 700Bold_Italic:BoldItalic; do
    cp "$work/tinos/${face%:*}/Tinos_${face%:*}.ttf" "$fonts/Tinos-${face#*:}.ttf"
done
python3 tools/build_sprite.py "$work/bootstrap-icons/icons" "$vendor/icons.txt" static/icons.svg

cd "$vendor"
find . ../icons.svg ../../portal/lib/documents/fonts -type f ! -name SHA256SUMS | LC_ALL=C sort | xargs sha256sum >SHA256SUMS
