#!/usr/bin/env python3
"""Images per second of a plain ViT in PyTorch, the reference of the other engines.

    python3 benchmarks/peers/vit_torch.py --body build/peers/vit_b_16.safetensors --batch 8 --threads 2 [--compile]

bf16 runs only where the processor multiplies bf16 (avx512_bf16, amx_bf16); --compile needs a C++ compiler and some
minutes at the first start.
"""

import os

import peer

os.environ.setdefault("TORCHINDUCTOR_FREEZING", "1")  # read at import: weights are constants, as in other engines

import torch
from safetensors import safe_open


class Block(torch.nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1 = torch.nn.LayerNorm(width, eps=1e-6)
        self.attn = torch.nn.ModuleDict({"qkv": torch.nn.Linear(width, 3 * width), "proj": torch.nn.Linear(width, width)})
        self.norm2 = torch.nn.LayerNorm(width, eps=1e-6)
        self.mlp = torch.nn.ModuleDict({"fc1": torch.nn.Linear(width, 4 * width), "fc2": torch.nn.Linear(4 * width, width)})

    def forward(self, x):
        count, tokens, width = x.shape
        qkv = self.attn["qkv"](self.norm1(x)).reshape(count, tokens, 3, self.heads, width // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        mixed = torch.nn.functional.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(x.shape)
        x = x + self.attn["proj"](mixed)
        return x + self.mlp["fc2"](torch.nn.functional.gelu(self.mlp["fc1"](self.norm2(x))))


class Vit(torch.nn.Module):
    """Modules have timm's names."""

    def __init__(self, width, heads, depth=12):
        super().__init__()
        self.patch_embed = torch.nn.ModuleDict({"proj": torch.nn.Conv2d(3, width, 16, 16)})
        self.cls_token = torch.nn.Parameter(torch.zeros(1, 1, width))
        self.pos_embed = torch.nn.Parameter(torch.zeros(1, 197, width))
        self.blocks = torch.nn.Sequential(*(Block(width, heads) for _ in range(depth)))
        self.norm = torch.nn.LayerNorm(width, eps=1e-6)

    def forward(self, images):
        x = self.patch_embed["proj"](images).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls_token.expand(len(images), -1, -1), x], 1) + self.pos_embed
        return self.norm(self.blocks(x)[:, 0])


def load(body):
    """The ViT of a .safetensors file with timm's names and "heads" in its metadata."""
    with safe_open(body, "pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}
        model = Vit(tensors["cls_token"].shape[-1], int(file.metadata()["heads"]))
    model.load_state_dict(tensors, assign=True)
    return model.eval()


def main():
    parser = peer.flags("Images per second of a plain ViT in PyTorch.", ["fp32", "bf16"])
    parser.add_argument("--compile", action="store_true", help="torch.compile with frozen weights")
    given = peer.read_flags(parser)
    if given.precision == "bf16" and not peer.processor_flags() & {"avx512_bf16", "amx_bf16"}:
        peer.not_here("this processor has no bf16 products")
    torch.set_num_threads(given.threads)
    kind = torch.bfloat16 if given.precision == "bf16" else torch.float32
    model = load(given.body).to(kind)
    if given.compile:
        model = torch.compile(model)

    @torch.inference_mode()
    def run(images):
        return model(torch.from_numpy(images).to(kind)).float().numpy()

    peer.report(given, "torch compiled" if given.compile else "torch", torch.__version__, peer.measured(given, run))


if __name__ == "__main__":
    main()
