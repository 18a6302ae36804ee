#!/usr/bin/env python3
"""Writes tests/golden/torch_*.pth and types.safetensors with the real libraries, and prints what the tests hold
against them.

    python3 tools/make_golden_weights.py            # the small committed files
    python3 tools/make_golden_weights.py FILE.pth   # a whole random vit_b_16 (330 MB), for the optional test

Needs torch, torchvision and safetensors (made with torch 1.13, torchvision 0.14, safetensors 0.8).
"""
import collections
import hashlib
import pathlib
import sys

import safetensors.torch
import torch
import torchvision

GOLDEN = pathlib.Path(__file__).parent.parent / "tests" / "golden"


def block_names(index):
    block = f"encoder.layers.encoder_layer_{index}."
    for module in ("ln_1.", "self_attention.in_proj_", "self_attention.out_proj.", "ln_2.", "mlp.0.", "mlp.3."):
        yield block + module + "weight"
        yield block + module + "bias"


def digest(state):
    """SHA-256 of the weights as float32, in the order of melvit's vit_parameters."""
    depth = 1 + max(int(name.split(".")[2].split("_")[-1]) for name in state if "encoder_layer_" in name)
    names = ["conv_proj.weight", "conv_proj.bias", "class_token", "encoder.pos_embedding"]
    names += [name for index in range(depth) for name in block_names(index)]
    names += ["encoder.ln.weight", "encoder.ln.bias"]
    sha = hashlib.sha256()
    for name in names:
        sha.update(state[name].float().contiguous().numpy().tobytes())
    return sha.hexdigest()


def random_state(**size):
    torch.manual_seed(1)
    state = torchvision.models.VisionTransformer(image_size=224, patch_size=16, **size).state_dict()
    for tensor in state.values():  # biases and the class token begin as zeros, which would hide a mix-up
        tensor.copy_(torch.randn(tensor.shape) * 0.02)
    return state


def variants():
    """One tensor for each way in which torch can store one; each holds 0 1 2 ... unless it says otherwise."""
    shared = torch.arange(12.0)
    state = collections.OrderedDict()
    for name in ("float32", "float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8"):
        state[name] = torch.arange(6).to(getattr(torch, name)).reshape(2, 3)
    state["bool"] = torch.tensor([True, False])
    state["parameter"] = torch.nn.Parameter(torch.arange(4.0))
    state["scalar"] = torch.tensor(2.5)
    state["empty"] = torch.zeros(0, 3)
    state["shared_first"] = shared[:6]
    state["shared_last"] = shared[6:]
    state["transposed"] = shared.reshape(3, 4).t()
    state["strided"] = shared[1::3]
    state["expanded"] = torch.tensor([[7.0], [8.0]]).expand(2, 3)
    state["special"] = torch.tensor([65504.0, -6e-8, 6.1e-5, float("inf"), float("nan"), -0.0]).half()
    return state


def main():
    if len(sys.argv) > 1:
        state = random_state(num_layers=12, num_heads=12, hidden_dim=768, mlp_dim=3072)
        torch.save(state, sys.argv[1])
        print(digest(state))
        return
    size = dict(num_layers=2, num_heads=1, hidden_dim=64, mlp_dim=32, num_classes=3)
    state = collections.OrderedDict((name, tensor.half()) for name, tensor in random_state(**size).items())
    torch.save(state, GOLDEN / "torch_vit.pth")
    print("torch_vit.pth", digest(state))
    torch.save({"model": variants(), "epoch": 3, "rate": 0.5, "big": 2**40, "list": [1, -2]}, GOLDEN / "torch_variants.pth")
    dtypes = "float64 float32 float16 bfloat16 int64 int32 int16 int8 uint8 bool".split()
    tensors = {name: torch.arange(6).to(getattr(torch, name)).reshape(2, 3) for name in dtypes}
    tensors |= {"scalar": torch.tensor(2.5), "empty": torch.zeros(0, 3)}
    safetensors.torch.save_file(tensors, GOLDEN / "types.safetensors", metadata={"made by": "safetensors"})
    torch.save({"a": torch.arange(3.0)}, GOLDEN / "torch_before_1_6.pth", _use_new_zipfile_serialization=False)


if __name__ == "__main__":
    main()
