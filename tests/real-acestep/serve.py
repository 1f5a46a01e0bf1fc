"""A genuine ACE-Step 1.5 `api_server` with only the models' mathematics replaced.

HTTP, parsing, queue, job store, seeds, source loading, file saving and `/v1/audio` are the server's own. A stem
is a tone instead of music: its length is the source's, its pitch follows the seed. No weights, no GPU.

Environment, beside the server's own:
  ACESTEP_CHECKOUT  the folder that holds `acestep/` of the release to run; without it the installed package
  STEP_SECS         seconds that one diffusion step takes (0.05)
  LOAD_SECS         seconds that loading a model takes (0)
  FAIL_WITH         every task fails in the diffusion with these words
"""

import importlib
import math
import os
import sys
import time
import types

# Read while the server is imported.
os.environ.setdefault("ACESTEP_DISABLE_TQDM", "1")
os.environ.setdefault("ACESTEP_CONFIG_PATH", "acestep-v15-base")
checkout = os.environ.get("ACESTEP_CHECKOUT")
if checkout:
    sys.path.insert(0, checkout)
# The package's release fails lego tasks without a language model; later ones must do without, as ours are told to.
os.environ.setdefault("ACESTEP_INIT_LLM", "false" if checkout else "true")

import torch

RATE_HZ = 48_000
STEP_SECS = float(os.environ.get("STEP_SECS", "0.05"))
LOAD_SECS = float(os.environ.get("LOAD_SECS", "0"))
INIT_NAMES = ("project_root", "config_path", "device", "use_flash_attention", "compile_model", "offload_to_cpu",
              "offload_dit_to_cpu", "quantization", "prefer_source", "use_mlx_dit")


def load_nothing(self, *args, **kwargs):
    asked = dict(zip(INIT_NAMES, args)) | kwargs
    name = str(asked.get("config_path") or "")
    print("loading:", name, flush=True)
    time.sleep(LOAD_SECS)
    self.config = types.SimpleNamespace(is_turbo="turbo" in name)
    self.device, self.dtype = "cpu", torch.float32
    self.model = types.SimpleNamespace()
    self.vae = types.SimpleNamespace(dtype=torch.float32)
    self.text_tokenizer = self.text_encoder = object()
    self.silence_latent = torch.zeros(1, 15_000, 64)
    # What the fork loads again with after it has unloaded.
    self.last_init_params = {name: asked.get(name) for name in INIT_NAMES}
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
    if words := os.environ.get("FAIL_WITH"):
        raise RuntimeError(words)
    seeds = request["seed"] if isinstance(request["seed"], (list, tuple)) else [request["seed"]] * batch
    self.decoded = torch.stack([tone(frames, seed) for seed in seeds])
    # Zeros are taken for a broken checkpoint.
    latents = torch.full((batch, max(1, frames // 1920), 64), 0.1)
    return {"target_latents": latents, "time_costs": {"total_time_cost": STEP_SECS}}


def say_nothing(self, *args, **kwargs):
    return {"success": True, "metadata": {}, "audio_codes": "", "error": None, "extra_outputs": {}}


def ready(self, *args, **kwargs):
    self.llm_initialized = True
    return "ready", True


def replace_the_mathematics():
    """Before the server is imported: later releases hand their functions on while that happens."""
    gpu_config = importlib.import_module("acestep.gpu_config")
    config_for = gpu_config.get_gpu_config
    # A card with room for everything.
    gpu_config.get_gpu_config = lambda *args, **kwargs: config_for(24.0)
    gpu_config.is_lm_model_supported = lambda *args, **kwargs: (True, "")
    if hasattr(gpu_config, "get_effective_free_vram_gb"):
        gpu_config.get_effective_free_vram_gb = lambda *args, **kwargs: 24.0

    handler = importlib.import_module("acestep.handler").AceStepHandler
    handler.initialize_service = load_nothing
    handler.service_generate = play_a_tone
    handler.tiled_decode = lambda self, latents, *args, **kwargs: self.decoded
    llm = importlib.import_module("acestep.llm_inference").LLMHandler
    llm.initialize = ready
    llm.generate_with_stop_condition = say_nothing


def no_download(name, *args, **kwargs):
    return name


def read_no_settings():
    """A checkout that is in use has a `.env`, with a key in it perhaps."""
    try:
        importlib.import_module("dotenv").load_dotenv = lambda *args, **kwargs: False
    except ModuleNotFoundError:
        pass


def server():
    read_no_settings()
    replace_the_mathematics()
    try:
        importlib.import_module("acestep.api.model_download").ensure_model_downloaded = no_download
    except ModuleNotFoundError:
        # Releases of one file have it in there.
        pass
    api_server = importlib.import_module("acestep.api_server")
    api_server._ensure_model_downloaded = no_download
    return api_server


if __name__ == "__main__":
    api_server = server()
    sys.argv[0] = "acestep-api"
    api_server.main()
