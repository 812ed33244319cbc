#!/bin/bash
# SPDX-License-Identifier: MIT
# Runs the scripts of docs/how-to/many-machines.md as they stand there: Slurm's with the variables that Slurm sets, GNU parallel's
# as it is. Both give the bytes of one run; so does every row of the table of shares. SQUALL names the program.
set -eu
program=$(readlink -f "$SQUALL")
page=$SQUALL_SOURCE_DIR/docs/how-to/many-machines.md
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/bin"
ln -s "$program" "$folder/bin/squall"
export PATH=$folder/bin:$PATH
cd "$folder"

# block HEADING N: the N-th bash block below a heading.
block() {
    awk -v heading="## $1" -v wanted="$2" '
        /^## / { on = ($0 == heading) }
        on && /^```bash$/ { n++; inside = (n == wanted); next }
        /^```/ { inside = 0 }
        inside { print; found = 1 }
        END { exit !found }' "$page"
}

# check CODE WHAT: the result of the scripts just run, and their exit code, are those of the whole.
check() {
    cmp whole.json result.json
    [ "$1" = "$whole" ] || { echo "$2: exit code $1, not $whole" >&2; exit 1; }
    [ -s report.html ]
    rm -rf parts result.json report.html
    echo "$2: the same bytes"
}

whole=0
squall run quickstart --seeds 14 -p none -p recommended -q -o json=whole.json >/dev/null 2>&1 || whole=$?

block "Slurm array" 1 >shard.sh
block "Slurm array" 2 >merge.sh
grep -q '^#SBATCH --array=1-7$' shard.sh
export SLURM_ARRAY_TASK_COUNT=7 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=7 SLURM_CPUS_PER_TASK=2
for SLURM_ARRAY_TASK_ID in 1 2 3 4 5 6 7; do
    export SLURM_ARRAY_TASK_ID
    bash shard.sh >/dev/null
done
rm parts/3.json # lost, and run again by itself
SHARDS=7 SLURM_ARRAY_TASK_COUNT=1 SLURM_ARRAY_TASK_MIN=3 SLURM_ARRAY_TASK_MAX=3 SLURM_ARRAY_TASK_ID=3 bash shard.sh >/dev/null
code=0
bash merge.sh >/dev/null 2>&1 || code=$?
check "$code" "Slurm array"

# shares ROW FIRST VARIABLE...: the share that a row of the table makes of each number, VARIABLE=number or =count.
shares() {
    local row=$1 number=$2 share got=''
    share=$(awk -F '|' -v row="$row" 'index($2, row) { gsub(/^ *`|` *$/, "", $4); print $4 }' "$page")
    [ -n "$share" ] || { echo "no row for $row" >&2; exit 1; }
    for _ in 1 2 3 4 5 6 7; do
        got="$got $(env "$3=$number" "${4:-UNUSED}=7" bash -c "echo $share")"
        number=$((number + 1))
    done
    [ "$got" = " 1/7 2/7 3/7 4/7 5/7 6/7 7/7" ] || { echo "$row makes$got" >&2; exit 1; }
}
shares '--array=1-7' 1 SLURM_ARRAY_TASK_ID SLURM_ARRAY_TASK_COUNT
shares '--array=0-6' 0 SLURM_ARRAY_TASK_ID SLURM_ARRAY_TASK_COUNT
shares 'srun -n 7' 0 SLURM_PROCID SLURM_NTASKS
shares 'Open MPI' 0 OMPI_COMM_WORLD_RANK OMPI_COMM_WORLD_SIZE
shares 'MPICH' 0 PMI_RANK PMI_SIZE
shares 'Kubernetes' 0 JOB_COMPLETION_INDEX

parallel --version 2>/dev/null | grep -q "^GNU parallel" || { echo "skipped: GNU parallel is not here"; exit 77; }
code=0
bash <(block "GNU parallel" 1) >/dev/null 2>&1 || code=$?
check "$code" "GNU parallel"
