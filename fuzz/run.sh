#!/usr/bin/env bash
# Runs fuzz targets one after the other.
#   fuzz/run.sh [SECONDS [TARGET...]]     explores: so many seconds each (60)
#   fuzz/run.sh --runs N [TARGET...]      checks: the seeds and N inputs made of
#                                         them, the same ones each time (or those
#                                         of another HCERT_FUZZ_SEED)
# Exits non-zero when a target has a finding; the input is in fuzz/artifacts/.
set -euo pipefail
cd "$(dirname "$0")"

runs=""
seconds=60
case "${1:-}" in
    --runs)
        runs="${2:?fuzz/run.sh --runs needs a number}"
        shift 2
        ;;
    "") ;;
    *)
        seconds="$1"
        shift
        ;;
esac

# cargo-fuzz asks for flags that only nightly takes; a stable compiler takes
# them, too, where it is told to.
cargo=(cargo +nightly)
if ! cargo +nightly --version >/dev/null 2>&1; then
    cargo=(cargo)
    export RUSTC_BOOTSTRAP=1
fi
missing=""
cargo fuzz --version >/dev/null 2>&1 || missing="cargo-fuzz (cargo install cargo-fuzz)"
command -v c++ >/dev/null || missing="$missing a C++ compiler (apt-get install g++)"
if [ -n "$missing" ]; then
    echo "fuzzing needs $missing" >&2
    exit 1
fi

[ $# -gt 0 ] || set -- $("${cargo[@]}" fuzz list | grep -vx any)

# Checking builds one binary that holds all targets, and without a sanitizer: it
# is for memory errors, the crate has no unsafe code, and that of its
# dependencies is for exploring, which has the sanitizer.
if [ -n "$runs" ]; then
    sanitizer=none
else
    sanitizer=address
    "${cargo[@]}" fuzz build
fi
"${cargo[@]}" fuzz build --sanitizer "$sanitizer" any
any="${CARGO_TARGET_DIR:-target}/$(rustc -vV | sed -n 's/^host: //p')/release/any"
HCERT_FUZZ_TARGET=seeds "$any"

failed=""
for target in "$@"; do
    log=$(mktemp)
    list=""
    dict=()
    case "$target" in *list*) dict=(-dict="$PWD/lists.dict") ;; esac
    if [ -n "$runs" ]; then
        # Decoding a picture or making a key takes as long as a hundred others.
        case "$target" in
            image) mine=$((runs / 100)) ;;
            prepared | chain | round_trip | list_swiss) mine=$((runs / 10)) ;;
            *) mine=$runs ;;
        esac
        # Some targets have none.
        mkdir -p "corpus/$target"
        seeds=$(find "corpus/$target" -type f | wc -l)
        bound=(-seed="${HCERT_FUZZ_SEED:-1}" -runs=$((seeds + mine)))
        # What is found is not kept, and the seeds come in an order of their own,
        # not in that of the file system: the next run does the same.
        scratch=$(mktemp -d)
        corpora=("$scratch")
        if [ "$seeds" -gt 0 ]; then
            list=$(mktemp)
            find "corpus/$target" -type f | LC_ALL=C sort | paste -sd, >"$list"
            bound+=(-seed_inputs="@$list")
        fi
        echo "fuzz $target, $seeds seeds and $mine inputs"
    else
        bound=(-max_total_time="$seconds")
        corpora=()
        scratch=""
        echo "fuzz $target, $seconds s"
    fi
    flags=("${dict[@]}" "${bound[@]}" -timeout=20 -rss_limit_mb=2048 -print_final_stats=1)
    mkdir -p "artifacts/$target"
    if [ -n "$runs" ]; then
        run=(env HCERT_FUZZ_TARGET="$target" "$any" -artifact_prefix="artifacts/$target/")
    else
        run=("${cargo[@]}" fuzz run "$target")
        flags=(-- "${flags[@]}")
    fi
    if "${run[@]}" "${corpora[@]}" "${flags[@]}" >"$log" 2>&1; then
        grep -E '^stat::(number_of_executed_units|average_exec_per_sec|peak_rss_mb)' "$log"
    else
        tail -40 "$log"
        failed="$failed $target"
    fi
    rm -rf "$log" "$scratch" "$list"
done
if [ -n "$failed" ]; then
    echo "findings in:$failed" >&2
    exit 1
fi
