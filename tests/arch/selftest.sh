#!/bin/bash
# SPDX-License-Identifier: MIT
# Self-tests of the gates: each must pass a small good tree and refuse each bad one, for the reason
# that it names. selftest.sh GATE
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
gate="${1:?usage: selftest.sh GATE}"
licence='/* SPDX-License-Identifier: MIT */'

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
tree="$work/tree"
n_failed=0

# fresh: a new tree with one good module; put FILE: standard input becomes FILE.
put() {
    mkdir -p "$(dirname "$tree/$1")"
    cat >"$tree/$1"
}
fresh() {
    rm -rf "$tree"
    mkdir -p "$tree"
    printf '%s\n' "$licence" '/* A header. */' '#ifndef SQ_BASE_GOOD_H' '#define SQ_BASE_GOOD_H' '' \
        '#include <stdint.h>' '' 'int64_t sq_good_twice(int64_t value);' '' '#endif' | put base/good.h
    printf '%s\n' "$licence" '/* A source: no sprintf(, no TO-DO. */' '#include "base/good.h"' '' \
        'int64_t sq_good_twice(int64_t value)' '{' '    return value + value;' '}' | put base/good.c
    cp "$here/../../.clang-format" "$here/../../.clang-tidy" "$tree"
}

run_gate() {
    case "$gate" in
    purity | globals) bash "$here/over_objects.sh" "$gate" "$work/objects" ;;
    tidy) bash "$here/tidy.sh" "$tree" "$work/build" ;;
    *) bash "$here/$gate.sh" "$tree" ;;
    esac
}

# compile FILE...: to objects where CMake puts them, with a list of them and compile_commands.json.
compile() {
    local file folder object
    mkdir -p "$work/build"
    : >"$work/objects"
    echo '[' >"$work/build/compile_commands.json"
    for file in "$@"; do
        folder="${file%%/*}"
        object="$work/build/$folder/CMakeFiles/sq_$folder.dir/./${file#*/}.o"
        mkdir -p "$(dirname "$object")"
        (cd "$tree" && "${CC:-cc}" -std=c11 -O2 -fPIE -I. -c "$file" -o "$object")
        echo "$object" >>"$work/objects"
        printf '%s{\n  "directory": "%s",\n  "command": "cc -std=c11 -I%s -c %s/%s",\n  "file": "%s/%s"\n}\n' \
            "$([ "$file" = "$1" ] || echo ,)" "$work/build" "$tree" "$tree" "$file" "$tree" "$file" \
            >>"$work/build/compile_commands.json"
    done
    echo ']' >>"$work/build/compile_commands.json"
}

accepts() { # accepts WHAT
    local code=0
    run_gate >"$work/out" 2>&1 || code=$?
    [ "$code" -ne 77 ] || exit 77
    if [ "$code" -ne 0 ]; then
        echo "$gate refuses $1:"
        cat "$work/out"
        n_failed=$((n_failed + 1))
    fi
}

refuses() { # refuses WHAT REASON (a part of the gate's output)
    local code=0
    run_gate >"$work/out" 2>&1 || code=$?
    [ "$code" -ne 77 ] || exit 77
    if [ "$code" -eq 0 ] || ! grep -qF -- "$2" "$work/out"; then
        echo "$gate does not refuse $1 with '$2' (exit code $code):"
        cat "$work/out"
        n_failed=$((n_failed + 1))
    fi
    fresh
}

lines() { # lines N TEXT
    awk -v n="$1" -v text="$2" 'BEGIN { for (i = 0; i < n; i++) print text }'
}

test_include() {
    echo '#include "host/clock.h"' | put host/clock.h
    echo '#include "base/good.h"' | put policies/words.h
    echo '#include "base/good.h"' | put policies/engine.h
    echo '#include "policies/words.h"' | put wire/contract.c
    echo '#include "host/clock.h"' | put mockprovider/http.c
    printf '#include <microhttpd.h>\n#include "base/good.h"\n' >>"$tree/mockprovider/http.c"
    accepts "what the table allows"
    fresh
    echo '#include "base/good.h"' | put host/clock.h
    echo '#include "host/clock.h"' | put policies/retry.c
    refuses "the outside world in a policy" "policies/retry.c:1: host/clock.h may not be included"
    echo '#include "base/good.h"' | put policies/engine.h
    echo '#include "policies/engine.h"' | put wire/contract.c
    refuses "the engine in wire/" "wire/contract.c:1: policies/engine.h may not"
    echo '#include <curl/curl.h>' | put sim/run.c
    refuses "a foreign header elsewhere" "<curl/curl.h> may not be included here"
    echo '#include <time.h>' | put base/queue.c
    refuses "a clock in base/" "<time.h> may not be included here"
    echo '#include "base/good.h"' | put policies/call_int.h
    echo '#include "policies/call_int.h"' | put sim/run.c
    refuses "an internal header outside" "policies/call_int.h stays inside policies/"
    echo '#include "base/good.h"' | put sim/meter/part_int.h
    echo '#include "sim/meter/part_int.h"' | put sim/run.c
    refuses "an internal header of a folder below" "sim/meter/part_int.h stays inside sim/meter/"
    echo '#include "good.h"' | put base/queue.c
    refuses "an include without its folder" 'is not "folder/file.h"'
    echo '#include "base/none.h"' | put base/queue.c
    refuses "a header that does not exist" 'is not "folder/file.h"'
    printf '#include <stdint.h>\n#include "base/good.h"\n' | put base/good.c
    refuses "the own header second" "its own header base/good.h comes first"
}

test_words() {
    accepts "the words in comments"
    fresh
    printf '%s\n' 'const char *text = "a \" sprintf(x) /* ";' 'int rand; int my_time(void); static_assert(1, ""); sq_assert(x);' \
        '/* free(' 'malloc( */ int after; // rand()' 'goto out;' | put base/text.c
    accepts "the words in strings, comments and longer names"
    fresh
    echo 'int x = 1; /* a */ sprintf(x);' | put base/text.c
    refuses "sprintf" "base/text.c:1: int x = 1; /* a */ sprintf(x);"
    echo '    vsnprintf(a, b, c, d);' | put host/file.c
    refuses "vsnprintf outside base/strbuf.c" "sq_strbuf_add"
    echo '    vsnprintf(a, b, c, d);' | put base/strbuf.c
    accepts "vsnprintf inside base/strbuf.c"
    fresh
    local word
    for word in 'strcpy(' 'strcat(' 'strtok(' 'atoi(' 'sscanf(' 'strtol(' 'strtoull(' 'rand(' \
        'time(' 'malloc(' 'free(' 'printf(' 'sleep(' 'double ' 'gets(' 'exit(' 'assert('; do
        echo "    x = ${word}y);" | put policies/text.c
        refuses "$word" "policies/text.c:1"
    done
    echo '/* TODO: more */' | put base/text.c
    refuses "a to-do in a comment" "do it, or leave it out"
    echo '    goto again;' | put base/text.c
    refuses "a label other than out" "one label, out:"
}

test_sizes() {
    { printf 'int f(void)\n{\n'; lines 65 '    g();'; printf '}\n'; } | put base/a.c
    lines 499 'int x;' | put base/b.h
    lines 799 'int x;' | put tests/unit/test_c.c
    accepts "sizes just under the limits"
    fresh
    { printf 'int f(int a,\n      int b)\n{\n'; lines 66 '    g();'; printf '}\n'; } | put base/a.c
    refuses "a function of 70 lines" "base/a.c:1: f has 70 lines"
    lines 500 'int x;' | put base/b.h
    refuses "a file of 500 lines" "base/b.h: 500 lines"
    lines 800 'int x;' | put tests/unit/test_c.c
    refuses "a test of 800 lines" "tests/unit/test_c.c: 800 lines"
    local i
    for i in $(seq 24); do echo 'int x;' | put "base/m$i.c"; done
    refuses "a folder of 25 modules" "base/: 25 modules"
    { for i in $(seq 40); do printf 'int f%s(void)\n{\n' "$i"; lines 10 '    g();'; printf '}\n\n'; done; } |
        put base/a.c
    refuses "functions that are long in general" "median function has over 12"
    echo 'int x;' | put base/utils.c
    refuses "utils" "name it for what it does"
}

test_spdx() {
    accepts "good files"
    fresh
    echo '#include "base/good.h"' | put base/bad.c
    refuses "a source without the line" "base/bad.c:1"
    printf '%s\n#include "base/good.h"\n' "$licence" | put base/bad.c
    refuses "a source without a comment" "base/bad.c:2"
    printf '#!/bin/sh\necho\n' | put scripts/bad.sh
    refuses "a script without the line" "scripts/bad.sh:2"
    : | put base/empty.c
    refuses "an empty file" "base/empty.c:1"
}

test_format() {
    accepts "good files"
    fresh
    echo 'int  x ;' | put base/bad.c
    refuses "odd spaces" "base/bad.c:1"
}

test_headers() {
    accepts "a good header"
    fresh
    echo 'sq_time now;' | put base/bad.h
    refuses "a header that needs another" "base/bad.h: does not stand alone"
    echo 'struct sq_twice { int x; };' | put base/bad.h
    refuses "a header without a guard" "base/bad.h: does not stand alone"
}

test_purity() {
    printf '#include <string.h>\n__extension__ typedef unsigned __int128 wide;\n' | put policies/good.c
    printf 'size_t f(const char *t) { return strlen(t); }\nwide g(wide a, wide b) { return a / b; }\n' \
        >>"$tree/policies/good.c"
    printf 'void *sq_memory_new(void);\nvoid *f(void) { return sq_memory_new(); }\n' | put base/arena.c
    printf 'int puts(const char *);\nint f(void) { return puts(""); }\n' | put base/assert.c
    cp "$tree/base/assert.c" "$tree/base/strbuf.c"
    mkdir -p "$tree/mockprovider" && cp "$tree/base/assert.c" "$tree/mockprovider/http.c"
    compile policies/good.c base/arena.c base/assert.c base/strbuf.c mockprovider/http.c
    accepts "what the table allows"
    fresh
    printf 'long time(long *);\nlong f(void) { return time(0); }\n' | put policies/bad.c
    compile policies/bad.c
    refuses "a clock" "policies/bad.c: asks for time"
    printf 'void *malloc(unsigned long);\nvoid *f(void) { return malloc(9); }\n' | put base/bad.c
    compile base/bad.c
    refuses "the heap" "base/bad.c: asks for malloc"
    printf 'double log(double);\ndouble f(double x) { return log(x); }\n' | put mockprovider/plan.c
    compile mockprovider/plan.c
    refuses "libm" "mockprovider/plan.c: asks for log"
    printf 'void *sq_memory_new(void);\nvoid *f(void) { return sq_memory_new(); }\n' | put policies/bad.c
    compile policies/bad.c
    refuses "the seam to the heap in a policy" "policies/bad.c: allocates (sq_memory_new)"
    echo "$work/build/base/CMakeFiles/sq_base.dir/gone.c.o" >"$work/objects"
    refuses "an object that was not built" "not built"
    echo "$work/somewhere/gone.o" >"$work/objects"
    refuses "a path that it cannot read" "cannot read some of these paths"
}

test_globals() {
    printf '%s\n' 'int f(void);' 'static const char *const names[] = {"a", "b"};' \
        'const int table[] = {1, 2};' 'const char *name(int i);' \
        'const char *name(int i) { return names[i]; }' 'extern int elsewhere;' | put base/good.c
    printf 'int counter;\nint f(void) { return ++counter; }\n' | put cli/main.c
    printf '_Thread_local int context;\n' | put base/assert.c
    compile base/good.c cli/main.c base/assert.c
    accepts "constant tables, cli/ and the crash context"
    fresh
    local line
    for line in 'int n_calls = 3;' 'int n_calls;' '_Thread_local int n_calls;' \
        'int f(void) { static int n_calls; return ++n_calls; }' \
        'const char *n_calls[] = {"a"};'; do
        echo "$line" | put sim/bad.c
        compile sim/bad.c
        refuses "$line" "sim/bad.c: n_calls"
    done
}

test_tidy() {
    compile base/good.c
    accepts "good files"
    echo "not compiled" | put base/later.c
    accepts "good files that it knows, beside one that is not built"
    fresh
    printf 'int f(int *p);\nint f(int *p)\n{\n    if (p == 0) {\n        return *p;\n    }\n    return 0;\n}\n' |
        put base/bad.c
    compile base/bad.c
    refuses "a null pointer" "clang-analyzer-core.NullDereference"
    printf 'int f(int a);\nint f(int a)\n{\n    if (a)\n        return 1;\n    return 0;\n}\n' | put base/bad.c
    compile base/bad.c
    refuses "missing braces" "readability-braces-around-statements"
    printf 'int f(int a, int b, int c, int d, int e, int g, int h);\n' | put base/bad.h
    printf '#include "base/bad.h"\nint f(int a, int b, int c, int d, int e, int g, int h)\n{\n' | put base/bad.c
    printf '    return a + b + c + d + e + g + h;\n}\n' >>"$tree/base/bad.c"
    compile base/bad.c
    refuses "seven parameters" "readability-function-size"
}

fresh
if [ "$(type -t "test_$gate")" != function ]; then
    echo "selftest: no gate '$gate'" >&2
    exit 2
fi
"test_$gate"
echo "$gate: $n_failed self-tests failed"
[ "$n_failed" -eq 0 ]
