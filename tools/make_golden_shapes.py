#!/usr/bin/env python3
"""Writes tests/golden/shapes.safetensors: ViTs of other shapes than ViT-B/16's, block by block, in double precision,
and tables of positions of grids that are no square.

    python3 tools/make_golden_shapes.py

All weights (also tokens, positions, norms) and images come from the formula of tests/vit/formula.h, so that the file
holds results only. The models are timm's; the one of overlapping patches and two tokens is transformers' ASTModel.

Needs what make_golden_vit.py needs, timm and transformers (made with torch 2.15, timm 1.0.31, transformers 5.24).
"""
import functools
import pathlib

import numpy
import timm.models.vision_transformer
import torch
import transformers
from safetensors.numpy import save_file
from timm.layers.pos_embed import resample_abs_pos_embed
from transformers.models.vit_mae.modeling_vit_mae import build_2d_sinusoidal_position_embedding

from make_golden_vit import formula

GOLDEN = pathlib.Path(__file__).parent.parent / "tests" / "golden"
KEPT_TOKENS = 40

DEFAULTS = dict(channels=3, rows=224, columns=224, patch=(16, 16), stride=None, prefix=1, depth=2, epsilon=1e-6,
                positions="joint", affine=False)
# As in tests/vit/shapes_test.cpp.
CASES = {
    "square384": dict(rows=384, columns=384, width=96, heads=3, mlp=200),
    "patch32": dict(patch=(32, 32), width=128, heads=2, mlp=256),
    "patch8x4": dict(channels=1, rows=64, columns=256, patch=(8, 4), width=72, heads=3, mlp=288, epsilon=1e-5),
    "overlapping": dict(channels=1, rows=128, columns=1024, stride=(10, 10), prefix=2, width=64, heads=2, mlp=128,
                        epsilon=1e-12),
    "split": dict(channels=1, rows=80, columns=608, prefix=0, width=64, heads=4, mlp=136, positions="split", affine=True),
    "sincos": dict(channels=1, rows=80, columns=608, prefix=0, width=64, heads=4, mlp=136, positions="sincos"),
}


class Case:
    def __init__(self, **settings):
        for name, value in (DEFAULTS | settings).items():
            setattr(self, name, value)
        self.stride = self.stride or self.patch
        self.grid = tuple((side - patch) // stride + 1
                          for side, patch, stride in zip((self.rows, self.columns), self.patch, self.stride))
        self.patches = self.grid[0] * self.grid[1]

    def table(self):
        """(name, shape, kind) of each parameter in the order of melvit's vit_parameters."""
        d = self.width

        def pair(name, shape, kind):
            return [(f"{name}.weight", shape, kind), (f"{name}.bias", shape[:1], "bias")]

        table = pair("input_affine", (self.rows,), "scale") if self.affine else []
        table += pair("patch_embed.proj", (d, self.channels, *self.patch), "weight")
        table += [(name, (1, 1, d), "embedding") for name in ("cls_token", "dist_token")[:self.prefix]]
        if self.positions == "joint":
            table += [("pos_embed", (1, self.prefix + self.patches, d), "embedding")]
        if self.positions == "split":
            table += [("freq_pos_embed", (1, self.grid[0], d), "embedding"),
                      ("time_pos_embed", (1, self.grid[1], d), "embedding")]
        for block in range(self.depth):
            for name, shape, kind in (("norm1", (d,), "scale"), ("attn.qkv", (3 * d, d), "weight"),
                                      ("attn.proj", (d, d), "weight"), ("norm2", (d,), "scale"),
                                      ("mlp.fc1", (self.mlp, d), "weight"), ("mlp.fc2", (d, self.mlp), "weight")):
                table += pair(f"blocks.{block}.{name}", shape, kind)
        return table + pair("norm", (d,), "scale")

    def parameters(self):
        result = {}
        for stream, (name, shape, kind) in enumerate(self.table()):
            columns = numpy.prod(shape[1:]) if len(shape) == 4 else shape[-1]
            scale = {"embedding": 0.5, "scale": 0.25, "bias": 0.125, "weight": 1.5 / numpy.sqrt(columns)}[kind]
            values = numpy.float32(scale) * formula(stream, int(numpy.prod(shape)))
            values += numpy.float32(1 if kind == "scale" else 0)
            result[name] = torch.from_numpy(values.astype(numpy.float64)).reshape(shape)
        return result

    def image(self, number, parameters):
        """[1, channels, rows, columns] after the affine of its rows."""
        values = formula(1000 + number, self.channels * self.rows * self.columns) * numpy.float32(2)
        image = torch.from_numpy(values.astype(numpy.float64)).reshape(1, self.channels, self.rows, self.columns)
        if not self.affine:
            return image
        scale, shift = (parameters.pop(f"input_affine.{part}")[None, None, :, None] for part in ("weight", "bias"))
        return image * scale + shift


def with_joint_positions(case, parameters):
    if case.positions == "split":
        rows, columns = parameters.pop("freq_pos_embed")[0], parameters.pop("time_pos_embed")[0]
        parameters["pos_embed"] = (rows[:, None] + columns[None]).reshape(1, case.patches, case.width)
    if case.positions == "sincos":
        parameters["pos_embed"] = sincos(case.width, case.grid)[None]
    return parameters


def sincos(width, grid):
    return build_2d_sinusoidal_position_embedding(*grid, width, dtype=torch.float64)


def timm_model(case, parameters):
    model = timm.models.vision_transformer.VisionTransformer(
        img_size=(case.rows, case.columns), patch_size=case.patch, in_chans=case.channels, num_classes=0,
        global_pool="token" if case.prefix else "avg", class_token=case.prefix == 1, embed_dim=case.width,
        depth=case.depth, num_heads=case.heads, mlp_ratio=case.mlp / case.width, fc_norm=False,
        norm_layer=functools.partial(torch.nn.LayerNorm, eps=case.epsilon)).double().eval()
    model.load_state_dict(with_joint_positions(case, parameters))
    return model, model.blocks, model.norm, model


AST_NAMES = {"patch_embed.proj.": "embeddings.patch_embeddings.projection.", "cls_token": "embeddings.cls_token",
             "dist_token": "embeddings.distillation_token", "pos_embed": "embeddings.position_embeddings",
             "norm.": "layernorm."}
AST_BLOCK_NAMES = {"norm1.": "layernorm_before.", "attn.proj.": "attention.o_proj.", "norm2.": "layernorm_after.",
                   "mlp.fc1.": "mlp.fc1.", "mlp.fc2.": "mlp.fc2."}


def ast_model(case, parameters):
    config = transformers.ASTConfig(hidden_size=case.width, num_hidden_layers=case.depth, num_attention_heads=case.heads,
                                    intermediate_size=case.mlp, patch_size=case.patch[0], frequency_stride=case.stride[0],
                                    time_stride=case.stride[1], num_mel_bins=case.rows, max_length=case.columns,
                                    layer_norm_eps=case.epsilon)
    model = transformers.ASTModel(config).double().eval()
    state = {}
    for name, tensor in parameters.items():
        if not name.startswith("blocks."):
            ours = next(ours for ours in AST_NAMES if name.startswith(ours))
            state[name.replace(ours, AST_NAMES[ours], 1)] = tensor
            continue
        _, block, inner = name.split(".", 2)
        if inner.startswith("attn.qkv."):
            for which, part in zip("qkv", tensor.chunk(3)):
                state[f"layers.{block}.attention.{which}_proj.{inner.rsplit('.', 1)[1]}"] = part
        else:
            ours = next(ours for ours in AST_BLOCK_NAMES if inner.startswith(ours))
            state[f"layers.{block}.{inner.replace(ours, AST_BLOCK_NAMES[ours], 1)}"] = tensor
    model.load_state_dict(state)
    return model, model.layers, model.layernorm, lambda image: model(image[:, 0].transpose(1, 2))  # [1, time, mel]


def run(case, number):
    """What comes out of each block, [T, D], and the final norm of the last."""
    parameters = case.parameters()
    image = case.image(number, parameters)
    _, layers, norm, forward = (ast_model if case.prefix == 2 else timm_model)(case, parameters)
    blocks = []
    for layer in layers:
        layer.register_forward_hook(
            lambda _, __, out: blocks.append((out[0] if isinstance(out, tuple) else out).reshape(-1, case.width)))
    with torch.no_grad():
        forward(image)
        return blocks, norm(blocks[-1])


def results_of(case, number):
    blocks, last = run(case, number)
    tokens = case.prefix + case.patches
    assert all(block.shape == (tokens, case.width) for block in blocks) and len(blocks) == case.depth
    kept = torch.unique(torch.linspace(0, tokens - 1, KEPT_TOKENS).long())
    results = {"kept": kept.double()[None]}
    for index, block in enumerate(blocks, 1):
        results[f"block{index}"] = block[kept]
        results[f"mean{index}"] = block.mean(0, keepdim=True)
        results[f"rms{index}"] = block.square().mean().sqrt().reshape(1, 1)
    patches = last[case.prefix:].reshape(*case.grid, case.width)  # frequency, time, D
    results["time_mean_std"] = torch.stack([patches.mean(1), patches.std(1, unbiased=False)]).reshape(1, -1)
    if case.prefix:
        results["class"] = last[:case.prefix].mean(0, keepdim=True)
    return results


def position_tables():
    """Random tables of positions, and what timm makes of each: from one grid to another, prefix tokens before them."""
    torch.manual_seed(1)
    width = 4
    for old, new, prefix in (((12, 101), (12, 50), 2), ((14, 14), (5, 38), 1), ((5, 38), (8, 64), 0), ((8, 3), (4, 6), 1)):
        table = torch.randn(1, prefix + old[0] * old[1], width)
        made = resample_abs_pos_embed(table, new_size=list(new), old_size=list(old), num_prefix_tokens=prefix)
        name = f"{old[0]}x{old[1]}_{new[0]}x{new[1]}_{prefix}"
        yield f"from_{name}", table[0]
        yield f"to_{name}", made[0]


def main():
    tensors = dict(position_tables())
    tensors["sincos.table"] = sincos(24, (3, 5))
    for number, (name, settings) in enumerate(CASES.items()):
        tensors |= {f"{name}.{key}": value for key, value in results_of(Case(**settings), number).items()}
    save_file({name: numpy.ascontiguousarray(tensor.numpy().astype(numpy.float32)) for name, tensor in tensors.items()},
              GOLDEN / "shapes.safetensors")


if __name__ == "__main__":
    main()
