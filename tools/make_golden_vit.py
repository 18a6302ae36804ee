#!/usr/bin/env python3
"""Writes tests/golden/vit.safetensors with torchvision's VisionTransformer in double precision.

    python3 tools/make_golden_vit.py

Weights and images come from a formula that tests/vit/formula.h computes as well, so that the file holds results only:
a small ViT whose sizes fit no register, and ViT-B/16. Where ../shared is at hand, the published ViT-Ti on a real
spectrogram and on a formula's image goes to tests/golden/vit_tiny.safetensors.

Needs numpy, Pillow, safetensors, torch and torchvision (made with torch 1.13, torchvision 0.14).
"""
import pathlib

import numpy
import PIL.Image
import torch
import torchvision
from safetensors.numpy import load_file, save_file

ROOT = pathlib.Path(__file__).parent.parent
GOLDEN = ROOT / "tests" / "golden"
SHARED = ROOT.parent / "shared"
TOKENS = [0, 130]  # the tokens of a block that the files keep, where they do not keep all


def formula(stream, count):
    """Numbers in [-1, 1): MurmurHash3's finaliser over a counter, its upper 24 bits; exact in float32."""
    h = numpy.arange(count, dtype=numpy.uint32) + numpy.uint32(stream * 0x9E3779B9 & 0xFFFFFFFF)
    h ^= h >> numpy.uint32(16)
    h *= numpy.uint32(0x85EBCA6B)
    h ^= h >> numpy.uint32(13)
    h *= numpy.uint32(0xC2B2AE35)
    h ^= h >> numpy.uint32(16)
    return (h >> numpy.uint32(8)).astype(numpy.float32) * numpy.float32(2.0**-23) - numpy.float32(1)


def formula_image(number):
    """[1, 3, 224, 224] in [-2, 2)."""
    values = formula(1000 + number, 3 * 224 * 224) * numpy.float32(2)
    return torch.from_numpy(values.reshape(1, 3, 224, 224).astype(numpy.float64))


def torchvision_names(depth):
    """The names of the weights in the order of melvit's vit_parameters."""
    yield from ("conv_proj.weight", "conv_proj.bias", "class_token", "encoder.pos_embedding")
    for block in range(depth):
        for module in ("ln_1.", "self_attention.in_proj_", "self_attention.out_proj.", "ln_2.", "mlp.0.", "mlp.3."):
            for part in ("weight", "bias"):
                yield f"encoder.layers.encoder_layer_{block}.{module}{part}"
    yield from ("encoder.ln.weight", "encoder.ln.bias")


def set_formula_weights(model, depth):
    state = model.state_dict()
    for stream, name in enumerate(torchvision_names(depth)):
        shape = tuple(state[name].shape)
        values = formula(stream, int(numpy.prod(shape))).reshape(shape)
        if name.endswith("bias"):
            values = values * numpy.float32(0.125)
        elif ".ln" in name:
            values = values * numpy.float32(0.25) + numpy.float32(1)
        elif name in ("class_token", "encoder.pos_embedding"):
            values = values * numpy.float32(0.5)
        else:  # as large as weights of a trained ViT, for the variance of a sum to stay
            values = values * numpy.float32(1.5 / numpy.sqrt(numpy.prod(shape[1:])))
        state[name] = torch.from_numpy(values.astype(numpy.float64))
    model.load_state_dict(state)


def set_timm_weights(model, tensors, depth):
    ours = ["patch_embed.proj.weight", "patch_embed.proj.bias", "cls_token", "pos_embed"]
    for block in range(depth):
        for module in ("norm1", "attn.qkv", "attn.proj", "norm2", "mlp.fc1", "mlp.fc2"):
            ours += [f"blocks.{block}.{module}.weight", f"blocks.{block}.{module}.bias"]
    ours += ["norm.weight", "norm.bias"]
    state = model.state_dict()
    for name, timm in zip(torchvision_names(depth), ours):
        state[name] = torch.from_numpy(tensors[timm].astype(numpy.float64)).reshape(state[name].shape)
    model.load_state_dict(state)


def vit(width, depth, heads, mlp_width):
    model = torchvision.models.VisionTransformer(image_size=224, patch_size=16, num_layers=depth, num_heads=heads,
                                                 hidden_dim=width, mlp_dim=mlp_width)
    return model.double().eval()


def run(model, image):
    """What comes out of each block, [197, D], and the final norm of the last."""
    blocks = []
    hooks = [layer.register_forward_hook(lambda _, __, out: blocks.append(out[0])) for layer in model.encoder.layers]
    with torch.no_grad():
        model(image)
        last = model.encoder.ln(blocks[-1])
    for hook in hooks:
        hook.remove()
    return blocks, last


def time_mean_std(model, block):
    """[2, 14, D]: of the final norm of a block's patch tokens."""
    with torch.no_grad():
        patches = model.encoder.ln(block)[1:].reshape(14, 14, -1)  # frequency, time, D
    return torch.stack([patches.mean(1), patches.std(1, unbiased=False)])


def kept(tensors):
    return {name: numpy.ascontiguousarray(tensor.numpy().astype(numpy.float32)) for name, tensor in tensors.items()}


def golden():
    results = {}
    small = vit(width=40, depth=3, heads=2, mlp_width=100)
    set_formula_weights(small, 3)
    blocks, last = run(small, formula_image(0))
    for number, block in enumerate(blocks, 1):
        results[f"small.block{number}"] = block
    results["small.class"] = last[:1]
    results["small.time_mean_std.blocks2and3"] = torch.cat([time_mean_std(small, blocks[i]).reshape(-1)
                                                            for i in (1, 2)]).reshape(1, -1)
    b16 = torchvision.models.vit_b_16().double().eval()
    set_formula_weights(b16, 12)
    blocks, last = run(b16, formula_image(1))
    for number, block in enumerate(blocks, 1):
        results[f"b16.block{number}"] = block[TOKENS]
    results["b16.rms"] = torch.stack([block.square().mean().sqrt() for block in blocks]).reshape(1, -1)
    results["b16.class"] = last[:1]
    return kept(results)


def golden_tiny():
    model = vit(width=192, depth=12, heads=3, mlp_width=768)
    set_timm_weights(model, load_file(SHARED / "weights" / "vit_tiny_patch16_224.safetensors"), 12)
    picture = PIL.Image.open(SHARED / "data/gtzan/images_original/jazz/jazz00000.png").convert("RGB")
    pixels = numpy.ascontiguousarray(numpy.asarray(picture)[35:259, 54:278].transpose(2, 0, 1))
    real = torch.from_numpy((pixels / 127.5 - 1)[None])
    results = {}
    for name, image in (("real", real), ("formula", formula_image(2))):
        blocks, last = run(model, image)
        for number, block in enumerate(blocks, 1):
            results[f"{name}.block{number}"] = block[TOKENS]
        results[f"{name}.rms"] = torch.stack([block.square().mean().sqrt() for block in blocks]).reshape(1, -1)
        results[f"{name}.class"] = last[:1]
    return kept(results) | {"real.pixels": pixels}


def main():
    save_file(golden(), GOLDEN / "vit.safetensors")
    if (SHARED / "weights").exists():
        save_file(golden_tiny(), GOLDEN / "vit_tiny.safetensors")


if __name__ == "__main__":
    main()
