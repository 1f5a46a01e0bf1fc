#!/bin/bash
# Plays stems through the genuine ACE-Step api_server (its models' mathematics replaced) with the built service.
# Installs about 6 GB of Python packages on its first run. usage: run.sh [wrapper-service]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
service=${1:-$root/target/debug/wrapper-service}
work=$root/target/real-acestep
port=${PORT:-8011}
mkdir -p "$work"

if [ ! -e "$work/venv/ready" ]; then
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" install -q -r "$here/requirements.txt"
    "$work/venv/bin/pip" install -q --no-deps ace-step15-fork==20260212
    touch "$work/venv/ready"
fi

cd "$work"
"$work/venv/bin/python" "$here/serve.py" --port "$port" > server.log 2>&1 &
server=$!
trap 'kill $server' EXIT
for _ in $(seq 120); do
    curl -sf "http://127.0.0.1:$port/health" > /dev/null && break
    kill -0 $server || { tail -20 server.log; exit 1; }
    sleep 1
done

cat > service.toml <<END
engine = "acestep"
data_dir = "$work/data"
[acestep]
url = "http://127.0.0.1:$port"
END
"$service" check --config service.toml
"$work/venv/bin/python" - <<'END'
import math, numpy, soundfile
rate, secs = 44_100, 12.34
t = numpy.arange(int(rate * secs)) / rate
soundfile.write("song.wav", 0.3 * numpy.sin(2 * math.pi * 220 * t) * (t * 1.5417 % 1 < 0.3), rate)
END
rm -rf stems
"$service" render --config service.toml --engine acestep --track drums,vocals --bpm 92.5 --seed 7 -o stems/ song.wav
"$work/venv/bin/python" - <<'END'
import glob, re, soundfile
source = soundfile.info("song.wav")
stems = [soundfile.info(name) for name in sorted(glob.glob("stems/*.wav"))]
assert len(stems) == 2, stems
for stem in stems:
    assert (stem.frames, stem.samplerate) == (source.frames, source.samplerate), (stem, source)
asked = [line for line in open("server.log") if line.startswith("asked:")]
assert len(asked) == 2, asked
for line, track in zip(asked, ("DRUMS", "VOCALS")):
    assert f"Generate the {track} track based on the audio context:" in line, line
    assert float(re.search(r"'source_rms': ([0-9.]+)", line)[1]) > 0.05, line
    assert "'infer_steps': 50" in line, line
print("2 stems of exactly", source.frames, "frames; the model was given the source, the track and 50 steps")
END
