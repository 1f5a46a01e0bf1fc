#!/bin/bash
# Builds and starts deploy/t4 with pretended neighbours, and plays through it: jobs, crashes, stops. Needs curl, jq, and
# docker with compose 2.24 (or ENGINE=podman COMPOSE=podman-compose, tried with its 1.6), and cargo for the simulators.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
engine=${ENGINE:-docker}
bin=$(realpath -m "${CARGO_TARGET_DIR:-$root/target}")/debug
work=$(mktemp -d)
url=http://127.0.0.1:${PORT:=8702}
key=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
export COMPOSE_PROJECT_NAME=sideman-trial SIDEMAN_PORT=$PORT SIDEMAN_AUTH_KEYS=trial:$key MODEL_CACHE_DIR=$work
export ACESTEP_IMAGE=sideman/simulators GPU_QUEUE_IMAGE=sideman/simulators
# Podman's own format of images has no health probes.
export BUILDAH_FORMAT=docker

compose() { ${COMPOSE:-$engine compose} -f "$root/deploy/t4/compose.yaml" -f "$here/compose.yaml" "$@"; }
api() { curl -sS --fail-with-body -H "Authorization: Bearer $key" "${@:2}" "$url$1"; }
container() {
    $engine ps -aqf "label=com.docker.compose.service=$1" -f "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME"
}
fail() { echo "FAILED: $*" >&2; compose logs >&2; exit 1; }
until_true() { # SECS WHAT COMMAND…
    for _ in $(seq $((5 * $1))); do "${@:3}" && return; sleep 0.2; done
    fail "never: $2"
}
say() { echo "== $(date +%T) $*"; }
trap 'compose down -v > /dev/null 2>&1; rm -rf "$work"' EXIT

say "the simulators"
(cd "$root" && cargo build -p sideman-plugin -p wrapper-service -p sideman-tests \
    --bin sideman-acestep-sim --bin sideman-queue-sim \
    --features sideman-plugin/standalone,sideman-plugin/assert_process_allocs)
for program in "$bin/sideman-acestep-sim" "$bin/sideman-queue-sim"; do
    cp "$program" "$work/"
    ldd "$program" | grep -o '/[^ ]*' | xargs -I{} cp -L --parents {} "$work/"
done
$engine build -q -f "$here/Containerfile" -t sideman/simulators "$work"

say "the image"
compose build wrapper-service
$engine images sideman/wrapper-service

healthy() { [ "$($engine inspect -f '{{.State.Health.Status}}' "$(container wrapper-service)")" = healthy ]; }
alive() { curl -s -o "$work/alive" "$url/livez"; }
say "up"
compose up -d
until_true 60 "the service answers" alive
until_true 60 "the probe is content" healthy
say "healthy; the doctor:"
compose exec -T wrapper-service wrapper-service check

# Eight seconds of noise: 44,100 Hz, stereo, 16 bits.
{ printf 'RIFF\xa4\x88\x15\0WAVEfmt \x10\0\0\0\x01\0\x02\0\x44\xac\0\0\x10\xb1\x02\0\x04\0\x10\0data\x80\x88\x15\0'
  head -c 1411200 /dev/urandom; } > "$work/song.wav"
source_id=$(api /v1/sources -H 'Content-Type: audio/wav' --data-binary @"$work/song.wav" | jq -r .source_id)
submit() {
    api /v1/jobs --json "{\"source_id\": \"$source_id\", \"tracks\": $1, \"bpm\": 120}" | jq -r .job_id
}
job_is() { api "/v1/jobs/$1" | jq -e "$2" > "$work/is"; }
playing() { until_true 60 "$1 plays" job_is "$1" '.state == "running" and .stage == "generating"'; }
succeeded() { # JOB STEMS
    until_true 180 "$1 ends" job_is "$1" '.finished_at'
    job_is "$1" ".state == \"succeeded\" and [.stems[].frames] == [range($2) | 352800]" || fail "$(api "/v1/jobs/$1")"
}
all_given_back() { # the last word on each of the queue's sessions
    $engine logs "$(container gpu-queue-service)" 2>&1 | grep -E ' [0-9]+ (queued|granted|completed|failed)$' |
        awk '{last[$1] = $3} END {for (s in last) {n++; if (last[s] !~ /completed|failed/) held = 1}; exit held || !n}'
}

say "a job of two stems"
first=$(submit '["vocals", "drums"]')
succeeded "$first" 2
stem=$(api "/v1/jobs/$first" | jq -r '.stems[0].url')
api "$stem" -o "$work/stem.wav"
until_true 10 "tokens given back" all_given_back

say "the engine is killed in mid-job"
job=$(submit '["drums"]'); playing "$job"
compose kill acestep && compose start acestep
succeeded "$job" 1

say "the service is killed in mid-job"
job=$(submit '["bass"]'); playing "$job"
compose kill wrapper-service && compose start wrapper-service
until_true 60 "the service is back" alive
succeeded "$job" 1
until_true 30 "tokens given back" all_given_back

say "the service is stopped in mid-job: it plays it to its end first"
job=$(submit '["drums"]'); playing "$job"
time compose stop wrapper-service
code=$($engine inspect -f '{{.State.ExitCode}}' "$(container wrapper-service)")
[ "$code" = 0 ] || fail "exit code $code"

say "down and up: what was there is there"
compose down
compose up -d
until_true 60 "the service is back" alive
job_is "$job" '.state == "succeeded" and .attempt == 1' || fail "$(api "/v1/jobs/$job")"
api "$stem" | cmp - "$work/stem.wav"
say "all well"
