#!/usr/bin/env python3
"""Writes tests/golden/positions.safetensors: random tables of positions of other grids than 14 x 14, and what timm
makes of each.

    python3 tools/make_golden_positions.py

Needs torch, timm and safetensors (made with torch 1.13, timm 0.9.16, safetensors 0.4).
"""
import pathlib

import safetensors.torch
import torch
from timm.layers.pos_embed import resample_abs_pos_embed

GOLDEN = pathlib.Path(__file__).parent.parent / "tests" / "golden"
WIDTH = 4


def main():
    torch.manual_seed(1)
    tensors = {}
    for side in (1, 7, 13, 16, 24, 32):
        for class_rows in (0, 1):
            table = torch.randn(1, class_rows + side * side, WIDTH)
            made = resample_abs_pos_embed(table, new_size=[14, 14], num_prefix_tokens=class_rows)
            tensors[f"from_{side}_{class_rows}"] = table[0].contiguous()
            tensors[f"to_{side}_{class_rows}"] = made[0].contiguous()
    safetensors.torch.save_file(tensors, GOLDEN / "positions.safetensors")


if __name__ == "__main__":
    main()
