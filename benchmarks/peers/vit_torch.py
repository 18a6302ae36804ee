#!/usr/bin/env python3
"""Images per second of torchvision's vit_b_16 in fp32, the peer of vit_benchmark.

    python3 benchmarks/peers/vit_torch.py [THREADS] [BATCH]
"""
import sys
import time

import torch
import torchvision

threads = int(sys.argv[1]) if len(sys.argv) > 1 else torch.get_num_threads()
batch = int(sys.argv[2]) if len(sys.argv) > 2 else 16
torch.set_num_threads(threads)
torch.manual_seed(1)
model = torchvision.models.vit_b_16().eval()
images = torch.rand(batch, 3, 224, 224) * 4 - 2
walls, processors = [], []
with torch.inference_mode():
    first = model(images)
    assert torch.isfinite(first).all() and torch.allclose(model(images), first)
    for _ in range(5):
        wall, processor = time.perf_counter(), time.process_time()
        model(images)
        walls.append(time.perf_counter() - wall)
        processors.append(time.process_time() - processor)
print(f"torch {torch.__version__}, {threads} threads, batch {batch}: best {batch / min(walls):.2f} images/s, "
      f"{1e3 * min(processors) / batch:.0f} ms of processor time an image")
