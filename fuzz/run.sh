#!/usr/bin/env bash
# Runs fuzz targets one after the other: fuzz/run.sh [SECONDS [TARGET...]]
# Exits non-zero when one has a finding; the input is in fuzz/artifacts/.
set -euo pipefail
cd "$(dirname "$0")"

seconds="${1:-60}"
shift || true

missing=""
cargo fuzz --version >/dev/null 2>&1 || missing="cargo-fuzz (cargo install cargo-fuzz)"
cargo +nightly --version >/dev/null 2>&1 || missing="a nightly toolchain (rustup toolchain install nightly)"
command -v c++ >/dev/null || missing="a C++ compiler (apt-get install g++)"
if [ -n "$missing" ]; then
    echo "fuzzing skipped: it needs $missing"
    exit 0
fi

cargo +nightly run --quiet --example seeds
cargo +nightly fuzz build
[ $# -gt 0 ] || set -- $(cargo +nightly fuzz list)

failed=""
for target in "$@"; do
    echo "fuzz $target, $seconds s"
    log=$(mktemp)
    dict=()
    case "$target" in *list*) dict=(-dict="$PWD/lists.dict") ;; esac
    if cargo +nightly fuzz run "$target" -- "${dict[@]}" -max_total_time="$seconds" -timeout=10 \
        -rss_limit_mb=2048 -print_final_stats=1 >"$log" 2>&1; then
        grep -E '^stat::(number_of_executed_units|average_exec_per_sec|peak_rss_mb)' "$log"
    else
        tail -40 "$log"
        failed="$failed $target"
    fi
    rm -f "$log"
done
if [ -n "$failed" ]; then
    echo "findings in:$failed" >&2
    exit 1
fi
