"""What a scene is played with: one genuine ACE-Step server, one wrapper-service, and a song."""

import ast
import json
import math
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import numpy
import soundfile

HERE = pathlib.Path(__file__).parent
UP_SECS, ENDED_SECS, SOON_SECS = 300, 300, 120
SONG_RATE_HZ, SONG_SECS = 44_100, 61.7


def check(holds, what):
    if not holds:
        raise AssertionError(what)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class House:
    def __init__(self, program, folder):
        self.program, self.folder = program, pathlib.Path(folder)
        shutil.rmtree(folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.ports = {"server": free_port(), "service": free_port()}
        self.running, self.seen_stages = {}, {}
        t = numpy.arange(int(SONG_RATE_HZ * SONG_SECS)) / SONG_RATE_HZ
        beats = numpy.sin(2 * math.pi * 220 * t) * (t * 1.5417 % 1 < 0.3)
        soundfile.write(self.folder / "song.wav", 0.3 * beats, SONG_RATE_HZ)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for name in list(self.running):
            self.kill(name)

    def kill(self, name):
        process = self.running.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def start(self, name, command, ready, env=None):
        log = open(self.folder / f"{name}.log", "ab")
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder, env=os.environ | (env or {}))
        self.running[name] = process
        deadline = time.monotonic() + UP_SECS
        while True:
            check(process.poll() is None, f"the {name} ended: {self.log(name)[-800:]}")
            check(time.monotonic() < deadline, f"the {name} does not come up")
            try:
                return self.call(name, ready)
            except OSError:
                time.sleep(0.2)

    def server(self, **env):
        """Its own state lies in this scene's folder, whatever release it is."""
        env = {"ACESTEP_TMPDIR": str(self.folder / "tmp")} | env
        command = [sys.executable, str(HERE / "serve.py"), "--port", str(self.ports["server"])]
        self.start("server", command, "/health", env)

    def service(self, acestep="", model=""):
        config = self.folder / "service.toml"
        config.write_text(
            f'engine = "acestep"\ndata_dir = "{self.folder}/data"\n'
            f'listen = ["127.0.0.1:{self.ports["service"]}"]\n'
            f'[acestep]\nurl = "http://127.0.0.1:{self.ports["server"]}"\n{acestep}\n'
            + (f"[model]\n{model}\n" if model else "")
        )
        self.start("service", [self.program, "serve", "--config", str(config)], "/livez")

    def call(self, name, path, body=None, kind="application/json"):
        request = urllib.request.Request(f"http://127.0.0.1:{self.ports[name]}{path}", body, {"Content-Type": kind})
        with urllib.request.urlopen(request, timeout=20) as answer:
            said = answer.read()
        return json.loads(said) if said[:1] in (b"{", b"[") else said

    def post(self, path):
        return self.call("server", path, b"")

    def has(self, path):
        try:
            self.call("server", path)
        except urllib.error.HTTPError as error:
            return error.code == 405
        return True

    def loaded(self):
        said = self.call("server", "/v1/models")
        models = said.get("data") or []
        models = models.get("models") if isinstance(models, dict) else models
        return [(m.get("id") or m["name"]).rsplit("/")[-1] for m in models if m.get("is_loaded", True)]

    def tells_its_default(self):
        try:
            return bool(self.call("server", "/v1/model_inventory")["data"]["default_model"])
        except urllib.error.HTTPError:
            return False

    def honours_seeds(self):
        """The first release draws its own."""
        return "ACESTEP_CHECKOUT" in os.environ

    def log(self, name):
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def asked(self):
        return [line for line in self.log("server").splitlines() if line.startswith("asked:")]

    def seeds_asked(self):
        return [ast.literal_eval(re.search(r"'seed': (\[.*?\])", line)[1])[0] for line in self.asked()]

    def loads(self):
        return re.findall(r"^loading: (.*)$", self.log("server"), re.M)

    def job(self, **request):
        song = (self.folder / "song.wav").read_bytes()
        source = self.call("service", "/v1/sources", song, "audio/wav")
        body = json.dumps({"source_id": source["source_id"]} | request).encode()
        return self.call("service", "/v1/jobs", body)["job_id"]

    def until(self, holds, what):
        deadline = time.monotonic() + SOON_SECS
        while not holds():
            check(time.monotonic() < deadline, f"{what}: not within {SOON_SECS} s")
            time.sleep(0.1)

    def ended(self, job_id, state):
        deadline = time.monotonic() + ENDED_SECS
        while True:
            job = self.call("service", f"/v1/jobs/{job_id}")
            stages = self.seen_stages.setdefault(job_id, [])
            if job.get("stage") and job["stage"] not in stages[-1:]:
                stages.append(job["stage"])
            if job["state"] in ("succeeded", "failed", "cancelled"):
                check(job["state"] == state, job)
                return job
            check(time.monotonic() < deadline, f"not ended within {ENDED_SECS} s: {job}")
            time.sleep(0.2)

    def stages(self, job_id):
        return self.seen_stages[job_id]


class StemsOf:
    def __init__(self, house, job):
        self.house, self.job = house, job
        self.frames = soundfile.info(house.folder / "song.wav").frames

    def fit_the_song(self, how_many):
        stems = self.job["stems"]
        check(len(stems) == how_many, stems)
        for stem in stems:
            path = self.house.folder / f"{stem['stem_id']}.wav"
            path.write_bytes(self.house.call("service", f"/v1/stems/{stem['stem_id']}"))
            info = soundfile.info(path)
            check((info.frames, info.samplerate) == (self.frames, SONG_RATE_HZ), info)

    def seeds(self):
        return [stem["seed"] for stem in self.job["stems"]]
