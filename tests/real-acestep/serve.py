"""The genuine ACE-Step 1.5 `api_server` with only the models' mathematics replaced.

HTTP, parsing, queue, job store, seeds, source loading, file saving and `/v1/audio` are the package's own. A stem
is a tone instead of music: its length is the source's, its pitch follows the seed. No weights, no GPU.

Environment: STEP_SECS, seconds that one diffusion step takes (0.05).
"""

import math
import os
import sys
import time
import types

# Read while the server is imported. Without the second its tasks fail: lego asks the language model.
os.environ.setdefault("ACESTEP_DISABLE_TQDM", "1")
os.environ.setdefault("ACESTEP_INIT_LLM", "true")
os.environ.setdefault("ACESTEP_CONFIG_PATH", "acestep-v15-base")

import torch
from acestep import api_server
from acestep.handler import AceStepHandler
from acestep.llm_inference import LLMHandler

RATE_HZ = 48_000
STEP_SECS = float(os.environ.get("STEP_SECS", "0.05"))


def load_nothing(self, *args, **kwargs):
    name = kwargs.get("config_path") or (args[1] if len(args) > 1 else "")
    self.config = types.SimpleNamespace(is_turbo="turbo" in str(name))
    self.device, self.dtype = "cpu", torch.float32
    self.model = types.SimpleNamespace()
    self.vae = types.SimpleNamespace(dtype=torch.float32)
    self.text_tokenizer = self.text_encoder = object()
    self.silence_latent = torch.zeros(1, 15_000, 64)
    self.last_init_params = {}
    return "ready", True


def tone(frames, seed):
    secs = torch.arange(frames) / RATE_HZ
    pitch_hz = 110 * 2 ** ((int(seed) % 24) / 12)
    mono = 0.3 * torch.sin(2 * math.pi * pitch_hz * secs)
    return torch.stack([mono, mono])


def play_a_tone(self, **request):
    """Stands for the diffusion; what the model was asked for is printed for whoever checks it."""
    source = request["target_wavs"]
    batch, _, frames = source.shape
    shown = {
        "frames": frames,
        "source_rms": round(float(source.pow(2).mean().sqrt()), 5),
        **{
            name: request[name]
            for name in ("infer_steps", "seed", "captions", "lyrics", "instructions", "metas",
                         "repainting_start", "repainting_end", "vocal_languages")
        },
    }
    print("asked:", shown, flush=True)
    time.sleep(STEP_SECS * request["infer_steps"])
    seeds = request["seed"] if isinstance(request["seed"], (list, tuple)) else [request["seed"]] * batch
    self.decoded = torch.stack([tone(frames, seed) for seed in seeds])
    latents = torch.zeros(batch, max(1, frames // 1920), 64)
    return {"target_latents": latents, "time_costs": {"total_time_cost": STEP_SECS}}


def say_nothing(self, *args, **kwargs):
    return {"success": True, "metadata": {}, "audio_codes": "", "error": None, "extra_outputs": {}}


def ready(self, *args, **kwargs):
    self.llm_initialized = True
    return "ready", True


def replace_the_mathematics():
    AceStepHandler.initialize_service = load_nothing
    AceStepHandler.service_generate = play_a_tone
    AceStepHandler.tiled_decode = lambda self, latents, *args, **kwargs: self.decoded
    LLMHandler.initialize = ready
    LLMHandler.generate_with_stop_condition = say_nothing
    # A card with room for everything, and no download.
    config_for = api_server.get_gpu_config
    api_server.get_gpu_config = lambda *args, **kwargs: config_for(24.0)
    api_server.is_lm_model_supported = lambda *args, **kwargs: (True, "")
    api_server._ensure_model_downloaded = lambda name, *args, **kwargs: name


if __name__ == "__main__":
    replace_the_mathematics()
    sys.argv[0] = "acestep-api"
    api_server.main()
