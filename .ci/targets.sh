#!/usr/bin/env bash
# Builds for machines without an operating system.
#
#   targets.sh cargo TARGET ARGUMENT...   cargo, for that target
#   targets.sh small [FEATURES]           runs small/ on a Cortex-M4 under QEMU
#
# Where rustup can install the target that is all. Where it can't, Debian's
# compiler for web engines comes with the library's source: it is unpacked into
# a folder outside of the repository, and nothing is installed.
set -euo pipefail

folder="${HCERT_RUSTC_WEB:-${XDG_CACHE_HOME:-$HOME/.cache}/hcert-rustc-web}"

has_target() {
    command -v rustup >/dev/null || return 1
    rustup target list --installed | grep -qx "$1" && return
    rustup target add "$1" >/dev/null 2>&1
}

# The packages depend on versioned ones: those are asked for by what names them.
depends() { apt-cache depends "$1" | grep -oE "$2" | sort -V | tail -1; }

unpack() {
    [ -e "$folder/done" ] && return
    mkdir -p "$folder/packages"
    # Mirrors fail now and then.
    apt-get update -q >&2 || apt-get update -q >&2
    local std llvm
    std=$(depends libstd-rust-web-dev 'libstd-rust-web-[0-9][0-9.]*')
    llvm=$(depends "$std" 'libllvm[0-9]+')
    (cd "$folder/packages" &&
        for _ in 1 2 3; do
            apt-get download -q rustc-web libstd-rust-web-dev rust-web-src "$std" "$llvm" >&2 && break
        done)
    for package in "$folder"/packages/*.deb; do
        dpkg -x "$package" "$folder"
    done
    touch "$folder/done"
}

run_cargo() {
    local target="$1" command="$2"
    shift 2
    if has_target "$target"; then
        cargo "$command" --target "$target" "$@"
        return
    fi
    unpack
    local host linker library
    host=$(rustc -vV | sed -n 's/^host: //p')
    linker="$(rustc --print sysroot)/lib/rustlib/$host/bin/rust-lld"
    case "$target" in
        wasm32-*) library=std,panic_abort ;;
        *) library=core,alloc ;;
    esac
    export RUSTC="$folder/usr/bin/rustc" RUSTC_BOOTSTRAP=1
    LD_LIBRARY_PATH="$folder/usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || echo x86_64-linux-gnu):$folder/usr/lib" \
        env "CARGO_TARGET_$(tr a-z- A-Z_ <<<"$target")_LINKER=$linker" \
        cargo "$command" --target "$target" "-Zbuild-std=$library" "$@"
}

run_small() {
    local small
    small="$(cd "$(dirname "$0")/../small" && pwd)"
    command -v qemu-system-arm >/dev/null || {
        apt-get update -q >&2 && apt-get install -qy --no-install-recommends qemu-system-arm >&2
    }
    cd "$small"
    export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$small/target}"
    run_cargo thumbv7em-none-eabi build --locked --release --features "${1:-}"
    timeout 300 qemu-system-arm -machine mps2-an386 -nographic -monitor none -serial none \
        -semihosting-config enable=on,target=native -icount shift=0 \
        -kernel "$CARGO_TARGET_DIR/thumbv7em-none-eabi/release/hcert-small"
}

case "${1:-}" in
    cargo) shift && run_cargo "$@" ;;
    small) shift && run_small "$@" ;;
    *) sed -n '2,10s/^# \{0,1\}//p' "$0" >&2 && exit 2 ;;
esac
