# shellcheck shell=bash
# Sets EXEUNT_BIN and NOTES_BIN: to what they name already, or to release builds. Read by scripts with `source`.
#
# What is shipped is put under fire, and it answers more often than a debug build.
if [[ -z ${EXEUNT_BIN:-} || -z ${NOTES_BIN:-} ]]; then
    scripts/build.sh
    flags=(-c release --product NotesExample)
    # As in build.sh, so that nothing is compiled twice.
    if [[ $(uname) == Linux ]]; then flags+=(--static-swift-stdlib); fi
    swift build "${flags[@]}" >&2
fi
export EXEUNT_BIN=${EXEUNT_BIN:-$PWD/.build/release/exeunt} NOTES_BIN=${NOTES_BIN:-$PWD/.build/release/NotesExample}
