#!/bin/bash
# SPDX-License-Identifier: MIT
# What the shell can take away from the program: file sizes, descriptors, the reader of its output, its
# time. Each time it ends by itself with a documented code, says why, and leaves whole files only.
set -u
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
mkdir work
failed=0

complain() {
    echo "FAILED: $1"
    head -5 out err
    failed=1
}

# ended WHAT CODE ALLOWED...: the code is one of those, a failure has a message, no temporary file is left.
# 127: the loader of shared libraries gave up before the program began.
ended() {
    local what=$1 code=$2
    shift 2
    [ "$code" != 127 ] || return 0
    case " $* " in *" $code "*) ;; *) complain "$what: exit code $code, not one of: $*" ;; esac
    [ "$code" = 0 ] || [ -s err ] || complain "$what: exit code $code without a word"
    [ -z "$(find work -name '.squall-*')" ] || complain "$what: a temporary file is left"
    rm -f work/.squall-*
}

# No file may grow beyond some KiB: the new report does not fit, the old one stays.
echo old >work/r.json
for kib in 1 4 8; do
    (ulimit -f $kib; "$SQUALL" run quickstart -q -o work/r.json -o work/r.html) >out 2>err
    ended "ulimit -f $kib" $? 4
    grep -q 'file too large' err || complain "ulimit -f $kib: no reason"
    [ "$(cat work/r.json)" = old ] || complain "ulimit -f $kib: the old report is gone"
    [ ! -e work/r.html ] || complain "ulimit -f $kib: half a page"
done

# Few descriptors: what cannot be opened ends the run, whichever it is, and is no fault of the provider.
for n_files in 8 9 10 11 12 13 14 15 16 20; do
    (ulimit -n $n_files; "$SQUALL" run quickstart --mode live --speed 100 -q -o work/r.json) >out 2>err
    ended "ulimit -n $n_files" $? 4 5
    grep -qE 'shared libraries|too many open files|cannot (start|create)' err || complain "ulimit -n $n_files: no reason"
done
for n_files in 4 5 6 8; do
    (ulimit -n $n_files; "$SQUALL" run quickstart -q -o work/r.html) >out 2>err
    ended "virtual, ulimit -n $n_files" $? 0 1 4
done

# Little address space: whatever is refused then is said. Not under ASan, which takes terabytes.
if [ -z "${SQ_SANITIZED:-}" ]; then
    for mib in 16 24 32 48 64; do
        (ulimit -v $((mib * 1024)); "$SQUALL" run quickstart -q --seeds 20 --jobs 2 -o work/r.json) >out 2>err
        ended "ulimit -v $mib MiB" $? 0 1 4
    done
fi

# The reader of standard output leaves.
{ { sleep 0.3; "$SQUALL" run quickstart -v 2>err; echo $? >code; } | true; } >out
ended "a reader who left" "$(cat code)" 4
grep -q 'standard output' err || complain "a reader who left: no reason"
(sleep 0.3; "$SQUALL" run no-such-scenario 2>&1 >/dev/null; echo $? >code) | true
[ "$(cat code)" = 3 ] || complain "a reader of messages who left: exit code $(cat code)"

# A signal ends a virtual run with what there is; the file that was there before is replaced as a whole.
for pair in INT:130 TERM:143; do
    echo old >work/r.json
    "$SQUALL" run quickstart --seeds 100000 -o work/r.json >out 2>err &
    program=$!
    sleep 1
    kill "-${pair%%:*}" $program
    wait $program
    ended "SIG${pair%%:*}, virtual" $? "${pair##*:}"
    grep -q '"interrupted": true' work/r.json || complain "SIG${pair%%:*}, virtual: the result does not tell"
done

exit $failed
