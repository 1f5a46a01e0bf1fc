"""Jobs through a genuine ACE-Step server, in good days and bad ones. See README.md.

usage: scenes.py WRAPPER-SERVICE FOLDER [SCENE…]      ACESTEP_CHECKOUT says which release plays (see serve.py)
"""

import sys
import time

from house import House, StemsOf, check

BASE, TURBO = "acestep-v15-base", "acestep-v15-turbo"


def plays(house: House):
    """Two tracks, two versions each: exact lengths, the song, the track, 50 steps, and the seeds it was told."""
    house.server()
    house.service()
    job = house.job(tracks=["drums", "vocals"], variations=2, seed=7, bpm=92.5)
    stems = StemsOf(house, house.ended(job, "succeeded"))
    stems.fit_the_song(4)
    asked = house.asked()
    check(len(asked) == 4, asked)
    for track in ("DRUMS", "VOCALS"):
        words = f"Generate the {track} track based on the audio context:"
        check(sum(words in line for line in asked) == 2, asked)
    check(all("'infer_steps': 50" in line for line in asked), asked)
    check(all(float(line.split("'source_rms': ")[1].split(",")[0]) > 0.05 for line in asked), asked)
    if house.honours_seeds():
        check(sorted(house.seeds_asked()) == sorted(stems.seeds()), (house.seeds_asked(), stems.seeds()))
    return f"{len(asked)} stems of {stems.frames} frames, seeds {stems.seeds()}"


def server_dies(house: House):
    """kill -9 of the ACE-Step server in mid-job: the job is played again once it is back."""
    house.server(STEP_SECS="0.2")
    house.service()
    job = house.job(tracks=["drums"], seed=11)
    house.until(lambda: len(house.asked()) == 1, "the first task is played")
    time.sleep(2)
    house.kill("server")
    time.sleep(1)
    began = time.monotonic()
    house.server(STEP_SECS="0.05")
    StemsOf(house, house.ended(job, "succeeded")).fit_the_song(1)
    check(len(house.asked()) == 2, house.asked())
    return f"played twice, over {time.monotonic() - began:.1f} s after the server's return"


def service_dies(house: House):
    """kill -9 of our service in mid-job: the result is fetched, not asked for again."""
    house.server(STEP_SECS="0.12")
    house.service()
    job = house.job(tracks=["drums"], seed=12)
    house.until(lambda: len(house.asked()) == 1, "the task is played")
    time.sleep(1)
    house.kill("service")
    # It ends while nobody listens.
    time.sleep(8)
    house.service()
    StemsOf(house, house.ended(job, "succeeded")).fit_the_song(1)
    check(len(house.asked()) == 1, house.asked())
    return "asked once"


def wrong_key(house: House):
    house.server(ACESTEP_API_KEY="right")
    house.service(acestep='api_key = "wrong"')
    said = house.ended(house.job(tracks=["drums"]), "failed")["error"]["detail"]
    check("ACESTEP_API_KEY" in said and not house.asked(), said)
    house.kill("service")
    house.service(acestep='api_key = "right"')
    house.ended(house.job(tracks=["drums"]), "succeeded")
    return said


def turbo(house: House):
    """A turbo model cannot play stems: refused before anything is played."""
    house.server(ACESTEP_CONFIG_PATH=TURBO, ACESTEP_NO_INIT="false")
    house.service()
    said = house.ended(house.job(tracks=["drums"]), "failed")["error"]["detail"]
    check("base model" in said and not house.asked(), said)
    return said


def lazy_turbo(house: House):
    """The same, where the server has loaded nothing yet: it must not load seven gigabytes first."""
    house.server(ACESTEP_CONFIG_PATH=TURBO, ACESTEP_NO_INIT="true")
    if not house.tells_its_default():
        return "not for this release: it does not say what it would load"
    house.service()
    said = house.ended(house.job(tracks=["drums"]), "failed")["error"]["detail"]
    check("base model" in said and not house.asked() and not house.loads(), (said, house.loads()))
    return said


def lazy(house: House):
    """Nothing is loaded when the job comes, and the server may answer nobody while it loads."""
    house.server(ACESTEP_NO_INIT="true", LOAD_SECS="6")
    house.service()
    job = house.job(tracks=["drums"])
    StemsOf(house, house.ended(job, "succeeded")).fit_the_song(1)
    check(house.loads() == [BASE], house.loads())
    return f"stages {house.stages(job)}"


def unloads(house: House):
    """`model.unload = after_each_job`: out of memory between two jobs, where the server can do that."""
    house.server()
    house.service(model='unload = "after_each_job"')
    house.ended(house.job(tracks=["drums"]), "succeeded")
    if not house.has("/v1/unload"):
        return f"it cannot; still loaded: {house.loaded()}"
    house.until(lambda: house.loaded() == [], "the model is unloaded")
    house.ended(house.job(tracks=["bass"]), "succeeded")
    check(house.loads() == [BASE, BASE], house.loads())
    return "loaded twice for two jobs"


def unloaded_by_another(house: House):
    """Somebody calls /v1/unload under our job: it fails there, and is played again here."""
    house.server(STEP_SECS="0.1")
    if not house.has("/v1/unload"):
        return "not for this release"
    house.service()
    job = house.job(tracks=["drums"])
    house.until(lambda: len(house.asked()) == 1, "the task is played")
    house.post("/v1/unload")
    StemsOf(house, house.ended(job, "succeeded")).fit_the_song(1)
    return f"played {len(house.asked())} times"


def out_of_memory(house: House):
    house.server(STEP_SECS="0.01", FAIL_WITH="CUDA out of memory. Tried to allocate 2.00 GiB")
    house.service()
    error = house.ended(house.job(tracks=["drums"]), "failed")["error"]
    check(error["code"] == "engine_out_of_memory", error)
    return error["detail"]


SCENES = [plays, server_dies, service_dies, wrong_key, turbo, lazy_turbo, lazy, unloads, unloaded_by_another,
          out_of_memory]

if __name__ == "__main__":
    program, folder, *names = sys.argv[1:]
    failed = 0
    for scene in SCENES:
        name = scene.__name__
        if names and name not in names:
            continue
        with House(program, f"{folder}/{name}") as house:
            began = time.monotonic()
            try:
                said = scene(house)
                print(f"ok      {name}: {said}  [{time.monotonic() - began:.0f} s]", flush=True)
            except Exception as error:  # One scene's end is not the others'.
                failed += 1
                print(f"FAILED  {name}: {type(error).__name__}: {error}", flush=True)
    sys.exit(failed > 0)
