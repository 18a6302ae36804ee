#!/usr/bin/env python3
"""Writes one ViT in the form that each engine reads, with images and the features that PyTorch's fp32 makes of them.

    python3 benchmarks/peers/export_vit.py vit_ti_16 vit_s_16 vit_b_16          # seeded weights, into build/peers
    python3 benchmarks/peers/export_vit.py --from vit_tiny_patch16_224.safetensors   # published ones, timm's names

    NAME.safetensors            timm's names and "heads" in the metadata: melvit --body NAME.safetensors, PyTorch
    NAME.onnx                   standard operators: OpenVINO, and ONNX Runtime's own fusions
    NAME.ort.onnx               ONNX Runtime's own operators of attention and GELU, as its tools for transformers write
    NAME.int8.onnx              the latter in ONNX Runtime's dynamic int8, if ONNX Runtime is installed
    NAME.int8.xml, .bin         NAME.onnx in OpenVINO's int8, calibrated by NNCF, if both are installed
    NAME.blues.png, jazz        pictures of one colour, for melvit extract
    NAME.reference.safetensors  8 images of noise, and the features of all

Seeded weights have the sizes of trained ones (outputs as large as inputs, biases, norms off 1), so that features of
different images differ and a wrong engine shows.
"""

import argparse
import importlib.util
import pathlib
import zlib

import numpy
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from safetensors import safe_open
from safetensors.numpy import save_file

import peer
import vit_torch

DEPTH = 12
COLOURS = {"blues": (40, 60, 220), "jazz": (200, 90, 30)}
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # ImageNet's, which --recipe study uses


def seeded_weights(width, heads, seed):
    random = numpy.random.default_rng(seed)
    weights = {}
    for name, tensor in vit_torch.Vit(width, heads, DEPTH).state_dict().items():
        values = random.standard_normal(tensor.shape, numpy.float32)
        if name.endswith("bias"):
            values *= 0.1
        elif "norm" in name:
            values = 1 + 0.1 * values
        elif name in ("cls_token", "pos_embed"):
            values *= 0.5
        else:
            values /= numpy.sqrt(numpy.prod(tensor.shape[1:]))
        weights[name] = values.astype(numpy.float32)
    return weights


def published_weights(file):
    """The body of a checkpoint with timm's names, and its number of heads."""
    with safe_open(file, "numpy") as tensors:
        weights = {name: tensors.get_tensor(name).astype(numpy.float32) for name in tensors.keys()
                   if not name.startswith(("head.", "pre_logits."))}
        heads = int((tensors.metadata() or {}).get("heads", weights["cls_token"].shape[-1] // 64))
    return weights, heads


def mix(x):
    x = (x ^ (x >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
    return x ^ (x >> numpy.uint64(31))


def bench_images(count):
    """Images of noise: melvit's Random(0, i), uniform in [-2, 2)."""
    gamma = numpy.uint64(0x9E3779B97F4A7C15)
    with numpy.errstate(over="ignore"):
        state = mix(mix(numpy.array([gamma])) ^ (numpy.arange(count, dtype=numpy.uint64) * gamma + numpy.uint64(1)))
        steps = numpy.arange(1, 3 * 224 * 224 + 1, dtype=numpy.uint64) * gamma
        bits = mix(state[:, None] + steps) >> numpy.uint64(40)
    uniform = bits.astype(numpy.float32) * numpy.float32(2.0**-24)
    return (uniform * numpy.float32(4) - numpy.float32(2)).reshape(count, 3, 224, 224)


def colour_images():
    """What --recipe study makes of pictures of one colour: no crop and no resize changes them."""
    values = ((numpy.array(list(COLOURS.values())) / 255 - MEAN) / DEVIATION).astype(numpy.float32)
    return numpy.broadcast_to(values[:, :, None, None], (len(COLOURS), 3, 224, 224)).copy()


class Graph:
    """Nodes and constants of an ONNX graph, named by what they make."""

    def __init__(self, weights):
        self.weights, self.nodes, self.constants = weights, [], {}

    def add(self, kind, *inputs, domain="", outputs=1, **attributes):
        names = [f"{kind}_{len(self.nodes)}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, inputs, names, domain=domain, **attributes))
        return names[0] if outputs == 1 else names

    def constant(self, name, values):
        self.constants[name] = numpy_helper.from_array(numpy.array(values), name)
        return name

    def weight(self, name):
        return self.constant(name, self.weights[name])

    def linear(self, x, name):
        product = self.add("MatMul", x, self.constant(name + ".weight", self.weights[name + ".weight"].T))
        return self.add("Add", product, self.weight(name + ".bias"))

    def norm(self, x, name):
        return self.add("LayerNormalization", x, self.weight(name + ".weight"), self.weight(name + ".bias"), axis=-1,
                        epsilon=1e-6)


def gelu(graph, x):
    """Spelt out, the form in which every engine knows it."""
    scaled = graph.add("Div", x, graph.constant("sqrt2", numpy.float32(numpy.sqrt(2))))
    raised = graph.add("Add", graph.add("Erf", scaled), graph.constant("one", numpy.float32(1)))
    return graph.add("Mul", graph.add("Mul", x, raised), graph.constant("half", numpy.float32(0.5)))


def attention(graph, x, name, width, heads):
    """Standard operators: one product for queries, keys and values."""
    shape = graph.constant("qkv_shape", numpy.array([0, 0, 3, heads, width // heads]))
    qkv = graph.add("Reshape", graph.linear(x, name + ".qkv"), shape)
    parts = graph.add("Split", graph.add("Transpose", qkv, perm=[2, 0, 3, 1, 4]), outputs=3, axis=0, num_outputs=3)
    first = graph.constant("first", numpy.array([0]))
    q, k, v = (graph.add("Squeeze", part, first) for part in parts)
    scale = graph.constant("scale", numpy.float32((width // heads) ** -0.5))
    scores = graph.add("MatMul", graph.add("Mul", q, scale), graph.add("Transpose", k, perm=[0, 1, 3, 2]))
    mixed = graph.add("MatMul", graph.add("Softmax", scores, axis=-1), v)
    merged = graph.add("Reshape", graph.add("Transpose", mixed, perm=[0, 2, 1, 3]),
                       graph.constant("merged", numpy.array([0, 0, width])))
    return graph.linear(merged, name + ".proj")


def attention_ort(graph, x, name, width, heads):
    """ONNX Runtime's MultiHeadAttention, which keeps the scores in the cache."""
    weight, bias = graph.weights[name + ".qkv.weight"], graph.weights[name + ".qkv.bias"]
    parts = []
    for i, part in enumerate("qkv"):
        rows = slice(i * width, (i + 1) * width)
        product = graph.add("MatMul", x, graph.constant(f"{name}.{part}.weight", weight[rows].T))
        parts.append(graph.add("Add", product, graph.constant(f"{name}.{part}.bias", bias[rows])))
    mixed = graph.add("MultiHeadAttention", *parts, domain="com.microsoft", num_heads=heads)
    return graph.linear(mixed, name + ".proj")


def onnx_model(weights, heads, attend):
    """From images [N, 3, 224, 224] to the class token after the final norm, [N, D]."""
    graph, width = Graph(weights), weights["cls_token"].shape[-1]
    patches = graph.add("Conv", "images", graph.weight("patch_embed.proj.weight"), graph.weight("patch_embed.proj.bias"),
                        strides=[16, 16], kernel_shape=[16, 16])
    patches = graph.add("Reshape", patches, graph.constant("patches_shape", numpy.array([0, 0, 196])))
    patches = graph.add("Transpose", patches, perm=[0, 2, 1])
    count = graph.add("Shape", "images", start=0, end=1)
    shape = graph.add("Concat", count, graph.constant("token_shape", numpy.array([1, width])), axis=0)
    token = graph.add("Expand", graph.weight("cls_token"), shape)
    x = graph.add("Add", graph.add("Concat", token, patches, axis=1), graph.weight("pos_embed"))
    for i in range(sum(name.endswith("norm1.weight") for name in weights)):
        block = f"blocks.{i}."
        x = graph.add("Add", x, attend(graph, graph.norm(x, block + "norm1"), block + "attn", width, heads))
        hidden = gelu(graph, graph.linear(graph.norm(x, block + "norm2"), block + "mlp.fc1"))
        x = graph.add("Add", x, graph.linear(hidden, block + "mlp.fc2"))
    last = graph.add("Gather", x, graph.constant("class", numpy.array(0)), axis=1)
    graph.nodes.append(helper.make_node("Identity", [graph.norm(last, "norm")], ["features"]))
    parts = helper.make_graph(
        graph.nodes, "vit", [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["N", 3, 224, 224])],
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["N", width])], list(graph.constants.values()))
    return helper.make_model(parts, opset_imports=[helper.make_opsetid("", 18), helper.make_opsetid("com.microsoft", 1)],
                             ir_version=9)


def write_int8(source, target):
    """Products in int8, weights with a scale a column and unsigned: signed ones overflow where only AVX2 is at hand."""
    from onnxruntime.quantization import QuantType, quantize_dynamic
    quantize_dynamic(source, target, op_types_to_quantize=["MatMul"], per_channel=True, weight_type=QuantType.QUInt8,
                     extra_options={"DefaultTensorType": TensorProto.FLOAT})


def write_int8_openvino(source, target, images):
    """Products in int8 as NNCF's recipe for transformers has them; it calibrates on the very images of the measurement."""
    import nncf
    import openvino
    dataset = nncf.Dataset([images[i : i + 1] for i in range(len(images))])
    model = nncf.quantize(openvino.Core().read_model(source), dataset, model_type=nncf.ModelType.TRANSFORMER)
    openvino.save_model(model, target, compress_to_fp16=False)


def png(colour, width=432, height=288):
    """The bytes of a picture of one colour."""
    def chunk(kind, data):
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 2, 0, 0, 0])
    rows = (b"\0" + bytes(colour) * width) * height
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def write(folder, name, weights, heads):
    folder.mkdir(parents=True, exist_ok=True)
    body = folder / f"{name}.safetensors"
    save_file(weights, body, {"format": "pt", "name": name, "heads": str(heads)})
    onnx.save(onnx_model(weights, heads, attention), peer.beside(body, "onnx"))
    onnx.save(onnx_model(weights, heads, attention_ort), peer.beside(body, "ort.onnx"))
    if importlib.util.find_spec("onnxruntime"):
        write_int8(peer.beside(body, "ort.onnx"), peer.beside(body, "int8.onnx"))
    for genre, colour in COLOURS.items():
        peer.beside(body, genre + ".png").write_bytes(png(colour))
    images = bench_images(8)
    if importlib.util.find_spec("nncf") and importlib.util.find_spec("openvino"):
        write_int8_openvino(peer.beside(body, "onnx"), peer.beside(body, "int8.xml"), images)
    with torch.inference_mode():
        model = vit_torch.load(body)
        features, colour_features = (model(torch.from_numpy(x)).numpy() for x in (images, colour_images()))
    save_file({"images": images, "features": features, "colour_features": colour_features},
              peer.beside(body, "reference.safetensors"))
    others = min(peer.cosine(features[:1], features[i : i + 1]) for i in range(1, len(features)))
    print(f"{body}: {heads} heads; the features of two images have cosines down to {others:.3f}")


def main():
    parser = argparse.ArgumentParser(description="Writes one ViT in the form that each engine reads.")
    parser.add_argument("models", nargs="*", help=", ".join(peer.MODELS))
    parser.add_argument("--from", dest="source", type=pathlib.Path, help="a .safetensors file with timm's names")
    parser.add_argument("--out", type=pathlib.Path, default=peer.FOLDER)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    for name in given.models:
        if name not in peer.MODELS:
            parser.error(f"{name} is none of {', '.join(peer.MODELS)}")
        write(given.out, name, seeded_weights(*peer.MODELS[name], given.seed), peer.MODELS[name][1])
    if given.source:
        write(given.out, given.source.stem, *published_weights(given.source))
    if not given.models and not given.source:
        parser.error("needs a model's name or --from FILE")


if __name__ == "__main__":
    main()
